//! The user closes the window, or the window only went out of sight.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::watch::GRACE;
use serde_json::json;

/// A window that the user has seen at the provider's for a while.
fn at_the_provider(options: serde_json::Value) -> Tab {
    let mut tab = Tab::new(1);
    tab.click(&options)
        .happen(Event::Blur)
        .look_for(300.0, Event::Blank)
        .look_for(3000.0, Event::Away);
    tab
}

#[test]
fn a_real_close_is_an_exit_in_well_under_half_a_second() {
    for (name, options) in every_protocol()
        .into_iter()
        .filter(|(name, _)| *name != "stackone-link")
    {
        for delay in [-30.0, 0.0, 90.0] {
            let mut tab = at_the_provider(options.clone());
            let began = tab.now;
            if delay <= 0.0 {
                tab.now += delay;
                tab.happen(Event::Focus);
                tab.now -= delay;
            }
            tab.look_for(LOOK, Event::Closed);
            if delay > 0.0 {
                tab.now += delay;
                tab.happen(Event::Focus);
            }
            while tab.is_open() && tab.now < began + 5000.0 {
                tab.look_for(LOOK, Event::Closed);
            }
            assert!(
                tab.now - began < 250.0,
                "{name} {delay}: {} ms",
                tab.now - began
            );
            assert_ended(&tab, "exit");
            assert_eq!(tab.effects[tab.effects.len() - 2..], ["tell_exit", "exit"]);
        }
    }
}

#[test]
fn a_close_that_gave_the_focus_back_leaves_nothing_to_wait_for() {
    let mut tab = at_the_provider(alter());
    tab.look_for(LOOK, Event::Closed)
        .happen(Event::Focus)
        .look_for(LOOK, Event::Closed);
    assert!(!tab.said_late && tab.late.is_empty() && tab.session.is_empty());
    assert_ended(&tab, "exit");
}

#[test]
fn one_look_that_reads_closed_is_no_exit_yet() {
    let mut tab = at_the_provider(alter());
    tab.happen(Event::Focus).look_for(LOOK, Event::Closed);
    assert_open(&tab);
    tab.now += 49.0;
    tab.happen(Event::Closed);
    assert_open(&tab);
    tab.now += 1.0;
    tab.happen(Event::Closed);
    assert_ended(&tab, "exit");
}

