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
    Secret::new(Base64UrlUnpadded::encode_string(&world.random()))
}

/// `BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &Secret) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(code_verifier.expose()))
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
