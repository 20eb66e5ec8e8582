//! Registered clients, built in and added by tests.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{Client, Profile, aniapi, anny, standard};
use crate::config::{Config, Origins};
use crate::error::ApiError;
use crate::http::json_body;
use crate::{Shared, crypto, lock};

/// Pages of the app that may be redirected to; each also with `callback.html` after it.
const APP_PAGES: [&str; 5] = ["/", "/react/", "/vue/", "/angular/", "/element/"];
/// Further ones, as they are. A path that begins with two slashes is one that a page cannot rewrite its address to.
const APP_FILES: [&str; 5] = [
    "/index.html",
    "/callback",
    "/pkg/callback.html",
    "//",
    "//callback.html",
];

/// How many redirect URIs a client can have.
const MAX_REDIRECT_URIS: usize = 100;

/// The clients that every sandbox knows.
pub(super) fn built_in(origins: &Origins, config: &Config) -> Vec<Client> {
    let redirect_uris = redirect_uris(origins, config);
    let client = |id: &str, profile, secret: Option<&str>| Client {
        id: id.to_owned(),
        profile,
        name: "Demo App".to_owned(),
        secret: secret.map(str::to_owned),
        redirect_uris: redirect_uris.clone(),
    };
    vec![
        client("aniapi-demo", &aniapi::PROFILE, None),
        client("anny-demo", &anny::PROFILE, None),
        client("anny-backend", &anny::PROFILE, Some("anny-backend-secret")),
        client("standard-demo", &standard::PROFILE, None),
        client(
            "standard-backend",
            &standard::PROFILE,
            Some("standard-backend-secret"),
        ),
    ]
}

fn redirect_uris(origins: &Origins, config: &Config) -> Vec<String> {
    let pages = APP_PAGES
        .iter()
        .flat_map(|page| [(*page).to_owned(), format!("{page}callback.html")]);
    let files = APP_FILES.iter().map(|file| (*file).to_owned());
    pages
        .chain(files)
        .map(|path| format!("{}{path}", origins.app))
        .chain(
            config
                .redirect_uris
                .iter()
                .filter(|uri| !uri.is_empty())
                .cloned(),
        )
        .collect()
}

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/sandbox/clients", post(register))
}

/// The body of a registration.
#[derive(Debug, Deserialize)]
struct Registration {
    provider: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    name: Option<String>,
    redirect_uris: Vec<String>,
}

async fn register(
    State(sandbox): State<Shared>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let registration: Registration = json_body(&body)?;
    let profile = Profile::find(&registration.provider).ok_or_else(|| {
        ApiError::bad_request(
            "invalid_request",
            "provider must be aniapi, anny or standard.",
        )
    })?;
    check_redirect_uris(&registration.redirect_uris)?;
    let id = registration
        .client_id
        .unwrap_or_else(|| crypto::random_token("client_"));
    let mut store = lock(&sandbox.oauth);
    let known = store
        .clients
        .get(&id)
        .filter(|client| client.profile == profile)
        .cloned();
    let mut client = known.unwrap_or(Client {
        id: id.clone(),
        profile,
        name: registration.name.unwrap_or_else(|| "Demo App".to_owned()),
        secret: registration.client_secret,
        redirect_uris: Vec::new(),
    });
    client.redirect_uris.extend(registration.redirect_uris);
    client.redirect_uris.truncate(MAX_REDIRECT_URIS);
    let answer = json!({
        "provider": profile.id,
        "client_id": id,
        "name": client.name,
        "redirect_uris": client.redirect_uris,
    });
    tracing::info!("{}: registered client {id}", profile.id);
    store.clients.insert(id, client);
    Ok((StatusCode::CREATED, Json(answer)))
}

fn check_redirect_uris(uris: &[String]) -> Result<(), ApiError> {
    let fits = |uri: &String| {
        uri.len() <= 2_048 && Url::parse(uri).is_ok_and(|url| url.fragment().is_none())
    };
    if uris.len() <= MAX_REDIRECT_URIS && uris.iter().all(fits) {
        return Ok(());
    }
    Err(ApiError::bad_request(
        "invalid_redirect_uri",
        "redirect_uris must be at most 100 absolute URIs without a fragment (RFC 6749 §3.1.2).",
    ))
}
