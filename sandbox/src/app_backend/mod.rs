//! The app's origin: its backend under `/api/`, and its static site.
//!
//! The backend does what a real one does: it keeps the keys, mints sessions and links per click, receives webhooks and
//! remembers what is connected.

pub mod alter;
mod anon;
pub mod beacon;
pub mod connections;
pub mod detour;
mod oauth;
mod session;
mod stackone;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

pub use session::Browser;

use crate::Shared;
use crate::error::ApiError;
use crate::http::{MAX_BODY, pause, refusals_in_json};
use crate::providers::oauth::{self as oauth_servers, Seat};
use crate::store::Bounded;

/// What the app remembers, per browser.
#[derive(Debug, Default)]
pub struct Store {
    browsers: Bounded<session::Memory, 1_000>,
    stackone: stackone::Memory,
}

/// All routes of the app's origin.
pub fn router(sandbox: Shared) -> Router {
    Router::new()
        .route("/api/config", get(config))
        .merge(alter::router())
        .merge(anon::router())
        .merge(stackone::router())
        .merge(connections::router())
        .merge(oauth::router())
        .merge(beacon::router())
        .merge(detour::router())
        .merge(crate::assets::router())
        .nest(Seat::App.base(), oauth_servers::router(Seat::App))
        .merge(oauth_servers::well_known(Seat::App))
        .route("/api/{*rest}", axum::routing::any(unknown_endpoint))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY))
        .layer(map_response(refusals_in_json))
        .with_state(sandbox.clone())
        .fallback_service(
            crate::site::router(&sandbox).layer(from_fn_with_state(sandbox, detour::stop)),
        )
}

async fn unknown_endpoint(uri: Uri) -> Response {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "not_found",
        format!(
            "The app's backend has no endpoint {}. sandbox/README.md lists all.",
            uri.path()
        ),
    )
    .into_response()
}

/// What a demo page needs to know.
async fn config(State(sandbox): State<Shared>, browser: Browser) -> Response {
    let providers = &sandbox.origins.providers;
    let own = Seat::App.url(&sandbox.origins);
    let body = json!({
        "app": sandbox.origins.app,
        "user": browser.user_id(),
        "providers": providers,
        "alter": {"baseURL": providers},
        "aniapi": {
            "clientId": "aniapi-demo",
            "authorizationEndpoint": format!("{providers}/v1/oauth"),
            "resource": format!("{providers}/v1/auth/me"),
        },
        "anny": {
            "clientId": "anny-demo",
            "confidentialClientId": "anny-backend",
            "authorizationEndpoint": format!("{providers}/oauth/authorize"),
            "tokenEndpoint": format!("{providers}/oauth/token"),
            "resource": format!("{providers}/api/v1/me"),
        },
        "standard": {
            "clientId": "standard-demo",
            "confidentialClientId": "standard-backend",
            "issuer": format!("{providers}/standard"),
            "authorizationEndpoint": format!("{providers}/standard/authorize"),
            "tokenEndpoint": format!("{providers}/standard/token"),
            "resource": format!("{providers}/standard/userinfo"),
        },
        // The same servers and clients, on the app's own origin.
        "sameOrigin": {
            "aniapi": {"authorizationEndpoint": format!("{own}/v1/oauth")},
            "anny": {
                "authorizationEndpoint": format!("{own}/oauth/authorize"),
                "tokenEndpoint": format!("{own}/oauth/token"),
            },
            "standard": {
                "issuer": format!("{own}/standard"),
                "authorizationEndpoint": format!("{own}/standard/authorize"),
                "tokenEndpoint": format!("{own}/standard/token"),
            },
        },
    });
    (browser, Json(body)).into_response()
}

/// How this backend itself misbehaves, in the body of any mint.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mishap {
    delay_ms: u64,
    fail: Option<u16>,
}

impl Mishap {
    /// Waits, then fails, as asked.
    async fn happen(&self) -> Result<(), ApiError> {
        pause(self.delay_ms).await;
        let Some(status) = self.fail else {
            return Ok(());
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Err(ApiError::new(
            status,
            "backend_failed",
            "The app's backend fails because the request asked it to.",
        ))
    }
}

/// The URL with an attempt's state in it, by which its answer is known for its own.
fn bound(url: &str, state: &str) -> String {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    parsed.query_pairs_mut().append_pair("connect_state", state);
    parsed.into()
}

/// A refusal as it is sent, in this backend's words or in the provider's.
struct Refusal(Response);

impl Refusal {
    /// The same, with the cookie of a browser that is new.
    fn with_cookie_of(self, browser: &Browser) -> Self {
        Self((browser.clone(), self.0).into_response())
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self(error.into_response())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0
    }
}

/// A provider's answer, passed on with its own status.
async fn passed_on(answer: Result<reqwest::Response, reqwest::Error>) -> Result<Value, Refusal> {
    let unreachable = |error: reqwest::Error| {
        ApiError::new(
            StatusCode::BAD_GATEWAY,
            "provider_unreachable",
            format!("The provider could not be asked: {error}."),
        )
    };
    let answer = answer.map_err(unreachable)?;
    let status = answer.status();
    let body: Value = answer.json().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(body);
    }
    Err(Refusal((status, Json(body)).into_response()))
}
