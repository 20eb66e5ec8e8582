//! The app's `verify`, asked while the window is open, at once on focus and on close, and after a redirect.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use serde_json::json;

const PATIENCE: f64 = 15_000.0;

fn questions(tab: &Tab) -> usize {
    tab.effects
        .iter()
        .filter(|effect| **effect == "verify")
        .count()
}

/// A StackOne window that the user is in.
fn at_the_hub() -> Tab {
    let mut tab = Tab::new(1);
    tab.click(&stackone()).happen(Event::Blur);
    tab
}

/// Looks until the next question, for at most `patience` milliseconds. How long it took.
fn until_asked(tab: &mut Tab, sight: Event, patience: f64) -> Option<f64> {
    let (began, asked) = (tab.now, questions(tab));
    while tab.is_open() && tab.now < began + patience {
        tab.look_for(LOOK, sight);
        if questions(tab) > asked {
            return Some(tab.now - began);
        }
    }
    None
}

#[test]
fn quick_at_first_and_then_backing_off() {
    let mut tab = at_the_hub();
    let mut pauses = Vec::new();
    for _ in 0..10 {
        pauses.push(until_asked(&mut tab, Event::Away, 10_000.0).expect("it asks again"));
        tab.happen(Event::Unverified);
    }
    assert_eq!(
        pauses,
        [
            600.0, 900.0, 1380.0, 2040.0, 3060.0, 4560.0, 5040.0, 5040.0, 5040.0, 5040.0
        ]
    );
}

#[test]
fn never_two_questions_at_once() {
    let mut tab = at_the_hub();
    tab.look_for(60_000.0, Event::Away).happen(Event::Focus);
    assert_eq!(questions(&tab), 1, "the first has not been answered");
}

#[test]
fn at_once_when_the_app_has_the_focus_back() {
    let mut tab = at_the_hub();
    tab.look_for(300.0, Event::Away).happen(Event::Focus);
    assert_eq!(questions(&tab), 1);
    tab.happen(Event::Unverified)
        .happen(Event::Blur)
        .happen(Event::Focus);
    assert_eq!(questions(&tab), 2);
}

#[test]
fn not_before_the_user_is_on_the_way() {
    let mut tab = Tab::new(1);
    tab.click(&with(stackone(), "link", json!({"$": "function"})));
    tab.look_for(10_000.0, Event::Blank).happen(Event::Focus);
    assert_eq!(questions(&tab), 0);
    tab.step(
        Event::Resolved,
        &json!({"auth_link_url": "https://hub.example/embed/t"}),
        "",
    )
    .look_for(LOOK, Event::Blank);
    assert_eq!(questions(&tab), 1);
}

#[test]
fn the_first_account_is_the_result() {
    let mut tab = at_the_hub();
    until_asked(&mut tab, Event::Away, 1000.0);
    tab.given(Event::Verified, json!({"id": 7}));
    assert_eq!(tab.outcomes, [Outcome::Given(json!({"id": 7}))]);
    assert_eq!(tab.effects[5..], ["tell_complete", "give"]);
    assert_ended(&tab, "given");
}

#[test]
fn once_more_at_once_when_the_window_closes_and_then_it_is_an_exit() {
    let mut tab = Tab::new(1);
    tab.click(&stackone()).look_for(300.0, Event::Away);
    let waited = until_asked(&mut tab, Event::Closed, 1000.0).expect("it asks at once");
    assert_eq!(waited, 2.0 * LOOK, "before the schedule would have");
    assert_open(&tab);
    tab.happen(Event::Unverified);
    assert_eq!(questions(&tab), 1, "one last question");
    assert_ended(&tab, "exit");
}

#[test]
fn an_account_found_by_the_last_question_is_the_result() {
    let mut tab = at_the_hub();
    tab.look_for(540.0, Event::Away)
        .happen(Event::Focus)
        .happen(Event::Unverified)
        .look_for(300.0, Event::Closed);
    assert_open(&tab);
    tab.given(Event::Verified, json!({"id": 7}));
    assert_ended(&tab, "given");
}

#[test]
fn a_question_on_its_way_when_the_window_closes_is_not_the_last() {
    let mut tab = at_the_hub();
    until_asked(&mut tab, Event::Away, 1000.0);
    tab.happen(Event::Focus).look_for(300.0, Event::Closed);
    assert_eq!(questions(&tab), 1);
    tab.happen(Event::Unverified);
    assert_open(&tab);
    assert_eq!(questions(&tab), 2, "that answer was older than the close");
    tab.happen(Event::Unverified);
    assert_ended(&tab, "exit");
}

#[test]
fn a_last_answer_that_never_comes_is_waited_for_a_quarter_of_a_minute() {
    for asking in [false, true] {
        let mut tab = at_the_hub();
        if asking {
            until_asked(&mut tab, Event::Away, 1000.0);
        } else {
            tab.look_for(300.0, Event::Away);
        }
        if !asking {
            tab.happen(Event::Focus).happen(Event::Unverified);
        } else {
            tab.happen(Event::Focus);
        }
        tab.look_for(2.0 * LOOK, Event::Closed)
            .look_for(PATIENCE - LOOK, Event::Closed);
        assert_open(&tab);
        tab.look_for(2.0 * LOOK, Event::Closed);
        assert_ended(&tab, "exit");
    }
}

#[test]
fn a_rejection_is_asked_again_and_only_the_last_one_counts() {
    let mut tab = at_the_hub();
    for _ in 0..3 {
        until_asked(&mut tab, Event::Away, 10_000.0).expect("it asks again");
        tab.happen(Event::VerifyFailed);
        assert_open(&tab);
    }
    tab.happen(Event::Focus).happen(Event::VerifyFailed);
    assert_open(&tab);
    tab.look_for(2.0 * LOOK, Event::Closed)
        .happen(Event::VerifyFailed);
    assert_ended(&tab, "verify_failed");
}

