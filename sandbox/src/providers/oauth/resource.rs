//! What access tokens open: who am I?

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use serde_json::{Value, json};

use super::{Granted, Profile, aniapi, anny, standard};
use crate::error::ApiError;
use crate::http::{WantedPlain, cors, credentials};
use crate::{Sandbox, Shared, lock};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/auth/me", get(aniapi_me).options(cors::preflight))
        .route("/api/v1/me", get(anny_me).options(cors::preflight))
        .route(
            "/standard/userinfo",
            get(userinfo).post(userinfo).options(cors::preflight),
        )
        .layer(from_fn(cors::open))
}

/// What the bearer token stands for (RFC 6750 §2.1).
///
/// # Errors
/// 401 with a challenge: `invalid_token`, or no code at all where no token was sent (RFC 6750 §3.1).
fn bearer(sandbox: &Sandbox, profile: &Profile, headers: &HeaderMap) -> Result<Granted, Response> {
    let Some(token) = credentials(headers, "Bearer") else {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"sandbox\"")];
        return Err((StatusCode::UNAUTHORIZED, challenge, Extension(WantedPlain)).into_response());
    };
    let now = sandbox.clock.now();
    lock(&sandbox.oauth)
        .access
        .get(token)
        .filter(|access| !access.revoked && now < access.expires_at)
        .filter(|access| access.granted.profile == profile)
        .map(|access| access.granted.clone())
        .ok_or_else(|| {
            ApiError::unauthorized(
                "invalid_token",
                "Send Authorization: Bearer with an access token that is neither expired nor revoked.",
            )
            .challenge("Bearer error=\"invalid_token\"")
            .into_response()
        })
}

async fn aniapi_me(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Value>, Response> {
    let granted = bearer(&sandbox, &aniapi::PROFILE, &headers)?;
    Ok(Json(json!({
        "status_code": 200,
        "message": "The user was found",
        "data": {"username": granted.person.user, "email": granted.person.email},
        "version": "1",
    })))
}

async fn anny_me(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Value>, Response> {
    let granted = bearer(&sandbox, &anny::PROFILE, &headers)?;
    Ok(Json(json!({
        "data": {
            "type": "users",
            "id": granted.person.user,
            "attributes": {"name": granted.person.name, "email": granted.person.email},
        },
    })))
}

/// By `GET` and by `POST` (OpenID Connect Core §5.3.1).
async fn userinfo(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Value>, Response> {
    let granted = bearer(&sandbox, &standard::PROFILE, &headers)?;
    Ok(Json(json!({
        "sub": granted.person.user,
        "name": granted.person.name,
        "email": granted.person.email,
    })))
}
