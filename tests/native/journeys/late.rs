//! Results that come after all: after a doubtful exit, after the timeout, after a reload. The app was told once; what comes now
//! is one more outcome, for whoever listens.

use crate::attempt::*;
use crate::samples::*;
use crate::world::NOON;
use connect_widget::flow::machine::Event;
use connect_widget::flow::response::Via;
use connect_widget::flow::watch::{GRACE, Sight};
use serde_json::{Value, json};

/// A severed window that was given up, but lives.
fn given_up(options: &Value) -> Attempt {
    let mut attempt = click(options);
    attempt.step(Event::Blurred).look_for(5000.0, Sight::Closed);
    attempt
        .step(Event::Focused)
        .look_for(GRACE + LOOK, Sight::Closed);
    assert_detached(&attempt, "exit");
    attempt
}

/// What was told late, and that it was told once.
#[track_caller]
fn assert_late(attempt: &Attempt, first: &str, late: &str) {
    let ends: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(ends, [first, late]);
    assert!(attempt.flow.has_ended());
}

#[test]
fn a_message_after_a_doubtful_exit_is_delivered_once() {
    let mut attempt = given_up(&alter());
    attempt.message(&json!({"type": "else"}));
    assert_detached(&attempt, "exit");
    attempt.message(&alter_success()).message(&alter_success());
    assert_late(&attempt, "exit", "success");
}

#[test]
fn a_return_after_a_doubtful_exit_is_delivered_once() {
    for options in [alter(), alter_bound(), anon(), anon_bound(), implicit()] {
        for via in [Via::OwnWindow, OWN_RELAY] {
            let mut attempt = given_up(&options);
            let url = right_return(&attempt).expect("a URL");
            attempt.returned(&url, via).returned(&url, via);
            assert_late(&attempt, "exit", "success");
        }
    }
}

#[test]
fn a_code_after_a_doubtful_exit_is_exchanged() {
    let mut attempt = given_up(&code());
    let url = right_return(&attempt).expect("a URL");
    attempt.returned(&url, RELAY);
    assert!(
        attempt
            .said()
            .ends_with(&["use up".into(), "request token".into()])
    );
    assert_eq!(attempt.outcomes().len(), 1);
    attempt.token_answer(200, &tokens());
    assert_late(&attempt, "exit", "success");
}

#[test]
fn another_attempts_return_is_not_a_late_result() {
    for options in [anon_bound(), alter_bound(), implicit(), code()] {
        let mut attempt = given_up(&options);
        for url in [
            anon_return("x"),
            alter_return(),
            implicit_return("AAAA"),
            code_return("AAAA"),
        ] {
            attempt.returned(&url, RELAY).returned(&url, OWN_RELAY);
        }
        assert_detached(&attempt, "exit");
    }
}

#[test]
fn an_error_that_comes_late_is_delivered_too() {
    let mut attempt = given_up(&implicit());
    let url = format!("{CALLBACK}#error=access_denied&state={}", attempt.state());
    attempt.returned(&url, RELAY);
    assert_late(&attempt, "exit", "access_denied");
}

#[test]
fn an_expired_attempt_answers_nothing() {
    for (options, minutes) in [
        (alter(), 15.0),
        (anon(), 60.0),
        (implicit(), 60.0),
        (code(), 60.0),
    ] {
        for (moment, is_answered) in [(-1.0, true), (0.0, false), (1.0, false)] {
            let mut attempt = given_up(&options);
            let url = right_return(&attempt).expect("a URL");
            attempt.world.time.set(NOON + minutes * 60_000.0 + moment);
            attempt.message(&alter_success()).returned(&url, OWN_RELAY);
            assert_eq!(!attempt.flow.is_waiting(), is_answered, "{url} {moment}");
        }
    }
}

#[test]
fn a_live_flow_does_not_expire_while_the_user_is_in_the_window() {
    let mut attempt = click(&alter());
    attempt
        .step(Event::Blurred)
        .look_for(16.0 * 60_000.0, Sight::Away)
        .message(&alter_success());
    assert_ended(&attempt, "success");
}

