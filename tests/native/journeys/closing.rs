//! The user closes the window, or the window only went out of sight.

use crate::attempt::*;
use crate::samples::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::response::Via;
use connect_widget::flow::watch::{GRACE, Sight};
use serde_json::Value;

/// A window that the user has seen at the provider's for a while.
fn at_the_provider(options: Value) -> Attempt {
    let mut attempt = click(&options);
    attempt
        .step(Event::Blurred)
        .look_for(300.0, Sight::Blank)
        .look_for(3000.0, Sight::Away);
    attempt
}

/// A window whose first page severed it.
fn severed(options: Value, milliseconds: f64) -> Attempt {
    let mut attempt = click(&options);
    attempt
        .step(Event::Blurred)
        .look_for(300.0, Sight::Blank)
        .look_for(milliseconds, Sight::Closed);
    attempt
}

#[test]
fn a_real_close_is_an_exit_in_well_under_half_a_second() {
    let verifies = "stackone-link";
    for (name, options) in every_protocol() {
        for delay in [-30.0, 0.0, 90.0] {
            if name == verifies {
                continue;
            }
            let mut attempt = at_the_provider(options.clone());
            let began = attempt.world.time.get();
            if delay <= 0.0 {
                attempt.advance(delay).step(Event::Focused).advance(-delay);
            }
            attempt.look_for(LOOK, Sight::Closed);
            if delay > 0.0 {
                attempt.advance(delay).step(Event::Focused);
            }
            while !attempt.flow.has_ended() && attempt.world.time.get() < began + 5000.0 {
                attempt.look_for(LOOK, Sight::Closed);
            }
            let took = attempt.world.time.get() - began;
            assert!(took < 250.0, "{name} {delay}: {took} ms");
            assert_eq!(attempt.said()[4..], ["tell exit", "end exit"], "{name}");
        }
    }
}

/// Between two pages `closed` may read true for a moment. The close that comes later is told as quickly as any, and no result is
/// waited for after it.
#[test]
fn a_window_that_is_back_was_not_closed_before() {
    let mut attempt = at_the_provider(alter());
    attempt
        .look_for(2.0 * LOOK, Sight::Closed)
        .look_for(3000.0, Sight::Away);
    assert!(!attempt.flow.is_out_of_sight() && attempt.flow.was_just_in_sight());
    attempt.step(Event::Focused).look_for(250.0, Sight::Closed);
    assert_ended(&attempt, "exit");
}

#[test]
fn two_looks_that_read_closed_are_no_exit_yet_however_busy_the_page_is() {
    for between in [1.0, LOOK, 5000.0] {
        let mut attempt = at_the_provider(alter());
        attempt.step(Event::Focused).look(Sight::Closed);
        attempt.advance(between).look(Sight::Closed);
        assert_open(&attempt);
        attempt.advance(between).look(Sight::Closed);
        assert_ended(&attempt, "exit");
    }
}

#[test]
fn a_connecting_window_that_is_closed_is_an_exit_and_nothing_can_come_late() {
    let mut attempt = click(&alter_promised());
    attempt
        .step(Event::Blurred)
        .look_for(600.0, Sight::Blank)
        .look_for(CLOSE, Sight::Closed);
    assert_ended(&attempt, "exit");
}

#[test]
fn a_window_severed_by_its_first_page_is_no_exit_while_the_user_is_in_it() {
    for away in [0.0, LOOK, 2.0 * LOOK] {
        let mut attempt = click(&code());
        attempt
            .step(Event::Blurred)
            .look_for(300.0, Sight::Blank)
            .look_for(away, Sight::Away);
        attempt.look_for(10.0 * 60_000.0, Sight::Closed);
        assert_open(&attempt);
    }
}

#[test]
fn a_window_severed_by_its_first_page_is_no_exit_though_the_app_never_lost_the_focus() {
    // A window manager that opens windows behind; the page was in sight for less than a user needs to close it.
    for away in [LOOK, 2.0 * LOOK] {
        let mut attempt = click(&code());
        attempt
            .look_for(300.0, Sight::Blank)
            .look_for(away, Sight::Away)
            .look_for(60_000.0, Sight::Closed);
        assert_open(&attempt);
    }
}

#[test]
fn a_severed_window_exits_a_grace_after_the_focus_came_back_and_may_answer_late() {
    let mut attempt = severed(code(), 20_000.0);
    attempt
        .step(Event::Focused)
        .look_for(GRACE - LOOK, Sight::Closed);
    assert_open(&attempt);
    attempt.look_for(CLOSE, Sight::Closed);
    assert_detached(&attempt, "exit");
    assert_eq!(attempt.said()[4..], ["tell exit", "detach exit"]);
}

#[test]
fn the_grace_is_over_to_the_millisecond() {
    let mut attempt = severed(code(), 20_000.0);
    attempt
        .step(Event::Focused)
        .advance(GRACE - 1.0)
        .look(Sight::Closed);
    assert_open(&attempt);
    attempt.advance(1.0).look(Sight::Closed);
    assert_detached(&attempt, "exit");
}

#[test]
fn a_result_within_the_grace_wins() {
    let mut attempt = severed(implicit(), 20_000.0);
    attempt
        .step(Event::Focused)
        .look_for(GRACE - 200.0, Sight::Closed);
    let url = right_return(&attempt).expect("a URL");
    attempt.returned(&url, RELAY);
    assert_ended(&attempt, "success");
}

