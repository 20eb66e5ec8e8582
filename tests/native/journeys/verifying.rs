//! The app's `verify`, asked while the window is open, at once on focus and on close, and after a redirect.

use crate::attempt::*;
use crate::samples::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::response::Via;
use connect_widget::flow::watch::Sight;
use serde_json::json;

const PATIENCE: f64 = 15_000.0;

/// A StackOne window that the user is in.
fn at_the_hub() -> Attempt {
    let mut attempt = click(&stackone());
    attempt.step(Event::Blurred);
    attempt
}

/// The page that a StackOne redirect came back to.
fn back_from_the_hub() -> Attempt {
    Setting::on_phone().click(&stackone()).reload(true)
}

/// Looks until the next question, for at most `patience` milliseconds. How long it took.
fn until_asked(attempt: &mut Attempt, sight: Sight, patience: f64) -> Option<f64> {
    let (began, asked) = (attempt.world.time.get(), attempt.count("ask verify"));
    while attempt.outcomes().is_empty() && attempt.world.time.get() < began + patience {
        attempt.look_for(LOOK, sight);
        if attempt.count("ask verify") > asked {
            return Some(attempt.world.time.get() - began);
        }
    }
    None
}

#[test]
fn quick_at_first_and_then_backing_off() {
    let mut attempt = at_the_hub();
    let pauses: Vec<f64> = (0..10)
        .map(|_| {
            let pause = until_asked(&mut attempt, Sight::Away, 10_000.0).expect("it asks again");
            attempt.step(Event::Unverified);
            pause
        })
        .collect();
    // 600 ms and half as much more each time, at the next look.
    let expected = [
        608.0, 912.0, 1360.0, 2032.0, 3040.0, 4560.0, 5008.0, 5008.0, 5008.0, 5008.0,
    ];
    assert_eq!(pauses, expected);
}

#[test]
fn a_question_has_a_quarter_of_a_minute_to_be_answered() {
    let mut attempt = at_the_hub();
    until_asked(&mut attempt, Sight::Away, 1000.0);
    attempt
        .look_for(PATIENCE - LOOK, Sight::Away)
        .step(Event::Focused)
        .step(Event::Focused);
    assert_eq!(
        attempt.count("ask verify"),
        1,
        "the first has not been answered"
    );
    attempt.look_for(2.0 * LOOK, Sight::Away);
    assert_eq!(attempt.count("ask verify"), 2, "it never will be");
}

#[test]
fn a_question_that_hangs_is_not_the_last_one() {
    let mut attempt = at_the_hub();
    until_asked(&mut attempt, Sight::Away, 1000.0);
    attempt.step(Event::Focused);
    let pause = until_asked(&mut attempt, Sight::Closed, PATIENCE).expect("it asks once more");
    assert!((5000.0..6000.0).contains(&pause), "{pause}");
    attempt.step(Event::Verified);
    assert_ended(&attempt, "verified");
}

#[test]
fn after_the_timeout_it_is_asked_when_the_user_comes_back() {
    let mut attempt = click(&with(stackone(), "timeout", json!(300)));
    attempt.step(Event::Blurred).look_for(360.0, Sight::Away);
    assert_detached(&attempt, "timeout");
    let asked = attempt.count("ask verify");
    for _ in 0..2 {
        attempt.step(Event::Focused).step(Event::Unverified);
        attempt.step(Event::Blurred);
    }
    assert_eq!(attempt.count("ask verify"), asked + 2);
    attempt.step(Event::Focused).step(Event::Verified);
    let ends: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(ends, ["timeout", "verified"]);
}