#[test]
fn a_severed_hub_is_asked_after_as_long_as_the_user_is_in_it() {
    let mut tab = Tab::new(1);
    tab.click(&stackone())
        .happen(Event::Blur)
        .look_for(300.0, Event::Blank);
    for _ in 0..20 {
        until_asked(&mut tab, Event::Closed, 10_000.0).expect("it goes on asking");
        tab.happen(Event::Unverified);
    }
    assert_open(&tab);
    until_asked(&mut tab, Event::Closed, 10_000.0);
    tab.given(Event::Verified, json!({"id": 7}));
    assert_ended(&tab, "given");
}

#[test]
fn a_severed_hub_that_was_given_up_exits_after_one_last_question() {
    let mut tab = Tab::new(1);
    tab.click(&stackone())
        .happen(Event::Blur)
        .look_for(300.0, Event::Blank)
        .look_for(300.0, Event::Closed);
    tab.happen(Event::Focus).happen(Event::Unverified);
    while tab.now < NOON + 2500.0 {
        until_asked(&mut tab, Event::Closed, LOOK);
        tab.happen(Event::Unverified);
    }
    assert_open(&tab);
    until_asked(&mut tab, Event::Closed, 200.0).expect("the grace is over");
    tab.happen(Event::Unverified);
    assert_ended(&tab, "exit");
}

#[test]
fn any_protocol_may_have_a_second_channel() {
    for (name, options) in every_protocol() {
        let mut tab = Tab::new(1);
        tab.click(&with(options, "verify", json!({"$": "function"})))
            .happen(Event::Blur);
        until_asked(&mut tab, Event::Closed, 1000.0).unwrap_or_else(|| panic!("{name} asks"));
        tab.given(Event::Verified, json!("found"));
        assert_ended(&tab, "given");
    }
}

#[test]
fn an_answer_by_the_window_beats_a_question_on_its_way() {
    let mut tab = Tab::new(1);
    tab.click(&with(alter(), "verify", json!({"$": "function"})));
    until_asked(&mut tab, Event::Away, 1000.0);
    tab.message(ALTER_ORIGIN, &alter_success())
        .given(Event::Verified, json!("too late"));
    assert_ended(&tab, "success");
}

#[test]
fn an_answer_that_nobody_asked_for_changes_nothing() {
    let mut tab = Tab::new(1);
    tab.click(&alter())
        .happen(Event::Unverified)
        .happen(Event::VerifyFailed);
    assert_open(&tab);
}

#[test]
fn after_a_redirect_it_asks_some_times_and_then_it_is_an_exit() {
    let mut tab = Tab::on_phone();
    tab.click(&stackone());
    assert!(tab.ask_after_redirect());
    let first = until_asked(&mut tab, Event::Blank, 10_000.0).expect("it asks");
    assert_eq!(first, LOOK, "at once");
    tab.happen(Event::Unverified);
    let mut asked = 1;
    while tab.is_open() {
        until_asked(&mut tab, Event::Blank, 10_000.0).expect("it asks again");
        asked += 1;
        tab.happen(Event::Unverified);
        assert!(asked < 50, "it never ends");
    }
    assert_eq!(asked, 5);
    assert_ended(&tab, "exit");
    assert!(
        tab.said_late && tab.records("redirect").len() == 1,
        "a webhook may still be on its way"
    );
}

#[test]
fn after_a_redirect_an_account_is_the_result() {
    let mut tab = Tab::on_phone();
    tab.click(&stackone());
    assert!(tab.ask_after_redirect());
    until_asked(&mut tab, Event::Blank, 1000.0);
    tab.given(Event::Verified, json!({"id": 7}));
    assert_ended(&tab, "given");
    assert!(tab.session.is_empty());
}

#[test]
fn after_a_redirect_a_rejecting_verify_is_verify_failed_in_the_end() {
    let mut tab = Tab::on_phone();
    tab.click(&stackone());
    assert!(tab.ask_after_redirect());
    while tab.is_open() {
        until_asked(&mut tab, Event::Blank, 10_000.0).expect("it asks again");
        tab.happen(Event::VerifyFailed);
    }
    assert_ended(&tab, "verify_failed");
}

#[test]
fn after_a_redirect_a_verify_that_never_answers_is_an_exit() {
    let mut tab = Tab::on_phone();
    tab.click(&stackone());
    assert!(tab.ask_after_redirect());
    tab.look_for(2.0 * PATIENCE - LOOK, Event::Blank);
    assert_open(&tab);
    tab.look_for(2.0 * LOOK, Event::Blank);
    assert_ended(&tab, "exit");
}

#[test]
fn an_answer_to_a_question_from_before_the_code_came_ends_nothing() {
    for answer in [Event::Unverified, Event::VerifyFailed] {
        let mut tab = Tab::new(1);
        tab.click(&with(code(), "verify", json!({"$": "function"})))
            .happen(Event::Blur)
            .look_for(500.0, Event::Away)
            .happen(Event::Focus);
        // The user closed the window; the question after that is the last one, and its answer is on its way.
        tab.look_for(120.0, Event::Closed).happen(Event::Unverified);
        tab.look_for(120.0, Event::Closed);
        tab.relayed(&code_return(&tab.state()));
        tab.happen(answer).token_response(&tokens());
        assert_eq!(tab.outcomes.len(), 1, "{:?}", tab.outcomes);
        assert!(
            matches!(tab.outcomes[0], Outcome::Success(_)),
            "{:?}",
            tab.outcomes
        );
    }
}