#[test]
fn a_window_severed_later_is_no_exit_while_the_user_is_in_it() {
    let mut attempt = at_the_provider(code());
    attempt.look_for(10.0 * 60_000.0, Sight::Closed);
    assert_open(&attempt);
    attempt
        .step(Event::Focused)
        .look_for(GRACE + LOOK, Sight::Closed);
    assert_detached(&attempt, "exit");
}

/// Each click on a window that is out of sight says that the user is here.
#[test]
fn a_user_who_clicks_again_and_again_does_not_put_the_exit_off() {
    let mut attempt = severed(code(), 5000.0);
    for _ in 0..4 {
        attempt
            .step(Event::Focused)
            .look_for(GRACE / 4.0, Sight::Closed);
    }
    attempt.look_for(LOOK, Sight::Closed);
    assert_detached(&attempt, "exit");
}

#[test]
fn leaving_the_app_again_ends_the_grace_and_coming_back_begins_it_anew() {
    let mut attempt = severed(code(), 5000.0);
    attempt
        .step(Event::Focused)
        .look_for(GRACE - 100.0, Sight::Closed);
    attempt
        .step(Event::Blurred)
        .look_for(60_000.0, Sight::Closed);
    assert_open(&attempt);
    attempt
        .step(Event::Focused)
        .look_for(GRACE - 100.0, Sight::Closed);
    assert_open(&attempt);
    attempt.look_for(200.0, Sight::Closed);
    assert_detached(&attempt, "exit");
}

#[test]
fn the_focus_may_come_just_before_closed_is_seen() {
    for before in [1.0, 60.0, 399.0, 400.0] {
        let mut attempt = click(&implicit());
        attempt
            .step(Event::Blurred)
            .look_for(600.0, Sight::Blank)
            .step(Event::Focused);
        attempt
            .advance(before)
            .look(Sight::Closed)
            .look_for(GRACE - LOOK, Sight::Closed);
        assert_open(&attempt);
        attempt.look_for(CLOSE, Sight::Closed);
        assert_detached(&attempt, "exit");
    }
}

#[test]
fn a_focus_long_before_the_window_went_out_of_sight_says_nothing_about_it() {
    let mut attempt = click(&implicit());
    attempt
        .step(Event::Blurred)
        .look_for(300.0, Sight::Blank)
        .step(Event::Focused);
    attempt
        .look_for(600.0, Sight::Blank)
        .look_for(60_000.0, Sight::Closed);
    assert_open(&attempt);
}

#[test]
fn a_window_closed_while_the_app_had_the_focus_is_an_exit_that_may_be_wrong() {
    // A page that severed it just then would look the same.
    let mut attempt = at_the_provider(code());
    attempt
        .step(Event::Focused)
        .look_for(5000.0, Sight::Away)
        .look_for(CLOSE, Sight::Closed);
    assert_detached(&attempt, "exit");
}

#[test]
fn a_window_that_never_took_the_focus_is_an_exit_that_may_be_wrong() {
    let mut attempt = click(&code());
    attempt
        .look_for(1000.0, Sight::Away)
        .look_for(CLOSE, Sight::Closed);
    assert_detached(&attempt, "exit");
}

#[test]
fn a_focus_that_comes_later_than_a_close_gives_it_back_is_not_the_closes() {
    for (delay, may_be_wrong) in [(400.0, false), (401.0, true)] {
        let mut attempt = at_the_provider(code());
        attempt.look(Sight::Closed).look(Sight::Closed);
        attempt.advance(delay);
        attempt.step(Event::Focused).look(Sight::Closed);
        assert_eq!(attempt.outcomes().is_empty(), may_be_wrong, "{delay}");
        attempt.look_for(GRACE + LOOK, Sight::Closed);
        if may_be_wrong {
            assert_detached(&attempt, "exit");
        } else {
            assert_ended(&attempt, "exit");
        }
    }
}

#[test]
fn a_window_was_at_the_providers_only_when_it_was_seen_there_long_enough() {
    for (away, exits) in [(149.0, false), (150.0, true)] {
        let mut attempt = click(&code());
        attempt
            .step(Event::Blurred)
            .look(Sight::Away)
            .advance(away)
            .look(Sight::Closed);
        attempt.step(Event::Focused).look_for(CLOSE, Sight::Closed);
        assert_eq!(!attempt.outcomes().is_empty(), exits, "{away}");
    }
}

#[test]
fn an_inner_window_of_the_providers_may_come_and_go() {
    let mut attempt = at_the_provider(anon());
    for _ in 0..5 {
        attempt.look_for(3000.0, Sight::Away).step(Event::Blurred);
    }
    assert_open(&attempt);
    attempt.returned(&anon_return("{}"), Via::OwnWindow);
    assert_ended(&attempt, "success");
}

#[test]
fn looks_that_come_seldom_end_it_all_the_same() {
    let mut attempt = click(&code());
    attempt.step(Event::Blurred);
    for second in 0..5 {
        let sight = if second < 3 {
            Sight::Away
        } else {
            Sight::Closed
        };
        attempt.advance(1000.0).look(sight);
    }
    assert_open(&attempt);
    attempt.step(Event::Focused);
    for _ in 0..3 {
        attempt.advance(1000.0).look(Sight::Closed);
    }
    assert_detached(&attempt, "exit");
}