#[test]
fn after_the_timeout_it_is_asked_while_the_window_is_there_and_once_more() {
    let mut attempt = click(&with(stackone(), "timeout", json!(300)));
    attempt.step(Event::Blurred).look_for(360.0, Sight::Away);
    let asked = attempt.count("ask verify");
    for more in 1..4 {
        attempt.look_for(5100.0, Sight::Away);
        assert_eq!(attempt.count("ask verify"), asked + more);
        attempt.step(Event::Unverified);
    }
    attempt.look_for(LOOK, Sight::Closed);
    assert_eq!(attempt.count("ask verify"), asked + 4);
    attempt.step(Event::Verified);
    let ends: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(ends, ["timeout", "verified"]);
}

#[test]
fn after_the_timeout_a_question_on_its_way_when_the_window_closes_is_not_the_last() {
    let mut attempt = click(&with(stackone(), "timeout", json!(300)));
    attempt
        .step(Event::Blurred)
        .look_for(360.0, Sight::Away)
        .look_for(5100.0, Sight::Away);
    let asked = attempt.count("ask verify");
    // One look, after which nobody looks any more.
    attempt.look(Sight::Closed).step(Event::Focused);
    assert_eq!(attempt.count("ask verify"), asked, "one is on its way");
    attempt.step(Event::Unverified);
    assert_eq!(
        attempt.count("ask verify"),
        asked + 1,
        "that answer was older than the close"
    );
    for again in 2..4 {
        attempt.step(Event::VerifyFailed).step(Event::Focused);
        assert_eq!(attempt.count("ask verify"), asked + again);
    }
    assert_detached(&attempt, "timeout");
    attempt.step(Event::Verified);
    let ends: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(ends, ["timeout", "verified"]);
}

#[test]
fn once_the_attempt_has_expired_nobody_is_asked() {
    let mut attempt = click(&with(stackone(), "timeout", json!(300)));
    attempt.step(Event::Blurred).look_for(360.0, Sight::Away);
    let asked = attempt.count("ask verify");
    attempt.advance(61.0 * 60_000.0);
    attempt.step(Event::Focused).look(Sight::Away);
    assert_eq!(attempt.count("ask verify"), asked);
}

#[test]
fn at_once_when_the_app_has_the_focus_back() {
    let mut attempt = at_the_hub();
    attempt.look_for(300.0, Sight::Away).step(Event::Focused);
    assert_eq!(attempt.count("ask verify"), 1);
    attempt
        .step(Event::Unverified)
        .step(Event::Blurred)
        .step(Event::Focused);
    assert_eq!(attempt.count("ask verify"), 2);
}

#[test]
fn not_before_the_user_is_on_the_way() {
    let mut attempt = click(&with(stackone(), "link", json!({"$": "function"})));
    attempt
        .look_for(10_000.0, Sight::Blank)
        .step(Event::Focused);
    assert_eq!(attempt.count("ask verify"), 0);
    attempt
        .source(&json!({"auth_link_url": "https://hub.example/embed/t"}))
        .look_for(LOOK, Sight::Blank);
    assert_eq!(attempt.count("ask verify"), 1);
}

#[test]
fn a_page_that_has_lost_the_window_asks_when_verify_is_brought_and_tells_then_what_comes_late() {
    let mut attempt = at_the_hub().reload(false);
    attempt.step(Event::Focused).look_for(LOOK, Sight::Blank);
    assert_eq!(attempt.count("ask verify"), 0);
    attempt.step(Event::VerifyBrought);
    while until_asked(&mut attempt, Sight::Blank, 10_000.0).is_some() {
        attempt.step(Event::Unverified);
    }
    assert_detached(&attempt, "exit");
    assert_eq!(attempt.count("ask verify"), 5);
    attempt.step(Event::Focused).step(Event::Verified);
    assert_eq!(
        attempt.said().last().map(String::as_str),
        Some("end verified")
    );
}

#[test]
fn the_first_account_is_the_result() {
    let mut attempt = at_the_hub();
    until_asked(&mut attempt, Sight::Away, 1000.0);
    attempt.step(Event::Verified);
    assert_eq!(attempt.said()[5..], ["tell complete", "end verified"]);
}

