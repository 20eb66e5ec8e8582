//! The shortest options that each protocol takes, and answers that are right for them.

use crate::attempt::{Attempt, CALLBACK};
use serde_json::{Value, json};

pub fn alter() -> Value {
    json!({"token": "session-token"})
}

pub fn alter_promised() -> Value {
    json!({"token": {"$": "function"}})
}

pub fn alter_bound() -> Value {
    json!({"token": {"token": "session-token", "bound": true}})
}

pub fn anon() -> Value {
    json!({"protocol": "anon-link", "link": "https://link.anon.example/start?id=1", "redirectUrl": CALLBACK})
}

pub fn anon_bound() -> Value {
    json!({"protocol": "anon-link", "link": {"url": "https://link.anon.example/start?id=1", "state": "{\"user\":7}"}, "redirectUrl": CALLBACK})
}

pub fn stackone() -> Value {
    json!({"protocol": "stackone-link", "link": "https://app.stackone.example/embed/abc", "verify": {"$": "function"}})
}

pub fn implicit() -> Value {
    json!({"protocol": "implicit", "authorizationEndpoint": "https://api.aniapi.com/v1/oauth", "clientId": "anime", "redirectUri": CALLBACK})
}

pub fn code() -> Value {
    json!({"protocol": "code", "authorizationEndpoint": "https://auth.anny.co/oauth/authorize", "tokenEndpoint": "https://auth.anny.co/oauth/token", "clientId": "booking", "redirectUri": CALLBACK, "issuer": "https://auth.anny.co"})
}

/// Options with one more, or another, of them.
pub fn with(mut options: Value, name: &str, value: Value) -> Value {
    options[name] = value;
    options
}

/// Options whose app can be asked by `verify`.
pub fn verifying(options: Value) -> Value {
    with(options, "verify", json!({"$": "function"}))
}

/// One of each, by name.
pub fn every_protocol() -> [(&'static str, Value); 5] {
    [
        ("alter-connect", alter()),
        ("anon-link", anon()),
        ("stackone-link", stackone()),
        ("implicit", implicit()),
        ("code", code()),
    ]
}

pub fn alter_success() -> Value {
    json!({"type": "alter_connect_success", "grants": [{"grant_id": "g1", "provider": "google"}]})
}

pub fn alter_return() -> String {
    "https://app.example/settings?tab=2&alter_connect_success=true&grant_id=g1&provider=google"
        .into()
}

pub fn anon_return(state: &str) -> String {
    let state: String = url::form_urlencoded::byte_serialize(state.as_bytes()).collect();
    format!("{CALLBACK}?type=success&state={state}")
}

pub fn implicit_return(state: &str) -> String {
    format!("{CALLBACK}#access_token=ANI-TOKEN&state={state}")
}

pub fn code_return(state: &str) -> String {
    format!("{CALLBACK}?code=SplxlOBeZQQYbYS6WxSbIA&state={state}&iss=https%3A%2F%2Fauth.anny.co")
}

pub fn tokens() -> Value {
    json!({"access_token": "2YotnFZFEjr1zCsicMWpAA", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA"})
}

/// A URL that answers an attempt rightly; none for a protocol that answers otherwise.
pub fn right_return(attempt: &Attempt) -> Option<String> {
    let (transaction, state) = (attempt.flow.transaction(), attempt.state());
    let bound = || transaction.binding.bound_to().unwrap_or("{}");
    match transaction.protocol.as_str() {
        "alter-connect" => Some(format!("{}&connect_state={state}", alter_return())),
        "anon-link" => Some(anon_return(bound())),
        "implicit" => Some(implicit_return(&state)),
        "code" => Some(code_return(&state)),
        _ => None,
    }
}

/// The message that answers an attempt rightly; none for a system that posts none.
pub fn right_message(attempt: &Attempt) -> Option<Value> {
    let is_alter = attempt.flow.transaction().protocol == "alter-connect";
    is_alter.then(alter_success)
}
