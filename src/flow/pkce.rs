//! Proof Key for Code Exchange (RFC 7636), S256 only.
//!
//! SHA-256 is computed in Rust, and not by `crypto.subtle`, because that answers a promise, and the URL must be known inside
//! the click.

use crate::secret::{Secret, hash};

/// `BASE64URL(SHA256(ASCII(code_verifier)))`, RFC 7636 section 4.2.
pub fn code_challenge(code_verifier: &Secret) -> String {
    hash(code_verifier.expose())
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
