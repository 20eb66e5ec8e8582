//! Making Anon links with the app's API key.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Browser, Mishap, Refusal, bound, passed_on};
use crate::http::json_body;
use crate::providers::anon::API_KEY;
use crate::{Shared, crypto};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/anon/link", post(link))
}

/// The body of `POST /api/anon/link`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LinkRequest {
    app: Option<String>,
    #[serde(rename = "redirectUrl")]
    redirect_url: Option<String>,
    state: Option<Value>,
    sandbox: Map<String, Value>,
    /// The attempt's `context.state`, which goes into the redirect URL as `connect_state`.
    bind: Option<String>,
    #[serde(flatten)]
    mishap: Mishap,
}

async fn link(
    State(sandbox): State<Shared>,
    browser: Browser,
    body: Bytes,
) -> Result<Response, Refusal> {
    let request: LinkRequest = json_body(&body)?;
    request.mishap.happen().await?;
    let state = state_text(request.state);
    let redirect_url = request
        .redirect_url
        .unwrap_or_else(|| format!("{}/callback.html", sandbox.origins.app));
    let redirect_url = match &request.bind {
        Some(state) => bound(&redirect_url, state),
        None => redirect_url,
    };
    let mut query = vec![
        (
            "app".to_owned(),
            request.app.unwrap_or_else(|| "instagram".to_owned()),
        ),
        ("appUserId".to_owned(), browser.user_id()),
        ("redirectUrl".to_owned(), redirect_url.clone()),
        ("state".to_owned(), state.clone()),
        ("companyName".to_owned(), "Demo App".to_owned()),
    ];
    query.extend(
        request
            .sandbox
            .iter()
            .map(|(key, value)| (format!("sandbox_{key}"), plain(value))),
    );
    let answer = sandbox
        .http
        .get(format!("{}/link/url", sandbox.origins.providers))
        .query(&query)
        .bearer_auth(API_KEY)
        .send()
        .await;
    let answer = passed_on(answer)
        .await
        .map_err(|refusal| refusal.with_cookie_of(&browser))?;
    let body = json!({"url": answer["url"], "state": state, "redirectUrl": redirect_url, "bound": request.bind.is_some()});
    Ok((browser, Json(body)).into_response())
}

/// The state as the JSON text that Anon wants; a fresh one where none was given.
fn state_text(state: Option<Value>) -> String {
    match state {
        None | Some(Value::Null) => json!({"nonce": crypto::random_token("")}).to_string(),
        Some(Value::String(text)) if serde_json::from_str::<Value>(&text).is_ok() => text,
        Some(value) => value.to_string(),
    }
}

/// A switch as the text of a query parameter.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_always_json() {
        assert_eq!(state_text(Some(json!({"a": 1}))), "{\"a\":1}");
        assert_eq!(state_text(Some(json!("{\"a\":1}"))), "{\"a\":1}");
        assert_eq!(state_text(Some(json!("plain"))), "\"plain\"");
        assert_ne!(state_text(None), state_text(None));
    }
}
