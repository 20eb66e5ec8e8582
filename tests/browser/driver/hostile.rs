//! Messages that are no answers: forged, malformed, or made to break whoever reads them.

use crate::system::{ALTER, ANON};
use crate::{grant, success};
use browser_tests::{
    FrameWindow, app, js, last_window, nothing_is_left, pause, relay, return_url, state,
};
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

/// Values that a page can post.
const HOSTILE: &[&str] = &[
    "null",
    "'alter_connect_success'",
    "7",
    "[]",
    "{ type: 7 }",
    "{ type: 'alter_connect_event' }",
    "new Map([['type', 'alter_connect_success']])",
    "new Date()",
    "new Blob(['x'])",
    "new Uint8Array(100)",
    "/type/",
    "((loop) => (loop.type = loop))({})",
    "((loop) => (loop.self = loop, loop))({ type: 'unknown' })",
    "Array.from({ length: 2000 }).reduce((inner) => ({ inner }), { type: 'alter_connect_success' })",
    "Object.fromEntries(Array.from({ length: 20000 }, (_, i) => ['k' + i, i]))",
    "{ type: 'connect-widget' }",
    "{ type: 'connect-widget', response: 7 }",
    "{ type: 'connect-widget', response: 'javascript:alert(1)' }",
    "{ type: 'connect-widget', response: 'https://elsewhere.example/?alter_connect_success=true&grant_id=forged&provider=x' }",
    "{ type: 'connect-widget', taken: true }",
];

