//! `application/x-www-form-urlencoded`: queries, fragments, token requests and remembered transactions are all one format.
//!
//! <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>

use super::encoding::cut;

/// Names and values in order; a name may stand more than once.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(pub Vec<(String, String)>);

impl Params {
    /// Parses `a=1&b=%20`; never fails: what is not percent-encoding stands for itself.
    pub fn parse(mut text: &str) -> Params {
        let mut params = Params::default();
        while !text.is_empty() {
            let (pair, rest) = cut(text, b'&');
            let (name, value) = cut(pair, b'=');
            if !pair.is_empty() {
                params.0.push((decode(name), decode(value)));
            }
            text = rest;
        }
        params
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name`, or the empty string.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }

    /// Whether a name of the list stands more than once (RFC 6749 section 3.1 forbids it).
    pub fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }

    /// Appends a pair.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.into(), value.into()));
    }

    /// The text that [`Params::parse`] reads back.
    pub fn serialize(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            append(&mut text, "&", name, value);
        }
        text.split_off(text.len().min(1))
    }
}

/// Appends `separator name=value` to `text`, percent-encoded.
pub fn append(text: &mut String, separator: &str, name: &str, value: &str) {
    text.push_str(separator);
    encode(text, name);
    text.push('=');
    encode(text, value);
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn encode(text: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in value.as_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(byte as char);
        } else {
            text.push('%');
            text.push(HEX[usize::from(byte >> 4)] as char);
            text.push(HEX[usize::from(byte & 15)] as char);
        }
    }
}

fn decode(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|&b| (b as char).to_digit(16));
    let (bytes, mut out, mut i) = (text.as_bytes(), Vec::new(), 0);
    while let Some(&byte) = bytes.get(i) {
        i += 1;
        out.push(match (byte, digit(bytes.get(i)), digit(bytes.get(i + 1))) {
            (b'+', ..) => b' ',
            (b'%', Some(high), Some(low)) => {
                i += 2;
                (high << 4 | low) as u8
            }
            _ => byte,
        });
    }
    utf8(out)
}

/// Bytes that are no UTF-8 lose only what is not ASCII: no code, token or state is made of anything else.
fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        error.into_bytes().into_iter().map(|byte| if byte.is_ascii() { byte as char } else { char::REPLACEMENT_CHARACTER }).collect()
    })
}
