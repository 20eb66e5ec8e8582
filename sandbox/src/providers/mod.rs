//! The providers' origin: every system that the widget connects to.

pub mod alter;
pub mod anon;
mod controls;
pub mod oauth;
pub mod stackone;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};

use crate::Shared;
use crate::error::ApiError;

/// All routes of the providers' origin.
pub fn router(sandbox: Shared) -> Router {
    Router::new()
        .merge(alter::router())
        .merge(anon::router())
        .merge(stackone::router())
        .merge(oauth::router())
        .merge(controls::router())
        .merge(crate::assets::router())
        .fallback(unknown_endpoint)
        .layer(axum::extract::DefaultBodyLimit::max(crate::http::MAX_BODY))
        .layer(map_response(crate::http::refusals_in_json))
        .with_state(sandbox)
}

async fn unknown_endpoint(uri: Uri) -> Response {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "not_found",
        format!(
            "The sandbox has no endpoint {} on the providers' origin. sandbox/README.md lists all.",
            uri.path()
        ),
    )
    .into_response()
}
