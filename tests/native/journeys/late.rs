//! Results that come after all: after a doubtful exit, after the timeout, after a reload.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::watch::GRACE;
use serde_json::json;

/// A severed window that was given up, but lives.
fn given_up(options: serde_json::Value) -> (Tab, String, Option<String>) {
    let mut tab = Tab::new(1);
    tab.click(&options)
        .happen(Event::Blur)
        .look_for(5000.0, Event::Closed);
    let (state, url) = (tab.state(), right_return(&tab));
    tab.happen(Event::Focus)
        .look_for(GRACE + LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    (tab, state, url)
}

#[test]
fn a_message_after_a_doubtful_exit_is_delivered_once() {
    let (mut tab, _, _) = given_up(alter());
    tab.late_message(ALTER_ORIGIN, &alter_success());
    assert_eq!(tab.mail.len(), 1);
    assert_eq!(tab.mail[0].code(), "success");
    tab.late_message(ALTER_ORIGIN, &alter_success());
    assert_eq!((tab.mail.len(), tab.session.len()), (1, 0));
    assert_eq!(
        tab.outcomes.len(),
        1,
        "whoever was told of the exit is not told again"
    );
}

#[test]
fn a_message_after_a_doubtful_exit_counts_only_from_the_right_origin() {
    let (mut tab, _, _) = given_up(alter());
    tab.late_message("https://evil.example", &alter_success())
        .late_message(ALTER_ORIGIN, &json!({"type": "else"}));
    assert_eq!(
        (tab.mail.len(), tab.session.len()),
        (0, 1),
        "what is ignored uses nothing up"
    );
}

#[test]
fn a_return_after_a_doubtful_exit_is_delivered_once() {
    for options in [alter(), anon(), anon_bound(), implicit()] {
        let (mut tab, _, url) = given_up(options);
        let url = url.expect("a URL");
        tab.relayed(&url).relayed(&url);
        assert_eq!(
            tab.mail.iter().map(Outcome::code).collect::<Vec<_>>(),
            ["success"]
        );
    }
}

#[test]
fn a_code_after_a_doubtful_exit_is_exchanged() {
    let (mut tab, _, url) = given_up(code());
    tab.relayed(&url.expect("a URL"));
    assert_eq!(
        tab.effects[tab.effects.len() - 2..],
        ["close_window", "request_token"]
    );
    assert!(tab.session.is_empty() && tab.mail.is_empty());
    tab.token_response(&tokens());
    assert_eq!(
        tab.mail.iter().map(Outcome::code).collect::<Vec<_>>(),
        ["success"]
    );
}

#[test]
fn another_attempts_return_is_not_a_late_result() {
    for options in [anon_bound(), implicit(), code()] {
        let (mut tab, _, _) = given_up(options);
        for url in [
            anon_return("x"),
            implicit_return("AAAA"),
            code_return("AAAA"),
        ] {
            tab.relayed(&url);
        }
        assert_eq!((tab.mail.len(), tab.session.len()), (0, 1));
    }
}

#[test]
fn an_error_that_comes_late_is_delivered_too() {
    let (mut tab, state, _) = given_up(implicit());
    tab.relayed(&format!("{CALLBACK}#error=access_denied&state={state}"));
    assert_eq!(
        tab.mail.iter().map(Outcome::code).collect::<Vec<_>>(),
        ["access_denied"]
    );
}

#[test]
fn an_expired_attempt_answers_nothing() {
    let (mut tab, _, _) = given_up(alter());
    tab.now = NOON + 15.0 * 60_000.0;
    tab.late_message(ALTER_ORIGIN, &alter_success());
    assert!(tab.mail.is_empty());
    let (mut tab, _, _) = given_up(alter());
    tab.now = NOON + 15.0 * 60_000.0 - 1.0;
    tab.late_message(ALTER_ORIGIN, &alter_success());
    assert_eq!(tab.mail.len(), 1);
}

#[test]
fn a_result_after_the_timeout_is_delivered() {
    let mut tab = Tab::new(1);
    tab.click(&with(alter(), "timeout", json!(500)))
        .look_for(1000.0, Event::Away);
    assert_ended(&tab, "timeout");
    tab.late_message(ALTER_ORIGIN, &alter_success());
    assert_eq!(tab.mail.len(), 1);
}

#[test]
fn a_result_after_a_reload_is_delivered() {
    for options in [alter(), anon(), anon_bound(), implicit()] {
        let mut tab = Tab::new(1);
        tab.click(&options).look_for(1000.0, Event::Away);
        let url = right_return(&tab).expect("a URL");
        tab.reload().relayed(&url);
        assert_eq!(
            tab.mail.iter().map(Outcome::code).collect::<Vec<_>>(),
            ["success"]
        );
        assert!(tab.session.is_empty());
    }
    let mut tab = Tab::new(1);
    tab.click(&alter())
        .reload()
        .late_message(ALTER_ORIGIN, &alter_success());
    assert_eq!(tab.mail.len(), 1);
}

#[test]
fn an_exit_that_was_certain_leaves_nothing_to_answer() {
    let mut tab = Tab::new(1);
    tab.click(&alter())
        .happen(Event::Blur)
        .look_for(1000.0, Event::Away)
        .happen(Event::Focus)
        .look_for(300.0, Event::Closed);
    assert_ended(&tab, "exit");
    tab.late_message(ALTER_ORIGIN, &alter_success())
        .relayed(&alter_return());
    assert!(tab.mail.is_empty());
}

#[test]
fn a_new_flow_and_a_late_result_of_the_old_one_do_not_meet() {
    let (mut tab, _, url) = given_up(implicit());
    tab.outcomes.clear();
    tab.click(&implicit()).look_for(600.0, Event::Away);
    tab.relayed(&url.expect("a URL"));
    assert_eq!(tab.mail.len(), 1, "the old one is delivered");
    assert_open(&tab);
    let url = right_return(&tab).expect("a URL");
    tab.returned(&url);
    assert_eq!(
        tab.outcomes.iter().map(Outcome::code).collect::<Vec<_>>(),
        ["success"]
    );
}
