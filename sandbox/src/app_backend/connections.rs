//! The app's list of what its user connected, one list per browser.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Browser, Store, alter};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::json_body;
use crate::store::Bounded;
use crate::{Shared, crypto, lock};

/// The largest connection, in bytes of JSON.
const MAX_CONNECTION: usize = 4 * 1024;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/connections", get(list).post(add).delete(remove_all))
        .route("/api/connections/{id}", delete(remove))
}

fn listed(store: &Store, browser: &Browser) -> Value {
    let connections: Vec<&Value> = store
        .browsers
        .get(&browser.id)
        .map(|memory| memory.connections.values().collect())
        .unwrap_or_default();
    json!({"connections": connections})
}

async fn list(State(sandbox): State<Shared>, browser: Browser) -> Response {
    let body = listed(&lock(&sandbox.app), &browser);
    (browser, Json(body)).into_response()
}

async fn add(
    State(sandbox): State<Shared>,
    browser: Browser,
    body: Bytes,
) -> Result<Response, ApiError> {
    let posted: Value = json_body(&body)?;
    let now = iso(sandbox.clock.now());
    let mut added = Vec::new();
    let mut store = lock(&sandbox.app);
    for item in items(posted)? {
        added.push(record(&mut store, &browser.id, &item, &now)?);
    }
    Ok((
        StatusCode::CREATED,
        browser,
        Json(json!({"connections": added})),
    )
        .into_response())
}

/// One connection, several, or the grants that Alter answered.
fn items(posted: Value) -> Result<Vec<Value>, ApiError> {
    if let Some(grants) = posted["grants"].as_array() {
        return Ok(grants.iter().map(from_grant).collect());
    }
    match posted {
        Value::Array(items) if items.len() <= 100 => Ok(items),
        Value::Object(_) => Ok(vec![posted]),
        _ => Err(ApiError::bad_request(
            "invalid_request",
            "Post one connection, an array of at most 100, or {\"grants\": […]}.",
        )),
    }
}

fn from_grant(grant: &Value) -> Value {
    json!({
        "id": grant["grant_id"],
        "protocol": "alter-connect",
        "provider": grant["provider"],
        "provider_name": grant["provider_name"],
        "account": grant["account_identifier"],
        "operation": grant["operation"],
        "details": {"scopes": grant["scopes"], "status": grant["status"]},
    })
}

/// Puts a connection into a browser's list, or brings the one of the same protocol and id up to date.
///
/// # Errors
/// `invalid_request` (400) when it has no protocol; `too_large` (413).
pub(super) fn record(
    store: &mut Store,
    browser: &str,
    item: &Value,
    now: &str,
) -> Result<Value, ApiError> {
    let protocol = item["protocol"]
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            ApiError::bad_request(
                "invalid_request",
                "A connection needs a protocol, e.g. \"code\".",
            )
        })?;
    let id = item["id"]
        .as_str()
        .filter(|text| !text.is_empty())
        .map_or_else(|| crypto::random_token("conn_"), str::to_owned);
    if item.to_string().len() > MAX_CONNECTION {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "A connection has at most 4 KiB.",
        ));
    }
    let Some(memory) = store.browsers.get_mut(browser) else {
        return Err(ApiError::not_found(
            "unknown_browser",
            "The app forgot this browser.",
        ));
    };
    let known = memory
        .connections
        .get(&id)
        .filter(|known| known["protocol"] == protocol)
        .map(|known| known["created_at"].clone());
    let connection = json!({
        "id": id,
        "protocol": protocol,
        "provider": item["provider"],
        "provider_name": item["provider_name"],
        "account": item["account"],
        "operation": item["operation"],
        "details": item["details"],
        "created_at": known.unwrap_or_else(|| now.into()),
        "updated_at": now,
    });
    memory.connections.insert(id, connection.clone());
    tracing::info!(
        "app: connected {} by {protocol}",
        connection["provider"].as_str().unwrap_or("something")
    );
    Ok(connection)
}

async fn remove(
    State(sandbox): State<Shared>,
    browser: Browser,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let removed = lock(&sandbox.app)
        .browsers
        .get_mut(&browser.id)
        .and_then(|memory| memory.connections.remove(&id));
    let Some(connection) = removed else {
        return Err(ApiError::not_found(
            "not_found",
            "There is no such connection.",
        ));
    };
    disconnect(&sandbox, &browser, &connection).await;
    let body = listed(&lock(&sandbox.app), &browser);
    Ok((browser, Json(body)).into_response())
}

async fn remove_all(State(sandbox): State<Shared>, browser: Browser) -> Response {
    let removed = lock(&sandbox.app)
        .browsers
        .get_mut(&browser.id)
        .map(|memory| std::mem::take(&mut memory.connections));
    for connection in removed.iter().flat_map(Bounded::values) {
        disconnect(&sandbox, &browser, connection).await;
    }
    (browser, Json(json!({"connections": []}))).into_response()
}

/// Tells the provider that the app no longer uses the connection.
async fn disconnect(sandbox: &Shared, browser: &Browser, connection: &Value) {
    if connection["protocol"] == "alter-connect"
        && let Some(id) = connection["id"].as_str()
    {
        alter::revoke(sandbox, browser, id).await;
    }
}
