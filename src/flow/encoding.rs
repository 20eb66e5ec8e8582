//! Base64url without padding (RFC 4648 section 5).

/// The text of 32 bytes is this long.
pub const LENGTH: usize = 43;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 32 bytes, given as big-endian words, as base64url without padding, in ASCII.
pub fn base64url(words: &[u32; 8]) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    for (i, character) in text.iter_mut().enumerate() {
        let bit = i * 6;
        let word = |i: usize| u64::from(words.get(i).copied().unwrap_or(0));
        let pair = word(bit / 32) << 32 | word(bit / 32 + 1);
        *character = ALPHABET[(pair >> (58 - bit % 32) & 63) as usize];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn equal_to_a_well_kept_implementation() {
        for seed in 0..=255u8 {
            let bytes: [u8; 32] =
                std::array::from_fn(|i| seed.wrapping_mul(31).wrapping_add(i as u8 * 7));
            let words = std::array::from_fn(|i| {
                u32::from_be_bytes(bytes[4 * i..4 * i + 4].try_into().unwrap())
            });
            assert_eq!(
                base64url(&words)[..],
                *base64::engine::general_purpose::URL_SAFE_NO_PAD
                    .encode(bytes)
                    .as_bytes()
            );
        }
    }
}
