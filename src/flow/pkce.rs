//! Proof Key for Code Exchange (RFC 7636), S256 only.
//!
//! SHA-256 is computed here, and not by `crypto.subtle`, because that answers a promise, and the URL must be known inside
//! the click.

use crate::secret::Secret;
use crate::world::World;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// 256 random bits in base64url, 43 characters that no server escapes: a state, a nonce or a code verifier
/// (RFC 7636 section 4.1).
pub fn generate(world: &dyn World) -> Secret {
    Secret::new(encode(&world.random()))
}

/// `BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &Secret) -> String {
    hash(code_verifier.expose())
}

/// SHA-256 in base64url. Locks are named by it, too.
pub fn hash(text: &str) -> String {
    encode(&Sha256::digest(text).into())
}

fn encode(bits: &[u8; 32]) -> String {
    let mut text = [0; 43];
    let text = Base64UrlUnpadded::encode(bits, &mut text);
    text.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7636_appendix_b() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            code_challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
