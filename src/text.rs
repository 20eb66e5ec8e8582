//! Texts, searched and taken apart byte by byte. The standard library has searchers for characters and for long texts, which are
//! larger than all that is searched here.

/// Whether a text has another one in it.
pub fn includes(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len().max(1))
        .any(|window| window == part.as_bytes())
}

/// What stands before and behind the first `mark`, an ASCII character.
pub fn split_once(text: &str, mark: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == mark)?;
    Some((&text[..place], &text[place + 1..]))
}

/// What stands between the marks.
pub fn split(mut text: &str, mark: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some((part, rest)) = split_once(text, mark) {
        parts.push(part);
        text = rest;
    }
    parts.push(text);
    parts
}

/// The text without the spaces and control characters around it, which a URL is read without.
pub fn trim(text: &str) -> &str {
    let is_blank = |byte: &u8| *byte <= b' ';
    let bytes = text.as_bytes();
    let start = bytes.iter().take_while(|byte| is_blank(byte)).count();
    let end = bytes.iter().rev().take_while(|byte| is_blank(byte)).count();
    text.get(start..text.len() - end).unwrap_or_default()
}

/// Copies of texts.
pub fn copies(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
