//! Exactly one outcome, whatever the app's code does in the middle of it, and nothing left after it.

use crate::system::{ALTER, ANON, CODE, STACKONE};
use crate::{grant, success};
use browser_tests::{
    app, app_with, count_openings, js, last_window, nothing_is_left, open_by, pause, return_url,
    state, to_json, until, world,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

/// The user is at the provider's page, and for longer than a page that severs its window would be seen.
pub async fn user_is_away() {
    js("window.dispatchEvent(new Event('blur'))");
    last_window().say(json!("noise")).await;
    pause(300).await;
}

/// The user closes the window and is back in the app's.
pub fn user_closes() {
    last_window().close();
    js("window.dispatchEvent(new Event('focus'))");
}

/// A flow works after whatever came before.
async fn a_click_works(app: &browser_tests::Widget) {
    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window().say(grant("next")).await;
    assert_eq!(call.outcome().await, success("next"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_window_that_is_closed_before_it_was_sent_anywhere_is_an_exit() {
    let app = app().await.listen(&["exit", "close"]);
    let call = app.authorize("{ token: () => new Promise(() => {}), baseURL: PROVIDER }");
    pause(100).await;
    assert!(js("lastWindow().inner.document.title === 'Connecting…'").is_truthy());
    // A phone shows it in the size of its screen.
    assert!(js("lastWindow().inner.document.querySelector('meta[name=viewport]')").is_object());
    last_window().close();
    assert_eq!(call.outcome().await, "exit");
    assert_eq!(call.promise().await, "rejected popup_closed");
    assert_eq!(app.has_heard(), ["exit", "close"]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_user_who_closes_the_window_and_is_back_is_an_exit_and_nothing_more() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    user_is_away().await;
    user_closes();
    assert_eq!(call.outcome().await, "exit");
    assert_eq!(call.has_passed().last().map(String::as_str), Some("EXIT"));
    nothing_is_left().await;
    a_click_works(&app).await;
}

#[wasm_bindgen_test]
async fn a_blocked_window_is_popup_blocked() {
    let app = app().await.listen(&["error", "close"]);
    for blocked in [
        "() => null",
        "() => { throw new DOMException('sandboxed') }",
        "() => ({ closed: true })",
    ] {
        open_by(blocked);
        let call = app.authorize(&format!("{{ {ALTER} }}"));
        assert_eq!(call.outcome().await, "error popup_blocked", "{blocked}");
        assert_eq!(call.promise().await, "rejected popup_blocked");
        nothing_is_left().await;
    }
    assert_eq!(app.has_heard().len(), 6);
}

#[wasm_bindgen_test]
async fn a_window_of_the_apps_own_is_used() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {ALTER}, popup: call.own = new FrameWindow() }}"
    ));
    assert_eq!(count_openings(), 0);
    last_window().say(grant("own")).await;
    assert_eq!(call.outcome().await, success("own"));
    for blocked in [
        "null",
        "Object.assign(new FrameWindow(), { isSevered: true })",
    ] {
        let call = app.open(&format!("{{ {ALTER}, popup: {blocked} }}"));
        assert_eq!(call.outcome().await, "error popup_blocked");
    }
    last_window().close();
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn close_ends_the_flow_with_the_close_event_alone() {
    let app = app().await.listen(&["success", "error", "exit", "close"]);
    let call = app.authorize(&format!("{{ {CODE} }}"));
    app.close();
    assert!(!app.is_open());
    assert_eq!(call.promise().await, "rejected aborted");
    // A page is on its way to it.
    until("a closed window", || last_window().closed()).await;
    nothing_is_left().await;
    assert_eq!(
        (call.was_told(), app.has_heard()),
        (vec![], vec!["close".into()])
    );
    a_click_works(&app).await;
}

#[wasm_bindgen_test]
async fn a_window_that_rests_before_it_closes_does_not_outlive_its_page() {
    let app = app().await;
    let call = app.authorize(&format!("{{ {CODE} }}"));
    app.js("widget.destroy()");
    js("window.dispatchEvent(new PageTransitionEvent('pagehide'))");
    assert!(last_window().closed());
    assert_eq!(call.promise().await, "rejected aborted");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn destroy_ends_everything() {
    let app = app().await;
    let call = app.authorize(&format!("{{ {STACKONE}, verify: ({{ signal }}) => new Promise((_, reject) => (window.asked = signal).onabort = reject) }}"));
    until("a question", || js("window.asked").is_truthy()).await;
    app.js("widget.destroy()");
    assert!(js("asked.aborted").is_truthy());
    assert_eq!(call.promise().await, "rejected aborted");
    assert_eq!(
        app.settled("widget.open({})").await,
        "rejected sdk_destroyed"
    );
    nothing_is_left().await;
    assert_eq!(call.was_told(), [""; 0]);
}

#[wasm_bindgen_test]
async fn what_the_app_does_when_destroy_aborts_its_signal_begins_nothing() {
    let app = app().await;
    let call = app.authorize("{ token: ({ signal }) => new Promise(() => signal.onabort = () => { window.aborted = true; widget.open({ token: 'tok', baseURL: PROVIDER }).catch(() => {}) }), baseURL: PROVIDER }");
    app.js("widget.destroy()");
    assert!(js("aborted").is_truthy());
    assert_eq!(call.promise().await, "rejected aborted");
    assert_eq!(count_openings(), 1);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_window_that_waited_for_its_link_when_the_page_was_left_is_an_exit_where_the_page_stays()
{
    let app = app().await;
    let call = app.open("{ token: () => new Promise(() => 0), baseURL: PROVIDER }");
    js("window.dispatchEvent(new PageTransitionEvent('pagehide'))");
    assert!(last_window().closed());
    assert_eq!(call.outcome().await, "exit");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_another_script_has_made_of_listening_may_ask_the_widget() {
    let app = app().await;
    app.js("(({ addEventListener, removeEventListener }) => { for (const [name, work] of Object.entries({ addEventListener, removeEventListener })) replace(window, name, { value(...given) { widget.isOpen(); return work.apply(this, given); } }) })(window)");
    let call = app.open(&format!("{{ {ALTER} }}"));
    last_window().say(grant("here")).await;
    assert_eq!(call.outcome().await, success("here"));
    js("restore()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_second_click_brings_the_window_to_the_front() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    assert_eq!(
        app.open(&format!("{{ {ALTER} }}")).promise().await,
        "resolved"
    );
    assert_eq!(
        app.authorize(&format!("{{ {ALTER} }}")).promise().await,
        "rejected already_open"
    );
    assert_eq!((count_openings(), last_window().focused()), (1, 2));
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn two_instances_have_two_flows() {
    let one = app().await;
    let other = one.sibling();
    let first = one.open(&format!("{{ {ALTER} }}"));
    let window = last_window();
    let second = other.open(&format!("{{ {ALTER} }}"));
    last_window().say(grant("second")).await;
    window.say(grant("first")).await;
    assert_eq!(
        (first.outcome().await, second.outcome().await),
        (success("first"), success("second"))
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_flow_whenever_it_comes() {
    let app = app().await;
    for (what, options) in [
        ("before", "signal: AbortSignal.abort(new Error('why'))"),
        (
            "in a milestone",
            "signal: (call.abort = new AbortController()).signal, onEvent: (name) => name === 'OPEN' && call.abort.abort(new Error('why'))",
        ),
        (
            "in the last milestone of open()",
            "signal: (call.abort = new AbortController()).signal, onEvent: (name) => name === 'OAUTH_STARTED' && call.abort.abort(new Error('why'))",
        ),
        (
            "in the source",
            "signal: (call.abort = new AbortController()).signal, token: () => (call.abort.abort(new Error('why')), 'tok')",
        ),
        (
            "while the source is awaited",
            "signal: (call.abort = new AbortController()).signal, token: () => (setTimeout(() => call.abort.abort(new Error('why')), 50), new Promise(() => {}))",
        ),
        (
            "later",
            "signal: (call.abort = new AbortController(), setTimeout(() => call.abort.abort(new Error('why')), 150), call.abort.signal)",
        ),
    ] {
        let call = app.authorize(&format!("{{ {ALTER}, {options} }}"));
        assert_eq!(call.outcome().await, "error aborted", "{what}");
        assert_eq!(call.promise().await, "rejected aborted", "{what}");
        assert_eq!(call.cause_message().as_deref(), Some("why"), "{what}");
        assert!(!app.is_open());
        nothing_is_left().await;
    }
    a_click_works(&app).await;
}

#[wasm_bindgen_test]
async fn close_and_destroy_in_a_callback_of_open_end_the_flow() {
    for how in ["close", "destroy"] {
        for options in [
            format!("onEvent: (name) => name === 'OPEN' && widget.{how}()"),
            format!("onEvent: (name) => name === 'OAUTH_STARTED' && widget.{how}()"),
            format!("token: () => (widget.{how}(), 'tok')"),
            format!("token: () => {{ widget.{how}(); throw new Error('no token') }}"),
            format!("token: () => Promise.resolve().then(() => (widget.{how}(), 'tok'))"),
        ] {
            let app = app().await;
            let call = app.authorize(&format!("{{ {ALTER}, {options} }}"));
            assert_eq!(call.promise().await, "rejected aborted", "{options}");
            nothing_is_left().await;
            assert_eq!(call.was_told(), [""; 0], "{options}");
        }
    }
}

#[wasm_bindgen_test]
async fn what_a_callback_opens_gets_no_copy_of_an_attempt_that_is_used_up() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {ALTER}, onSuccess() {{ call.tell('success', [sessionStorage, localStorage].flatMap(Object.keys)) }} }}"
    ));
    state().await;
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, "success []");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_callback_that_throws_changes_nothing() {
    let app = app().await.listen(&["success", "close"]);
    app.js("widget.on('success', () => { throw new Error('a handler') })");
    app.js("widget.on('close', () => { throw new Error('a handler') })");
    let call = app.authorize(&format!("{{ {ALTER}, onEvent() {{ throw new Error('onEvent') }}, onSuccess(grants) {{ call.tell('success', grants); throw new Error('onSuccess') }} }}"));
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert!(call.promise().await.starts_with("resolved"));
    assert_eq!(app.has_heard(), [success("g1"), "close".into()]);
    nothing_is_left().await;
    let call = app.open(&format!("{{ {ALTER}, token: () => {{ throw new Error('none') }}, onError(error) {{ call.tell('error', error); throw error }} }}"));
    assert_eq!(call.outcome().await, "error source_failed");
    let call = app.open(&format!("{{ {ALTER}, token: () => new Promise(() => {{}}), onExit() {{ call.tell('exit'); throw new Error('onExit') }} }}"));
    last_window().close();
    assert_eq!(call.outcome().await, "exit");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_callback_may_open_the_next_flow() {
    let next = format!(
        "call.next = widget.open({{ {ALTER}, onSuccess: (grants) => call.tell('next', grants[0].grant_id) }})"
    );
    for (options, ends) in [
        (format!("onSuccess: () => {next}"), "success"),
        (
            format!("token: () => {{ throw 0 }}, onError: () => {next}"),
            "error",
        ),
        (
            format!("token: () => new Promise(() => {{}}), onExit: () => {next}"),
            "exit",
        ),
    ] {
        let app = app().await;
        let call = app.open(&format!("{{ {ALTER}, {options} }}"));
        match ends {
            "success" => last_window().say(grant("g1")).await,
            "exit" => last_window().close(),
            _ => {}
        }
        until("the next window", || count_openings() == 2).await;
        last_window().say(grant("g2")).await;
        assert_eq!(call.outcome().await, r#"next "g2""#, "{ends}");
        nothing_is_left().await;
    }
    // And so may a handler of `close`, which is told last.
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER} }}"));
    app.js(&format!(
        "widget.on('close', () => widget.again ||= widget.open({{ {ALTER} }}))"
    ));
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert!(app.is_open());
    app.close();
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_source_that_opens_the_next_flow_meets_its_own() {
    let app = app().await;
    let call = app.open(&format!("{{ {ALTER}, token: () => widget.authorize({{ {ALTER} }}).catch((error) => (call.met = error.code, 'tok')) }}"));
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    assert_eq!(count_openings(), 1);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_source_that_fails_is_an_error_with_its_cause() {
    let app = app().await;
    for source in [
        "() => { throw new Error('why') }",
        "() => Promise.reject(new Error('why'))",
        "Promise.reject(new Error('why'))",
        "{ then: (_, reject) => reject(new Error('why')) }",
    ] {
        let call = app.open(&format!("{{ {ALTER}, token: {source} }}"));
        assert_eq!(call.outcome().await, "error source_failed", "{source}");
        assert_eq!(call.cause_message().as_deref(), Some("why"), "{source}");
        assert!(last_window().closed());
        nothing_is_left().await;
    }
    for source in [
        "() => 7",
        "async () => null",
        "async () => ({})",
        "() => new Proxy({}, { get() { throw 0 }, ownKeys() { throw 0 } })",
    ] {
        let call = app.open(&format!("{{ {ALTER}, token: {source} }}"));
        assert_eq!(call.outcome().await, "error invalid_options", "{source}");
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn verify_is_asked_once_more_when_the_window_is_gone() {
    let app = app().await;
    for not_yet in ["null", "[]"] {
        let call = app.open(&format!(
            "{{ {STACKONE}, verify: async () => lastWindow().closed ? {{ id: 'late' }} : {not_yet} }}"
        ));
        user_is_away().await;
        user_closes();
        assert_eq!(call.result().await, json!({"id": "late"}), "{not_yet}");
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn verify_that_fails_in_the_end_is_verify_failed() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {STACKONE}, verify: () => Promise.reject(new Error('down')) }}"
    ));
    user_is_away().await;
    user_closes();
    assert_eq!(call.outcome().await, "error verify_failed");
    assert_eq!(call.cause_message().as_deref(), Some("down"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn after_a_timeout_the_result_still_comes_to_whoever_listens() {
    let app = app().await.listen(&["success"]);
    let call = app.open(&format!("{{ {ALTER}, timeout: 300 }}"));
    assert_eq!(call.outcome().await, "error timeout");
    assert!(!app.is_open());
    last_window().say(grant("late")).await;
    assert_eq!(app.has_heard(), [success("late")]);
    assert_eq!(call.was_told().len(), 1);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_question_that_is_never_answered_holds_an_expired_flow_no_longer() {
    let app = app().await;
    world::install();
    let call = app.open(&format!(
        "{{ {STACKONE}, timeout: 300, verify: () => new Promise(() => {{}}) }}"
    ));
    world::advance(20_000).await;
    assert_eq!(call.was_told(), ["error timeout"]);
    assert!(world::left().contains("channels"), "{}", world::left());
    world::jump(2.0 * 3_600_000.0);
    world::advance(6_000).await;
    // The next page sweeps its record.
    world::forget_all();
    assert_eq!(world::left(), "");
    world::uninstall();
}

#[wasm_bindgen_test]
async fn a_severed_flow_that_has_expired_is_let_go_of_when_the_user_comes_or_goes() {
    let app = app().await;
    world::install();
    let call = app.open(&format!("{{ {ALTER}, timeout: 300 }}"));
    world::advance(50).await;
    world::sever();
    world::advance(1000).await;
    assert_eq!(call.was_told(), ["error timeout"]);
    assert!(world::left().contains("channels"), "{}", world::left());
    world::jump(2.0 * 3_600_000.0);
    world::signal("focus");
    world::settle().await;
    // The next page sweeps its record.
    world::forget_all();
    assert_eq!(world::left(), "");
    world::uninstall();
}

#[wasm_bindgen_test]
async fn a_token_that_comes_after_a_timeout_is_not_lost_and_its_request_not_aborted() {
    let app = app().await.listen(&["success"]);
    js(
        "setFetch((url, { signal }) => (window.signal = signal, new Promise((answer) => (window.answer = () => answer(new Response('{\"access_token\":\"t\"}'))))))",
    );
    // Time enough for the window's return on a busy machine.
    let call = app.open(&format!("{{ {CODE}, timeout: 3000 }}"));
    let state = state().await;
    last_window()
        .go(&return_url(&format!("?code=xyz&state={state}")))
        .await;
    assert_eq!(call.outcome().await, "error timeout");
    assert!(js("signal === undefined").is_truthy());
    js("answer()");
    until("the token", || !app.has_heard().is_empty()).await;
    assert!(
        app.has_heard()[0].starts_with(r#"success {"access_token":"t""#),
        "{:?}",
        app.has_heard()
    );
    assert_eq!(call.was_told().len(), 1);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_comes_after_a_doubtful_exit_is_delivered_once_to_one_reader() {
    let app = app().await.listen(&["success"]);
    let call = app.open(&format!("{{ {ALTER} }}"));
    let other = app.sibling().listen(&["success"]);
    // Nobody saw the app's window lose the focus: it may be a severed window.
    last_window().say(json!("noise")).await;
    pause(300).await;
    js("lastWindow().isSevered = true");
    assert_eq!(call.outcome().await, "exit");
    last_window().say(grant("late")).await;
    assert_eq!(
        (app.has_heard(), other.has_heard()),
        (vec![success("late")], vec![])
    );
    last_window().close();
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_late_result_waits_for_its_reader() {
    let app = app().await;
    let call = app.open(&format!("{{ {ANON}, timeout: 200 }}"));
    let state = state().await;
    assert_eq!(call.outcome().await, "error timeout");
    let response = json!({"response": return_url("?type=success"), "window": state});
    assert!(browser_tests::relay(&state, response).await);
    let app = app.listen(&["success"]);
    until("the result", || !app.has_heard().is_empty()).await;
    assert_eq!(app.has_heard(), [r#"success {"type":"success"}"#]);
    js("lastWindow().close()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn debug_is_told_what_is_ignored() {
    let app = app_with("{ debug: true }").await;
    let call = app.open(&format!(
        "{{ {ALTER}, baseURL: origin + '/pages/provider.html?' }}"
    ));
    last_window().say(json!("noise")).await;
    js("window.postMessage('from the page itself', '*')");
    pause(100).await;
    assert!(
        to_json(&js("findings.map(([finding]) => finding)"))
            .to_string()
            .contains("message_source")
    );
    app.close();
    assert_eq!(call.was_told(), [""; 0]);
    nothing_is_left().await;
}