#[test]
fn once_more_at_once_when_the_window_closes_and_then_it_is_an_exit() {
    let mut attempt = click(&stackone());
    attempt.look_for(300.0, Sight::Away);
    let waited = until_asked(&mut attempt, Sight::Closed, 1000.0).expect("it asks at once");
    assert_eq!(waited, CLOSE, "before the schedule would have");
    assert_open(&attempt);
    attempt.step(Event::Unverified);
    assert_eq!(attempt.count("ask verify"), 1, "one last question");
    assert_detached(&attempt, "exit");
}

#[test]
fn a_certain_close_is_asked_after_too_and_leaves_nothing_to_wait_for() {
    let mut attempt = at_the_hub();
    attempt
        .look_for(540.0, Sight::Away)
        .look_for(LOOK, Sight::Closed)
        .step(Event::Focused)
        .step(Event::Unverified)
        .look_for(CLOSE, Sight::Closed)
        .step(Event::Unverified);
    assert_ended(&attempt, "exit");
}

#[test]
fn an_account_found_by_the_last_question_is_the_result() {
    let mut attempt = at_the_hub();
    attempt
        .look_for(540.0, Sight::Away)
        .step(Event::Focused)
        .step(Event::Unverified)
        .look_for(300.0, Sight::Closed);
    assert_open(&attempt);
    attempt.step(Event::Verified);
    assert_ended(&attempt, "verified");
}

#[test]
fn a_question_on_its_way_when_the_window_closes_is_not_the_last() {
    let mut attempt = at_the_hub();
    until_asked(&mut attempt, Sight::Away, 1000.0);
    attempt.step(Event::Focused).look_for(300.0, Sight::Closed);
    assert_eq!(attempt.count("ask verify"), 1);
    attempt.step(Event::Unverified);
    assert_open(&attempt);
    assert_eq!(
        attempt.count("ask verify"),
        2,
        "that answer was older than the close"
    );
    attempt.step(Event::Unverified);
    assert_eq!(attempt.outcomes().len(), 1);
}

#[test]
fn a_last_answer_that_never_comes_is_waited_for_a_quarter_of_a_minute() {
    for is_asking in [false, true] {
        let mut attempt = at_the_hub();
        if is_asking {
            until_asked(&mut attempt, Sight::Away, 1000.0);
            attempt.step(Event::Focused);
        } else {
            attempt
                .look_for(300.0, Sight::Away)
                .step(Event::Focused)
                .step(Event::Unverified);
        }
        attempt
            .look_for(CLOSE, Sight::Closed)
            .look_for(PATIENCE - LOOK, Sight::Closed);
        assert_open(&attempt);
        attempt.look_for(CLOSE, Sight::Closed);
        assert_eq!(end_of(attempt.outcomes()[0]), "exit");
    }
}

#[test]
fn a_rejection_is_asked_again_and_only_the_last_one_counts() {
    let mut attempt = at_the_hub();
    for _ in 0..3 {
        until_asked(&mut attempt, Sight::Away, 10_000.0).expect("it asks again");
        attempt.step(Event::VerifyFailed);
        assert_open(&attempt);
    }
    attempt.step(Event::Focused).step(Event::VerifyFailed);
    assert_open(&attempt);
    attempt
        .look_for(CLOSE, Sight::Closed)
        .step(Event::VerifyFailed);
    assert_ended(&attempt, "verify_failed");
}

#[test]
fn a_severed_hub_is_asked_after_as_long_as_the_user_is_in_it() {
    let mut attempt = at_the_hub();
    attempt.look_for(300.0, Sight::Blank);
    for _ in 0..20 {
        until_asked(&mut attempt, Sight::Closed, 10_000.0).expect("it goes on asking");
        attempt.step(Event::Unverified);
    }
    assert_open(&attempt);
    until_asked(&mut attempt, Sight::Closed, 10_000.0);
    attempt.step(Event::Verified);
    assert_ended(&attempt, "verified");
}

