//! Storage, channels and locks that are refused, full or not there.

use crate::system::{ALTER, ANON, CODE};
use crate::{grant, success};
use browser_tests::{app, js, last_window, nothing_is_left, pause, return_url, state};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

const WITHOUT: &[&str] = &[
    "replace(Storage.prototype, 'setItem', { value() { throw new DOMException('full', 'QuotaExceededError') } })",
    "['sessionStorage', 'localStorage'].forEach((name) => replace(window, name, { get() { throw new DOMException('refused', 'SecurityError') } }))",
    "['sessionStorage', 'localStorage'].forEach((name) => replace(window, name, { value: null }))",
    "replace(window, 'BroadcastChannel', { value: undefined })",
    "replace(window, 'BroadcastChannel', { value: class { constructor() { throw new DOMException('refused', 'SecurityError') } } })",
    "replace(navigator, 'locks', { value: undefined })",
    "replace(navigator, 'locks', { value: { request() { throw new DOMException('refused', 'SecurityError') } } })",
    "replace(navigator, 'locks', { value: { request: () => Promise.reject(new DOMException('refused', 'SecurityError')) } })",
    "replace(window, 'AbortController', { value: undefined })",
];

/// Has a test see the page as it was.
fn give_back() {
    js("restore()");
}

#[wasm_bindgen_test]
async fn a_popup_works_without_any_of_them() {
    for without in WITHOUT {
        let app = app().await;
        js(&format!("({without}, 0)"));
        let call = app.open(&format!("{{ {ALTER} }}"));
        last_window().say(grant("g1")).await;
        assert_eq!(call.outcome().await, success("g1"), "{without}");
        let call = app.open(&format!(
            "{{ {ANON}, link: () => pause(20).then(() => PROVIDER) }}"
        ));
        pause(100).await;
        last_window().go(&return_url("?type=success")).await;
        assert_eq!(call.result().await, json!({"type": "success"}), "{without}");
        give_back();
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn a_redirect_that_cannot_be_remembered_is_an_error_and_the_page_stays() {
    for without in &WITHOUT[..3] {
        let app = app().await;
        js(&format!("({without}, 0)"));
        let call = app.authorize(&format!("{{ {CODE}, mode: 'redirect' }}"));
        assert_eq!(call.outcome().await, "error redirect_error", "{without}");
        assert_eq!(call.promise().await, "rejected redirect_error");
        give_back();
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn what_is_remembered_is_an_attempt_and_no_secret_of_the_app() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER}, token: 'hunter2' }}"));
    let state = state().await;
    let [record, mark] = ["sessionStorage", "localStorage"].map(|store| {
        js(&format!("{store}['connect-widget:{state}']"))
            .as_string()
            .unwrap_or_default()
    });
    assert!(
        record.contains("alter-connect") && !record.contains("hunter2"),
        "{record}"
    );
    // Every page of the origin can read the mark.
    assert!(
        mark.contains("alter_connect_success")
            && !mark.contains("hunter2")
            && !mark.contains(&state),
        "{mark}"
    );
    app.close();
    assert_eq!(call.was_told(), [""; 0]);
    nothing_is_left().await;
}
