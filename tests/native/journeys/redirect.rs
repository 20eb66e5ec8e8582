//! The whole page goes to the provider and comes back. Which record a URL answers is `owner.rs`'s question; when one has
//! expired, the page that came back tells so.

use crate::attempt::*;
use crate::samples::*;
use crate::world::NOON;
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::response::Via;
use serde_json::{Value, json};

/// The page that came back, and the right URL.
fn back(options: &Value) -> (Attempt, String) {
    let attempt = Setting::on_phone().click(options);
    let url = right_return(&attempt).expect("a URL");
    (attempt.reload(false), url)
}

#[test]
fn it_comes_back_with_the_result_once() {
    for options in [alter(), alter_bound(), anon(), anon_bound(), implicit()] {
        let (mut attempt, url) = back(&options);
        assert!(attempt.flow.is_waiting() && !attempt.flow.is_detached());
        attempt.returned(&url, Via::Page).returned(&url, Via::Page);
        assert_eq!(attempt.said(), ["tell complete", "end success"], "{url}");
    }
}

#[test]
fn a_system_without_state_comes_back_without() {
    for (options, url) in [(alter(), alter_return()), (anon(), anon_return("{}"))] {
        let (mut attempt, _) = back(&options);
        attempt.returned(&url, Via::Page);
        assert_ended(&attempt, "success");
    }
}

#[test]
fn a_code_that_comes_back_is_exchanged_with_the_verifier_that_was_kept() {
    let gone = Setting::on_phone().click(&code());
    let oauth = gone.flow.transaction().oauth.clone().expect("an attempt");
    let verifier = expose(&oauth.code_verifier).expect("PKCE");
    let mut attempt = gone.reload(false);
    attempt.returned(&code_return(&gone.state()), Via::Page);
    let [Effect::UseUp, Effect::RequestToken(request)] = &attempt.effects[..] else {
        panic!("{:?}", attempt.said());
    };
    assert!(
        request
            .form(&attempt.world)
            .ends_with(&format!("&code_verifier={verifier}"))
    );
    attempt.token_answer(200, &tokens());
    assert_ended(&attempt, "success");
}

#[test]
fn a_code_for_the_apps_own_exchange_comes_back() {
    let (mut attempt, url) = back(&with(code(), "exchange", json!({"$": "function"})));
    attempt.returned(&url, Via::Page);
    let [Effect::UseUp, Effect::Exchange(grant)] = &attempt.effects[..] else {
        panic!("{:?}", attempt.said());
    };
    assert_eq!(grant.get("code").text(), Some("SplxlOBeZQQYbYS6WxSbIA"));
    assert_eq!(grant.get("redirectUri").text(), Some(CALLBACK));
    assert_eq!(grant.get("codeVerifier").text().map(str::len), Some(43));
    attempt.step(Event::Exchanged);
    assert_ended(&attempt, "exchanged");
}

#[test]
fn a_verifier_that_is_lost_makes_the_server_say_no() {
    let (attempt, url) = back(&code());
    let mut transaction = attempt.flow.transaction().clone();
    transaction
        .oauth
        .as_mut()
        .expect("an attempt")
        .code_verifier = None;
    let mut attempt =
        Attempt::resume(Box::new(transaction), false, NOON).expect("a known protocol");
    attempt
        .returned(&url, Via::Page)
        .token_answer(400, &json!({"error": "invalid_grant"}));
    assert_ended(&attempt, "invalid_grant");
}

#[test]
fn a_response_that_answers_another_attempt_is_left_alone() {
    for options in [implicit(), code(), anon_bound(), alter_bound()] {
        let (mut attempt, right) = back(&options);
        for url in [
            implicit_return("AAAA"),
            code_return("AAAA"),
            anon_return("AAAA"),
            "https://app.example/?alter_connect_success=true&grant_id=g&provider=p&connect_state=AAAA".into(),
            alter_return(),
            "https://app.example/?q=1#/route".into(),
            String::new(),
        ] {
            attempt.returned(&url, Via::Page);
            assert!(attempt.effects.is_empty(), "{url}");
        }
        attempt.returned(&right, Via::Page);
        assert!(!attempt.flow.is_waiting(), "the right one counts still");
    }
}

#[test]
fn a_parameter_of_the_apps_own_that_looks_like_a_response_changes_nothing() {
    let (mut attempt, _) = back(&anon());
    attempt.returned("https://app.example/files?type=folder", Via::Page);
    attempt.returned("https://app.example/orders?type=success", Via::Page);
    assert!(attempt.effects.is_empty());
    attempt.returned(&anon_return("{}"), Via::Page);
    assert_ended(&attempt, "success");
}

#[test]
fn the_issuer_is_compared_after_a_redirect_too() {
    let (mut attempt, _) = back(&code());
    let state = attempt.state();
    let url = format!("{CALLBACK}?code=c&state={state}&iss=https%3A%2F%2Fevil.example");
    attempt.returned(&url, Via::Page);
    assert_ended(&attempt, "issuer_mismatch");
}

#[test]
fn the_back_button_is_an_exit_and_the_attempt_may_still_be_answered() {
    let mut attempt = Setting::on_phone().click(&implicit());
    attempt.step(Event::CameBack);
    assert_eq!(attempt.said()[2..], ["tell exit", "detach exit"]);
    attempt.step(Event::CameBack);
    assert_detached(&attempt, "exit");
    // Forward again, and the user goes through with it.
    let url = right_return(&attempt).expect("a URL");
    let mut back = attempt.reload(false);
    back.returned(&url, Via::Page);
    assert_ended(&back, "success");
}

#[test]
fn the_back_button_says_nothing_about_a_window_or_a_promise() {
    let mut attempt = click(&alter());
    attempt.step(Event::CameBack);
    assert_open(&attempt);
    let mut attempt = Setting::on_phone().click(&alter_promised());
    attempt.step(Event::CameBack);
    assert_open(&attempt);
}

#[test]
fn a_record_of_an_unknown_system_is_taken_up_by_nobody() {
    let mut transaction = Setting::on_phone()
        .click(&alter())
        .flow
        .transaction()
        .clone();
    transaction.protocol = "oauth1".into();
    assert!(Attempt::resume(Box::new(transaction), false, NOON).is_none());
}
