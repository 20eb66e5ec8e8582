//! From the click to the provider.

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::mode::Device;
use serde_json::json;

const OPENED: [&str; 4] = ["open", "tell_open", "remember", "tell_started"];

#[test]
fn a_known_address_is_opened_inside_the_click() {
    for (name, options) in every_protocol() {
        let mut tab = Tab::new(1);
        tab.click(&options);
        assert_eq!(tab.effects, OPENED, "{name}");
        assert!(tab.has_window() && tab.is_open(), "{name}");
        assert_eq!(tab.session.len(), 1, "{name}");
        assert_eq!(tab.record("mode").as_deref(), Some("popup"), "{name}");
        assert_eq!(tab.record("protocol").as_deref(), Some(name));
    }
}

#[test]
fn a_promised_address_opens_a_blank_window_and_navigates_it_later() {
    for source in ["promise", "function"] {
        let mut tab = Tab::new(1);
        tab.click(&json!({"token": {"$": source}}));
        assert_eq!(tab.effects, ["open", "tell_open", "resolve"]);
        assert_eq!(tab.address(), "");
        assert!(
            tab.session.is_empty(),
            "nothing to remember before there is an address"
        );
        tab.step(Event::Resolved, &json!("tok"), "");
        assert_eq!(tab.effects[3..], ["remember", "navigate", "tell_started"]);
        assert!(tab.address().ends_with("#session=tok"));
        assert_eq!(tab.session.len(), 1);
    }
}

#[test]
fn a_source_that_fails_ends_the_flow() {
    let mut tab = Tab::new(1);
    tab.click(&alter_promised()).happen(Event::Unresolved);
    assert_ended(&tab, "source_failed");
}

#[test]
fn a_source_that_answers_twice_navigates_once() {
    let mut tab = Tab::new(1);
    tab.click(&alter_promised());
    tab.step(Event::Resolved, &json!("first"), "")
        .step(Event::Resolved, &json!("second"), "");
    assert!(tab.address().ends_with("#session=first"));
    assert_eq!(
        tab.effects
            .iter()
            .filter(|effect| **effect == "navigate")
            .count(),
        1
    );
}

#[test]
fn an_invalid_option_opens_nothing_and_tells_nothing() {
    let mut tab = Tab::new(1);
    tab.click(&json!({"token": 5}));
    assert_eq!(tab.effects, ["fail"]);
    assert_ended(&tab, "invalid_options");
    tab.click(&alter());
    assert!(tab.is_open(), "the next click works");
}

#[test]
fn a_blocked_window_is_an_error_and_no_opened_event() {
    for (name, options) in every_protocol() {
        let mut tab = Tab::new(1).blocking();
        tab.click(&options);
        assert_eq!(tab.effects, ["open", "fail"], "{name}");
        assert_ended(&tab, "popup_blocked");
        (tab.opens, tab.outcomes) = (true, Vec::new());
        tab.click(&options);
        assert_open(&tab);
    }
}

#[test]
fn a_blocked_window_becomes_a_redirect_where_the_app_allows_it() {
    for (name, options) in every_protocol() {
        let mut tab = Tab::new(1).blocking();
        tab.click(&with(options, "whenBlocked", json!("redirect")));
        assert_eq!(tab.effects, ["open", "redirect", "tell_started"], "{name}");
        assert_eq!(
            tab.records("redirect").len(),
            1,
            "{name}: the record says how it will come back"
        );
        assert_eq!(tab.record("mode").as_deref(), Some("redirect"), "{name}");
    }
}

#[test]
fn a_blocked_window_becomes_a_redirect_once_the_promise_is_kept() {
    let mut tab = Tab::new(1).blocking();
    tab.click(&with(alter_promised(), "whenBlocked", json!("redirect")));
    assert_eq!(tab.effects, ["open", "resolve"]);
    assert_eq!(tab.record("mode").as_deref(), Some("redirect"));
    tab.step(Event::Resolved, &json!("tok"), "");
    assert_eq!(tab.effects[2..], ["redirect", "tell_started"]);
}

#[test]
fn a_frame_is_never_redirected() {
    let framed = Device {
        framed: true,
        ..DESKTOP
    };
    let mut tab = Tab::new(1).on(framed).blocking();
    tab.click(&with(alter(), "whenBlocked", json!("redirect")));
    assert_eq!(tab.effects, ["open", "fail"]);
    assert_ended(&tab, "popup_blocked");
    let mut tab = Tab::new(1).on(framed);
    tab.click(&with(alter(), "mode", json!("redirect")));
    assert_eq!(tab.effects, ["fail"]);
    assert_ended(&tab, "redirect_error");
    let mut tab = Tab::new(1).on(Device {
        framed: true,
        ..PHONE
    });
    tab.click(&alter());
    assert_eq!(tab.effects, OPENED);
}

#[test]
fn a_phone_redirects() {
    for (name, options) in every_protocol() {
        let mut tab = Tab::on_phone();
        tab.click(&options);
        assert_eq!(tab.effects, ["redirect", "tell_started"], "{name}");
        assert_eq!(tab.records("redirect").len(), 1, "{name}");
    }
}

#[test]
fn a_phone_with_a_promise_resolves_it_and_redirects() {
    let mut tab = Tab::on_phone();
    tab.click(&alter_promised());
    assert_eq!(tab.effects, ["resolve"]);
    tab.step(Event::Resolved, &json!("tok"), "");
    assert_eq!(tab.effects[1..], ["redirect", "tell_started"]);
}

#[test]
fn a_redirect_that_cannot_be_remembered_does_not_go() {
    for (_, options) in every_protocol() {
        let mut tab = Tab::on_phone().forgetting();
        tab.click(&options);
        assert_eq!(tab.effects, ["redirect", "fail"], "nothing was started");
        assert_ended(&tab, "redirect_error");
        let mut tab = Tab::new(1).forgetting().blocking();
        tab.click(&with(options, "whenBlocked", json!("redirect")));
        assert_eq!(tab.effects, ["open", "redirect", "fail"]);
        assert_ended(&tab, "redirect_error");
    }
}

#[test]
fn a_window_works_without_storage() {
    let mut tab = Tab::new(1).forgetting();
    tab.click(&alter()).message(ALTER_ORIGIN, &alter_success());
    assert_ended(&tab, "success");
}

#[test]
fn every_attempt_has_a_state_of_256_bits_of_its_own() {
    let mut states = std::collections::BTreeSet::new();
    let mut tab = Tab::new(1);
    for _ in 0..100 {
        tab.click(&code());
        let (state, verifier) = (tab.state(), tab.record("code_verifier").expect("PKCE"));
        assert_eq!((state.len(), verifier.len()), (43, 43));
        assert!(
            state
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
            "AniAPI sends it back unescaped"
        );
        assert!(
            states.insert(state) && states.insert(verifier),
            "fresh each time, and none is another"
        );
        tab.happen(Event::Abort);
    }
}
