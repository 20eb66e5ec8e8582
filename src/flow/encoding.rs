//! Texts: base64url without padding (RFC 4648 section 5), decimal numbers, joining and searching.
//!
//! The standard library does the last three too, but `core::fmt`, `str::contains` and `concat` would be a fifth of the core.

/// The parts in a row.
pub fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Whether `part`, which is not empty, stands in `text`.
pub fn contains(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// What stands before and after the first `mark`, an ASCII character; all of it before where there is none.
pub fn cut(text: &str, mark: u8) -> (&str, &str) {
    match text.bytes().position(|byte| byte == mark) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

/// `bytes` as base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    let (mut buffer, mut bits) = (0u32, 0);
    for &byte in bytes {
        buffer = buffer << 8 | u32::from(byte);
        bits += 8;
        while bits >= 6 {
            bits -= 6;
            text.push(ALPHABET[(buffer >> bits & 63) as usize] as char);
        }
    }
    if bits > 0 {
        text.push(ALPHABET[(buffer << (6 - bits) & 63) as usize] as char);
    }
    text
}

/// A whole number in decimal digits.
pub fn decimal(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.insert(0, b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            return digits.into_iter().map(char::from).collect();
        }
    }
}

/// Decimal digits as a whole number; anything else is none.
pub fn parse_decimal(text: &str) -> Option<u64> {
    let fits = !text.is_empty() && text.len() <= 18;
    text.bytes().try_fold(0, |number, byte| (fits && byte.is_ascii_digit()).then(|| number * 10 + u64::from(byte - b'0'))).filter(|_| fits)
}
