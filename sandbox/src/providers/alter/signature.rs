//! Who is calling: the API key and the HMAC signature, as the published backend SDK (`alter-sdk` 0.29) makes them.

use axum::http::{HeaderMap, Method, Uri};

use crate::crypto;
use crate::error::ApiError;
use crate::http::pairs;

/// How far a request's time may be from ours, in seconds.
const MAX_SKEW: i64 = 300;

/// The purpose that the signing key is derived for.
const PURPOSE: &[u8] = b"alter-signing-v1";

/// The parts of a request that are signed.
#[derive(Debug)]
pub struct SignedRequest<'a> {
    /// HTTP method.
    pub method: &'a Method,
    /// Request target.
    pub uri: &'a Uri,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

impl SignedRequest<'_> {
    /// The API key that the request says it has.
    pub fn api_key(&self) -> Option<&str> {
        self.header("x-api-key")
    }

    /// The value that is used only once.
    pub fn nonce(&self) -> Option<&str> {
        self.header("x-alter-nonce")
    }

    /// Who the SDK says is calling: a service, or a managed agent by its UUID.
    pub fn caller(&self) -> Option<&str> {
        self.header("x-alter-caller")
    }

    /// The scopes that an attenuated client keeps, comma separated.
    pub fn constraints(&self) -> &str {
        self.header("x-alter-scope-constraints").unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .get(name)?
            .to_str()
            .ok()
            .filter(|text| !text.is_empty())
    }

    /// Checks time, content hash and signature under that API key.
    ///
    /// # Errors
    /// `missing_signature`, `signature_expired`, `content_hash_mismatch`, `invalid_signature` (401).
    pub fn verify(&self, api_key: &str, now_unix: i64) -> Result<(), ApiError> {
        let (Some(timestamp), Some(_), Some(content_hash), Some(signature)) = (
            self.header("x-alter-timestamp"),
            self.nonce(),
            self.header("x-alter-content-sha256"),
            self.header("x-alter-signature"),
        ) else {
            return Err(ApiError::unauthorized(
                "missing_signature",
                "Sign the request: X-Alter-Timestamp, X-Alter-Nonce, X-Alter-Content-SHA256 and X-Alter-Signature are needed.",
            ));
        };
        self.check_time(timestamp, now_unix)?;
        if !crypto::same(content_hash, &crypto::hex(&crypto::sha256(self.body))) {
            return Err(ApiError::unauthorized(
                "content_hash_mismatch",
                "X-Alter-Content-SHA256 is not the hash of this body; sign the bytes that are sent.",
            ));
        }
        let expected = sign(api_key, &self.string_to_sign());
        if crypto::same(signature, &expected) {
            return Ok(());
        }
        Err(ApiError::unauthorized(
            "invalid_signature",
            "X-Alter-Signature does not match the request; check the key and the canonical string.",
        ))
    }

    fn check_time(&self, timestamp: &str, now_unix: i64) -> Result<(), ApiError> {
        match timestamp.parse::<i64>() {
            Ok(at) if now_unix.abs_diff(at) <= MAX_SKEW.unsigned_abs() => Ok(()),
            _ => Err(ApiError::unauthorized(
                "signature_expired",
                "X-Alter-Timestamp is not within 300 seconds of the server's clock.",
            )),
        }
    }

    /// METHOD, path with sorted query, timestamp, nonce, content hash, scope constraints, each on its line; then,
    /// where present, the request rule and the actor headers with their labels.
    fn string_to_sign(&self) -> String {
        let line = |name| self.header(name).unwrap_or_default();
        let mut text = [
            self.method.as_str(),
            &canonical_path(self.uri),
            line("x-alter-timestamp"),
            line("x-alter-nonce"),
            line("x-alter-content-sha256"),
            line("x-alter-scope-constraints"),
        ]
        .join("\n");
        for (label, name) in [
            ("request-rule", "x-alter-request-rule"),
            ("caller", "x-alter-caller"),
            ("caller-type", "x-alter-caller-type"),
            ("actor-id", "x-alter-actor-id"),
            ("actor-context", "x-alter-context"),
        ] {
            if let Some(value) = self.header(name) {
                text.push_str(&format!("\n{label}:{value}"));
            }
        }
        text
    }
}

