//! How a refusal is said: a status, a stable code, a sentence.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal as JSON: `{"error": code, "message": sentence, …}`.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable, machine-readable code.
    pub code: String,
    /// What is wrong and what to do about it.
    pub message: String,
    /// Further members of the body.
    pub extra: Map<String, Value>,
    /// Further headers, e.g. a challenge.
    pub headers: HeaderMap,
}

impl ApiError {
    /// A refusal with that status, code and sentence.
    pub fn new(status: StatusCode, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            extra: Map::new(),
            headers: HeaderMap::new(),
        }
    }

    /// 400.
    pub fn bad_request(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 401.
    pub fn unauthorized(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    /// 404.
    pub fn not_found(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// The same with one more member in its body.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }

    /// The same with a `WWW-Authenticate` challenge.
    pub fn challenge(mut self, challenge: &'static str) -> Self {
        self.headers.insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        );
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        tracing::info!(
            "refused: {} {}: {}",
            self.status.as_u16(),
            self.code,
            self.message
        );
        let mut body = json!({"error": self.code, "message": self.message});
        if let Some(object) = body.as_object_mut() {
            object.extend(self.extra);
        }
        (self.status, self.headers, Json(body)).into_response()
    }
}
