//! The providers' origin: every system that the widget connects to.

pub mod alter;
pub mod anon;
mod controls;
pub mod oauth;
pub mod stackone;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::Shared;
use crate::clock::iso;
use crate::error::ApiError;
use crate::switches::Switches;

/// All routes of the providers' origin.
pub fn router(sandbox: Shared) -> Router {
    Router::new()
        .merge(alter::router())
        .merge(anon::router())
        .merge(stackone::router())
        .merge(oauth::router(oauth::Seat::Providers))
        .merge(oauth::well_known(oauth::Seat::Providers))
        .merge(oauth::registration())
        .merge(controls::router())
        .merge(crate::assets::router())
        .fallback(unknown_endpoint)
        .layer(axum::extract::DefaultBodyLimit::max(crate::http::MAX_BODY))
        .layer(map_response(crate::http::refusals_in_json))
        .with_state(sandbox.clone())
        .nest_service("/pkg", crate::site::package(&sandbox))
}

/// The app's URL with its `connect_state` left out or another, as the switches say; everything else in it stays as it is.
fn with_bent_binding(url: &str, switches: &Switches) -> String {
    let value = switches.text("connect_state");
    if value.is_none() && !switches.is_set("drop_connect_state") {
        return url.to_owned();
    }
    let Ok(mut parsed) = Url::parse(url) else {
        return url.to_owned();
    };
    let others: Vec<&str> = parsed
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("connect_state"))
        .collect();
    let others = others.join("&");
    parsed.set_query((!others.is_empty()).then_some(&others));
    if let Some(value) = value {
        parsed.query_pairs_mut().append_pair("connect_state", value);
    }
    parsed.into()
}

/// Refused in a form that StackOne's own clients can read, too: otherwise they say no more than that the answer is invalid.
async fn unknown_endpoint(State(sandbox): State<Shared>, uri: Uri) -> Response {
    // Alter's SDK takes a 404 for a grant that is gone, and an app then has its user connect again.
    let (status, code) = if uri.path().starts_with("/sdk/") {
        (StatusCode::NOT_IMPLEMENTED, "not_implemented")
    } else {
        (StatusCode::NOT_FOUND, "not_found")
    };
    ApiError::new(
        status,
        code,
        format!(
            "The sandbox has no endpoint {} on the providers' origin. sandbox/README.md lists all.",
            uri.path()
        ),
    )
    .with("statusCode", status.as_u16())
    .with("timestamp", iso(sandbox.clock.now()))
    .into_response()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_binding_is_bent() {
        let url = "http://localhost:4400/app?a=%20x&connect_state=s1&b#/route";
        let bent = |switches| with_bent_binding(url, &Switches::from_json(Some(&switches)));
        assert_eq!(bent(json!({})), url);
        assert_eq!(
            bent(json!({"drop_connect_state": true})),
            "http://localhost:4400/app?a=%20x&b#/route"
        );
        assert_eq!(
            bent(json!({"connect_state": "other one"})),
            "http://localhost:4400/app?a=%20x&b&connect_state=other+one#/route"
        );
        let alone = with_bent_binding(
            "http://localhost:4400/?connect_state=s1",
            &Switches::from_json(Some(&json!({"drop_connect_state": true}))),
        );
        assert_eq!(alone, "http://localhost:4400/");
    }
}
