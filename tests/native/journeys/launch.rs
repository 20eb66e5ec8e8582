//! From the click to the provider.

use crate::attempt::*;
use crate::samples::*;
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::mode::{Device, Mode};
use connect_widget::flow::watch::Sight;
use connect_widget::protocol::{PROTOCOLS, find_protocol};
use serde_json::json;
use std::collections::BTreeSet;

const OPENED: [&str; 4] = ["open", "tell opened", "remember", "tell started"];

#[test]
fn a_known_address_is_opened_inside_the_click() {
    for (name, options) in every_protocol() {
        let attempt = click(&options);
        assert_eq!(attempt.said(), OPENED, "{name}");
        assert_eq!(attempt.flow.transaction().protocol, name);
        assert_eq!(attempt.flow.transaction().mode, Mode::Popup, "{name}");
        assert!(
            attempt.flow.is_waiting() && !attempt.flow.has_left(),
            "{name}"
        );
    }
}

#[test]
fn a_promised_address_opens_a_blank_window_and_navigates_it_later() {
    for source in ["promise", "function"] {
        for (option, options) in [("token", alter()), ("link", anon()), ("link", stackone())] {
            let mut attempt = click(&with(options, option, json!({"$": source})));
            assert_eq!(attempt.said(), ["open blank", "tell opened", "ask source"]);
            assert_eq!(attempt.effects.last(), Some(&Effect::AskSource(option)));
            assert!(
                !attempt.flow.is_waiting(),
                "nothing is remembered before there is an address"
            );
            attempt.source(&json!("https://as.example/start"));
            assert_eq!(
                attempt.said()[3..],
                ["remember", "navigate", "tell started"]
            );
            assert!(attempt.flow.is_waiting());
        }
    }
}

/// When the core comes, the device may have been turned, and it is too late for a window.
#[test]
fn a_click_that_was_left_to_a_redirect_redirects_unless_the_app_asks_for_something_else() {
    let setting = Setting {
        is_left_to_redirect: true,
        ..Setting::default()
    };
    let mode = |options| setting.click(&options).flow.transaction().mode;
    assert_eq!(mode(code()), Mode::Redirect);
    assert_eq!(mode(with(code(), "mode", json!("popup"))), Mode::Popup);
    let own = with(code(), "popup", json!({"$": "window"}));
    assert_eq!(mode(own), Mode::Popup);
}

#[test]
fn only_a_function_is_given_the_state() {
    for (source, handed_out) in [
        (json!("tok"), false),
        (json!({"$": "promise"}), false),
        (json!({"$": "function"}), true),
    ] {
        let attempt = click(&with(alter(), "token", source));
        assert_eq!(attempt.flow.transaction().handed_out, handed_out);
    }
}

#[test]
fn a_source_that_fails_ends_the_flow() {
    let mut attempt = click(&alter_promised());
    attempt.step(Event::SourceFailed);
    assert_ended(&attempt, "source_failed");
}

#[test]
fn a_source_that_answers_what_is_none_ends_the_flow() {
    for source in [
        json!(null),
        json!(""),
        json!(7),
        json!({}),
        json!({"$": "function"}),
    ] {
        let mut attempt = click(&alter_promised());
        attempt.source(&source);
        assert_ended(&attempt, "invalid_options");
    }
}

#[test]
fn a_source_that_answers_twice_navigates_once() {
    let mut attempt = click(&alter_promised());
    attempt.source(&json!("first")).source(&json!("second"));
    attempt.step(Event::SourceFailed);
    assert!(attempt.address().ends_with("#session=first"));
    assert_eq!(attempt.count("navigate"), 1);
    assert_open(&attempt);
}

#[test]
fn a_source_that_nobody_asked_for_changes_nothing() {
    let mut attempt = click(&alter());
    attempt
        .source(&json!("another"))
        .step(Event::SourceFailed)
        .step(Event::Opened);
    assert_eq!(attempt.said(), OPENED);
}

#[test]
fn an_invalid_option_opens_nothing() {
    let begun = Setting::default().try_click(&json!({"token": 5}));
    let invalid = begun.err().expect("it is refused");
    assert_eq!(option_of(&invalid), Some("token"));
}

#[test]
fn a_system_is_found_by_its_name_and_the_first_is_the_default() {
    for (name, _) in every_protocol() {
        let found = find_protocol(PROTOCOLS, name).expect("it is there");
        assert_eq!(found.name(), name);
    }
    assert!(find_protocol(PROTOCOLS, "").is_none() && find_protocol(&[], "code").is_none());
    let nobody = Setting {
        registry: &[],
        ..Setting::default()
    };
    assert!(nobody.try_click(&alter()).is_err());
}

#[test]
fn a_blocked_window_is_an_error_and_no_opened_event() {
    for (name, options) in every_protocol() {
        let attempt = Setting::blocking().click(&options);
        assert_eq!(attempt.said(), ["open", "end popup_blocked"], "{name}");
        assert_open(&click(&options));
    }
    let attempt = Setting::blocking().click(&alter_promised());
    assert_eq!(attempt.said(), ["open blank", "end popup_blocked"]);
}

