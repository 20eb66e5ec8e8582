//! Answers, rightly and wrongly addressed, by every way they can take.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use serde_json::json;

#[test]
fn alter_answers_by_a_message() {
    let mut tab = Tab::new(1);
    tab.click(&alter()).message(ALTER_ORIGIN, &alter_success());
    assert_ended(&tab, "success");
    assert_eq!(tab.effects[4..], ["tell_complete", "succeed"]);
}

#[test]
fn a_message_counts_only_with_the_exact_origin() {
    for origin in [
        "https://api.alterauth.com.evil.example",
        "http://api.alterauth.com",
        "https://api.alterauth.com:8443",
        "https://alterauth.com",
        "null",
        APP,
        "",
    ] {
        let mut tab = Tab::new(1);
        tab.click(&alter()).message(origin, &alter_success());
        assert_open(&tab);
    }
}

#[test]
fn a_message_answers_nothing_but_alter() {
    for (name, options) in every_protocol().into_iter().skip(1) {
        let mut tab = Tab::new(1);
        tab.click(&options)
            .step(Event::Message, &alter_success(), "");
        assert!(tab.is_open() && tab.outcomes.is_empty(), "{name}");
    }
}

#[test]
fn a_returned_window_answers() {
    for (name, options) in [
        ("alter", alter()),
        ("anon", anon()),
        ("anon, bound", anon_bound()),
        ("implicit", implicit()),
    ] {
        let mut tab = Tab::new(1);
        tab.click(&options);
        let url = right_return(&tab).expect("it returns by a URL");
        tab.returned(&url);
        assert_eq!(tab.effects[4..], ["tell_complete", "succeed"], "{name}");
        assert_ended(&tab, "success");
    }
}

#[test]
fn a_code_is_exchanged_once_and_its_window_closed_at_once() {
    let mut tab = Tab::new(1);
    tab.click(&code());
    let url = right_return(&tab).expect("a URL");
    tab.returned(&url);
    assert_eq!(tab.effects[4..], ["close_window", "request_token"]);
    assert!(tab.is_open() && !tab.has_window() && tab.session.is_empty());
    tab.returned(&url).relayed(&url);
    assert_eq!(tab.effects.len(), 6, "a second answer changes nothing");
    tab.look_for(10_000.0, Event::Blank);
    tab.look_for(10_000.0, Event::Closed);
    assert_open(&tab);
    tab.token_response(&tokens());
    assert_ended(&tab, "success");
}

#[test]
fn the_app_exchanges_the_code_itself() {
    for (event, code_of_end) in [
        (Event::Exchanged, "given"),
        (Event::ExchangeFailed, "exchange_failed"),
    ] {
        let mut tab = Tab::new(1);
        tab.click(&with(code(), "exchange", json!({"$": "function"})));
        let url = right_return(&tab).expect("a URL");
        tab.returned(&url);
        assert_eq!(tab.effects[4..], ["close_window", "exchange"]);
        tab.given(event, json!({"access_token": "a"}));
        assert_ended(&tab, code_of_end);
    }
    let mut tab = Tab::new(1);
    tab.click(&with(code(), "exchange", json!({"$": "function"})));
    let url = right_return(&tab).expect("a URL");
    tab.returned(&url)
        .given(Event::Exchanged, json!("session cookie"));
    assert_eq!(tab.outcomes, [Outcome::Given(json!("session cookie"))]);
    assert_eq!(tab.effects[6..], ["tell_complete", "give"]);
}

#[test]
fn a_token_endpoint_that_cannot_be_reached_is_a_network_error() {
    let mut tab = Tab::new(1);
    tab.click(&code());
    let url = right_return(&tab).expect("a URL");
    tab.returned(&url).happen(Event::NetworkFailed);
    assert_ended(&tab, "network_error");
}

#[test]
fn a_relayed_answer_must_prove_itself_while_the_window_is_in_sight() {
    let forged = [
        alter_return(),
        anon_return("{}"),
        anon_return("x"),
        implicit_return("AAAA"),
        code_return("AAAA"),
        format!("{CALLBACK}?type=error&error_code=bad_input"),
        "https://app.example/?alter_connect_error=x".into(),
    ];
    for (name, options) in every_protocol() {
        let mut tab = Tab::new(1);
        tab.click(&options).look_for(1000.0, Event::Away);
        for url in &forged {
            tab.relayed(url);
            assert!(tab.is_open() && tab.outcomes.is_empty(), "{name} {url}");
        }
    }
}

