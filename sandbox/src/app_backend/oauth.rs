//! The confidential client's half of a code grant: the exchange with the client's secret.

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Mishap, Refusal, passed_on};
use crate::Shared;
use crate::error::ApiError;
use crate::http::json_body;

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/api/oauth/exchange", post(exchange))
}

/// The body of `POST /api/oauth/exchange`.
#[derive(Debug, Deserialize)]
struct ExchangeRequest {
    provider: Option<String>,
    code: String,
    #[serde(rename = "codeVerifier")]
    code_verifier: Option<String>,
    #[serde(rename = "redirectUri")]
    redirect_uri: String,
    #[serde(flatten)]
    mishap: Mishap,
}

async fn exchange(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let request: ExchangeRequest = json_body(&body)?;
    request.mishap.happen().await?;
    let (client_id, path) = match request.provider.as_deref().unwrap_or("anny") {
        "anny" => ("anny-backend", "/oauth/token"),
        "standard" => ("standard-backend", "/standard/token"),
        _ => {
            let message = "provider must be anny or standard.";
            return Err(ApiError::bad_request("invalid_request", message).into());
        }
    };
    let mut parameters = json!({
        "grant_type": "authorization_code",
        "client_id": client_id,
        "client_secret": format!("{client_id}-secret"),
        "code": request.code,
        "redirect_uri": request.redirect_uri,
    });
    if let Some(verifier) = request.code_verifier {
        parameters["code_verifier"] = verifier.into();
    }
    let call = sandbox
        .http
        .post(format!("{}{path}", sandbox.origins.providers));
    let call = match client_id {
        "anny-backend" => call.json(&parameters),
        _ => call.form(&parameters),
    };
    tracing::info!("app: exchanging a code as {client_id}");
    passed_on(call.send().await).await.map(Json)
}
