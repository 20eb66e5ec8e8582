//! Ends that the app or the clock brings: abort in every phase, and the timeout.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use serde_json::json;

fn resolving() -> Tab {
    let mut tab = Tab::new(1);
    tab.click(&with(alter_promised(), "timeout", json!(5000)));
    tab
}

fn waiting() -> Tab {
    let mut tab = Tab::new(1);
    tab.click(&with(alter(), "timeout", json!(5000)));
    tab
}

fn exchanging() -> Tab {
    let mut tab = Tab::new(1);
    tab.click(&with(code(), "timeout", json!(5000)));
    let url = right_return(&tab).expect("a URL");
    tab.returned(&url);
    tab
}

fn redirecting() -> Tab {
    let mut tab = Tab::on_phone();
    tab.click(&with(code(), "timeout", json!(5000)));
    tab
}

#[test]
fn abort_ends_every_phase() {
    for mut tab in [resolving(), waiting(), exchanging(), redirecting()] {
        tab.happen(Event::Abort);
        assert_ended(&tab, "aborted");
        assert!(
            !tab.said_late,
            "what the app ended is not delivered after all"
        );
        tab.happen(Event::Abort);
        assert_eq!(tab.outcomes.len(), 1);
    }
}

#[test]
fn the_timeout_ends_every_phase_and_not_a_moment_before() {
    for mut tab in [resolving(), waiting(), exchanging(), redirecting()] {
        let sight = if tab.has_window() {
            Event::Away
        } else {
            Event::Blank
        };
        tab.now = NOON + 4999.0;
        tab.happen(sight);
        assert_open(&tab);
        tab.now = NOON + 5000.0;
        tab.happen(sight);
        assert_ended(&tab, "timeout");
    }
}

#[test]
fn only_a_user_who_was_on_the_way_can_answer_after_the_timeout() {
    for (mut tab, late) in [
        (resolving(), false),
        (waiting(), true),
        (exchanging(), false),
        (redirecting(), true),
    ] {
        tab.look_for(6000.0, Event::Blank);
        assert_eq!(tab.said_late, late);
        assert_eq!(tab.session.len(), usize::from(late));
    }
}

#[test]
fn there_is_no_timeout_unless_asked() {
    for timeout in [json!(null), json!({"$": "infinity"})] {
        let mut tab = Tab::new(1);
        tab.click(&with(alter(), "timeout", timeout))
            .happen(Event::Blur);
        tab.look_for(60.0 * 60_000.0, Event::Away);
        assert_open(&tab);
    }
}

#[test]
fn a_timeout_of_nothing_is_over_at_the_first_look() {
    let mut tab = Tab::new(1);
    tab.click(&with(alter(), "timeout", json!(0)))
        .happen(Event::Away);
    assert_ended(&tab, "timeout");
}

#[test]
fn a_result_before_the_look_that_would_end_it_counts() {
    let mut tab = waiting();
    tab.now += 60_000.0;
    tab.message(ALTER_ORIGIN, &alter_success());
    assert_ended(&tab, "success");
}

#[test]
fn the_error_says_what_to_do() {
    let mut tab = waiting();
    tab.happen(Event::Abort);
    let [
        Outcome::Failure {
            code,
            message,
            details,
        },
    ] = &tab.outcomes[..]
    else {
        panic!("{:?}", tab.outcomes)
    };
    assert_eq!(
        (code.as_str(), message.as_str(), details),
        ("aborted", "The app ended the flow.", &json!(null))
    );
}
