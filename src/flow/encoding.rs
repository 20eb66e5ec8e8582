//! Base64url without padding (RFC 4648 section 5).

/// The text of 32 bytes is this long.
pub const LENGTH: usize = 43;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// 32 bytes as base64url without padding, in ASCII.
pub fn base64url(bytes: &[u8; 32]) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    for (i, character) in text.iter_mut().enumerate() {
        let bit = i * 6;
        let byte = |i: usize| u32::from(bytes.get(i).copied().unwrap_or(0));
        let pair = byte(bit / 8) << 8 | byte(bit / 8 + 1);
        *character = ALPHABET[(pair >> (10 - bit % 8) & 63) as usize];
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
            assert_eq!(
                base64url(&bytes)[..],
                *base64::engine::general_purpose::URL_SAFE_NO_PAD
                    .encode(bytes)
                    .as_bytes()
            );
        }
    }
}