#[test]
fn a_result_after_the_timeout_is_delivered() {
    let mut attempt = click(&with(alter(), "timeout", json!(500)));
    attempt.look_for(1000.0, Sight::Away);
    assert_detached(&attempt, "timeout");
    attempt.message(&alter_success());
    assert_late(&attempt, "timeout", "success");
}

#[test]
fn tokens_after_the_timeout_are_delivered_and_their_request_is_not_given_up() {
    for (status, body, late) in [
        (200, tokens(), "success"),
        (400, json!({"error": "invalid_grant"}), "invalid_grant"),
    ] {
        let mut attempt = click(&with(code(), "timeout", json!(500)));
        let url = right_return(&attempt).expect("a URL");
        attempt
            .returned(&url, Via::OwnWindow)
            .look_for(1000.0, Sight::Blank);
        assert_detached(&attempt, "timeout");
        attempt.look_for(2.0 * 3_600_000.0, Sight::Blank);
        attempt.token_answer(status, &body);
        assert_late(&attempt, "timeout", late);
    }
}

#[test]
fn what_the_app_exchanges_after_the_timeout_is_delivered() {
    let options = with(code(), "exchange", json!({"$": "function"}));
    let mut attempt = click(&with(options, "timeout", json!(500)));
    let url = right_return(&attempt).expect("a URL");
    attempt
        .returned(&url, Via::OwnWindow)
        .look_for(1000.0, Sight::Blank)
        .step(Event::Exchanged);
    assert_late(&attempt, "timeout", "exchanged");
}

#[test]
fn a_result_after_a_reload_is_delivered() {
    for options in [alter(), alter_bound(), anon(), anon_bound(), implicit()] {
        let mut attempt = click(&options);
        attempt.look_for(540.0, Sight::Away);
        let url = right_return(&attempt).expect("a URL");
        let mut reloaded = attempt.reload(false);
        assert!(reloaded.flow.is_detached(), "nobody of this page called");
        reloaded.returned(&url, OWN_RELAY).returned(&url, OWN_RELAY);
        assert_eq!(reloaded.said(), ["tell complete", "end success"]);
    }
    let mut reloaded = click(&alter()).reload(false);
    reloaded.message(&alter_success());
    assert_ended(&reloaded, "success");
}

#[test]
fn an_exit_that_was_certain_leaves_nothing_to_answer() {
    let mut attempt = click(&alter());
    attempt
        .step(Event::Blurred)
        .look_for(1000.0, Sight::Away)
        .step(Event::Focused)
        .look_for(300.0, Sight::Closed);
    assert_ended(&attempt, "exit");
    attempt
        .message(&alter_success())
        .returned(&alter_return(), Via::OwnWindow);
    assert_ended(&attempt, "exit");
}

#[test]
fn a_detached_flow_says_nothing_of_its_window() {
    let mut attempt = given_up(&alter());
    let said = attempt.said();
    attempt
        .look_for(60_000.0, Sight::Closed)
        .step(Event::Blurred)
        .step(Event::Focused)
        .look_for(60_000.0, Sight::Away)
        .step(Event::CameBack)
        .look_for(60_000.0, Sight::Closed);
    assert_eq!(attempt.said(), said);
}

#[test]
fn a_new_flow_and_a_late_result_of_the_old_one_do_not_meet() {
    let mut old = given_up(&implicit());
    let late = right_return(&old).expect("a URL");
    let setting = Setting {
        seed: 2,
        ..Setting::default()
    };
    let mut new = setting.click(&implicit());
    new.look_for(540.0, Sight::Away).returned(&late, RELAY);
    assert_open(&new);
    old.returned(&late, RELAY);
    assert_late(&old, "exit", "success");
    let url = right_return(&new).expect("a URL");
    new.returned(&url, Via::OwnWindow);
    assert_ended(&new, "success");
}
