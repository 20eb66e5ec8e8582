//! Beacons: what a page reports and a test reads, without the test touching the page.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::clock::iso;
use crate::error::ApiError;
use crate::http::cors;
use crate::store::Bounded;
use crate::{Shared, lock};

/// The largest report, in bytes.
const MAX_REPORT: usize = 16 * 1024;
/// How much one beacon keeps, in bytes; what comes after is dropped.
const MAX_KEPT: usize = 256 * 1024;

/// All beacons.
#[derive(Debug, Default)]
pub struct Beacons {
    named: Mutex<Bounded<Reports, 500>>,
    changed: Notify,
}

/// What one beacon was told.
#[derive(Debug, Default)]
struct Reports {
    items: Vec<Value>,
    bytes: usize,
}

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route(
            "/api/beacon/{name}",
            post(report)
                .get(read)
                .delete(clear)
                .options(cors::preflight),
        )
        .layer(from_fn(cors::open))
}

async fn report(
    State(sandbox): State<Shared>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, ApiError> {
    if body.len() > MAX_REPORT || name.len() > 200 {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "A report has at most 16 KiB, a beacon's name at most 200 characters.",
        ));
    }
    let size = body.len() + 64;
    let body = serde_json::from_slice(&body)
        .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&body).into_owned()));
    let item = json!({"at": iso(sandbox.clock.now()), "body": body});
    let mut named = lock(&sandbox.beacons.named);
    if named.get(&name).is_none() {
        named.insert(name.clone(), Reports::default());
    }
    if let Some(reports) = named.get_mut(&name)
        && reports.bytes + size <= MAX_KEPT
    {
        reports.bytes += size;
        reports.items.push(item);
    }
    drop(named);
    sandbox.beacons.changed.notify_waiters();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(default)]
struct ReadQuery {
    wait_ms: u64,
    count: usize,
}

impl Default for ReadQuery {
    fn default() -> Self {
        Self {
            wait_ms: 0,
            count: 1,
        }
    }
}

async fn read(
    State(sandbox): State<Shared>,
    Path(name): Path<String>,
    Query(query): Query<ReadQuery>,
) -> Json<Value> {
    let wait = Duration::from_millis(query.wait_ms.min(120_000));
    // Running out of time is no failure: the answer is then what there is.
    let _ = tokio::time::timeout(wait, reached(&sandbox, &name, query.count)).await;
    let items = lock(&sandbox.beacons.named)
        .get(&name)
        .map(|reports| reports.items.clone())
        .unwrap_or_default();
    Json(json!({"name": name, "count": items.len(), "items": items}))
}

/// Waits until the beacon has that many reports.
async fn reached(sandbox: &Shared, name: &str, count: usize) {
    loop {
        let changed = sandbox.beacons.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let there = lock(&sandbox.beacons.named)
            .get(name)
            .map_or(0, |reports| reports.items.len());
        if there >= count {
            return;
        }
        changed.await;
    }
}

async fn clear(State(sandbox): State<Shared>, Path(name): Path<String>) -> impl IntoResponse {
    lock(&sandbox.beacons.named).remove(&name);
    StatusCode::NO_CONTENT
}