#[test]
fn a_blocked_window_becomes_a_redirect_where_the_app_allows_it() {
    for (name, options) in every_protocol() {
        let attempt = Setting::blocking().click(&with(options, "whenBlocked", json!("redirect")));
        assert_eq!(
            attempt.said(),
            ["open", "redirect", "tell started"],
            "{name}"
        );
        let mode = attempt.flow.transaction().mode;
        assert_eq!(
            mode,
            Mode::Redirect,
            "{name}: the record says how it will come back"
        );
        assert!(attempt.flow.has_left(), "{name}");
    }
}

#[test]
fn a_blocked_window_becomes_a_redirect_once_the_promise_is_kept() {
    let options = with(alter_promised(), "whenBlocked", json!("redirect"));
    let mut attempt = Setting::blocking().click(&options);
    assert_eq!(attempt.said(), ["open blank", "ask source"]);
    assert_eq!(attempt.flow.transaction().mode, Mode::Redirect);
    assert!(!attempt.flow.has_left());
    attempt.source(&json!("tok"));
    assert_eq!(attempt.said()[2..], ["redirect", "tell started"]);
}

#[test]
fn a_frame_is_never_redirected() {
    let framed = |device: Device| Device {
        is_framed: true,
        ..device
    };
    let blocking = Setting {
        device: framed(desktop()),
        ..Setting::blocking()
    };
    let attempt = blocking.click(&with(alter(), "whenBlocked", json!("redirect")));
    assert_eq!(attempt.said(), ["open", "end popup_blocked"]);
    let setting = Setting {
        device: framed(desktop()),
        ..Setting::default()
    };
    let attempt = setting.click(&with(alter(), "mode", json!("redirect")));
    assert_eq!(attempt.said(), ["end redirect_error"]);
    let setting = Setting {
        device: framed(phone()),
        ..Setting::default()
    };
    assert_eq!(setting.click(&alter()).said(), OPENED);
}

#[test]
fn a_phone_redirects() {
    for (name, options) in every_protocol() {
        let attempt = Setting::on_phone().click(&options);
        assert_eq!(attempt.said(), ["redirect", "tell started"], "{name}");
        assert!(
            attempt.flow.has_left() && attempt.flow.is_waiting(),
            "{name}"
        );
    }
}

#[test]
fn a_phone_with_a_promise_resolves_it_and_redirects() {
    let mut attempt = Setting::on_phone().click(&alter_promised());
    assert_eq!(attempt.said(), ["ask source"]);
    attempt.source(&json!("tok"));
    assert_eq!(attempt.said()[1..], ["redirect", "tell started"]);
}

#[test]
fn a_window_that_the_app_opened_is_used_on_a_phone() {
    let options = with(alter(), "popup", json!({"$": "window"}));
    assert_eq!(Setting::on_phone().click(&options).said(), OPENED);
    let attempt = Setting::on_phone().click(&with(options, "mode", json!("redirect")));
    assert_eq!(
        attempt.said(),
        ["redirect", "tell started"],
        "the app asked for it"
    );
}

#[test]
fn a_redirect_that_cannot_be_remembered_does_not_go() {
    for (name, options) in every_protocol() {
        let forgetting = Setting {
            stores: false,
            ..Setting::on_phone()
        };
        let attempt = forgetting.click(&options);
        assert_eq!(attempt.said(), ["redirect", "end redirect_error"], "{name}");
        let forgetting = Setting {
            stores: false,
            ..Setting::blocking()
        };
        let attempt = forgetting.click(&with(options, "whenBlocked", json!("redirect")));
        assert_eq!(attempt.said(), ["open", "redirect", "end redirect_error"]);
    }
}

#[test]
fn every_attempt_has_a_state_of_256_bits_of_its_own() {
    let mut secrets = BTreeSet::new();
    for seed in 0..100 {
        let setting = Setting {
            seed,
            ..Setting::default()
        };
        let attempt = setting.click(&code());
        let transaction = attempt.flow.transaction();
        let oauth = transaction.oauth.as_ref().expect("an OAuth attempt");
        let verifier = expose(&oauth.code_verifier).expect("PKCE").to_owned();
        for secret in [attempt.state(), verifier] {
            let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            assert!(
                secret.len() == 43 && secret.bytes().all(is_unreserved),
                "AniAPI does not escape it"
            );
            assert!(
                secrets.insert(secret),
                "fresh each time, and none is another"
            );
        }
    }
}

#[test]
fn a_redirect_that_does_not_leave_the_page_is_known_and_ends_as_an_exit() {
    let mut attempt = Setting::on_phone().click(&code());
    attempt.look_for(60_000.0, Sight::Blank);
    assert_open(&attempt);
    assert!(
        attempt.flow.has_left(),
        "so the next click begins a new one"
    );
    attempt.step(Event::CameBack);
    assert_detached(&attempt, "exit");
}
