//! Answers, rightly and wrongly addressed, by every way they can take. Whose window a message comes from, and from which origin,
//! is the driver's to look at.

use crate::attempt::*;
use crate::samples::*;
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::response::Via;
use connect_widget::flow::transaction::{Binding, BodyFormat};
use connect_widget::flow::watch::Sight;
use serde_json::json;

#[test]
fn alter_answers_by_a_message() {
    let mut attempt = click(&alter());
    assert_eq!(
        attempt.flow.transaction().provider_origin.as_deref(),
        Some("https://api.alterauth.com")
    );
    attempt.message(&alter_success());
    assert_eq!(attempt.said()[4..], ["tell complete", "end success"]);
}

#[test]
fn a_message_answers_nothing_but_alter() {
    let others = every_protocol().into_iter();
    for (name, options) in others.filter(|(name, _)| *name != "alter-connect") {
        let mut attempt = click(&options);
        assert_eq!(attempt.flow.transaction().provider_origin, None, "{name}");
        attempt.message(&alter_success());
        assert_open(&attempt);
    }
}

#[test]
fn a_returned_window_answers() {
    for options in [
        alter(),
        alter_bound(),
        alter_promised(),
        anon(),
        anon_bound(),
        implicit(),
    ] {
        for via in [Via::OwnWindow, OWN_RELAY, RELAY] {
            let mut attempt = click(&options);
            attempt.source(&json!("tok"));
            let url = right_return(&attempt).expect("it returns by a URL");
            if options == anon() && via == RELAY {
                continue;
            }
            let before = attempt.said().len();
            attempt.returned(&url, via);
            assert_eq!(
                attempt.said()[before..],
                ["tell complete", "end success"],
                "{url} by {via:?}"
            );
            assert_ended(&attempt, "success");
        }
    }
}

#[test]
fn a_code_is_exchanged_once() {
    let mut attempt = click(&code());
    let url = right_return(&attempt).expect("a URL");
    attempt.returned(&url, Via::OwnWindow);
    assert_eq!(attempt.said()[4..], ["use up", "request token"]);
    let Some(Effect::RequestToken(request)) = attempt.effects.last() else {
        panic!("no request")
    };
    assert_eq!(request.endpoint.url, "https://auth.anny.co/oauth/token");
    assert_eq!(request.endpoint.format, BodyFormat::Form);
    assert!(
        request
            .form(&attempt.world)
            .starts_with("grant_type=authorization_code&code=Splx")
    );
    for via in [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY] {
        attempt.returned(&url, via);
    }
    attempt
        .message(&alter_success())
        .step(Event::Verified)
        .step(Event::Unverified);
    attempt
        .look_for(10_000.0, Sight::Blank)
        .look_for(10_000.0, Sight::Closed);
    attempt.step(Event::Focused).step(Event::CameBack);
    assert_eq!(
        attempt.said().len(),
        6,
        "nothing but the token endpoint's answer counts"
    );
    assert_open(&attempt);
    attempt.token_answer(200, &tokens());
    assert_ended(&attempt, "success");
}

#[test]
fn a_token_request_is_written_as_the_server_takes_it() {
    for (format, expected) in [("form", BodyFormat::Form), ("json", BodyFormat::Json)] {
        let mut attempt = click(&with(code(), "tokenRequest", json!(format)));
        let url = right_return(&attempt).expect("a URL");
        attempt.returned(&url, Via::OwnWindow);
        let Some(Effect::RequestToken(request)) = attempt.effects.last() else {
            panic!("no request")
        };
        assert_eq!(request.endpoint.format, expected);
    }
}

#[test]
fn the_app_exchanges_the_code_itself() {
    for (event, code_of_end) in [
        (Event::Exchanged, "exchanged"),
        (Event::ExchangeFailed, "exchange_failed"),
    ] {
        let mut attempt = click(&with(code(), "exchange", json!({"$": "function"})));
        let url = right_return(&attempt).expect("a URL");
        attempt.returned(&url, Via::OwnWindow);
        assert_eq!(attempt.said()[4..], ["use up", "exchange"]);
        attempt.step(event);
        assert_ended(&attempt, code_of_end);
        let is_told = attempt.count("tell complete") == 1;
        assert_eq!(is_told, code_of_end == "exchanged");
    }
}

#[test]
fn a_token_endpoint_that_cannot_be_reached_is_a_network_error() {
    let mut attempt = click(&code());
    let url = right_return(&attempt).expect("a URL");
    attempt
        .returned(&url, Via::OwnWindow)
        .step(Event::NetworkFailed);
    assert_ended(&attempt, "network_error");
}

