//! What the app's code does in the middle of a flow's beginning or end: it closes, opens and destroys. And a click whose window was
//! opened before the core was there.

use crate::outcomes::{user_closes, user_is_away};
use crate::system::{ALTER, STACKONE};
use crate::{grant, success};
use browser_tests::{
    Call, Widget, app, count_openings, js, last_window, nothing_is_left, page_with, pause, to_js,
    until,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// A click that comes before the core, with these options; then this happens, and then the core comes.
async fn early(options: &str, meanwhile: &str) -> (Widget, Call) {
    let page = page_with("isLate: true").await;
    let app = page.create("{}").listen(&["close"]);
    let call = app.authorize(options);
    pause(20).await;
    assert_eq!(count_openings(), 1, "the blank window");
    call.js(meanwhile);
    page.core_arrives();
    (app, call)
}

#[wasm_bindgen_test]
async fn a_signal_that_is_aborted_before_the_core_is_there_takes_the_window_along() {
    let options = format!("{{ {ALTER}, signal: (window.stop = new AbortController()).signal }}");
    let (app, call) = early(&options, "stop.abort(new Error('why'))").await;
    assert_eq!(call.outcome().await, "error aborted");
    assert_eq!(call.promise().await, "rejected aborted");
    assert_eq!(call.cause_message().as_deref(), Some("why"));
    assert!(last_window().closed());
    assert_eq!(app.has_heard(), ["close"]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_signal_that_is_aborted_already_opens_no_window_before_the_core_is_there_or_after() {
    let page = page_with("isLate: true").await;
    let app = page.create("{}").listen(&["close"]);
    let options = format!("{{ {ALTER}, signal: AbortSignal.abort(new Error('why')) }}");
    for has_core in [false, true] {
        let call = app.authorize(&options);
        assert_eq!(call.outcome().await, "error aborted");
        assert_eq!(call.promise().await, "rejected aborted");
        assert_eq!(call.cause_message().as_deref(), Some("why"));
        assert_eq!(count_openings(), 0, "the core is there: {has_core}");
        page.core_arrives();
        pause(20).await;
    }
    assert_eq!(app.has_heard(), ["close", "close"]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_option_whose_getter_destroys_the_widget_begins_nothing() {
    let app = app().await;
    let call = app.authorize(&format!(
        "{{ {ALTER}, get timeout() {{ widget.destroy() }} }}"
    ));
    assert_eq!(call.promise().await, "rejected sdk_destroyed");
    assert_eq!((count_openings(), call.was_told()), (0, vec![]));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_device_that_was_turned_while_the_core_came_redirects_and_has_no_window() {
    // The test's page may not leave: what a redirect needs is refused.
    let turn = "(replace(navigator, 'userAgent', { value: 'iPhone' }), replace(window, 'innerWidth', { value: 390 }), replace(Storage.prototype, 'setItem', { value() { throw new Error('full') } }))";
    let (_, call) = early(&format!("{{ {ALTER} }}"), turn).await;
    assert_eq!(call.outcome().await, "error redirect_error");
    assert!(last_window().closed());
    call.js("restore()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_flow_that_has_its_result_cannot_be_closed_out_of_it() {
    let app = app().await.listen(&["success", "error", "exit", "close"]);
    let call = app.authorize(&format!(
        "{{ {ALTER}, onEvent: (name) => name === 'OAUTH_COMPLETE' && widget.close() }}"
    ));
    last_window().say(grant("here")).await;
    assert_eq!(call.outcome().await, success("here"));
    assert!(call.promise().await.starts_with("resolved"));
    nothing_is_left().await;
    assert_eq!(app.has_heard().len(), 2, "success and close");
}

#[wasm_bindgen_test]
async fn a_flow_that_has_its_result_cannot_be_aborted_out_of_it() {
    let app = app().await;
    let call = app.authorize(&format!(
        "{{ {STACKONE}, verify: async () => ({{ id: 1 }}), signal: (window.stop = new AbortController()).signal, onEvent: (name) => name === 'OAUTH_COMPLETE' && stop.abort(new Error('late')) }}"
    ));
    assert_eq!(call.outcome().await, r#"success {"id":1}"#);
    assert_eq!(call.promise().await, r#"resolved {"id":1}"#);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_flow_that_is_closed_at_a_step_has_no_further_step() {
    let app = app().await.listen(&["event", "close"]);
    app.authorize(&format!(
        "{{ {ALTER}, onEvent: (name) => name === 'OPEN' && widget.close() }}"
    ));
    let heard = app.has_heard();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert_eq!(heard.last().map(String::as_str), Some("close"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_element_that_gets_the_focus_back_may_close_the_flow_that_is_over() {
    let app = app().await.listen(&["close"]);
    app.js("(document.body.append(window.trigger = document.createElement('button')), trigger.focus())");
    let call = app.authorize(&format!("{{ {ALTER} }}"));
    app.js("(trigger.blur(), trigger.onfocus = () => widget.close())");
    last_window().say(grant("here")).await;
    assert_eq!(call.outcome().await, success("here"));
    assert!(call.promise().await.starts_with("resolved"));
    assert_eq!(app.has_heard(), ["close"]);
    app.js("trigger.remove()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_exit_may_begin_the_next_flow() {
    let app = app().await;
    let call = app.open(&format!(
        "{{ {ALTER}, onEvent: (name) => name === 'EXIT' && (call.next = widget.authorize({{ {ALTER} }}).then((grants) => grants[0].grant_id)) }}"
    ));
    user_is_away().await;
    user_closes();
    assert_eq!(call.outcome().await, "exit");
    assert_eq!(count_openings(), 2);
    assert!(app.is_open());
    last_window().say(grant("next")).await;
    until("the next flow's end", || !app.is_open()).await;
    assert!(call.js("call.next instanceof Promise").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_answer_goes_to_the_flow_that_has_the_window_now() {
    let app = app().await.listen(&["success"]);
    let asked = "verify: () => new Promise((resolve) => { window.answerLate = resolve; })";
    let first = app.open(&format!(
        "{{ {ALTER}, timeout: 100, {asked}, popup: window.shared = Object.assign(new FrameWindow(), {{ close() {{ this.isGone = true; }} }}) }}"
    ));
    assert_eq!(first.outcome().await, "error timeout");
    let second = app.open(&format!("{{ {ALTER}, popup: shared }}"));
    last_window().say(grant("second")).await;
    assert_eq!(second.outcome().await, success("second"));
    assert_eq!((first.was_told().len(), app.has_heard().len()), (1, 1));
    // Providers repeat themselves.
    last_window().dispatch(&to_js(&grant("second")));
    assert_eq!(app.has_heard(), [success("second")]);
    until("the question", || js("'answerLate' in window").is_truthy()).await;
    js("answerLate([{}])");
    until("the late result", || app.has_heard().len() == 2).await;
    js("(shared.frame.remove(), delete window.shared, delete window.answerLate)");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_late_answer_leaves_the_window_to_the_flow_that_has_it_now() {
    let app = app().await.listen(&["success"]);
    let asked = "verify: () => new Promise((resolve) => { window.answerLate = resolve; })";
    let own = "popup: window.shared = Object.assign(new FrameWindow(), { close() { this.isGone = true; } })";
    let first = app.open(&format!("{{ {STACKONE}, timeout: 100, {asked}, {own} }}"));
    assert_eq!(first.outcome().await, "error timeout");
    let second = app.open(&format!("{{ {ALTER}, popup: shared }}"));
    until("the question", || js("'answerLate' in window").is_truthy()).await;
    js("answerLate({ id: 1 })");
    until("the late result", || app.has_heard().len() == 1).await;
    assert_eq!(app.has_heard(), [r#"success {"id":1}"#]);
    assert!(js("!shared.isGone").is_truthy(), "the second flow's window");
    last_window().say(grant("second")).await;
    assert_eq!(second.outcome().await, success("second"));
    assert!(js("shared.isGone").is_truthy());
    js("(shared.frame.remove(), delete window.shared, delete window.answerLate)");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_a_question_began_may_go_on_after_its_answer() {
    let app = app().await;
    let verify = "verify: async ({ signal }) => (window.asked = signal, { id: 1 })";
    let call = app.open(&format!("{{ {STACKONE}, {verify} }}"));
    assert_eq!(call.outcome().await, r#"success {"id":1}"#);
    assert!(js("asked.aborted === false").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_question_that_is_called_off_may_begin_the_next_flow() {
    let app = app().await;
    let verify = format!(
        "verify: ({{ signal }}) => new Promise(() => {{ window.isAsked = true; signal.onabort = () => {{ window.kept = remembered().length; widget.open({{ {ALTER} }}); }}; }})"
    );
    app.open(&format!("{{ {STACKONE}, {verify} }}"));
    until("the question", || js("'isAsked' in window").is_truthy()).await;
    app.js("widget.close()");
    assert!(app.is_open());
    assert!(
        js("kept === 0").is_truthy(),
        "the next window has no copy of it"
    );
    last_window().say(grant("next")).await;
    until("the next flow's end", || !app.is_open()).await;
    js("(delete window.isAsked, delete window.kept)");
    nothing_is_left().await;
}