#[test]
fn a_severed_hub_that_was_given_up_exits_after_one_last_question() {
    let mut attempt = at_the_hub();
    attempt
        .look_for(300.0, Sight::Blank)
        .look_for(300.0, Sight::Closed);
    attempt.step(Event::Focused).step(Event::Unverified);
    while attempt.world.time.get() < crate::world::NOON + 2500.0 {
        until_asked(&mut attempt, Sight::Closed, LOOK);
        attempt.step(Event::Unverified);
    }
    assert_open(&attempt);
    until_asked(&mut attempt, Sight::Closed, 200.0).expect("the grace is over");
    attempt.step(Event::Unverified);
    assert_detached(&attempt, "exit");
    let asked = attempt.count("ask verify");
    attempt.advance(20_000.0).look(Sight::Closed);
    assert_eq!(
        attempt.count("ask verify"),
        asked + 1,
        "it may live, and no question is the last"
    );
}

#[test]
fn a_severed_window_whose_last_question_was_rejected_may_still_bring_its_answer() {
    let mut attempt = click(&verifying(code()));
    attempt
        .step(Event::Blurred)
        .look_for(300.0, Sight::Blank)
        .look_for(300.0, Sight::Closed)
        .step(Event::Focused);
    for _ in 0..400 {
        attempt
            .look_for(LOOK, Sight::Closed)
            .step(Event::VerifyFailed);
    }
    assert_detached(&attempt, "verify_failed");
}

#[test]
fn any_protocol_may_have_a_second_channel() {
    for (name, options) in every_protocol() {
        let mut attempt = click(&verifying(options));
        attempt.step(Event::Blurred);
        until_asked(&mut attempt, Sight::Closed, 1000.0).unwrap_or_else(|| panic!("{name} asks"));
        attempt.step(Event::Verified);
        assert_ended(&attempt, "verified");
    }
}

#[test]
fn an_answer_by_the_window_beats_a_question_on_its_way() {
    let mut attempt = click(&verifying(alter()));
    until_asked(&mut attempt, Sight::Away, 1000.0);
    attempt.message(&alter_success()).step(Event::Verified);
    assert_ended(&attempt, "success");
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut attempt = click(&alter());
    attempt.step(Event::Unverified).step(Event::VerifyFailed);
    assert_open(&attempt);
}

#[test]
fn a_question_under_way_at_the_timeout_may_bring_the_result_late() {
    let mut attempt = click(&with(stackone(), "timeout", json!(1000)));
    attempt.look_for(1200.0, Sight::Away);
    assert_detached(&attempt, "timeout");
    attempt.step(Event::Verified);
    let ends: Vec<&str> = attempt.outcomes().into_iter().map(end_of).collect();
    assert_eq!(ends, ["timeout", "verified"]);
    let mut attempt = click(&with(stackone(), "timeout", json!(1000)));
    attempt
        .look_for(1200.0, Sight::Away)
        .step(Event::VerifyFailed)
        .step(Event::Unverified);
    assert_detached(&attempt, "timeout");
}

#[test]
fn after_a_redirect_it_asks_some_times_and_then_it_is_an_exit() {
    let mut attempt = back_from_the_hub();
    let first = until_asked(&mut attempt, Sight::Blank, 10_000.0).expect("it asks");
    assert_eq!(first, LOOK, "at once");
    attempt.step(Event::Unverified);
    let mut asked = 1;
    while attempt.outcomes().is_empty() {
        until_asked(&mut attempt, Sight::Blank, 10_000.0).expect("it asks again");
        asked += 1;
        attempt.step(Event::Unverified);
        assert!(asked < 50, "it never ends");
    }
    assert_eq!(asked, 5);
    // A webhook may still be on its way.
    assert_detached(&attempt, "exit");
}

#[test]
fn after_a_redirect_an_account_is_the_result() {
    let mut attempt = back_from_the_hub();
    until_asked(&mut attempt, Sight::Blank, 1000.0);
    attempt.step(Event::Verified);
    assert_ended(&attempt, "verified");
}