#[wasm_bindgen_test]
async fn of_the_window_itself_they_are_ignored_and_the_true_one_still_counts() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    for message in HOSTILE {
        last_window().say_value(&js(message)).await;
        assert_eq!(call.was_told(), [""; 0], "{message}");
    }
    last_window().say(grant("true")).await;
    assert_eq!(call.outcome().await, success("true"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn grants_that_are_a_loop_or_endless_are_refused_at_once() {
    for grants in [
        "((loop) => (loop.push(loop), loop))([])",
        "((loop) => (loop.push(loop, loop, loop, loop, loop, loop, loop, loop), loop))([])",
        "((loop) => Object.assign(loop, { a: loop, b: loop, c: loop, d: loop, e: loop, f: loop }))({})",
        "Object.assign([], { length: 4000000000 })",
        "((list) => (list[3999999999] = {}, list))([])",
        "{ length: 4e9 }",
    ] {
        let app = app().await;
        let call = app.open(&format!("{{ {ALTER} }}"));
        let began = js_sys::Date::now();
        last_window().dispatch(&js(&format!(
            "{{ type: 'alter_connect_success', grants: {grants} }}"
        )));
        assert_eq!(call.outcome().await, "error invalid_response", "{grants}");
        assert!(js_sys::Date::now() - began < 3000.0, "{grants}");
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn of_strangers_they_are_ignored() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    let window = last_window();
    window.say(json!("here it is")).await;
    // Another window on the provider's own origin, and a frame of the app's.
    for page in ["PROVIDER", "origin + '/pages/provider.html'"] {
        let stranger: FrameWindow = js(&format!("new FrameWindow({page})")).unchecked_into();
        stranger.say(grant("forged")).await;
        stranger.say(json!({"type": "connect-widget", "response": return_url("?alter_connect_success=true&grant_id=forged&provider=x")})).await;
        stranger.close();
    }
    js(&format!("window.postMessage({}, '*')", grant("forged")));
    pause(50).await;
    assert_eq!(call.was_told(), [""; 0]);
    // The right window on the wrong origin.
    window
        .go(&js("origin + '/pages/provider.html'")
            .as_string()
            .unwrap_or_default())
        .await;
    pause(100).await;
    window.say(grant("forged")).await;
    assert_eq!(call.was_told(), [""; 0]);
    window
        .go(&js("PROVIDER").as_string().unwrap_or_default())
        .await;
    pause(100).await;
    window.say(grant("true")).await;
    assert_eq!(call.outcome().await, success("true"));
    nothing_is_left().await;
}

/// As Firefox tells it of a sender that has gone.
fn say_without_a_source(message: serde_json::Value) {
    js(&format!(
        "window.dispatchEvent(new MessageEvent('message', {{ data: {message}, origin: new URL(PROVIDER).origin }}))"
    ));
}

#[wasm_bindgen_test]
async fn without_a_source_they_count_only_for_a_window_that_has_just_closed() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    say_without_a_source(grant("forged"));
    js("lastWindow().isSevered = true");
    pause(200).await;
    say_without_a_source(grant("forged"));
    pause(50).await;
    assert_eq!(call.was_told(), [""; 0]);
    js("lastWindow().isSevered = false");
    last_window().say(grant("true")).await;
    assert_eq!(call.outcome().await, success("true"));
    nothing_is_left().await;

    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window().say(json!("here it is")).await;
    js("lastWindow().close()");
    say_without_a_source(grant("true"));
    assert_eq!(call.outcome().await, success("true"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_unbound_answer_by_the_channel_counts_only_from_the_attempts_window() {
    let app = app().await;
    let call = app.open(&format!("{{ {ANON} }}"));
    let state = state().await;
    let response = return_url("?type=success&state=1");
    for window in [
        json!(null),
        json!("another"),
        json!(7),
        json!({"toString": state}),
    ] {
        assert!(
            !relay(&state, json!({"response": response, "window": window})).await,
            "{window}"
        );
    }
    // Not on the page of answers, or not an answer.
    for response in [
        return_url("/deeper?type=success&state=1"),
        return_url("?type=shoes"),
        return_url(""),
        "https://elsewhere.example/pages/return.html?type=success".into(),
    ] {
        assert!(
            !relay(&state, json!({"response": response, "window": state})).await,
            "{response}"
        );
    }
    assert_eq!(call.was_told(), [""; 0]);
    assert!(relay(&state, json!({"response": response, "window": state})).await);
    assert_eq!(call.result().await, json!({"type": "success", "state": 1}));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_bound_answer_by_the_channel_needs_the_state() {
    let app = app().await;
    let call = app.open(
        "{ protocol: 'anon-link', link: { url: PROVIDER, state: 'mine' }, redirectUrl: RETURN }",
    );
    let state = state().await;
    for query in [
        "?type=success",
        "?type=success&state=other",
        "?type=success&state=",
    ] {
        assert!(
            !relay(
                &state,
                json!({"response": return_url(query), "window": state})
            )
            .await,
            "{query}"
        );
    }
    assert!(
        relay(
            &state,
            json!({"response": return_url("?type=success&state=mine")})
        )
        .await
    );
    assert_eq!(
        call.result().await,
        json!({"type": "success", "state": "mine"})
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn whose_window_it_is_stands_in_its_own_store_alone() {
    let app = app().await;
    // A frame has the store of its page.
    let call = app.open(&format!("{{ {ANON} }}"));
    assert!(js("sessionStorage['connect-widget:window']").is_undefined());
    app.close();
    assert_eq!(call.was_told(), [""; 0]);
    browser_tests::open_by(
        "(url) => (window.tickets = {}, window.opened = new FrameWindow(url), Object.defineProperties(opened, { top: { value: opened }, sessionStorage: { value: { setItem: (key, value) => (tickets[key] = value) } } }))",
    );
    let call = app.open(&format!("{{ {ANON} }}"));
    let state = state().await;
    assert_eq!(
        js("tickets['connect-widget:window']").as_string(),
        Some(state)
    );
    assert!(js("sessionStorage['connect-widget:window']").is_undefined());
    app.close();
    assert_eq!(call.was_told(), [""; 0]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_was_put_on_object_prototype_is_no_answer_and_no_option() {
    let app = app().await;
    js(
        "(replace(Object.prototype, 'grants', { value: [{ grant_id: 'forged', provider: 'x' }], writable: true }), replace(Object.prototype, 'once', { value: true, writable: true }), replace(Object.prototype, 'signal', { value: AbortSignal.abort(), writable: true }), replace(Object.prototype, 'bound', { value: true, writable: true }), replace(Object.prototype, 'popup', { value: null, writable: true }))",
    );
    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window().say(json!({"type": "noise"})).await;
    last_window().say(grant("true")).await;
    assert_eq!(call.outcome().await, success("true"));
    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window()
        .say(json!({"type": "alter_connect_success"}))
        .await;
    assert_eq!(call.outcome().await, "error invalid_response");
    nothing_is_left().await;
    js("restore()");
}
