//! Minting and polling Alter sessions, with signed requests to the providers' origin.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Browser, Mishap, Refusal, bound, passed_on};
use crate::http::json_body;
use crate::providers::alter::{DEMO_KEY, NO_WEBSITE_KEY, signature};
use crate::switches::Switches;
use crate::{Sandbox, Shared, crypto};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/api/alter/session", post(session))
        .route("/api/alter/poll", post(poll))
}

/// The body of `POST /api/alter/session`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SessionRequest {
    allowed_providers: Option<Value>,
    return_url: Option<Value>,
    /// Absent means the app's origin, null means none.
    #[serde(deserialize_with = "given")]
    allowed_origin: Option<Value>,
    metadata: Map<String, Value>,
    required_scopes: Option<Value>,
    direct: bool,
    #[serde(alias = "grant_id")]
    repair_grant_id: Option<Value>,
    switch_account: bool,
    app: Option<String>,
    /// Absent means yes.
    user: Option<bool>,
    sandbox: Option<Value>,
    /// The attempt's `context.state`, which goes into the return URL as `connect_state`.
    bind: Option<String>,
    #[serde(flatten)]
    mishap: Mishap,
}

/// A field that was given, be it null.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// The key of the app that is named.
fn key_of(app: Option<&str>) -> &'static str {
    match app {
        Some("no-website") => NO_WEBSITE_KEY,
        _ => DEMO_KEY,
    }
}

impl SessionRequest {
    /// The return URL with the attempt's state in it, where there is a URL to put it into.
    fn bound_return_url(&self) -> Option<Value> {
        match (&self.bind, self.return_url.as_ref().and_then(Value::as_str)) {
            (Some(state), Some(url)) => Some(bound(url, state).into()),
            _ => self.return_url.clone(),
        }
    }

    /// The body that the provider is sent.
    fn mint_body(&self, sandbox: &Sandbox, browser: &Browser) -> Value {
        let mut metadata = self.metadata.clone();
        if let Some(switches) = &self.sandbox {
            metadata.insert("sandbox".to_owned(), switches.clone());
        }
        let mut body = json!({
            "allowed_providers": self.allowed_providers,
            "return_url": self.bound_return_url(),
            "allowed_origin": self.allowed_origin.clone().unwrap_or_else(|| sandbox.origins.app.clone().into()),
            "metadata": metadata,
            "direct": self.direct,
            "switch_account": self.switch_account,
            "required_scopes": self.required_scopes,
            "repair_grant_id": self.repair_grant_id,
        });
        if self.user.unwrap_or(true) {
            body["user_token"] = browser.user_token(sandbox).into();
        }
        body
    }

    /// Where the hosted page is opened: under the path that severs at once, when COOP is wanted from the first page, or
    /// under the one that answers nothing.
    fn base_url(&self, sandbox: &Sandbox) -> String {
        let switch = |key: &str| {
            self.sandbox
                .as_ref()
                .and_then(|switches| switches[key].as_str())
        };
        let providers = &sandbox.origins.providers;
        if Switches::from_json(self.sandbox.as_ref()).is_set("no_content") {
            return format!("{providers}/sandbox/no-content");
        }
        match (switch("coop"), switch("coop_from").unwrap_or("first")) {
            (Some(coop), "first") => format!("{providers}/sandbox/coop/{coop}"),
            _ => providers.clone(),
        }
    }
}

async fn session(
    State(sandbox): State<Shared>,
    browser: Browser,
    body: Bytes,
) -> Result<Response, Refusal> {
    let request: SessionRequest = json_body(&body)?;
    request.mishap.happen().await?;
    let mint = request.mint_body(&sandbox, &browser);
    let mut answer = call(
        &sandbox,
        key_of(request.app.as_deref()),
        "/sdk/oauth/connect/session",
        &mint,
    )
    .await
    .map_err(|refusal| refusal.with_cookie_of(&browser))?;
    answer["base_url"] = request.base_url(&sandbox).into();
    answer["bound"] = (request.bind.is_some() && request.return_url.is_some()).into();
    Ok((browser, Json(answer)).into_response())
}

#[derive(Debug, Deserialize)]
struct PollRequest {
    session_token: String,
    app: Option<String>,
}

async fn poll(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let request: PollRequest = json_body(&body)?;
    let key = key_of(request.app.as_deref());
    let body = json!({"session_token": request.session_token});
    call(&sandbox, key, "/sdk/oauth/connect/session/poll", &body)
        .await
        .map(Json)
}

/// Revokes a grant, where Alter knows it.
pub(super) async fn revoke(sandbox: &Sandbox, browser: &Browser, grant_id: &str) {
    let Ok(id) = uuid::Uuid::parse_str(grant_id) else {
        return;
    };
    let body =
        json!({"user_token": browser.user_token(sandbox), "reason": "disconnected in the app"});
    let path = format!("/sdk/oauth/grants/{id}/revoke");
    if call(sandbox, DEMO_KEY, &path, &body).await.is_err() {
        tracing::info!("app: Alter has no grant {id} of this user to revoke");
    }
}

/// A signed POST to Alter, as its backend SDK sends it.
async fn call(sandbox: &Sandbox, key: &str, path: &str, body: &Value) -> Result<Value, Refusal> {
    let body = body.to_string();
    let timestamp = sandbox.clock.now().unix_timestamp();
    let nonce = crypto::random_token("");
    let content_hash = crypto::hex(&crypto::sha256(body.as_bytes()));
    let signed = format!("POST\n{path}\n{timestamp}\n{nonce}\n{content_hash}\n");
    let answer = sandbox
        .http
        .post(format!("{}{path}", sandbox.origins.providers))
        .header("x-api-key", key)
        .header("x-alter-timestamp", timestamp.to_string())
        .header("x-alter-nonce", nonce)
        .header("x-alter-content-sha256", content_hash)
        .header("x-alter-signature", signature::sign(key, &signed))
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await;
    passed_on(answer).await
}