#[test]
fn a_connecting_window_that_is_closed_is_an_exit_and_nothing_can_come_late() {
    let mut tab = Tab::new(1);
    tab.click(&alter_promised())
        .happen(Event::Blur)
        .look_for(600.0, Event::Blank)
        .look_for(2.0 * LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    assert!(!tab.said_late);
}

#[test]
fn a_window_severed_by_its_first_page_is_no_exit_while_the_user_is_in_it() {
    for away in [0.0, LOOK, 120.0] {
        let mut tab = Tab::new(1);
        tab.click(&code())
            .happen(Event::Blur)
            .look_for(300.0, Event::Blank)
            .look_for(away, Event::Away);
        tab.look_for(10.0 * 60_000.0, Event::Closed);
        assert_open(&tab);
    }
}

#[test]
fn a_severed_window_exits_a_grace_after_the_focus_came_back_and_may_answer_late() {
    let mut tab = Tab::new(1);
    tab.click(&code())
        .happen(Event::Blur)
        .look_for(300.0, Event::Blank)
        .look_for(20_000.0, Event::Closed);
    tab.happen(Event::Focus)
        .look_for(GRACE - LOOK, Event::Closed);
    assert_open(&tab);
    tab.look_for(2.0 * LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    assert!(tab.said_late);
    assert_eq!(tab.late.len(), 1);
}

#[test]
fn a_result_within_the_grace_wins() {
    let mut tab = Tab::new(1);
    tab.click(&implicit())
        .happen(Event::Blur)
        .look_for(20_000.0, Event::Closed);
    tab.happen(Event::Focus)
        .look_for(GRACE - 200.0, Event::Closed);
    let url = right_return(&tab).expect("a URL");
    tab.relayed(&url);
    assert_ended(&tab, "success");
}

#[test]
fn a_window_severed_later_is_no_exit_while_the_user_is_in_it() {
    let mut tab = at_the_provider(code());
    tab.look_for(10.0 * 60_000.0, Event::Closed);
    assert_open(&tab);
    tab.happen(Event::Focus)
        .look_for(GRACE + LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    assert!(tab.said_late);
}

#[test]
fn leaving_the_app_again_ends_the_grace_and_coming_back_begins_it_anew() {
    let mut tab = Tab::new(1);
    tab.click(&code())
        .happen(Event::Blur)
        .look_for(5000.0, Event::Closed);
    tab.happen(Event::Focus)
        .look_for(GRACE - 100.0, Event::Closed)
        .happen(Event::Blur);
    tab.look_for(60_000.0, Event::Closed);
    assert_open(&tab);
    tab.happen(Event::Focus)
        .look_for(GRACE - 100.0, Event::Closed);
    assert_open(&tab);
    tab.look_for(200.0, Event::Closed);
    assert_ended(&tab, "exit");
}

#[test]
fn the_focus_may_come_just_before_closed_is_seen() {
    for before in [1.0, 60.0, 399.0] {
        let mut tab = Tab::new(1);
        tab.click(&implicit())
            .happen(Event::Blur)
            .look_for(600.0, Event::Blank)
            .happen(Event::Focus);
        tab.now += before;
        tab.happen(Event::Closed)
            .look_for(GRACE - LOOK, Event::Closed);
        assert_open(&tab);
        tab.look_for(2.0 * LOOK, Event::Closed);
        assert_ended(&tab, "exit");
        assert!(tab.said_late);
    }
}

#[test]
fn a_focus_long_before_the_window_went_out_of_sight_says_nothing_about_it() {
    let mut tab = Tab::new(1);
    tab.click(&implicit())
        .happen(Event::Blur)
        .look_for(300.0, Event::Blank)
        .happen(Event::Focus)
        .look_for(600.0, Event::Blank);
    tab.look_for(60_000.0, Event::Closed);
    assert_open(&tab);
}

#[test]
fn a_window_closed_while_the_app_had_the_focus_is_an_exit_that_may_be_wrong() {
    let mut tab = at_the_provider(code());
    tab.happen(Event::Focus)
        .look_for(5000.0, Event::Away)
        .look_for(2.0 * LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    assert!(
        tab.said_late,
        "a page that severed it just then would look the same"
    );
}

#[test]
fn a_window_that_never_took_the_focus_is_an_exit_that_may_be_wrong() {
    let mut tab = Tab::new(1);
    tab.click(&code())
        .look_for(1000.0, Event::Away)
        .look_for(2.0 * LOOK, Event::Closed);
    assert_ended(&tab, "exit");
    assert!(tab.said_late);
}

#[test]
fn a_focus_that_comes_later_than_a_close_gives_it_back_is_not_the_closes() {
    for (delay, late) in [(400.0, false), (401.0, true)] {
        let mut tab = at_the_provider(code());
        let closed_at = tab.now;
        tab.happen(Event::Closed);
        tab.now = closed_at + delay;
        tab.happen(Event::Focus).happen(Event::Closed);
        assert_eq!(tab.is_open(), late, "{delay}");
        tab.look_for(GRACE + LOOK, Event::Closed);
        assert_ended(&tab, "exit");
        assert_eq!(tab.said_late, late, "{delay}");
    }
}

#[test]
fn a_window_was_at_the_providers_only_when_it_was_seen_there_long_enough() {
    for (away, exits) in [(149.0, false), (150.0, true)] {
        let mut tab = Tab::new(1);
        tab.click(&code()).happen(Event::Blur).happen(Event::Away);
        tab.now += away;
        tab.happen(Event::Closed).happen(Event::Focus);
        tab.now += 50.0;
        tab.happen(Event::Closed);
        assert_eq!(!tab.is_open(), exits, "{away}");
    }
}

#[test]
fn an_inner_window_of_the_providers_may_come_and_go() {
    let mut tab = at_the_provider(anon());
    for _ in 0..5 {
        tab.look_for(3000.0, Event::Away).happen(Event::Blur);
    }
    assert_open(&tab);
    tab.returned(&anon_return("{}"));
    assert_ended(&tab, "success");
}

#[test]
fn looks_that_come_seldom_end_it_all_the_same() {
    let mut tab = Tab::new(1);
    tab.click(&code()).happen(Event::Blur);
    for second in 0..5 {
        tab.now += 1000.0;
        tab.happen(if second < 3 {
            Event::Away
        } else {
            Event::Closed
        });
    }
    assert_open(&tab);
    tab.happen(Event::Focus);
    for _ in 0..3 {
        tab.now += 1000.0;
        tab.happen(Event::Closed);
    }
    assert_ended(&tab, "exit");
}

#[test]
fn an_exit_lets_the_next_click_work() {
    let mut tab = at_the_provider(with(alter(), "onExit", json!(null)));
    tab.happen(Event::Focus).look_for(300.0, Event::Closed);
    assert_ended(&tab, "exit");
    tab.outcomes.clear();
    tab.click(&alter());
    assert_open(&tab);
}