#[test]
fn a_relayed_answer_of_another_attempt_never_fails_this_one() {
    let forged = [
        alter_return(),
        anon_return("{}"),
        anon_return("{\"user\":8}"),
        implicit_return("AAAA"),
        code_return("AAAA"),
        format!("{CALLBACK}?type=error&error_code=bad_input"),
        format!("{CALLBACK}?error=access_denied&state=AAAA"),
        "https://app.example/?alter_connect_error=x".into(),
        "https://app.example/?alter_connect_error=x&connect_state=AAAA".into(),
    ];
    let bound = [
        ("alter, bound", alter_bound()),
        ("anon, bound", anon_bound()),
    ];
    for (name, options) in every_protocol().into_iter().chain(bound) {
        for sight in [Sight::Away, Sight::Closed] {
            let mut attempt = click(&options);
            attempt.step(Event::Blurred).look_for(540.0, sight);
            for url in &forged {
                let before = attempt.said().len();
                attempt.returned(url, RELAY);
                assert_eq!(attempt.said().len(), before, "{name} {url}");
            }
            assert_open(&attempt);
            if let Some(url) = right_return(&attempt).filter(|_| name != "anon-link") {
                attempt.returned(&url, RELAY);
                assert!(
                    !attempt.flow.is_waiting(),
                    "{name}: the right one counts still"
                );
            }
        }
    }
}

#[test]
fn only_its_own_window_may_come_back_with_the_wrong_state() {
    let other = Setting {
        seed: 2,
        ..Setting::default()
    };
    let by_state = every_protocol().map(|(_, options)| options);
    let by_state = by_state.into_iter().chain([alter_bound()]);
    let answers = by_state.filter_map(|options| {
        let foreign = other.click(&options);
        let is_bound = foreign.flow.transaction().binding != Binding::Optional;
        let url = right_return(&foreign).filter(|_| is_bound)?;
        Some((options, url))
    });
    for (options, url) in answers.chain([(anon_bound(), anon_return("{}"))]) {
        for via in [Via::Page, OWN_RELAY, RELAY] {
            let mut attempt = click(&options);
            attempt.returned(&url, via);
            assert_open(&attempt);
        }
        let mut attempt = click(&options);
        attempt.returned(&url, Via::OwnWindow);
        assert_ended(&attempt, "state_mismatch");
    }
}

#[test]
fn a_severed_window_of_a_system_without_state_answers_where_it_is_known_to_be_that_window() {
    for (options, url) in [(alter(), alter_return()), (anon(), anon_return("{}"))] {
        let mut attempt = click(&options);
        attempt
            .step(Event::Blurred)
            .look_for(5000.0, Sight::Closed)
            .returned(&url, RELAY);
        assert_open(&attempt);
        attempt.returned(&url, OWN_RELAY);
        assert_ended(&attempt, "success");
    }
}

#[test]
fn two_attempts_take_their_own_answers() {
    let of_seed = |seed| Setting {
        seed,
        ..Setting::default()
    };
    let (mut one, mut other) = (of_seed(1).click(&implicit()), of_seed(2).click(&implicit()));
    let (first, second) = (
        implicit_return(&one.state()),
        implicit_return(&other.state()),
    );
    assert_ne!(first, second);
    for attempt in [&mut one, &mut other] {
        attempt
            .step(Event::Blurred)
            .look_for(540.0, Sight::Closed)
            .returned(&second, RELAY);
    }
    assert_open(&one);
    assert_ended(&other, "success");
    one.returned(&first, RELAY);
    assert_ended(&one, "success");
}

#[test]
fn nothing_is_heard_before_the_window_was_sent_to_the_provider() {
    for options in [
        alter_promised(),
        with(anon(), "link", json!({"$": "promise"})),
    ] {
        let mut attempt = click(&options);
        attempt.message(&alter_success());
        for via in [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY] {
            attempt
                .returned(&alter_return(), via)
                .returned(&anon_return("{}"), via);
        }
        attempt
            .step(Event::Verified)
            .step(Event::Unverified)
            .step(Event::VerifyFailed);
        assert_open(&attempt);
        assert_eq!(attempt.said().len(), 3);
    }
}

#[test]
fn a_result_that_races_with_the_close_wins() {
    let mut attempt = click(&alter());
    attempt.step(Event::Blurred).look_for(1000.0, Sight::Away);
    attempt.step(Event::Focused).look_for(LOOK, Sight::Closed);
    assert_open(&attempt);
    attempt.advance(40.0).message(&alter_success());
    assert_ended(&attempt, "success");
}

#[test]
fn an_ended_flow_answers_nothing_more() {
    let mut attempt = click(&alter());
    attempt.message(&alter_success());
    let said = attempt.said();
    attempt.message(&alter_success());
    for via in [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY] {
        attempt.returned(&alter_return(), via);
    }
    for event in [
        Event::Blocked,
        Event::NetworkFailed,
        Event::Exchanged,
        Event::ExchangeFailed,
        Event::Aborted,
        Event::Verified,
    ] {
        attempt.step(event);
    }
    attempt.look_for(60_000.0, Sight::Closed);
    assert_eq!(attempt.said(), said);
    assert_ended(&attempt, "success");
}
