//! The page that a redirect came back to: whose the response is, who gets it, and that it is used once.

use crate::system::{ANON, BACKEND, CODE, IMPLICIT, STACKONE};
use browser_tests::{
    Page, Record, Widget, address, app, come_back_at, js, nothing_is_left, pause, return_url, until,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

/// The page that comes after the redirect of an attempt that was left on the return page, with this in its address behind the path.
async fn came_back(options: &str, changes: serde_json::Value, rest: &str) -> (Widget, Record) {
    let record = Record::of(&format!("{{ verify: async () => null, {options} }}")).await;
    let mut redirect = json!({"mode": "redirect", "page": return_url("?shop=1")});
    for (name, value) in changes.as_object().into_iter().flatten() {
        redirect[name] = value.clone();
    }
    record.store(redirect);
    come_back_at(&return_url(&rest.replace("{state}", &record.state)));
    (Page::load("{}").await.create("{}"), record)
}

fn token_endpoint() {
    js(
        "(window.asked = 0, setFetch(async () => (asked += 1, await pause(50), new Response('{\"access_token\":\"t\"}'))))",
    );
}

#[wasm_bindgen_test]
async fn the_response_leaves_the_address_and_is_the_result_of_handle_redirect_once() {
    let (app, _) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    token_endpoint();
    assert!(address().ends_with("?shop=1"), "{}", address());
    let result = app.settled("widget.handleRedirect()").await;
    assert!(
        result.starts_with(r#"resolved {"access_token":"t""#),
        "{result}"
    );
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_stands_in_a_flag_takes_no_whole_responses_place() {
    let (app, record) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    token_endpoint();
    let flag = json!({"expires": 1e15, "half": "forged", "response": "forged"});
    js(&format!(
        "localStorage['connect-widget:' + {}] = JSON.stringify({flag})",
        json!(record.state)
    ));
    let result = app.settled("widget.handleRedirect()").await;
    assert!(
        result.starts_with(r#"resolved {"access_token":"t""#),
        "{result}"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_token_that_came_in_two_halves_is_joined_and_one_half_alone_is_no_answer() {
    for (has_flag, expected) in [
        (true, r#"resolved "t""#),
        (false, "rejected invalid_response"),
    ] {
        let record = Record::of(&format!("{{ {IMPLICIT} }}")).await;
        let answer = return_url(&format!(
            "#access_token=t&token_type=Bearer&state={}",
            record.state
        ));
        let half: String = answer.bytes().map(|byte| char::from(byte ^ 1)).collect();
        record.store(
            json!({"mode": "redirect", "page": return_url(""), "response": true, "half": half}),
        );
        if has_flag {
            let (state, flag) = (
                json!(record.state),
                json!({"expires": 1e15, "half": "\u{1}".repeat(answer.len())}),
            );
            js(&format!(
                "localStorage['connect-widget:' + {state}] = JSON.stringify({flag})"
            ));
        }
        come_back_at(&return_url(""));
        let app = Page::load("{}").await.create("{}");
        let asked = "widget.handleRedirect().then((result) => result.access_token)";
        assert_eq!(app.settled(asked).await, expected);
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn two_at_once_are_one_exchange_and_one_result() {
    let (app, _) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    token_endpoint();
    let both = app.settled("Promise.all([widget.handleRedirect(), widget.handleRedirect()]).then((both) => both.map((one) => one && one.access_token))").await;
    assert_eq!(both, r#"resolved ["t",null]"#);
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn who_listens_and_asks_in_the_same_task_is_answered_by_handle_redirect() {
    for wait in [0, 500] {
        // Nothing is asked for in between, so whoever comes first has it.
        let returned = "#access_token=t&token_type=Bearer&state={state}";
        let (app, _) = came_back(IMPLICIT, json!({}), returned).await;
        // Half a second later the core is there.
        pause(wait).await;
        let heard = "(window.heard = [], widget.on('success', () => heard.push('success')), widget.handleRedirect().then((result) => result.access_token))";
        assert_eq!(app.settled(heard).await, r#"resolved "t""#, "{wait}");
        assert!(js("heard.length === 0").is_truthy());
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn two_copies_of_the_package_are_one_exchange_and_one_result() {
    let (app, _) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    token_endpoint();
    let other = Page::load("{ isCopy: true }")
        .await
        .create("{}")
        .listen(&["success", "error"]);
    let app = app.listen(&["success", "error"]);
    until("a result", || {
        app.has_heard().len() + other.has_heard().len() > 0
    })
    .await;
    pause(300).await;
    assert_eq!(app.has_heard().len() + other.has_heard().len(), 1);
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn whoever_subscribes_gets_it_once_however_late() {
    let (app, _) = came_back(
        IMPLICIT,
        json!({}),
        "#access_token=t&token_type=Bearer&state={state}",
    )
    .await;
    // A token is not written to a store.
    assert!(
        !js("JSON.stringify({ ...sessionStorage, ...localStorage })")
            .as_string()
            .unwrap_or_default()
            .contains("access_token=t")
    );
    pause(200).await;
    let other = app.sibling();
    let app = app.listen(&["success"]);
    until("the tokens", || !app.has_heard().is_empty()).await;
    assert!(
        app.has_heard()[0].starts_with(r#"success {"access_token":"t""#),
        "{:?}",
        app.has_heard()
    );
    let other = other.listen(&["success"]);
    pause(100).await;
    assert_eq!((app.has_heard().len(), other.has_heard().len()), (1, 0));
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_code_for_the_apps_backend_is_kept_for_the_call_that_brings_exchange() {
    let (app, _) = came_back(
        &format!("{BACKEND}, exchange: async () => 1"),
        json!({}),
        "?code=xyz&state={state}",
    )
    .await;
    let app = app.listen(&["success", "error"]);
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    assert_eq!(
        app.settled("widget.handleRedirect({ verify() {} })").await,
        "resolved null"
    );
    pause(100).await;
    assert_eq!(app.has_heard(), [""; 0]);
    // Also over a reload.
    let app = Page::load("{}").await.create("{}");
    let result = app.settled("widget.handleRedirect({ exchange: async ({ code, codeVerifier }) => ({ code, length: codeVerifier.length }) })").await;
    assert_eq!(result, r#"resolved {"code":"xyz","length":43}"#);
    assert_eq!(
        app.settled("widget.handleRedirect({ exchange: async () => 1 })")
            .await,
        "resolved null"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_refusal_with_an_error_code_needs_no_exchange() {
    for refusal in [
        "error=access_denied&error_code=200",
        "error_code=access_denied",
    ] {
        let returned = format!("?{refusal}&state={{state}}");
        let options = format!("{BACKEND}, exchange: async () => 1");
        let (app, _) = came_back(&options, json!({}), &returned).await;
        let app = app.listen(&["error"]);
        until("a refusal", || app.has_heard() == ["error access_denied"]).await;
        nothing_is_left().await;
    }
}

#[wasm_bindgen_test]
async fn two_questions_to_verify_at_once_are_one_result() {
    let (app, _) = came_back(STACKONE, json!({}), "").await;
    js("window.asked = 0");
    let both = app.settled("Promise.all([1, 2].map(() => widget.handleRedirect({ verify: async () => (asked += 1, await pause(50), { id: 'a' }) })))").await;
    assert_eq!(both, r#"resolved [{"id":"a"},null]"#);
    assert!(js("asked === 1").is_truthy());
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_attempt_without_an_answer_is_left_to_the_call_that_brings_verify() {
    let (app, _) = came_back(STACKONE, json!({}), "").await;
    for (handlers, answer) in [
        ("", "null"),
        ("{ exchange() {} }", "null"),
        ("{ verify: async () => ({ id: 'a' }) }", r#"{"id":"a"}"#),
    ] {
        assert_eq!(
            app.settled(&format!("widget.handleRedirect({handlers})"))
                .await,
            format!("resolved {answer}")
        );
    }
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_attempt_that_came_back_without_an_answer_still_knows_the_page_that_was_left() {
    let (app, record) = came_back(STACKONE, json!({}), "").await;
    assert_eq!(
        app.settled("widget.handleRedirect({ verify: async () => null })")
            .await,
        "resolved null"
    );
    let key = format!("connect-widget:{}", record.state);
    let page = js(&format!("JSON.parse(sessionStorage['{key}']).page")).as_string();
    assert!(page.is_some_and(|page| page.ends_with("?shop=1")));
    js(&format!("delete sessionStorage['{key}']"));
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn what_was_put_on_object_prototype_is_no_setting_of_the_token_request() {
    let (app, _) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    js(
        "(setFetch(async (_, init) => new Response(JSON.stringify(init.signal ? {} : { access_token: 't' }))), replace(Object.prototype, 'signal', { value: AbortSignal.abort(), writable: true }))",
    );
    let result = app.settled("widget.handleRedirect()").await;
    js("restore()");
    assert!(
        result.starts_with(r#"resolved {"access_token":"t""#),
        "{result}"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_response_that_came_too_late_is_expired_and_used_up() {
    let expired = json!({"expires": js_sys::Date::now() - 1000.0});
    let (app, _) = came_back(CODE, expired.clone(), "?code=xyz&state={state}").await;
    token_endpoint();
    // The router's address of now is not written over with one of then, but the code is gone from it.
    assert_eq!(address(), return_url(""));
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "rejected expired"
    );
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    assert!(js("asked === 0").is_truthy());
    nothing_is_left().await;
    // Whoever listens is told so too.
    let (app, _) = came_back(ANON, expired, "?type=success").await;
    let app = app.listen(&["error", "success"]);
    until("an error", || !app.has_heard().is_empty()).await;
    assert_eq!(app.has_heard(), ["error expired"]);
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn an_error_of_the_server_rejects() {
    let (app, _) = came_back(
        CODE,
        json!({}),
        "?error=access_denied&error_description=no&state={state}",
    )
    .await;
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "rejected access_denied"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn pages_that_are_no_answer_are_left_alone() {
    for (options, rest) in [
        (CODE, "?code=forged&state=another"),
        (CODE, "?code=forged"),
        (CODE, "?state={state}"),
        (CODE, "/deeper?code=xyz&state={state}"),
        (ANON, "?type=shoes"),
        (STACKONE, "?id=1"),
    ] {
        let (app, record) = came_back(options, json!({}), rest).await;
        let url = return_url(&rest.replace("{state}", &record.state));
        assert_eq!(address(), url);
        assert_eq!(
            app.settled("widget.handleRedirect()").await,
            "resolved null",
            "{rest}"
        );
        pause(50).await;
        assert_eq!(address(), url);
        assert!(
            js(&format!(
                "sessionStorage['connect-widget:{}']",
                record.state
            ))
            .is_string(),
            "{rest}"
        );
    }
}

#[wasm_bindgen_test]
async fn an_address_that_cannot_be_written_holds_up_nothing() {
    let record = Record::of(&format!("{{ {ANON} }}")).await;
    record.store(json!({"mode": "redirect", "page": return_url("")}));
    come_back_at(&return_url("?type=success"));
    js(
        "replace(history, 'replaceState', { value() { throw new DOMException('a path that begins with //', 'SecurityError') } })",
    );
    let app = Page::load("{}").await.create("{}");
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        r#"resolved {"type":"success"}"#
    );
    js("restore()");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn handlers_that_cannot_be_read_are_refused() {
    let (app, _) = came_back(CODE, json!({}), "?code=xyz&state={state}").await;
    token_endpoint();
    assert_eq!(
        app.settled("widget.handleRedirect(5)").await,
        "rejected invalid_options"
    );
    assert_eq!(
        app.settled("widget.handleRedirect(new Proxy({}, { ownKeys() { throw 0 } }))")
            .await,
        "rejected invalid_options"
    );
    let result = app.settled("widget.handleRedirect()").await;
    assert!(result.starts_with("resolved {"), "{result}");
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn nobody_was_redirected() {
    let app = app().await;
    assert_eq!(
        app.settled("widget.handleRedirect({ verify: async () => 1 })")
            .await,
        "resolved null"
    );
    nothing_is_left().await;
}

#[wasm_bindgen_test]
async fn a_protocol_of_another_version_wedges_nothing() {
    let newer = json!({"protocol": "harbor"});
    let (app, _) = came_back(CODE, newer.clone(), "?code=xyz&state={state}").await;
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "rejected invalid_response"
    );
    assert_eq!(
        app.settled("widget.handleRedirect()").await,
        "resolved null"
    );
    nothing_is_left().await;
    let (app, _) = came_back(STACKONE, newer, "").await;
    assert_eq!(
        app.settled("widget.handleRedirect({ verify: async () => 1 })")
            .await,
        "resolved null"
    );
}
