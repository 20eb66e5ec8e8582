//! ID tokens of the strict server, and the key that they are signed with.

use std::sync::LazyLock;

use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Granted, standard};
use crate::config::Origins;
use crate::crypto;

/// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3), the one that every provider must support (OpenID Connect Discovery §3).
pub(super) const ALGORITHM: &str = "RS256";

/// The smallest size that the algorithm allows.
const KEY_BITS: usize = 2_048;

/// One key for as long as the program runs, which is as long as anything here is remembered.
static KEY: LazyLock<Key> = LazyLock::new(Key::generate);

struct Key {
    /// The public half, as the key set has it (RFC 7517 §4).
    public: Value,
    private: SigningKey<Sha256>,
}

impl Key {
    fn generate() -> Self {
        let private = PrivateKey::new(&mut rand::rng(), KEY_BITS).expect("2048 bits make a key");
        let modulus = crypto::base64url(&private.n_bytes());
        let exponent = crypto::base64url(&private.e_bytes());
        Self {
            public: json!({
                "kty": "RSA",
                "n": modulus,
                "e": exponent,
                "alg": ALGORITHM,
                "use": "sig",
                "kid": thumbprint(&modulus, &exponent),
            }),
            private: SigningKey::new(private),
        }
    }
}

/// A name for the key that says which it is (RFC 7638 §3).
fn thumbprint(modulus: &str, exponent: &str) -> String {
    let required = json!({"e": exponent, "kty": "RSA", "n": modulus});
    crypto::base64url(&crypto::sha256(required.to_string().as_bytes()))
}

/// Makes the key, which takes part of a second, so that the first sign-in need not wait for it.
pub fn make_key() {
    LazyLock::force(&KEY);
}

/// The key set that clients check ID tokens with (RFC 7517 §5).
pub(super) fn key_set() -> Value {
    json!({"keys": [KEY.public]})
}

/// An ID token for what was granted (OpenID Connect Core §2), bound to the access token beside it (§3.2.2.10).
pub(super) fn issue(
    granted: &Granted,
    access_token: &str,
    origins: &Origins,
    now_unix: i64,
) -> String {
    let digest = crypto::sha256(access_token.as_bytes());
    let mut claims = json!({
        "iss": standard::PROFILE.issuer(granted.seat, origins),
        "sub": granted.person.user,
        "aud": granted.client_id,
        "iat": now_unix,
        "exp": now_unix + 600,
        "auth_time": granted.auth_time,
        "name": granted.person.name,
        "email": granted.person.email,
        "at_hash": crypto::base64url(&digest[..digest.len() / 2]),
    });
    if let Some(nonce) = &granted.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let header = json!({"alg": ALGORITHM, "typ": "JWT", "kid": KEY.public["kid"]});
    crypto::jwt(&header, &claims, |signed| KEY.private.sign(signed).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    #[test]
    fn a_thumbprint_matches_the_rfc() {
        let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs\
                       tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91\
                       CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(
            thumbprint(modulus, "AQAB"),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
