//! Proof Key for Code Exchange (RFC 7636), S256 only.
//!
//! SHA-256 stands here, and not a promise of `crypto.subtle`, because the URL must be known inside the click. The round
//! constants are computed (FIPS 180-4 section 4.2.2: fractions of cube roots of primes), which is smaller than the table.

use super::encoding::base64url;

/// `code_challenge = BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &str) -> String {
    base64url(&sha256(code_verifier.as_bytes()))
}

/// SHA-256 (FIPS 180-4).
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let constants = round_constants();
    let mut hash = initial_hash();
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        compress(&mut hash, block, &constants);
    }
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(hash) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

fn compress(hash: &mut [u32; 8], block: &[u8], constants: &[u32; 64]) {
    let mut schedule = [0u32; 64];
    let mut words = *hash;
    for t in 0..64 {
        schedule[t] = if t < 16 {
            block[4 * t..4 * t + 4].iter().fold(0, |word, &byte| word << 8 | u32::from(byte))
        } else {
            let (x, y) = (schedule[t - 15], schedule[t - 2]);
            let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ x >> 3;
            let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ y >> 10;
            s0.wrapping_add(s1).wrapping_add(schedule[t - 16]).wrapping_add(schedule[t - 7])
        };
        let [a, b, c, _, e, f, g, h] = words;
        let s1 = rotations(e, 6, 11, 25);
        let s0 = rotations(a, 2, 13, 22);
        let t1 = h.wrapping_add(s1).wrapping_add(e & f ^ !e & g).wrapping_add(constants[t]).wrapping_add(schedule[t]);
        words.rotate_right(1);
        words[4] = words[4].wrapping_add(t1);
        words[0] = t1.wrapping_add(s0).wrapping_add(a & b ^ a & c ^ b & c);
    }
    for (sum, word) in hash.iter_mut().zip(words) {
        *sum = sum.wrapping_add(word);
    }
}

fn rotations(word: u32, a: u32, b: u32, c: u32) -> u32 {
    word.rotate_right(a) ^ word.rotate_right(b) ^ word.rotate_right(c)
}

fn initial_hash() -> [u32; 8] {
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]
}

fn round_constants() -> [u32; 64] {
    let mut constants = [0; 64];
    let (mut found, mut candidate) = (0, 2u32);
    while found < 64 {
        if (2..candidate).all(|divisor| candidate % divisor != 0) {
            let root = cube_root(f64::from(candidate));
            constants[found] = ((root - f64::from(root as u32)) * 4_294_967_296.0) as u32;
            found += 1;
        }
        candidate += 1;
    }
    constants
}

/// Newton's method from above; twenty steps reach the last bit for every prime up to 311.
fn cube_root(number: f64) -> f64 {
    (0..20).fold(number, |root, _| root - (root - number / (root * root)) / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    #[test]
    fn rfc_7636_appendix_b() {
        assert_eq!(code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn equal_to_a_well_kept_implementation() {
        for length in 0..300usize {
            let message: Vec<u8> = (0..length).map(|i| (i * 7 + length) as u8).collect();
            assert_eq!(sha256(&message)[..], sha2::Sha256::digest(&message)[..], "length {length}");
        }
    }
}
