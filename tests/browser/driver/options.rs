//! Options that cannot be used: refused by name, with nothing opened and nothing left, and the next click works.

use crate::system::{ALTER, ANON, BACKEND, CODE, IMPLICIT, STACKONE};
use crate::{grant, success};
use browser_tests::{Widget, app, app_with, count_openings, last_window, nothing_is_left};
use wasm_bindgen_test::wasm_bindgen_test;

async fn is_refused(app: &Widget, options: &str, name: &str) {
    let opened = count_openings();
    let call = app.open_with_nothing_added(options);
    let (code, message) = call.refusal().await;
    assert_eq!(code, "invalid_options", "{options}: {message}");
    assert!(
        message.starts_with(&format!("Option {name} ")),
        "{options}: {message}"
    );
    assert_eq!(count_openings(), opened, "{options}");
    assert!(!app.is_open(), "{options}");
}

async fn a_click_works(app: &Widget) {
    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window().say(grant("good")).await;
    assert_eq!(call.outcome().await, success("good"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn each_is_named() {
    let app = app().await;
    for (system, rest, name) in [
        ("", "", "token"),
        ("", "protocol: 'saml'", "protocol"),
        ("", "protocol: 7", "protocol"),
        ("", "token: ''", "token"),
        ("", "token: 7", "token"),
        ("", "token: {}", "token"),
        ("", "token: Symbol()", "token"),
        ("", "token: 10n", "token"),
        (ALTER, "baseURL: 'nowhere'", "baseURL"),
        (ALTER, "baseURL: 7", "baseURL"),
        (ALTER, "baseURL: 'javascript:alert(1)'", "baseURL"),
        (ALTER, "baseURL: 'http://alter.example'", "baseURL"),
        (ALTER, "mode: 'window'", "mode"),
        (ALTER, "mode: {}", "mode"),
        (ALTER, "whenBlocked: 'retry'", "whenBlocked"),
        (ALTER, "timeout: -1", "timeout"),
        (ALTER, "timeout: NaN", "timeout"),
        (ALTER, "timeout: '5'", "timeout"),
        (ALTER, "onSuccess: 'f'", "onSuccess"),
        (ALTER, "onError: {}", "onError"),
        (ALTER, "onExit: true", "onExit"),
        (ALTER, "onEvent: []", "onEvent"),
        (ALTER, "verify: 1", "verify"),
        (ALTER, "popup: {}", "popup"),
        (ALTER, "popup: 5", "popup"),
        (ALTER, "popup: 'window'", "popup"),
        (ALTER, "popup: document", "popup"),
        (
            ALTER,
            "popup: new Proxy({}, { get() { throw 0 } })",
            "popup",
        ),
        (ALTER, "popup: { get window() { throw 0 } }", "popup"),
        (ALTER, "signal: new AbortController()", "signal"),
        (ALTER, "signal: {}", "signal"),
        (ALTER, "signal: { aborted: false }", "signal"),
        (ALTER, "signal: true", "signal"),
        (
            ALTER,
            "signal: new Proxy(AbortSignal.abort(), {})",
            "signal",
        ),
        (
            ALTER,
            "signal: new Proxy({}, { get() { throw 0 } })",
            "signal",
        ),
        (ANON, "link: 'ftp://anon.example'", "link"),
        (ANON, "link: {}", "link"),
        (
            ANON,
            "redirectUrl: 'https://elsewhere.example/'",
            "redirectUrl",
        ),
        (ANON, "redirectUrl: 7", "redirectUrl"),
        (STACKONE, "", "verify"),
        (
            STACKONE,
            "verify() {}, link: 'http://stackone.example'",
            "link",
        ),
        (IMPLICIT, "clientId: ''", "clientId"),
        (IMPLICIT, "clientId: undefined", "clientId"),
        (
            IMPLICIT,
            "redirectUri: 'https://elsewhere.example/'",
            "redirectUri",
        ),
        (IMPLICIT, "redirectUri: RETURN + '#x'", "redirectUri"),
        (
            IMPLICIT,
            "authorizationEndpoint: 'https://as.example/#x'",
            "authorizationEndpoint",
        ),
        (IMPLICIT, "responseType: 'code'", "responseType"),
        (IMPLICIT, "scope: ['a']", "scope"),
        (IMPLICIT, "params: 'a=1'", "params"),
        (IMPLICIT, "params: []", "params"),
        (IMPLICIT, "params: { state: 'mine' }", "params"),
        (IMPLICIT, "params: { a: {} }", "params"),
        (IMPLICIT, "params: { response_mode: 'form_post' }", "params"),
        (
            IMPLICIT,
            "params: new Map([['client_id', 'mine']])",
            "params",
        ),
        (
            IMPLICIT,
            "params: new Proxy({}, { ownKeys() { throw 0 } })",
            "params",
        ),
        (IMPLICIT, "params: { get a() { throw 0 } }", "params"),
        (CODE, "tokenEndpoint: 7", "tokenEndpoint"),
        (
            CODE,
            "tokenEndpoint: 'http://as.example/token'",
            "tokenEndpoint",
        ),
        (CODE, "tokenRequest: 'xml'", "tokenRequest"),
        (BACKEND, "", "tokenEndpoint"),
        (BACKEND, "exchange: 1", "exchange"),
    ] {
        let comma = if system.is_empty() { "" } else { "," };
        is_refused(&app, &format!("{{ {system}{comma} {rest} }}"), name).await;
    }
    nothing_is_left().await;
    a_click_works(&app).await;
}

#[wasm_bindgen_test]
async fn options_that_are_no_object_or_fight_back() {
    let app = app().await;
    for (options, name) in [
        ("5", "options"),
        ("'token'", "options"),
        ("undefined", "token"),
        ("null", "token"),
        ("[]", "token"),
        ("() => {}", "token"),
        (
            "new Proxy({}, { ownKeys() { throw new Error('hostile') } })",
            "options",
        ),
        (
            "new Proxy({ token: 'tok' }, { get() { throw new Error('hostile') } })",
            "token",
        ),
        (
            "new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('hostile') } })",
            "token",
        ),
        (
            "(({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {}))",
            "options",
        ),
        ("{ get token() { throw new Error('hostile') } }", "token"),
        (
            "{ token: 'tok', get timeout() { throw new Error('hostile') } }",
            "timeout",
        ),
        (
            "{ token: 'tok', get mode() { throw new Error('hostile') } }",
            "mode",
        ),
        (
            "{ token: 'tok', get popup() { throw new Error('hostile') } }",
            "popup",
        ),
        (
            "{ token: 'tok', get signal() { throw new Error('hostile') } }",
            "signal",
        ),
        (
            "{ token: 'tok', get onSuccess() { throw new Error('hostile') } }",
            "onSuccess",
        ),
        (
            "((own) => (own.self = new Proxy({}, { getPrototypeOf: () => own.self })))({})",
            "token",
        ),
        (
            "new Proxy({}, { getPrototypeOf() { throw new Error('hostile') } })",
            "token",
        ),
        (
            "{ token: (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {})) }",
            "token",
        ),
        ("{ token: ((loop) => (loop.token = loop))({}) }", "token"),
        (
            "{ token: Array.from({ length: 5000 }).reduce((inner) => ({ token: inner }), 'tok') }",
            "token",
        ),
        (
            "{ token: Object.assign([], { length: 4294967295 }) }",
            "token",
        ),
    ] {
        is_refused(&app, options, name).await;
    }
    nothing_is_left().await;
    a_click_works(&app).await;
}

#[wasm_bindgen_test]
async fn half_a_surrogate_pair_again_and_again_and_then_a_good_click() {
    let app = app().await;
    for _ in 0..20 {
        is_refused(
            &app,
            &format!("{{ {CODE}, params: {{ login_hint: '\\ud800' }} }}"),
            "params",
        )
        .await;
        is_refused(&app, "{ token: 'a\\udc00' }", "token").await;
    }
    a_click_works(&app).await;
    // A whole pair, and the character that a half would become, are texts.
    let call = app.open(&format!("{{ {ALTER}, token: '\\u{{1F600}}\\uFFFD' }}"));
    assert!(
        browser_tests::last_url()
            .is_some_and(|url| url.ends_with("#session=%F0%9F%98%80%EF%BF%BD"))
    );
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_is_changed_after_the_click_changes_nothing() {
    let app = app().await;
    let call = app.open_with_nothing_added(&format!(
        "call.mine = {{ {ALTER}, token: () => pause(50).then(() => 'tok'), onSuccess: (grants) => call.tell('success', grants) }}"
    ));
    call.js("(call.mine.token = 7, call.mine.onSuccess = null, call.mine.baseURL = 'x', 0)");
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn plain_http_is_let_through_where_the_app_says_so() {
    let app = app_with("{ allowInsecureRequests: true }").await;
    let call = app.open(&format!("{{ {ALTER}, baseURL: 'http://alter.example' }}"));
    assert_eq!(call.promise().await, "resolved");
    app.close();
    nothing_is_left().await;
}