#[test]
fn a_relayed_answer_with_this_attempts_state_counts() {
    for options in [anon_bound(), implicit()] {
        let mut tab = Tab::new(1);
        tab.click(&options);
        let url = right_return(&tab).expect("a URL");
        tab.relayed(&url);
        assert_ended(&tab, "success");
    }
    let mut tab = Tab::new(1);
    tab.click(&alter_promised())
        .step(Event::Resolved, &json!("tok"), "");
    let url = format!("{}&connect_state={}", alter_return(), tab.state());
    tab.relayed(&url);
    assert_ended(&tab, "success");
    let mut tab = Tab::new(1);
    tab.click(&code());
    let url = right_return(&tab).expect("a URL");
    tab.relayed(&url);
    assert_eq!(tab.effects[4..], ["close_window", "request_token"]);
}

#[test]
fn a_relayed_answer_of_another_attempt_never_fails_this_one() {
    for (name, options) in [
        ("anon", anon_bound()),
        ("implicit", implicit()),
        ("code", code()),
    ] {
        let mut tab = Tab::new(1);
        tab.click(&options).look_for(1000.0, Event::Closed);
        for url in [
            anon_return("{\"user\":8}"),
            implicit_return("AAAA"),
            code_return("AAAA"),
            format!("{CALLBACK}?error=access_denied&state=AAAA"),
            format!("{CALLBACK}?type=error&error_code=bad_input"),
        ] {
            tab.relayed(&url);
            assert!(tab.is_open() && tab.outcomes.is_empty(), "{name} {url}");
        }
        let url = right_return(&tab).expect("a URL");
        tab.relayed(&url);
        assert_ne!(tab.effects.len(), 4, "{name}: the right one counts still");
    }
}

#[test]
fn a_severed_window_of_a_system_without_state_answers_by_relay() {
    for options in [alter(), anon()] {
        let mut tab = Tab::new(1);
        tab.click(&options)
            .happen(Event::Blur)
            .look_for(5000.0, Event::Closed);
        let url = right_return(&tab).expect("a URL");
        tab.relayed(&url);
        assert_ended(&tab, "success");
    }
}

#[test]
fn two_tabs_take_their_own_answers() {
    let (mut one, mut other) = (Tab::new(1), Tab::new(99));
    one.click(&implicit());
    other.click(&implicit());
    let (first, second) = (
        implicit_return(&one.state()),
        implicit_return(&other.state()),
    );
    assert_ne!(first, second);
    for tab in [&mut one, &mut other] {
        tab.look_for(1000.0, Event::Closed).relayed(&second);
    }
    assert_open(&one);
    assert_ended(&other, "success");
    one.relayed(&first);
    assert_ended(&one, "success");
}

#[test]
fn nothing_is_heard_before_the_window_was_sent_to_the_provider() {
    for options in [
        alter_promised(),
        with(anon(), "link", json!({"$": "promise"})),
    ] {
        let mut tab = Tab::new(1);
        tab.click(&options);
        tab.step(Event::Message, &alter_success(), "")
            .returned(&alter_return())
            .returned(&anon_return("{}"))
            .relayed(&anon_return("{}"));
        assert_open(&tab);
    }
}

#[test]
fn a_result_that_races_with_the_close_wins() {
    let mut tab = Tab::new(1);
    tab.click(&alter())
        .happen(Event::Blur)
        .look_for(1000.0, Event::Away);
    tab.happen(Event::Focus).look_for(LOOK, Event::Closed);
    assert_open(&tab);
    tab.now += 40.0;
    tab.message(ALTER_ORIGIN, &alter_success());
    assert_ended(&tab, "success");
}

#[test]
fn an_ended_flow_answers_nothing_more() {
    let mut tab = Tab::new(1);
    tab.click(&alter()).message(ALTER_ORIGIN, &alter_success());
    let effects = tab.effects.len();
    tab.message(ALTER_ORIGIN, &alter_success())
        .late_message(ALTER_ORIGIN, &alter_success())
        .relayed(&alter_return());
    assert_eq!(
        (tab.effects.len(), tab.mail.len()),
        (effects, 0),
        "the record was used up"
    );
    assert_ended(&tab, "success");
}

#[test]
fn a_second_click_while_a_flow_is_live_begins_nothing() {
    let mut tab = Tab::new(1);
    let state = tab.click(&alter()).state();
    tab.click(&code());
    assert_eq!(tab.state(), state);
    assert_eq!(tab.effects.len(), 4);
}
