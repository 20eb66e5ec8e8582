//! The same attempt and more than one page: reloads, copies of a tab, a core that comes late.

use crate::system::{ALTER, ANON, CODE, STACKONE};
use crate::{grant, success};
use browser_tests::{
    FrameWindow, Page, Record, count_openings, js, last_features, last_url, last_window,
    nothing_is_left, page_with, pause, relay, return_url, until,
};
use serde_json::json;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

/// Another page is at work on an attempt for as long as `window.release` is not called.
fn another_page_holds(state: &str) {
    js(&format!(
        "navigator.locks.request('connect-widget:{state}', () => new Promise((resolve) => (window.release = resolve)))"
    ));
}

/// The same page also answers whoever asks for it, until `the_other_page_goes`.
fn another_page_is_alive(state: &str) {
    another_page_holds(state);
    js(&format!(
        "(window.other = new BroadcastChannel('connect-widget:{state}'), other.onmessage = ({{ data }}) => data.asking && other.postMessage({{ type: 'connect-widget', listening: true }}))"
    ));
}

/// It ends the attempt, and its mark with it.
fn the_other_page_goes(state: &str) {
    js(&format!(
        "(release(), other.close(), localStorage.removeItem('connect-widget:{state}'))"
    ));
}

/// The pages that are loaded from now on are reloads of the one before.
fn reloads() {
    js(
        "replace(performance, 'navigation', { value: { type: PerformanceNavigation.TYPE_RELOAD } })",
    );
}

/// The page has taken up what an earlier one left: its channel opens once it has the lock.
async fn page_is_at_work(state: &str) {
    let is_held = format!(
        "navigator.locks.query().then(({{ held }}) => window.isHeld = held.some(({{ name }}) => name === 'connect-widget:{state}'))"
    );
    until("the lock", || {
        js(&is_held);
        js("window.isHeld").is_truthy()
    })
    .await;
    js("delete window.isHeld");
    pause(30).await;
}

