//! Proof Key for Code Exchange (RFC 7636), S256 only.
//!
//! SHA-256 stands here, and not a promise of `crypto.subtle`, because the URL must be known inside the click. The round
//! constants are computed (FIPS 180-4 section 4.2.2: fractions of cube roots of primes), which is smaller than the table.

use super::encoding::{LENGTH, base64url};
use super::page::Page;

/// 256 random bits as base64url: a code verifier (RFC 7636 section 4.1), a state or a nonce.
pub fn generate(page: impl Page) -> [u8; LENGTH] {
    let mut bytes = [0; 32];
    for word in bytes.chunks_exact_mut(4) {
        word.copy_from_slice(&page.random().to_le_bytes());
    }
    base64url(&bytes)
}

/// `code_challenge = BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &[u8; LENGTH]) -> [u8; LENGTH] {
    base64url(&sha256(code_verifier))
}

/// SHA-256 (FIPS 180-4) of a message of one block, which a code verifier of 43 characters is.
pub fn sha256(message: &[u8; LENGTH]) -> [u8; 32] {
    let mut block = [0; 64];
    block[..LENGTH].copy_from_slice(message);
    block[LENGTH] = 0x80;
    block[62..].copy_from_slice(&(LENGTH as u16 * 8).to_be_bytes());
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(hash_block(&block)) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

fn hash_block(block: &[u8; 64]) -> [u32; 8] {
    let initial = [
        0x6a09e667,
        0xbb67ae85,
        0x3c6ef372,
        0xa54ff53a,
        0x510e527f,
        0x9b05688c,
        0x1f83d9ab,
        0x5be0cd19u32,
    ];
    let mut schedule = [0u32; 64];
    let mut words = initial;
    let mut prime = 1;
    for t in 0..64 {
        schedule[t] = if t < 16 {
            block[4 * t..4 * t + 4]
                .iter()
                .fold(0, |word, &byte| word << 8 | u32::from(byte))
        } else {
            let (x, y) = (schedule[t - 15], schedule[t - 2]);
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
            s0.wrapping_add(s1)
                .wrapping_add(schedule[t - 16])
                .wrapping_add(schedule[t - 7])
        };
        prime = next_prime(prime);
        let [a, b, c, d, e, f, g, h] = words;
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let t1 = h
            .wrapping_add(s1)
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(round_constant(prime))
            .wrapping_add(schedule[t]);
        let t2 = s0.wrapping_add(a & b ^ a & c ^ b & c);
        words.rotate_right(1);
        words[0] = t1.wrapping_add(t2);
        words[4] = d.wrapping_add(t1);
    }
    for (sum, word) in words.iter_mut().zip(initial) {
        *sum = sum.wrapping_add(word);
    }
    words
}

fn next_prime(after: u32) -> u32 {
    let mut candidate = after + 1;
    while (2..candidate).any(|divisor| candidate % divisor == 0) {
        candidate += 1;
    }
    candidate
}

/// The fraction of a prime's cube root, by Newton's method from above: twenty steps reach the last bit up to 311.
fn round_constant(prime: u32) -> u32 {
    let number = f64::from(prime);
    let root = (0..20).fold(number, |root, _| {
        root - (root - number / (root * root)) / 3.0
    });
    ((root - f64::from(root as u32)) * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    #[test]
    fn rfc_7636_appendix_b() {
        assert_eq!(
            code_challenge(b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            *b"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn equal_to_a_well_kept_implementation() {
        for seed in 0..=255u8 {
            let message = std::array::from_fn(|i| seed.wrapping_mul(17).wrapping_add(i as u8));
            assert_eq!(
                sha256(&message)[..],
                sha2::Sha256::digest(message)[..],
                "seed {seed}"
            );
        }
    }
}
