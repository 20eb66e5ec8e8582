//! Refreshing a token (RFC 6749 section 6).

use super::*;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use serde_json::json;

fn options() -> serde_json::Value {
    json!({"tokenEndpoint": "https://as.example/token", "clientId": "a b", "refreshToken": "tGz+/="})
}

#[test]
fn the_request_is_rfc_6749s() {
    let mut tab = Tab::new(1);
    tab.refresh(&options());
    assert_eq!(tab.effects, ["request_token"]);
    assert_eq!(
        tab.address(),
        "grant_type=refresh_token&refresh_token=tGz%2B%2F%3D&client_id=a%20b"
    );
    assert_eq!(
        tab.record("token_endpoint").as_deref(),
        Some("https://as.example/token")
    );
    assert_eq!(tab.record("token_request"), None);
}

#[test]
fn scope_and_json_as_asked() {
    let mut tab = Tab::new(1);
    tab.refresh(&with(
        with(options(), "scope", json!("read write")),
        "tokenRequest",
        json!("json"),
    ));
    assert!(tab.address().ends_with("&scope=read%20write"));
    assert_eq!(tab.record("token_request").as_deref(), Some("json"));
    let mut tab = Tab::new(1);
    tab.refresh(&with(
        with(options(), "scope", json!("")),
        "tokenRequest",
        json!("form"),
    ));
    assert!(tab.address().ends_with("client_id=a%20b"));
    assert_eq!(tab.record("token_request").as_deref(), Some("form"));
}

#[test]
fn a_missing_or_wrong_option_is_named() {
    for (name, value) in [
        ("tokenEndpoint", json!("as.example")),
        ("tokenEndpoint", json!(null)),
        ("clientId", json!(7)),
        ("clientId", json!("")),
        ("refreshToken", json!(null)),
        ("refreshToken", json!("")),
        ("tokenRequest", json!("xml")),
    ] {
        let mut tab = Tab::new(1);
        tab.refresh(&with(options(), name, value));
        let [Outcome::Failure { code, message, .. }] = &tab.outcomes[..] else {
            panic!("{:?}", tab.outcomes)
        };
        assert_eq!(
            (code.as_str(), message.as_str()),
            (
                "invalid_options",
                format!("Option {name} is missing or not valid").as_str()
            )
        );
        assert!(!tab.effects.contains(&"request_token"));
    }
}

#[test]
fn it_ends_with_tokens_or_with_the_servers_words() {
    let mut tab = Tab::new(1);
    tab.refresh(&options()).token_response(&tokens());
    assert_ended(&tab, "success");
    let mut tab = Tab::new(1);
    tab.refresh(&options())
        .token_response(&json!({"error": "invalid_grant"}));
    assert_ended(&tab, "invalid_grant");
    let mut tab = Tab::new(1);
    tab.refresh(&options()).happen(Event::NetworkFailed);
    assert_ended(&tab, "network_error");
    let mut tab = Tab::new(1);
    tab.refresh(&options()).happen(Event::Abort);
    assert_ended(&tab, "aborted");
}

#[test]
fn nothing_but_the_token_endpoint_ends_it() {
    let mut tab = Tab::new(1);
    tab.refresh(&options());
    for event in [
        Event::Blank,
        Event::Away,
        Event::Closed,
        Event::Opened,
        Event::Resolved,
        Event::Returned,
        Event::Relayed,
        Event::Message,
        Event::Focus,
        Event::Blur,
        Event::Unverified,
    ] {
        tab.now += 60_000.0;
        tab.step(event, &alter_success(), &alter_return());
        assert_open(&tab);
    }
}

#[test]
fn what_comes_back_to_the_app_meanwhile_is_no_answer_to_a_refresh() {
    let mut tab = Tab::new(1);
    tab.refresh(&options());
    for event in [Event::Returned, Event::Relayed] {
        tab.step(event, &json!(null), "https://app.example/?code=c&state=s");
    }
    tab.step(
        Event::TokenResponse,
        &json!({"access_token": "new", "token_type": "bearer"}),
        "",
    );
    assert_eq!(tab.outcomes.len(), 1);
    assert!(
        matches!(tab.outcomes[0], Outcome::Success(_)),
        "{:?}",
        tab.outcomes
    );
}
