//! Random tokens, keyed hashes and comparisons that take the same time whatever they find.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// `prefix` followed by 192 random bits in base64url.
pub fn random_token(prefix: &str) -> String {
    let mut bytes = [0_u8; 24];
    rand::fill(&mut bytes[..]);
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// A random number.
pub fn random_number() -> u32 {
    rand::random()
}

/// A random UUID, version 4.
pub fn random_uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// HMAC-SHA256 of `message` under `key`.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// SHA-256 of `message`.
pub fn sha256(message: &[u8]) -> Vec<u8> {
    Sha256::digest(message).to_vec()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Standard base64, decoded to text.
pub fn base64_text(encoded: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// Are the two equal? Takes as long for a near miss as for a far one.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The first characters of a secret, for a log line that must not give it away.
pub fn redacted(secret: &str) -> String {
    let shown: String = secret.chars().take(10).collect();
    format!("{shown}…")
}

/// A JSON Web Token, signed with HMAC-SHA256 (RFC 7515, RFC 7519).
pub fn sign_jwt(claims: &Value, key: &[u8]) -> String {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    jwt(&header, claims, |signed| hmac_sha256(key, signed))
}

/// A JSON Web Token in its compact form, with whatever signature `sign` makes of the first two parts (RFC 7515 §3.1).
pub fn jwt(header: &Value, claims: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |json: &Value| base64url(json.to_string().as_bytes());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = base64url(&sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// The claims of an HS256 token whose signature is right; its times are the caller's affair.
pub fn verify_jwt(token: &str, key: &[u8]) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let expected = base64url(&hmac_sha256(key, signed.as_bytes()));
    if header.get("alg") != Some(&Value::from("HS256")) || !same(signature, &expected) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwt_survives_the_round_trip_and_nothing_else_does() {
        let token = sign_jwt(&json!({"sub": "u1"}), b"key");
        assert_eq!(verify_jwt(&token, b"key"), Some(json!({"sub": "u1"})));
        assert_eq!(verify_jwt(&token, b"other"), None);
        assert_eq!(verify_jwt(&format!("{token}x"), b"key"), None);
        assert_eq!(verify_jwt("a.b", b"key"), None);
    }

    #[test]
    fn a_redacted_secret_keeps_only_its_beginning() {
        assert_eq!(redacted("sess_0123456789"), "sess_01234…");
    }

    /// RFC 7636, appendix B.
    #[test]
    fn s256_matches_the_rfc() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = base64url(&sha256(verifier.as_bytes()));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
