//! What both origins need for reading requests.

use axum::body::Bytes;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::error::ApiError;

/// The largest request body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The body as JSON; an empty one counts as `{}`.
///
/// # Errors
/// `invalid_request` (400) when it is no JSON or not of the expected shape.
pub fn json_body<T: DeserializeOwned>(body: &Bytes) -> Result<T, ApiError> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text).map_err(|error| {
        ApiError::bad_request(
            "invalid_request",
            format!("The body is not the JSON that is expected here: {error}."),
        )
    })
}

/// The decoded name/value pairs of a query or form, duplicates and order kept.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// The first value of that name.
pub fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// A stop of that many milliseconds, of at most two minutes.
pub async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(ms.min(120_000))).await;
    }
}
