//! What both origins need for reading requests.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
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

/// What `Authorization` carries under that scheme, whose case does not count (RFC 9110 §11.1).
pub fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (given, credentials) = value.split_once(' ')?;
    given
        .eq_ignore_ascii_case(scheme)
        .then(|| credentials.trim_start_matches(' '))
}

/// Is the body of that media type, whose case does not count (RFC 9110 §8.3.1)?
pub fn has_type(headers: &HeaderMap, mime: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given.and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = given.split(';').next().unwrap_or("");
    essence.trim().eq_ignore_ascii_case(mime)
}

/// A stop of that many milliseconds, of at most two minutes.
pub async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(ms.min(120_000))).await;
    }
}

/// Marks a response that is plain text because it is wanted so.
#[derive(Debug, Clone, Copy)]
pub struct WantedPlain;

/// Is this a refusal in the framework's own words?
pub fn is_frameworks_refusal(response: &Response) -> bool {
    let mime = response.headers().get(header::CONTENT_TYPE);
    let plain = mime.is_none_or(|mime| mime.as_bytes().starts_with(b"text/plain"));
    let wanted = response.extensions().get::<WantedPlain>().is_some();
    response.status().is_client_error() && plain && !wanted
}

/// Says in JSON what the framework refused in plain text: a body too large, a form that lacks a field, a wrong method.
pub async fn refusals_in_json(response: Response) -> Response {
    if !is_frameworks_refusal(&response) {
        return response;
    }
    let status = response.status();
    let (code, sentence) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is larger than 64 KiB."),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "This endpoint does not take that method.",
        ),
        _ => (
            "invalid_request",
            "The query or the form lacks a field or has one of the wrong type.",
        ),
    };
    in_place_of(&response, ApiError::new(status, code, sentence))
}

/// A refusal in other words. What else it said stays, such as who may read it and which methods there are.
pub fn in_place_of(refusal: &Response, words: impl IntoResponse) -> Response {
    let mut said = words.into_response();
    for (name, value) in refusal.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            said.headers_mut().insert(name, value.clone());
        }
    }
    said
}

/// Cross-origin requests: everybody may call, as browsers need of token and resource endpoints.
pub mod cors {
    use axum::extract::Request;
    use axum::http::{HeaderValue, StatusCode, header};
    use axum::middleware::Next;
    use axum::response::Response;

    use super::{first, pairs};

    /// Answers a preflight; [`open`] adds the headers.
    pub async fn preflight() -> StatusCode {
        StatusCode::NO_CONTENT
    }

    /// Lets every origin read the response, unless the request's `sandbox_cors` is `off`.
    pub async fn open(request: Request, next: Next) -> Response {
        let query = pairs(request.uri().query().unwrap_or_default());
        let off = first(&query, "sandbox_cors") == Some("off");
        let mut response = next.run(request).await;
        if !off {
            let headers = response.headers_mut();
            for (name, value) in [
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
                (
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    "authorization, content-type",
                ),
                (
                    header::ACCESS_CONTROL_ALLOW_METHODS,
                    "GET, POST, DELETE, OPTIONS",
                ),
                (header::ACCESS_CONTROL_EXPOSE_HEADERS, "www-authenticate"),
            ] {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        response
    }
}
