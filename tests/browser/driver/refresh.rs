//! Refreshes: one request for each refresh token, and every caller answered.

use browser_tests::{Page, Widget, app, js, nothing_is_left};
use wasm_bindgen_test::wasm_bindgen_test;

/// Answers each request with a token of its own after a while, and counts them.
fn token_endpoint() {
    js(
        "(window.asked = 0, setFetch(async (url, { body }) => (asked += 1, await pause(100), new Response(JSON.stringify({ access_token: 'for ' + new URLSearchParams(body).get('refresh_token') })))))",
    );
}

const OPTIONS: &str = "tokenEndpoint: origin + '/token', clientId: 'c'";

/// Each of these pages refreshes with the token `r` at once. What they are answered, in its order: an access token, or a code and a status.
async fn answers(pages: &[&Widget]) -> String {
    js("window.answers = []");
    for page in pages {
        page.js(&format!("(widget.refresh({{ {OPTIONS}, refreshToken: 'r' }}).then((tokens) => tokens.access_token, ({{ code, details }}) => code + (details?.status ?? '')).then((answer) => answers.push(answer)), 0)"));
    }
    let are_all = || js(&format!("answers.length === {}", pages.len())).is_truthy();
    browser_tests::until("all answers", are_all).await;
    js("answers.join()").as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn sixty_tokens_at_once_are_sixty_answers() {
    let app = app().await;
    token_endpoint();
    let all = app.settled(&format!("Promise.all(Array.from({{ length: 60 }}, (_, i) => widget.refresh({{ {OPTIONS}, refreshToken: 'r' + i }}).then((tokens) => tokens.access_token === 'for r' + i && tokens.refresh_token === 'r' + i))).then((all) => [all.length, all.every(Boolean)])")).await;
    assert_eq!(all, "resolved [60,true]");
    assert!(js("asked === 60").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn one_token_is_one_request() {
    let app = app().await;
    token_endpoint();
    let both = app.settled(&format!("Promise.all([1, 2, 3].map(() => widget.refresh({{ {OPTIONS}, refreshToken: 'r' }}))).then((all) => all.map((tokens) => tokens.access_token))")).await;
    assert_eq!(both, r#"resolved ["for r","for r","for r"]"#);
    assert!(js("asked === 1").is_truthy());
    // What is over is asked again.
    app.settled(&format!(
        "widget.refresh({{ {OPTIONS}, refreshToken: 'r' }})"
    ))
    .await;
    assert!(js("asked === 2").is_truthy());
    nothing_is_left().await;
}

/// Servers grant less than a flow asked for, and refuse the rest from then on.
#[wasm_bindgen_test]
async fn a_flows_scope_that_was_not_granted_is_asked_for_once() {
    let app = app().await;
    js(
        "(window.bodies = [], setFetch(async (url, { body }) => { const scope = new URLSearchParams(body).get('scope'); bodies.push(scope); return scope ? new Response('{\"error\":\"invalid_scope\"}', { status: 400 }) : new Response('{\"access_token\":\"t\"}'); }))",
    );
    let refresh = |more: &str| {
        format!(
            "widget.refresh({{ {OPTIONS}, refreshToken: 'r', scope: 'a b'{more} }}).then(({{ access_token }}) => access_token, ({{ code }}) => code)"
        )
    };
    let of_flow = refresh(", authorizationEndpoint: origin + '/authorize'");
    assert_eq!(app.settled(&of_flow).await, "resolved \"t\"");
    assert_eq!(js("bodies.join()").as_string().as_deref(), Some("a b,"));
    // Whoever names the endpoint alone means fewer scopes, and is told.
    assert_eq!(
        app.settled(&refresh("")).await,
        "resolved \"invalid_scope\""
    );
    assert_eq!(js("bodies.join()").as_string().as_deref(), Some("a b,,a b"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn two_pages_are_one_request() {
    let app = app().await;
    let other = Page::load("{ isCopy: true }").await.create("{}");
    token_endpoint();
    assert_eq!(answers(&[&app, &other]).await, "for r,for r");
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_error_is_every_callers() {
    let app = app().await;
    let other = Page::load("{ isCopy: true }").await.create("{}");
    js(
        "(window.asked = 0, setFetch(async () => (asked += 1, await pause(100), new Response('{\"error\":\"invalid_grant\"}', { status: 400 }))))",
    );
    assert_eq!(
        answers(&[&app, &app, &other]).await,
        "invalid_grant400,invalid_grant400,invalid_grant400"
    );
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_fails_on_one_pages_way_is_no_other_pages_answer() {
    let app = app().await;
    let other = Page::load("{ isCopy: true }").await.create("{}");
    js(
        "(window.asked = 0, setFetch(async () => { const nth = (asked += 1); await pause(100); if (nth === 1) throw new TypeError('The page is left'); return new Response('{\"access_token\":\"a\"}') }))",
    );
    assert_eq!(answers(&[&app, &other]).await, "network_error,a");
    nothing_is_left().await;
}

/// Two pages ask for the tokens of `r`, in a time that passes twenty times as fast; one of them asks the server.
async fn two_pages_are_answered_by_one_request(app: &Widget) {
    js(
        "(({ setTimeout, setInterval }) => Object.entries({ setTimeout, setInterval }).forEach(([name, real]) => replace(window, name, { value: (run, time) => real(run, time > 1000 ? time / 20 : time) })))(window)",
    );
    let other = Page::load("{ isCopy: true }").await.create("{}");
    assert_eq!(answers(&[app, &other]).await, "for r,for r");
    assert!(js("asked === 1").is_truthy());
}

#[wasm_bindgen_test]
async fn a_frozen_page_that_has_the_lock_is_not_waited_for() {
    let app = app().await;
    token_endpoint();
    // A page that has begun and does not go on.
    let begun = app.settled("crypto.subtle.digest('SHA-256', new TextEncoder().encode(origin + '/token r')).then((digest) => new Promise((begin) => { const name = btoa(String.fromCharCode(...new Uint8Array(digest))).replaceAll('+', '-').replaceAll('/', '_').replace('=', ''); navigator.locks.request('connect-widget:refresh:' + name, () => new Promise((thaw) => (window.thaw = thaw, begin(1)))) }))").await;
    assert_eq!(begun, "resolved 1");
    two_pages_are_answered_by_one_request(&app).await;
    js("(thaw(), restore())");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_page_whose_server_is_slow_is_waited_for() {
    let app = app().await;
    js(
        "(window.asked = 0, setFetch(async () => (asked += 1, await pause(2000), new Response('{\"access_token\":\"for r\"}'))))",
    );
    two_pages_are_answered_by_one_request(&app).await;
    js("restore()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_abort_is_the_callers_alone() {
    let app = app().await;
    token_endpoint();
    js("window.controller = new AbortController()");
    app.js(&format!("(widget.refresh({{ {OPTIONS}, refreshToken: 'r', signal: controller.signal }}).catch((error) => window.aborted = [error.code, error.cause].join()), setTimeout(() => controller.abort('why'), 30), 0)"));
    let tokens = app
        .settled(&format!(
            "widget.refresh({{ {OPTIONS}, refreshToken: 'r' }})"
        ))
        .await;
    assert!(
        tokens.starts_with(r#"resolved {"access_token":"for r""#),
        "{tokens}"
    );
    assert_eq!(js("aborted").as_string().as_deref(), Some("aborted,why"));
    assert_eq!(
        app.settled(&format!(
            "widget.refresh({{ {OPTIONS}, refreshToken: 'r', signal: AbortSignal.abort() }})"
        ))
        .await,
        "rejected aborted"
    );
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_is_refused() {
    let app = app().await;
    for options in [
        "",
        "refreshToken: 7",
        "refreshToken: 'r', tokenEndpoint: 'http://as.example/token'",
        "refreshToken: 'r', clientId: ''",
        "refreshToken: 'r', signal: new AbortController()",
        "refreshToken: 'r', scope: []",
        "refreshToken: '\\ud800'",
    ] {
        assert_eq!(
            app.settled(&format!("widget.refresh({{ {OPTIONS}, {options} }})"))
                .await,
            "rejected invalid_options",
            "{options}"
        );
    }
    assert_eq!(
        app.settled("widget.refresh(new Proxy({}, { ownKeys() { throw 0 } }))")
            .await,
        "rejected invalid_options"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn without_channels_or_locks_the_page_itself_still_asks_once() {
    for without in [
        "replace(window, 'BroadcastChannel', { value: undefined })",
        "replace(navigator, 'locks', { value: { request() { throw new DOMException('refused', 'SecurityError') } } })",
    ] {
        let app = app().await;
        token_endpoint();
        js(&format!("({without}, 0)"));
        let both = app.settled(&format!("Promise.all([1, 2].map(() => widget.refresh({{ {OPTIONS}, refreshToken: 'r' }}))).then((all) => all.length)")).await;
        assert_eq!(both, "resolved 2");
        assert!(js("asked === 1").is_truthy());
        js("restore()");
        nothing_is_left().await;
    }
}
