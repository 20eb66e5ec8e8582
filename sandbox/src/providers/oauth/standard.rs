//! A strict RFC 6749 and OpenID Connect server, for everything that is said of OAuth in general.

use axum::extract::State;
use axum::middleware::from_fn;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Profile, Seat, TokenStyle, id_token};
use crate::Shared;
use crate::http::cors;
use crate::pages::Brand;

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

pub(super) fn router(seat: Seat) -> Router<Shared> {
    let metadata = move |sandbox| metadata(seat, sandbox);
    let keys = async || Json(id_token::key_set());
    Router::new()
        .route(
            "/standard/.well-known/openid-configuration",
            get(metadata).options(cors::preflight),
        )
        .route("/standard/jwks", get(keys).options(cors::preflight))
        .layer(from_fn(cors::open))
}

pub(super) fn well_known(seat: Seat) -> Router<Shared> {
    let metadata = move |sandbox| metadata(seat, sandbox);
    let issuer_path = [seat.base(), PROFILE.issuer_path].concat();
    Router::new()
        .route(
            &format!("/.well-known/oauth-authorization-server{issuer_path}"),
            get(metadata).options(cors::preflight),
        )
        .layer(from_fn(cors::open))
}

async fn metadata(seat: Seat, State(sandbox): State<Shared>) -> Json<Value> {
    let issuer = PROFILE.issuer(seat, &sandbox.origins);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": PROFILE.response_types,
        "response_modes_supported": PROFILE.response_modes,
        "grant_types_supported": ["authorization_code", "refresh_token", "implicit"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "authorization_response_iss_parameter_supported": true,
        // Where that is left out, it is true (OpenID Connect Discovery §3).
        "request_uri_parameter_supported": false,
        "id_token_signing_alg_values_supported": [id_token::ALGORITHM],
        "subject_types_supported": ["public"],
    }))
}