#[wasm_bindgen_test]
async fn after_a_reload_the_answer_by_the_channel_is_delivered() {
    let record = Record::of(&format!("{{ {CODE} }}")).await;
    record.store(json!({}));
    reloads();
    js("setFetch(async () => new Response('{\"access_token\":\"t\"}'))");
    let app = Page::load("{}")
        .await
        .create("{}")
        .listen(&["success", "error"]);
    page_is_at_work(&record.state).await;
    assert!(
        relay(
            &record.state,
            json!({"response": return_url(&format!("?code=xyz&state={}", record.state))})
        )
        .await
    );
    until("the tokens", || !app.has_heard().is_empty()).await;
    assert!(
        app.has_heard()[0].starts_with(r#"success {"access_token":"t""#),
        "{:?}",
        app.has_heard()
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn after_a_reload_the_message_of_the_window_that_was_opened_before_is_delivered() {
    let record = Record::of(&format!("{{ {ALTER} }}")).await;
    record.store(json!({}));
    reloads();
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    page_is_at_work(&record.state).await;
    // One that this page has not opened, of the same origin.
    let stranger: FrameWindow = js("(() => { const stranger = new FrameWindow(PROVIDER); Object.defineProperty(stranger, 'opener', { value: null }); return stranger })()").unchecked_into();
    stranger.say(grant("forged")).await;
    stranger.close();
    assert_eq!(app.has_heard(), [""; 0]);
    // Another one that this page has opened there, which only talks.
    let talker: FrameWindow = js("new FrameWindow(PROVIDER)").unchecked_into();
    talker.say(json!({"type": "ready"})).await;
    let window: FrameWindow = js("new FrameWindow(PROVIDER)").unchecked_into();
    window.say(grant("g1")).await;
    assert_eq!(app.has_heard(), [success("g1")]);
    until("the window's close", || window.closed()).await;
    assert!(!talker.closed());
    talker.close();
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_message_of_the_window_that_was_opened_before_waits_for_no_lock() {
    let record = Record::of(&format!("{{ {ALTER} }}")).await;
    record.store(json!({}));
    // The page that was there before may still have it, for seconds on a busy machine.
    another_page_holds(&record.state);
    reloads();
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    let window: FrameWindow = js("new FrameWindow(PROVIDER)").unchecked_into();
    window.say(grant("g1")).await;
    assert_eq!(app.has_heard(), [success("g1")]);
    window.close();
    js("release()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn after_a_reload_the_apps_backend_is_asked_once_verify_is_brought() {
    let record = Record::of(&format!("{{ {STACKONE}, verify: async () => null }}")).await;
    record.store(json!({}));
    reloads();
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    // The user is in the window all the while.
    js("window.account = null");
    assert_eq!(
        app.settled("widget.handleRedirect({ verify: async () => account })")
            .await,
        "resolved null"
    );
    js("(window.account = { id: 'a' }, dispatchEvent(new Event('focus')))");
    until("the account", || !app.has_heard().is_empty()).await;
    assert_eq!(app.has_heard(), [r#"success {"id":"a"}"#]);
    // Its window is out of reach, and has only to close when it comes back.
    let mark = format!("localStorage['connect-widget:{}']", record.state);
    assert!(js(&format!("JSON.parse({mark}).ended")).is_truthy());
    js(&format!("delete {mark}"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_copy_of_an_attempt_asks_no_backend_and_says_that_nothing_came_back() {
    let record = Record::of(&format!("{{ {STACKONE}, verify: async () => null }}")).await;
    record.store(json!({}));
    another_page_is_alive(&record.state);
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    assert_eq!(
        app.settled("widget.handleRedirect({ verify: async () => ({ id: 'a' }) })")
            .await,
        "resolved null"
    );
    assert_eq!(app.has_heard(), [""; 0]);
    the_other_page_goes(&record.state);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_copy_of_an_attempt_that_another_page_is_at_work_on_is_forgotten() {
    let record = Record::of(&format!("{{ {ANON} }}")).await;
    record.store(json!({}));
    another_page_is_alive(&record.state);
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    let key = format!("connect-widget:{}", record.state);
    until("forgotten", || {
        js(&format!("sessionStorage['{key}']")).is_undefined()
    })
    .await;
    // Its mark is the other page's, and so is the answer.
    assert!(js(&format!("localStorage['{key}']")).is_string());
    assert!(
        !relay(
            &record.state,
            json!({"response": return_url("?type=success"), "window": record.state})
        )
        .await
    );
    assert_eq!(app.has_heard(), [""; 0]);
    the_other_page_goes(&record.state);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_page_that_answers_on_its_way_out_is_no_other_tab() {
    let record = Record::of(&format!("{{ {ANON} }}")).await;
    record.store(json!({}));
    // On a busy machine the page that was left still hears the next one's first question.
    js(&format!(
        "(window.other = new BroadcastChannel('connect-widget:{}'), other.onmessage = ({{ data }}) => data.asking && (other.postMessage({{ type: 'connect-widget', listening: true }}), other.close()))",
        record.state
    ));
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    page_is_at_work(&record.state).await;
    assert!(
        relay(
            &record.state,
            json!({"response": return_url("?type=success"), "window": record.state})
        )
        .await
    );
    assert_eq!(app.has_heard(), [r#"success {"type":"success"}"#]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_lock_that_is_free_a_moment_after_a_reload_is_waited_for() {
    let record = Record::of(&format!("{{ {ANON} }}")).await;
    record.store(json!({}));
    reloads();
    another_page_holds(&record.state);
    let app = Page::load("{}").await.create("{}").listen(&["success"]);
    // A busy machine takes its time to end a page.
    pause(1500).await;
    js("release()");
    pause(2000).await;
    assert!(
        relay(
            &record.state,
            json!({"response": return_url("?type=success"), "window": record.state})
        )
        .await
    );
    until("the result", || !app.has_heard().is_empty()).await;
    assert_eq!(app.has_heard(), [r#"success {"type":"success"}"#]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn without_locks_whoever_takes_the_mark_away_goes_on() {
    let record = Record::of(&format!("{{ {ANON} }}")).await;
    record.store(json!({}));
    reloads();
    js(
        "replace(navigator, 'locks', { value: { request: () => Promise.reject(new DOMException('refused', 'SecurityError')), query: async () => ({ held: [] }) } })",
    );
    let first = Page::load("{}").await.create("{}").listen(&["success"]);
    pause(200).await;
    // What a copy of the tab would have.
    record.store(json!({}));
    let pages = [
        first,
        Page::load("{}").await.create("{}").listen(&["success"]),
    ];
    pause(200).await;
    assert!(
        relay(
            &record.state,
            json!({"response": return_url("?type=success"), "window": record.state})
        )
        .await
    );
    let heard = || -> usize { pages.iter().map(|page| page.has_heard().len()).sum() };
    until("the result", || heard() > 0).await;
    pause(200).await;
    assert_eq!(heard(), 1);
}

#[wasm_bindgen_test]
async fn what_nobody_came_back_for_is_swept_away_in_time() {
    let record = Record::of(&format!("{{ {CODE} }}")).await;
    record.store(json!({"expires": js_sys::Date::now() - 86_400_001.0}));
    js(&format!(
        "(localStorage['connect-widget:{0}'] = JSON.stringify({{ expires: 1 }}), sessionStorage['connect-widget:broken'] = '{{', 0)",
        record.state
    ));
    Page::load("{}").await.create("{}");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_click_before_the_core_opens_a_window_that_is_sent_on_when_it_comes() {
    let page = page_with("isLate: true").await;
    let app = page.create("{}");
    let call = app.open(&format!("{{ {ALTER} }}"));
    assert_eq!((count_openings(), last_url().as_deref()), (1, Some("")));
    let features = last_features();
    assert!(app.is_open());
    assert_eq!(
        app.authorize(&format!("{{ {ALTER} }}")).promise().await,
        "rejected already_open"
    );
    page.core_arrives();
    last_window().say(grant("g1")).await;
    assert_eq!(
        (call.outcome().await, call.promise().await),
        (success("g1"), "resolved".into())
    );
    assert_eq!(count_openings(), 1);
    // One that the core opens is as large, and stands in the same place.
    app.open(&format!("{{ {ALTER} }}"));
    assert_eq!((count_openings(), last_features()), (2, features));
    app.close();
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_early_click_leaves_nothing_where_a_script_has_stopped_the_timers() {
    let page = page_with("isLate: true").await;
    let app = page.create("{}");
    js("replace(window, 'setInterval', { value: () => 0 })");
    let call = app.open(&format!("{{ {ALTER} }}"));
    page.core_arrives();
    last_window().say(grant("g1")).await;
    assert_eq!(call.outcome().await, success("g1"));
    js("restore()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_happens_to_an_early_click_before_the_core_comes() {
    for (what, expected) in [
        ("lastWindow().close()", "exit"),
        ("widget.close()", "rejected aborted"),
        ("widget.destroy()", "rejected aborted"),
        ("0", "invalid"),
    ] {
        let page = page_with("isLate: true").await;
        let app = page.create("{}");
        let options = if expected == "invalid" {
            "timeout: -1"
        } else {
            ""
        };
        let call = app.authorize(&format!("{{ {ALTER}, {options} }}"));
        app.js(&format!("({what}, 0)"));
        page.core_arrives();
        match expected {
            "exit" => assert_eq!(call.outcome().await, "exit"),
            "invalid" => assert_eq!(call.promise().await, "rejected invalid_options"),
            promised => assert_eq!(call.promise().await, promised),
        }
        assert!(last_window().closed());
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn each_early_click_brings_a_window_of_the_apps_own_and_only_the_first_is_used() {
    let page = page_with("isLate: true").await;
    let app = page.create("{}");
    js("(window.given = [1, 2].map(() => window.open('')), 0)");
    let call = app.open(&format!("{{ {ALTER}, popup: given[0] }}"));
    for popup in ["given[0]", "given[1]", "5", "given[1]"] {
        let again = app.open(&format!("{{ {ALTER}, popup: {popup} }}"));
        assert_eq!(again.promise().await, "resolved");
    }
    assert!(js("!given[0].closed && given[1].closed").is_truthy());
    page.core_arrives();
    app.js("widget.close()");
    assert_eq!(call.promise().await, "resolved");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_early_click_that_was_blocked_is_popup_blocked() {
    let page = page_with("isLate: true").await;
    let app = page.create("{}");
    browser_tests::open_by("() => null");
    let call = app.open(&format!("{{ {ALTER} }}"));
    page.core_arrives();
    assert_eq!(call.outcome().await, "error popup_blocked");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn the_flow_that_is_played_before_the_first_click_opens_nothing_and_nobody_hears_of_it() {
    let page = page_with("").await;
    // A page of an earlier test may have left its core to come in an idle moment, and plays its flow then.
    js("(window.idle = false, (window.requestIdleCallback ?? setTimeout)(() => (idle = true)))");
    until("an idle moment", || js("idle").is_truthy()).await;
    pause(50).await;
    js(
        "['setItem', 'removeItem'].forEach((name) => { window.stored = []; const real = Storage.prototype[name]; replace(Storage.prototype, name, { value(...values) { stored.push(name); return real.apply(this, values); } }) })",
    );
    let app = page
        .create("{ debug: true }")
        .listen(&["success", "error", "exit", "close", "event"]);
    // Its end: what there could have been is forgotten, in both stores.
    until("the flow's end", || js("stored.length === 2").is_truthy()).await;
    pause(300).await;
    assert_eq!(
        js("stored.join()").as_string().as_deref(),
        Some("removeItem,removeItem")
    );
    assert_eq!(count_openings(), 0);
    assert!(app.has_heard().is_empty());
    assert!(!app.is_open());
    nothing_is_left().await;
    js("(delete window.stored, delete window.idle)");
}
