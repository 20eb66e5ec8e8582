//! Proof Key for Code Exchange (RFC 7636), S256 only.
//!
//! SHA-256 stands here, and not a promise of `crypto.subtle`, because the URL must be known inside the click. Its constants
//! are computed (FIPS 180-4 sections 4.2.2 and 5.3.3: fractions of roots of primes), which is smaller than their tables.

use super::encoding::{LENGTH, base64url};
use super::page::Page;

/// 256 random bits as base64url: a code verifier (RFC 7636 section 4.1), a state or a nonce.
pub fn generate(page: impl Page) -> [u8; LENGTH] {
    let mut words = [0; 8];
    for word in &mut words {
        *word = page.random() as u32;
    }
    base64url(&words)
}

/// `code_challenge = BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &[u8; LENGTH]) -> [u8; LENGTH] {
    base64url(&sha256(code_verifier))
}

/// SHA-256 (FIPS 180-4) of a message of one block, which a code verifier of 43 characters is, as big-endian words.
pub fn sha256(message: &[u8; LENGTH]) -> [u32; 8] {
    let mut schedule = [0u32; 64];
    for (at, &byte) in message.iter().enumerate() {
        schedule[at / 4] |= u32::from(byte) << (24 - at % 4 * 8);
    }
    schedule[LENGTH / 4] |= 0x80 << (24 - LENGTH % 4 * 8);
    schedule[15] = LENGTH as u32 * 8;
    let mut initial = [0; 8];
    let mut prime = 1;
    for word in &mut initial {
        prime = next_prime(prime);
        *word = fraction(f64::from(prime).sqrt());
    }
    let mut words = initial;
    prime = 1;
    for t in 0..64 {
        if t >= 16 {
            let (x, y) = (schedule[t - 15], schedule[t - 2]);
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
            schedule[t] = s0
                .wrapping_add(s1)
                .wrapping_add(schedule[t - 16])
                .wrapping_add(schedule[t - 7]);
        }
        prime = next_prime(prime);
        let [a, b, c, d, e, f, g, h] = words;
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let t1 = h
            .wrapping_add(s1)
            .wrapping_add(e & f ^ !e & g)
            .wrapping_add(fraction(cube_root(prime)))
            .wrapping_add(schedule[t]);
        let t2 = s0.wrapping_add(a & b ^ a & c ^ b & c);
        words = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
    }
    for at in 0..8 {
        words[at] = words[at].wrapping_add(initial[at]);
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

/// By Newton's method from above: twenty steps reach the last bit up to 311, the last prime that is asked for.
fn cube_root(prime: u32) -> f64 {
    let number = f64::from(prime);
    (0..20).fold(number, |root, _| {
        root - (root - number / (root * root)) / 3.0
    })
}

/// The first 32 bits of a root's fraction.
fn fraction(root: f64) -> u32 {
    // SAFETY: the roots of primes up to 311 are below 18.
    unsafe { (root * 4_294_967_296.0).to_int_unchecked::<u64>() as u32 }
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
            let digest = sha256(&message).map(u32::to_be_bytes).concat();
            assert_eq!(digest[..], sha2::Sha256::digest(message)[..], "seed {seed}");
        }
    }
}
