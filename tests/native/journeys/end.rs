//! Ends that the app or the clock brings: abort in every phase, and the timeout.

use crate::attempt::*;
use crate::samples::*;
use crate::world::json_of;
use connect_widget::flow::machine::Event;
use connect_widget::flow::response::Via;
use connect_widget::flow::watch::Sight;
use connect_widget::result::Outcome;
use serde_json::json;

fn resolving() -> Attempt {
    click(&with(alter_promised(), "timeout", json!(5000)))
}

fn waiting() -> Attempt {
    click(&with(alter(), "timeout", json!(5000)))
}

fn exchanging() -> Attempt {
    let mut attempt = click(&with(code(), "timeout", json!(5000)));
    let url = right_return(&attempt).expect("a URL");
    attempt.returned(&url, Via::OwnWindow);
    attempt
}

fn redirecting() -> Attempt {
    Setting::on_phone().click(&with(code(), "timeout", json!(5000)))
}

#[test]
fn abort_ends_every_phase() {
    for mut attempt in [resolving(), waiting(), exchanging()] {
        attempt.step(Event::Aborted);
        // What the app ended is not delivered after all.
        assert_ended(&attempt, "aborted");
        attempt.step(Event::Aborted);
        assert_ended(&attempt, "aborted");
    }
}

/// As after `close()`: the page cannot be held back any more, and the user may come back with an answer.
#[test]
fn abort_lets_a_redirect_that_has_left_be_answered() {
    let mut attempt = redirecting();
    attempt.step(Event::Aborted);
    assert_detached(&attempt, "aborted");
}

#[test]
fn the_timeout_ends_every_phase_and_not_a_moment_before() {
    for mut attempt in [resolving(), waiting(), exchanging(), redirecting()] {
        attempt.world.advance(4999.0);
        attempt.look(Sight::Blank);
        assert_open(&attempt);
        attempt.world.advance(1.0);
        attempt.look(Sight::Blank);
        assert_eq!(end_of(attempt.outcomes()[0]), "timeout");
    }
}

#[test]
fn the_time_that_a_click_has_waited_for_its_core_counts() {
    let setting = Setting {
        clicked: -2000.0,
        ..Setting::default()
    };
    let mut attempt = setting.click(&with(alter(), "timeout", json!(5000)));
    attempt.world.advance(2999.0);
    attempt.look(Sight::Blank);
    assert_open(&attempt);
    attempt.world.advance(1.0);
    attempt.look(Sight::Blank);
    assert_eq!(end_of(attempt.outcomes()[0]), "timeout");
}

#[test]
fn who_sets_the_clock_moves_no_end() {
    for hours in [-1.0, 1.0] {
        let mut attempt = click(&with(stackone(), "timeout", json!(60_000)));
        attempt.step(Event::Blurred).look_for(300.0, Sight::Away);
        attempt.world.set_clock(hours * 3_600_000.0);
        attempt.look_for(3000.0, Sight::Away);
        assert_open(&attempt);
        assert!(attempt.count("ask verify") > 0, "it is asked on");
        attempt
            .step(Event::Focused)
            .step(Event::Unverified)
            .look_for(300.0, Sight::Closed)
            .step(Event::Unverified);
        assert_eq!(attempt.outcomes().len(), 1, "{:?}", attempt.said());
    }
}

#[test]
fn what_is_on_its_way_can_still_arrive_after_the_timeout() {
    for (mut attempt, is_on_its_way) in [
        (resolving(), false),
        (waiting(), true),
        (exchanging(), true),
        (redirecting(), true),
    ] {
        attempt.look_for(6000.0, Sight::Blank);
        if is_on_its_way {
            assert_detached(&attempt, "timeout");
        } else {
            assert_ended(&attempt, "timeout");
        }
    }
}

#[test]
fn there_is_no_timeout_unless_asked() {
    for timeout in [json!(null), json!(0), json!({"$": "infinity"})] {
        let mut attempt = click(&with(alter(), "timeout", timeout));
        attempt
            .step(Event::Blurred)
            .look_for(60.0 * 60_000.0, Sight::Away);
        assert_open(&attempt);
    }
}

#[test]
fn a_result_before_the_look_that_would_end_it_counts() {
    let mut attempt = waiting();
    attempt.advance(60_000.0).message(&alter_success());
    assert_ended(&attempt, "success");
}

#[test]
fn the_error_says_what_to_do() {
    let mut attempt = waiting();
    attempt.step(Event::Aborted);
    let [Outcome::Failure(failure)] = attempt.outcomes()[..] else {
        panic!("{:?}", attempt.said());
    };
    let words = (failure.code.as_str(), failure.message.as_str());
    assert_eq!(words, ("aborted", "The app ended the flow."));
    assert_eq!(json_of(&failure.details), json!(null));
}