#[test]
fn after_a_redirect_a_rejecting_verify_is_verify_failed_in_the_end() {
    let mut attempt = back_from_the_hub();
    while attempt.outcomes().is_empty() {
        until_asked(&mut attempt, Sight::Blank, 10_000.0).expect("it asks again");
        attempt.step(Event::VerifyFailed);
    }
    // Nobody knows; a later page may ask again.
    assert_detached(&attempt, "verify_failed");
}

#[test]
fn after_a_redirect_a_verify_that_never_answers_is_an_exit() {
    let mut attempt = back_from_the_hub();
    attempt.look_for(2.0 * PATIENCE - LOOK, Sight::Blank);
    assert_open(&attempt);
    attempt.look_for(2.0 * LOOK, Sight::Blank);
    assert_detached(&attempt, "exit");
}

/// What was asked before a page slept may be lost, and nothing was asked meanwhile.
#[test]
fn a_page_that_slept_asks_once_more_before_it_gives_up() {
    for gone in [false, true] {
        let mut attempt = if gone {
            let mut attempt = at_the_hub();
            attempt.look_for(540.0, Sight::Away).step(Event::Focused);
            attempt.look_for(300.0, Sight::Closed);
            attempt
        } else {
            back_from_the_hub()
        };
        let sight = if gone { Sight::Closed } else { Sight::Blank };
        until_asked(&mut attempt, sight, 1000.0);
        let asked = attempt.count("ask verify");
        attempt.advance(600_000.0).look_for(LOOK, sight);
        assert_eq!(attempt.count("ask verify"), asked + 1);
        assert_open(&attempt);
        attempt.look_for(2.0 * PATIENCE, sight);
        assert_eq!(attempt.outcomes().len(), 1, "it gives up all the same");
    }
}

#[test]
fn a_short_sleep_over_the_end_of_the_time_is_not_waited_for_either() {
    let mut attempt = back_from_the_hub();
    attempt.look_for(2.0 * PATIENCE - LOOK, Sight::Blank);
    attempt.advance(6000.0).look_for(LOOK, Sight::Blank);
    assert_open(&attempt);
    attempt.look_for(PATIENCE, Sight::Blank);
    assert_detached(&attempt, "exit");
}

#[test]
fn a_page_that_was_left_and_restored_after_the_redirect_asks_on() {
    let mut attempt = back_from_the_hub();
    until_asked(&mut attempt, Sight::Blank, 1000.0);
    attempt.step(Event::CameBack).step(Event::Unverified);
    assert_open(&attempt);
    until_asked(&mut attempt, Sight::Blank, 1000.0).expect("it asks again");
    attempt.step(Event::Verified);
    assert_ended(&attempt, "verified");
}

#[test]
fn an_answer_to_a_question_from_before_the_code_came_ends_nothing() {
    for answer in [Event::Unverified, Event::VerifyFailed, Event::Verified] {
        let mut attempt = click(&verifying(code()));
        attempt
            .step(Event::Blurred)
            .look_for(500.0, Sight::Away)
            .step(Event::Focused);
        // The user closed the window; the question after that is the last one, and its answer is on its way.
        attempt
            .look_for(120.0, Sight::Closed)
            .step(Event::Unverified)
            .look_for(120.0, Sight::Closed);
        let url = code_return(&attempt.state());
        attempt
            .returned(&url, RELAY)
            .step(answer)
            .token_answer(200, &tokens());
        assert_ended(&attempt, "success");
    }
}

#[test]
fn a_window_that_comes_back_with_the_answer_is_not_asked_after() {
    let mut attempt = click(&verifying(alter()));
    attempt.returned(&alter_return(), Via::OwnWindow);
    attempt.look_for(60_000.0, Sight::Closed);
    assert_eq!(attempt.count("ask verify"), 0);
}
