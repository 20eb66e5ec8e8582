//! Making connect sessions, receiving StackOne's webhook, and answering what `verify` asks.

use axum::body::Bytes;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::connections::record;
use super::{Browser, Mishap, Refusal, passed_on};
use crate::clock::iso;
use crate::error::ApiError;
use crate::http::{first, json_body, pairs};
use crate::providers::stackone::{API_KEY, SIGNATURE_HEADER, sign};
use crate::store::Bounded;
use crate::{Shared, crypto, lock};

/// What the app remembers of StackOne.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Session id or token → who minted it and the session's id.
    minted: Bounded<Minted, 4_000>,
    /// Session id → the account that the webhook told.
    accounts: Bounded<Value, 2_000>,
    /// Browser → its newest account.
    newest: Bounded<Value, 2_000>,
    /// Ids of events that were handled.
    events: Bounded<(), 5_000>,
}

#[derive(Debug, Clone)]
struct Minted {
    session_id: String,
    browser: String,
}

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/stackone/session", post(session))
        .route("/api/stackone/account", get(account))
        .route("/webhooks/stackone", post(webhook))
}

/// Makes a connect session; every field but this backend's own goes to StackOne as it is.
async fn session(
    State(sandbox): State<Shared>,
    browser: Browser,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut fields: Map<String, Value> = json_body(&body)?;
    let mishap = Mishap {
        delay_ms: fields
            .remove("delay_ms")
            .and_then(|ms| ms.as_u64())
            .unwrap_or(0),
        fail: fields
            .remove("fail")
            .and_then(|status| u16::try_from(status.as_u64()?).ok()),
    };
    mishap.happen().await?;
    fields
        .entry("origin_owner_id")
        .or_insert_with(|| browser.user_id().into());
    fields
        .entry("origin_owner_name")
        .or_insert_with(|| "Demo Company".into());
    let answer = sandbox
        .http
        .post(format!("{}/connect_sessions", sandbox.origins.providers))
        .basic_auth(API_KEY, Some(""))
        .json(&fields)
        .send()
        .await;
    let answer = passed_on(answer)
        .await
        .map_err(|refusal| refusal.with_cookie_of(&browser))?;
    remember(&sandbox, &browser, &answer);
    Ok((StatusCode::CREATED, browser, Json(answer)).into_response())
}

fn remember(sandbox: &Shared, browser: &Browser, answer: &Value) {
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    // StackOne numbers its sessions, here and in its webhooks.
    let session_id = answer["id"].to_string();
    let minted = Minted {
        session_id: session_id.clone(),
        browser: browser.id.clone(),
    };
    let mut store = lock(&sandbox.app);
    store.stackone.minted.insert(session_id, minted.clone());
    store.stackone.minted.insert(text("token"), minted);
}

#[derive(Debug, Deserialize)]
struct AccountQuery {
    session_id: Option<String>,
}

async fn account(
    State(sandbox): State<Shared>,
    browser: Browser,
    Query(query): Query<AccountQuery>,
) -> Response {
    let store = lock(&sandbox.app);
    let memory = &store.stackone;
    let account = match query.session_id {
        Some(asked) => memory
            .minted
            .get(&asked)
            .and_then(|minted| memory.accounts.get(&minted.session_id)),
        None => memory.newest.get(&browser.id),
    };
    let body = account.cloned().unwrap_or(Value::Null);
    (browser, Json(body)).into_response()
}

async fn webhook(
    State(sandbox): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !crypto::same(header(SIGNATURE_HEADER).unwrap_or_default(), &sign(&body)) {
        return Err(ApiError::unauthorized(
            "invalid_signature",
            "The webhook's signature does not match its body.",
        ));
    }
    let query = pairs(&query.unwrap_or_default());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let attempt = number(header("x-stackone-delivery")).unwrap_or(1);
    if attempt <= number(first(&query, "sandbox_refuse")).unwrap_or(0) {
        return Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "try_again",
            "The app's backend refuses this attempt because it was asked to.",
        ));
    }
    let event: Value = json_body(&body)?;
    let fresh = take_in(&sandbox, &event);
    Ok(Json(json!({"received": true, "duplicate": !fresh})))
}

/// Handles an event once; says whether it was new.
fn take_in(sandbox: &Shared, event: &Value) -> bool {
    let id = event["id"].as_str().unwrap_or_default();
    let mut store = lock(&sandbox.app);
    if store.stackone.events.contains(id) {
        tracing::info!("app: webhook {id} came again; ignored");
        return false;
    }
    store.stackone.events.insert(id, ());
    let data = &event["data"];
    let session_id = &data["connect_session_id"].to_string();
    let told = account_of(event, session_id);
    let owner = data["origin_owner_id"].as_str().unwrap_or_default();
    let minted = store.stackone.minted.get(session_id);
    // A link made by hand was minted by nobody here; its owner may still be one of our users.
    let browser = minted
        .map(|minted| minted.browser.clone())
        .or_else(|| browser_of(&store, owner))
        .unwrap_or_default();
    tracing::info!("app: webhook {} for session {session_id}", event["type"]);
    store.stackone.accounts.insert(session_id, told.clone());
    store.stackone.newest.insert(browser.as_str(), told.clone());
    let connection = json!({
        "id": told["id"],
        "protocol": "stackone-link",
        "provider": told["provider"],
        "provider_name": told["provider_name"],
        "account": data["account"]["origin_username"],
        "operation": if told["event"] == "account.updated" { "reauth" } else { "creation" },
        "details": told,
    });
    if record(&mut store, &browser, &connection, &iso(sandbox.clock.now())).is_err() {
        tracing::info!(
            "app: owner {owner} is no user of this app; the account is only listed at StackOne"
        );
    }
    true
}

fn browser_of(store: &super::Store, user: &str) -> Option<String> {
    let memory = store.browsers.values().find(|memory| memory.user == user)?;
    Some(memory.browser.clone())
}

/// The account as `verify` answers it.
fn account_of(event: &Value, session_id: &str) -> Value {
    let account = &event["data"]["account"];
    json!({
        "id": account["id"],
        "provider": account["provider"],
        "provider_name": account["provider_name"],
        "status": account["status"],
        "origin_owner_id": account["origin_owner_id"],
        "label": account["label"],
        "event": event["type"],
        "session_id": session_id,
    })
}
