//! A strict RFC 6749 and OpenID Connect server, for everything that is said of OAuth in general.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use super::{Granted, Profile, Seat, TokenStyle};
use crate::config::Origins;
use crate::pages::Brand;
use crate::{Shared, crypto};

pub(super) static PROFILE: Profile = Profile {
    id: "standard",
    brand: Brand {
        id: "standard",
        name: "Standard OAuth",
    },
    authorize_path: "/standard/authorize",
    issuer_path: "/standard",
    response_types: &["code", "token", "id_token token"],
    response_modes: &["query", "fragment"],
    style: TokenStyle::Rfc6749,
    sends_iss: true,
    access_life: 3_600,
};

/// What ID tokens are signed with (HS256).
const ID_TOKEN_KEY: &[u8] = b"standard-id-token-key";

/// An ID token for what was granted (OpenID Connect Core §2), bound to the access token beside it (§3.2.2.10).
pub(super) fn id_token(
    granted: &Granted,
    access_token: &str,
    origins: &Origins,
    now_unix: i64,
) -> String {
    let digest = crypto::sha256(access_token.as_bytes());
    let mut claims = json!({
        "iss": PROFILE.issuer(granted.seat, origins),
        "sub": granted.person.user,
        "aud": granted.client_id,
        "iat": now_unix,
        "exp": now_unix + 600,
        "name": granted.person.name,
        "email": granted.person.email,
        "at_hash": crypto::base64url(&digest[..digest.len() / 2]),
    });
    if let Some(nonce) = &granted.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    crypto::sign_jwt(&claims, ID_TOKEN_KEY)
}

pub(super) fn router(seat: Seat) -> Router<Shared> {
    let metadata = move |sandbox| metadata(seat, sandbox);
    Router::new().route("/standard/.well-known/openid-configuration", get(metadata))
}

async fn metadata(seat: Seat, State(sandbox): State<Shared>) -> impl IntoResponse {
    let issuer = PROFILE.issuer(seat, &sandbox.origins);
    let body = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": PROFILE.response_types,
        "response_modes_supported": PROFILE.response_modes,
        "grant_types_supported": ["authorization_code", "refresh_token", "implicit"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
        "id_token_signing_alg_values_supported": ["HS256"],
        "subject_types_supported": ["public"],
    });
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(body))
}
