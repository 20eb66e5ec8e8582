//! What backends call: make a connect session, list accounts. Authorized by HTTP Basic with the API key as user name.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::{API_KEY, Account, CATEGORIES, Connector, Session, Store};
use crate::clock::iso;
use crate::crypto::{base64_text, random_number, random_token, redacted, same};
use crate::error::ApiError;
use crate::http::{credentials, first, json_body, pairs};
use crate::switches::Switches;
use crate::{Sandbox, Shared, lock};

/// Life of a session's link, in seconds, unless the backend says otherwise.
const DEFAULT_LIFE: i64 = 1_800;
/// Life of a link made by hand, and the longest there is: 30 days.
pub(super) const LONGEST_LIFE: i64 = 30 * 24 * 3_600;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/connect_sessions", post(create_session))
        .route("/accounts", get(list_accounts))
        .route("/accounts/{id}", get(account).delete(delete_account))
}

/// A refusal as StackOne's own clients read it, beside what everybody is told here.
fn refusal(sandbox: &Sandbox) -> impl FnOnce(ApiError) -> ApiError {
    let now = iso(sandbox.clock.now());
    move |error| {
        let status = error.status.as_u16();
        error.with("statusCode", status).with("timestamp", now)
    }
}

fn check_key(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = credentials(headers, "Basic")
        .and_then(base64_text)
        .unwrap_or_default();
    if same(&given, &format!("{API_KEY}:")) {
        return Ok(());
    }
    Err(ApiError::unauthorized(
        "unauthorized",
        "Send Authorization: Basic with base64 of the API key and a colon; sandbox/README.md has the key.",
    )
    .challenge("Basic realm=\"stackone\""))
}

/// The body of `POST /connect_sessions`; unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SessionRequest {
    pub(super) origin_owner_id: String,
    pub(super) origin_owner_name: String,
    pub(super) origin_username: Option<String>,
    pub(super) categories: Option<Vec<String>>,
    pub(super) provider: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) expires_in: Option<i64>,
    pub(super) metadata: Option<Map<String, Value>>,
    pub(super) multiple: Option<bool>,
    pub(super) label: Option<String>,
    pub(super) sandbox: Option<Value>,
}

async fn create_session(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let create = || {
        check_key(&headers)?;
        let request: SessionRequest = json_body(&body)?;
        let mut store = lock(&sandbox.stackone);
        let session = build_session(&store, request, sandbox.clock.now())?;
        let answer = session.to_json(&sandbox.origins.providers);
        store.sessions.insert(session.token.clone(), session);
        Ok((StatusCode::CREATED, Json(answer)))
    };
    create().map_err(refusal(&sandbox))
}

/// A session out of a request.
///
/// # Errors
/// `invalid_request` (400) naming the field; `account_not_found` (404).
pub(super) fn build_session(
    store: &Store,
    request: SessionRequest,
    now: OffsetDateTime,
) -> Result<Session, ApiError> {
    for (field, value) in [
        ("origin_owner_id", &request.origin_owner_id),
        ("origin_owner_name", &request.origin_owner_name),
    ] {
        if value.trim().is_empty() || value.len() > 200 {
            return Err(invalid(format!(
                "{field} is required, at most 200 characters."
            )));
        }
    }
    let life = request.expires_in.unwrap_or(DEFAULT_LIFE);
    if !(1..=LONGEST_LIFE).contains(&life) {
        return Err(invalid("expires_in must be between 1 and 2592000 seconds."));
    }
    let account = request
        .account_id
        .as_deref()
        .map(|id| editable(store, id))
        .transpose()?;
    let provider =
        match (&account, &request.provider) {
            (Some(account), _) => Some(account.connector),
            (None, Some(id)) => Some(Connector::find(id).ok_or_else(|| {
                invalid(format!("provider {id:?} is not enabled on the project."))
            })?),
            (None, None) => None,
        };
    let metadata = request.metadata.unwrap_or_default();
    let switches = Switches::from_json(metadata.get("sandbox"))
        .merged(Switches::from_json(request.sandbox.as_ref()));
    let session = Session {
        id: random_number(),
        token: random_token("st_"),
        origin_owner_id: request.origin_owner_id,
        origin_owner_name: request.origin_owner_name,
        origin_username: request.origin_username,
        categories: check_categories(request.categories.unwrap_or_default())?,
        provider,
        account_id: request.account_id,
        label: request.label,
        multiple: request.multiple.unwrap_or_default(),
        metadata,
        switches,
        created_at: now,
        expires_at: now + Duration::seconds(life),
        used: false,
        signed_in: None,
    };
    tracing::info!(
        "stackone: connect session {} for owner {}, good for {life} s",
        redacted(&session.token),
        session.origin_owner_id
    );
    Ok(session)
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("invalid_request", message)
}

fn editable(store: &Store, id: &str) -> Result<Account, ApiError> {
    store
        .accounts
        .get(id)
        .cloned()
        .ok_or_else(|| ApiError::not_found("account_not_found", "account_id names no account."))
}

fn check_categories(names: Vec<String>) -> Result<Vec<&'static str>, ApiError> {
    names
        .iter()
        .map(|name| {
            CATEGORIES
                .iter()
                .find(|(id, _)| id == name)
                .map(|(id, _)| *id)
                .ok_or_else(|| invalid(format!("There is no category {name:?}.")))
        })
        .collect()
}

async fn list_accounts(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ApiError> {
    check_key(&headers).map_err(refusal(&sandbox))?;
    let query = pairs(&query.unwrap_or_default());
    let is = |name: &str, actual: &str| first(&query, name).is_none_or(|wanted| wanted == actual);
    let listed: Vec<Value> = lock(&sandbox.stackone)
        .accounts
        .values()
        .filter(|account| is("origin_owner_id", &account.origin_owner_id))
        .filter(|account| is("provider", account.connector.id))
        .filter(|account| {
            first(&query, "account_ids").is_none_or(|ids| ids.split(',').any(|id| id == account.id))
        })
        .map(Account::to_json)
        .collect();
    Ok(Json(listed.into()))
}

async fn account(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    check_key(&headers)
        .and_then(|()| editable(&lock(&sandbox.stackone), &id))
        .map(|account| Json(account.to_json()))
        .map_err(refusal(&sandbox))
}

async fn delete_account(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let delete = || {
        check_key(&headers)?;
        let mut store = lock(&sandbox.stackone);
        let mut answer = editable(&store, &id)?.to_json();
        store.accounts.remove(&id);
        tracing::info!("stackone: account {id} deleted");
        answer["deleted"] = true.into();
        Ok(Json(answer))
    };
    delete().map_err(refusal(&sandbox))
}
