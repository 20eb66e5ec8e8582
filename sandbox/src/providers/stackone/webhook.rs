//! Telling the backend: signed POSTs, tried again with growing pauses, each attempt on record.

use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Account, Session, WEBHOOK_SECRET};
use crate::clock::iso;
use crate::crypto::{hex, hmac_sha256, random_uuid};
use crate::http::{first, pairs, pause};
use crate::{Sandbox, Shared, lock};

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-stackone-signature";

/// Pauses before the second and later attempts.
const PAUSES_MS: [u64; 4] = [250, 500, 1_000, 2_000];

/// The value of the signature header for that body.
pub fn sign(body: &[u8]) -> String {
    format!(
        "sha256={}",
        hex(&hmac_sha256(WEBHOOK_SECRET.as_bytes(), body))
    )
}

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/sandbox/stackone/deliveries", get(deliveries))
}

async fn deliveries(State(sandbox): State<Shared>, RawQuery(query): RawQuery) -> Json<Value> {
    let query = pairs(&query.unwrap_or_default());
    let session = first(&query, "session_id");
    let listed: Vec<Value> = lock(&sandbox.stackone)
        .deliveries
        .values()
        .filter(|delivery| session.is_none_or(|id| delivery["session_id"] == id))
        .cloned()
        .collect();
    Json(json!({"deliveries": listed}))
}

/// One event for the backend.
#[derive(Debug, Clone)]
struct Event {
    id: String,
    kind: &'static str,
    session_id: String,
    url: String,
    body: String,
}

/// Sends the event of that account, as the session's switches say, without making anybody wait.
pub(super) fn notify(sandbox: &Shared, session: &Session, account: &Account, kind: &'static str) {
    let mode = session.switches.text("webhook").unwrap_or("now").to_owned();
    if mode == "never" {
        tracing::info!("stackone: {kind} is not sent, as the session asked");
        return;
    }
    let delay_ms = match mode.as_str() {
        "late" => session.switches.number("webhook_delay_ms").unwrap_or(2_000),
        _ => 0,
    };
    let event = event(sandbox, session, account, kind, &mode);
    let copies = if mode == "twice" { 2 } else { 1 };
    let sandbox = sandbox.clone();
    tokio::spawn(async move {
        pause(delay_ms).await;
        for _ in 0..copies {
            deliver(&sandbox, &event).await;
        }
    });
}

fn event(
    sandbox: &Sandbox,
    session: &Session,
    account: &Account,
    kind: &'static str,
    mode: &str,
) -> Event {
    let id = random_uuid();
    let body = json!({
        "id": id,
        "type": kind,
        "created_at": iso(sandbox.clock.now()),
        "data": {
            "account": account.to_json(),
            "connect_session_id": session.id,
            "origin_owner_id": session.origin_owner_id,
        },
    });
    // The app's backend refuses the first attempts when the URL asks it to.
    let refusals = if mode == "flaky" {
        "?sandbox_refuse=2"
    } else {
        ""
    };
    Event {
        id,
        kind,
        session_id: session.id.to_string(),
        url: format!("{}/webhooks/stackone{refusals}", sandbox.origins.app),
        body: body.to_string(),
    }
}

/// Posts the event until it is taken, at most five times.
async fn deliver(sandbox: &Shared, event: &Event) {
    for attempt in 1..=PAUSES_MS.len() + 1 {
        let outcome = post(sandbox, event, attempt).await;
        let taken = outcome
            .as_ref()
            .is_ok_and(|status| (200..300).contains(status));
        record(sandbox, event, attempt, &outcome);
        if taken {
            return;
        }
        if let Some(ms) = PAUSES_MS.get(attempt - 1) {
            pause(*ms).await;
        }
    }
    tracing::warn!("stackone: gave up on {} {}", event.kind, event.id);
}

async fn post(sandbox: &Sandbox, event: &Event, attempt: usize) -> Result<u16, String> {
    sandbox
        .http
        .post(&event.url)
        .timeout(Duration::from_secs(5))
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, sign(event.body.as_bytes()))
        .header("x-stackone-delivery", attempt.to_string())
        .body(event.body.clone())
        .send()
        .await
        .map(|response| response.status().as_u16())
        .map_err(|error| error.to_string())
}

fn record(sandbox: &Sandbox, event: &Event, attempt: usize, outcome: &Result<u16, String>) {
    tracing::info!(
        "stackone: webhook {} attempt {attempt}: {outcome:?}",
        event.kind
    );
    let delivery = json!({
        "event_id": event.id,
        "type": event.kind,
        "session_id": event.session_id,
        "attempt": attempt,
        "at": iso(sandbox.clock.now()),
        "status": outcome.as_ref().ok(),
        "error": outcome.as_ref().err(),
    });
    lock(&sandbox.stackone)
        .deliveries
        .insert(random_uuid(), delivery);
}
