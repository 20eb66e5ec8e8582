//! From `open()` to the callback, in each of the five systems.

use crate::system::{ALTER, ANON, BACKEND, CODE, IMPLICIT, STACKONE};
use crate::{grant, success};
use browser_tests::{
    app, js, last_url, last_window, nothing_is_left, pause, relay, return_url, state, to_json,
    until,
};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

/// Answers requests with this, and notes them in `window.requests`.
fn token_endpoint(status: u16, body: Value) {
    let note = "window.requests = [], setFetch(async (url, { method, body, headers, cache, redirect, signal }) => (requests.push({ url, method, body, type: new Headers(headers).get('content-type'), accept: new Headers(headers).get('accept'), cache, redirect, signal }),";
    js(&format!(
        "{note} new Response(JSON.stringify({body}), {{ status: {status} }})))"
    ));
}

/// The parameters of a query.
fn parameters(query: &str) -> Value {
    to_json(&js(&format!(
        "Object.fromEntries(new URLSearchParams({}))",
        json!(query)
    )))
}

fn requests() -> Vec<Value> {
    to_json(&js("requests"))
        .as_array()
        .cloned()
        .unwrap_or_default()
}

#[wasm_bindgen_test]
async fn alter_connect_is_answered_by_a_message_of_its_window() {
    let app = app().await.listen(&["success", "close"]);
    let call = app.open(&format!("{{ {ALTER} }}"));
    assert!(last_url().is_some_and(|url| url.ends_with("/pages/provider.html?/sdk/oauth/connect#session=tok")));
    assert_eq!(call.promise().await, "resolved");
    assert!(app.is_open());
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert_eq!(app.has_heard(), [success("g1"), "close".into()]);
    assert_eq!(
        call.has_passed(),
        ["OPEN", "connect_opened", "OAUTH_STARTED", "OAUTH_COMPLETE"]
    );
    assert!(!app.is_open());
    // Its page may have gone on to another one.
    until("a closed window", || last_window().closed()).await;
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn alter_connect_is_answered_by_the_page_that_its_window_returns_to() {
    let app = app().await;
    let call = app.authorize(&format!(
        "{{ {ALTER}, token: ({{ state }}) => ({{ token: state, bound: true }}) }}"
    ));
    let state = state().await;
    // Without the state that the backend has put into its return URL it is no answer.
    last_window()
        .go(&return_url(
            "?alter_connect_success=true&grant_id=forged&provider=google",
        ))
        .await;
    pause(200).await;
    assert_eq!(call.was_told(), [""; 0]);
    last_window().go_from_own_page(&return_url(&format!(
        "?alter_connect_success=true&grant_id=g1&provider=google&scopes=a,b&connect_state={state}"
    )));
    let result = call.result().await;
    assert_eq!(
        (&result[0]["grant_id"], &result[0]["scopes"]),
        (&json!("g1"), &json!(["a", "b"]))
    );
    assert_eq!(
        call.promise().await,
        format!(
            "resolved {}",
            call.was_told()[0].trim_start_matches("success ")
        )
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn anon_link_is_answered_by_its_redirect_url() {
    let app = app().await;
    let call = app.open(&format!("{{ {ANON} }}"));
    // Pages of the app on the way are no answers.
    last_window()
        .go(&js("origin + '/pages/provider.html?type=success'")
            .as_string()
            .unwrap_or_default())
        .await;
    pause(200).await;
    assert_eq!(call.was_told(), [""; 0]);
    last_window()
        .go(&return_url("?type=success&state=%7B%22a%22%3A1%7D"))
        .await;
    assert_eq!(
        call.result().await,
        json!({"type": "success", "state": {"a": 1}})
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn anon_links_errors_are_explained() {
    let app = app().await;
    let call = app.open(&format!("{{ {ANON} }}"));
    last_window()
        .go(&return_url("?type=error&error_code=bad_input&state=1"))
        .await;
    let error = call.error().await;
    assert_eq!(
        (&error["code"], &error["details"]),
        (
            &json!("bad_input"),
            &json!({"error_code": "bad_input", "state": "1"})
        )
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn stackones_account_is_what_verify_answers() {
    let app = app().await;
    let call = app.open(&format!("{{ {STACKONE}, verify: async ({{ signal }}) => (call.signal = signal, call.asked = (call.asked || 0) + 1) < 2 ? null : {{ id: 'a1' }} }}"));
    assert_eq!(call.result().await, json!({"id": "a1"}));
    nothing_is_left().await;
}

/// The claims are UTF-8 in base64url, with both of its own letters in this text.
#[wasm_bindgen_test]
async fn the_nonce_stands_in_an_id_token_among_claims_of_any_language() {
    let app = app().await;
    let call = app.open(&format!("{{ {IMPLICIT}, responseType: 'id_token token' }}"));
    let request = last_url().unwrap_or_default();
    let nonce = &parameters(request.split_once('?').unwrap_or_default().1)["nonce"];
    let claims = json!({"name": "Žofie ÿÿ>>??~~", "nonce": nonce}).to_string();
    let token = js(&format!(
        "btoa(String.fromCharCode(...new TextEncoder().encode({}))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '')",
        json!(claims)
    ));
    let token = token.as_string().expect("a text");
    assert!(token.contains('-') && token.contains('_'), "{token}");
    let state = state().await;
    let answer = format!("#access_token=t&id_token=e30.{token}.s&state={state}");
    last_window().go(&return_url(&answer)).await;
    assert_eq!(call.result().await["access_token"], json!("t"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_implicit_grant_is_read_out_of_the_fragment() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {IMPLICIT}, scope: 'a b', params: new URLSearchParams('prompt=login') }}"
    ));
    let request = parameters(
        last_url()
            .unwrap_or_default()
            .split_once('?')
            .unwrap_or_default()
            .1,
    );
    let state = state().await;
    assert_eq!(
        request,
        json!({"client_id": "c", "redirect_uri": return_url(""), "response_type": "token", "state": state, "scope": "a b", "prompt": "login"})
    );
    last_window()
        .go(&return_url(&format!(
            "#access_token=t&token_type=Bearer&expires_in=3600&state={state}"
        )))
        .await;
    let result = call.result().await;
    assert_eq!(
        (
            &result["access_token"],
            &result["expires_in"],
            &result["raw"]["access_token"]
        ),
        (&json!("t"), &json!(3600), &json!("t"))
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_code_is_exchanged_with_the_verifier_of_its_challenge() {
    let app = app().await;
    token_endpoint(
        200,
        json!({"access_token": "t", "refresh_token": "r", "token_type": "Bearer", "expires_in": 60}),
    );
    let call = app.open(&format!("{{ {CODE} }}"));
    let request = parameters(
        last_url()
            .unwrap_or_default()
            .split_once('?')
            .unwrap_or_default()
            .1,
    );
    let state = state().await;
    assert_eq!(
        (&request["state"], &request["code_challenge_method"]),
        (&json!(state), &json!("S256"))
    );
    last_window()
        .go(&return_url(&format!("?code=xyz&state={state}")))
        .await;
    let result = call.result().await;
    assert_eq!(
        (&result["access_token"], &result["refresh_token"]),
        (&json!("t"), &json!("r"))
    );
    let requests = requests();
    assert_eq!(requests.len(), 1);
    let form = parameters(requests[0]["body"].as_str().unwrap_or_default());
    assert_eq!(
        (
            &form["grant_type"],
            &form["code"],
            &form["redirect_uri"],
            &form["client_id"]
        ),
        (
            &json!("authorization_code"),
            &json!("xyz"),
            &json!(return_url("")),
            &json!("c")
        )
    );
    let fetched = ["method", "type", "accept", "cache", "redirect", "signal"]
        .map(|name| requests[0][name].clone());
    let expected = [
        json!("POST"),
        json!("application/x-www-form-urlencoded"),
        json!("application/json"),
        json!("no-store"),
        json!("error"),
        Value::Null,
    ];
    assert_eq!(fetched, expected);
    // The engine's own SHA-256.
    let challenge = format!(
        "crypto.subtle.digest('SHA-256', new TextEncoder().encode({})).then((hash) => btoa(String.fromCharCode(...new Uint8Array(hash))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, ''))",
        form["code_verifier"]
    );
    assert_eq!(
        app.settled(&challenge).await,
        format!("resolved {}", request["code_challenge"])
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_app_may_exchange_the_code_itself() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {BACKEND}, exchange: async (grant) => ({{ mine: grant }}) }}"
    ));
    let state = state().await;
    last_window()
        .go(&return_url(&format!("?code=xyz&state={state}")))
        .await;
    let grant = call.result().await["mine"].clone();
    assert_eq!(
        (
            &grant["code"],
            &grant["redirectUri"],
            grant["codeVerifier"].as_str().map(str::len)
        ),
        (&json!("xyz"), &json!(return_url("")), Some(43))
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn another_state_in_the_window_is_an_error_and_on_a_channel_nothing() {
    let app = app().await;
    let call = app.open(&format!("{{ {CODE} }}"));
    let own = state().await;
    assert!(
        !relay(
            &own,
            json!({"response": return_url("?code=forged&state=another")})
        )
        .await
    );
    assert_eq!(call.was_told(), [""; 0]);
    last_window()
        .go(&return_url("?code=forged&state=another"))
        .await;
    assert_eq!(call.outcome().await, "error state_mismatch");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_severed_windows_answer_comes_by_the_channel() {
    let app = app().await;
    token_endpoint(200, json!({"access_token": "t"}));
    let call = app.open(&format!("{{ {CODE} }}"));
    let state = state().await;
    js("lastWindow().isSevered = true");
    pause(150).await;
    assert_eq!(call.was_told(), [""; 0]);
    assert!(
        relay(
            &state,
            json!({"response": return_url(&format!("?code=xyz&state={state}"))})
        )
        .await
    );
    assert_eq!(call.result().await["access_token"], "t");
    js("lastWindow().close()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_return_page_with_its_opener_hands_its_response_over_and_is_told() {
    let app = app().await;
    token_endpoint(200, json!({"access_token": "t"}));
    let call = app.open(&format!(
        "{{ {CODE}, authorizationEndpoint: origin + '/pages/provider.html' }}"
    ));
    let state = state().await;
    last_window().say(json!({"type": "connect-widget", "response": return_url(&format!("?code=xyz&state={state}"))})).await;
    assert_eq!(call.result().await["access_token"], "t");
    assert_eq!(
        to_json(&js("lastWindow().received.filter(({ taken }) => taken)")),
        json!([{"type": "connect-widget", "taken": true}])
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_a_token_endpoint_answers_instead_is_kept() {
    for (status, body, code) in [
        (
            400,
            json!({"error": "invalid_grant", "error_description": "too late"}),
            "invalid_grant",
        ),
        (429, json!({"message": "slow down"}), "oauth_error"),
        (500, json!(null), "invalid_response"),
        (200, json!({"error": {"message": "no"}}), "oauth_error"),
    ] {
        let app = app().await;
        token_endpoint(status, body.clone());
        let call = app.open(&format!("{{ {CODE} }}"));
        let state = state().await;
        last_window()
            .go(&return_url(&format!("?code=xyz&state={state}")))
            .await;
        let error = call.error().await;
        assert_eq!(
            (&error["code"], &error["details"]["status"]),
            (&json!(code), &json!(status)),
            "{body}"
        );
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn a_token_endpoint_that_cannot_be_reached_is_a_network_error_with_its_cause() {
    let app = app().await;
    js("setFetch(() => Promise.reject(new TypeError('unreachable')))");
    let call = app.open(&format!("{{ {CODE} }}"));
    let state = state().await;
    last_window()
        .go(&return_url(&format!("?code=xyz&state={state}")))
        .await;
    assert_eq!(call.outcome().await, "error network_error");
    assert_eq!(call.cause_message().as_deref(), Some("unreachable"));
    nothing_is_left().await;
}