/// The hex signature of a canonical string under the key derived from that API key.
pub fn sign(api_key: &str, string_to_sign: &str) -> String {
    let key = crypto::hmac_sha256(api_key.as_bytes(), PURPOSE);
    crypto::hex(&crypto::hmac_sha256(&key, string_to_sign.as_bytes()))
}

/// The percent-decoded path, and the query sorted and encoded anew.
fn canonical_path(uri: &Uri) -> String {
    let path = percent_decoded(uri.path());
    match uri.query() {
        None | Some("") => path,
        Some(query) => {
            let mut pairs = pairs(query);
            pairs.sort();
            let query: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", quote_plus(name), quote_plus(value)))
                .collect();
            format!("{path}?{}", query.join("&"))
        }
    }
}

fn percent_decoded(text: &str) -> String {
    // A plus is a plus in a path; only in a query does it stand for a space.
    let kept = text.replace('+', "%2B");
    pairs(&format!("x={}", kept.replace('&', "%26")))
        .into_iter()
        .next()
        .map_or_else(String::new, |(_, value)| value)
}

/// Python's `urllib.parse.quote_plus`, which the SDK encodes queries with.
fn quote_plus(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn canonical(uri: &str) -> String {
        canonical_path(&uri.parse().expect("a URI"))
    }

    #[test]
    fn paths_are_decoded_and_queries_sorted() {
        assert_eq!(canonical("/sdk/a%2Fb/c+d"), "/sdk/a/b/c+d");
        assert_eq!(canonical("/sdk/x?b=2&a=1"), "/sdk/x?a=1&b=2");
        assert_eq!(canonical("/sdk/x?a=1+2&a=~*"), "/sdk/x?a=1+2&a=~%2A");
        assert_eq!(canonical("/sdk/x?"), "/sdk/x");
    }

    /// Made with the string that `alter-sdk` 0.29 builds, and Python's hmac.
    #[test]
    fn the_signature_is_the_sdks() {
        let canonical = "POST\n/sdk/oauth/connect/session\n1700000000\n00112233445566778899aabbccddeeff\n44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n";
        assert_eq!(
            sign("alter_rk_sandboxdemoapp22222222_fnbyra", canonical),
            "11b5e6c4bec5f40a2265bc5b1611f3208ab9b7ce8cd235dcee6b9590fa3b2e71"
        );
    }

    fn signed(body: &[u8], timestamp: i64) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: String| {
            headers.insert(name, HeaderValue::from_str(&value).expect("a header"));
        };
        put("x-alter-timestamp", timestamp.to_string());
        put("x-alter-nonce", "n".into());
        put("x-alter-content-sha256", crypto::hex(&crypto::sha256(body)));
        put("x-alter-caller", "backend".into());
        let request = format!(
            "POST\n/p\n{timestamp}\nn\n{}\n\ncaller:backend",
            crypto::hex(&crypto::sha256(body))
        );
        put("x-alter-signature", sign("key", &request));
        headers
    }

    fn verify(headers: &HeaderMap, body: &[u8], now: i64) -> Result<(), String> {
        SignedRequest {
            method: &Method::POST,
            uri: &Uri::from_static("/p"),
            headers,
            body,
        }
        .verify("key", now)
        .map_err(|error| error.code)
    }

    #[test]
    fn each_part_is_bound() {
        let headers = signed(b"{}", 1000);
        assert_eq!(verify(&headers, b"{}", 1000), Ok(()));
        assert_eq!(
            verify(&headers, b"{}", 1301),
            Err("signature_expired".into())
        );
        assert_eq!(
            verify(&headers, b"{ }", 1000),
            Err("content_hash_mismatch".into())
        );
        let mut stripped = headers.clone();
        stripped.remove("x-alter-caller");
        assert_eq!(
            verify(&stripped, b"{}", 1000),
            Err("invalid_signature".into())
        );
        stripped.remove("x-alter-nonce");
        assert_eq!(
            verify(&stripped, b"{}", 1000),
            Err("missing_signature".into())
        );
    }
}
