//! Each check of the core by its own name: what passes it, what does not, and the code that says so. The vectors have more.

use crate::samples::*;
use crate::tab::{CALLBACK, NOON, Tab};
use connect_widget::flow::machine::Event;
use serde_json::{Value, json};

/// How a click with these options ends, or `open`.
fn click(options: &Value) -> String {
    let mut tab = Tab::new(1);
    tab.click(options);
    tab.outcomes
        .first()
        .map_or("open", |outcome| outcome.code())
        .to_owned()
}

/// How a flow ends whose own window comes back; `{state}` is its state. `exchange` where it goes on with a code.
fn come_back(options: &Value, parameters: &str) -> String {
    let mut tab = Tab::new(1);
    tab.click(options);
    if options["token"].is_object() {
        tab.step(Event::Resolved, &json!("tok"), "");
    }
    let url = format!("{CALLBACK}{}", parameters.replace("{state}", &tab.state()));
    tab.returned(&url);
    let code = if tab.has_window() { "open" } else { "exchange" };
    tab.outcomes
        .first()
        .map_or(code, |outcome| outcome.code())
        .to_owned()
}

#[test]
fn check_common() {
    for (name, value) in [
        ("onSuccess", json!(1)),
        ("onError", json!("f")),
        ("onExit", json!([])),
        ("onEvent", json!({})),
        ("verify", json!(true)),
        ("exchange", json!("f")),
        ("mode", json!("tab")),
        ("whenBlocked", json!("wait")),
        ("timeout", json!(-1)),
    ] {
        assert_eq!(
            click(&with(alter(), name, value)),
            "invalid_options",
            "{name}"
        );
    }
    for (name, value) in [
        ("mode", json!("auto")),
        ("whenBlocked", json!("error")),
        ("timeout", json!(0)),
        ("onSuccess", json!({"$": "function"})),
    ] {
        assert_eq!(click(&with(alter(), name, value)), "open", "{name}");
    }
}

#[test]
fn check_endpoint() {
    for name in ["authorizationEndpoint", "tokenEndpoint", "redirectUri"] {
        for value in [
            json!(null),
            json!("/path"),
            json!("ftp://app.example/"),
            json!("https://app.example/#x"),
            json!(7),
        ] {
            assert_eq!(
                click(&with(code(), name, value.clone())),
                "invalid_options",
                "{name} {value}"
            );
        }
    }
}

#[test]
fn check_redirect_uri() {
    for uri in [
        "https://app.example.evil.example/",
        "http://app.example/",
        "https://app.example:444/",
        "https://evil.example/?https://app.example",
    ] {
        assert_eq!(
            click(&with(code(), "redirectUri", json!(uri))),
            "invalid_options",
            "{uri}"
        );
    }
    assert_eq!(
        click(&with(
            code(),
            "redirectUri",
            json!("https://APP.example:443/other")
        )),
        "open"
    );
}

#[test]
fn check_text() {
    for name in ["scope", "issuer"] {
        assert_eq!(
            click(&with(code(), name, json!(["a"]))),
            "invalid_options",
            "{name}"
        );
        assert_eq!(click(&with(code(), name, json!(""))), "open", "{name}");
    }
}

#[test]
fn check_state() {
    for state in [
        "",
        "&state=",
        "&state=AAAA",
        "&state={state}x",
        "&state=x&state={state}",
    ] {
        assert_eq!(
            come_back(&implicit(), &format!("#access_token=t{state}")),
            "state_mismatch",
            "{state}"
        );
    }
    assert_eq!(
        come_back(&implicit(), "#access_token=t&state={state}"),
        "success"
    );
}

#[test]
fn check_place() {
    assert_eq!(
        come_back(&implicit(), "?access_token=t&state={state}"),
        "invalid_response"
    );
    assert_eq!(
        come_back(&code(), "#code=c&state={state}"),
        "invalid_response"
    );
    for name in ["error", "code", "access_token", "id_token", "state", "iss"] {
        let value = if name == "state" { "{state}" } else { "v" };
        assert_eq!(
            come_back(
                &implicit(),
                &format!("#access_token=t&state={{state}}&{name}={value}&{name}={value}")
            ),
            "invalid_response",
            "{name}"
        );
    }
}

#[test]
fn check_issuer() {
    for iss in [
        "",
        "&iss=",
        "&iss=https%3A%2F%2Fevil.example",
        "&iss=https%3A%2F%2Fauth.anny.co%2F",
    ] {
        assert_eq!(
            come_back(&code(), &format!("?code=c&state={{state}}{iss}")),
            "issuer_mismatch",
            "{iss}"
        );
    }
    assert_eq!(
        come_back(
            &code(),
            "?code=c&state={state}&iss=https%3A%2F%2Fauth.anny.co"
        ),
        "exchange"
    );
}

#[test]
fn check_error() {
    assert_eq!(
        come_back(&implicit(), "#error=access_denied&state={state}"),
        "access_denied"
    );
    assert_eq!(
        come_back(&implicit(), "#error=&state={state}"),
        "oauth_error"
    );
    assert_eq!(
        come_back(&implicit(), "?error=access_denied&state={state}"),
        "access_denied"
    );
}

#[test]
fn has_nonce() {
    let openid = with(implicit(), "responseType", json!("id_token token"));
    for id_token in [
        "",
        "&id_token=",
        "&id_token=a.b.c",
        "&id_token=e30.eyJub25jZSI6IngifQ.e30",
        "&id_token={}",
    ] {
        assert_eq!(
            come_back(
                &openid,
                &format!("#access_token=t&state={{state}}{id_token}")
            ),
            "nonce_mismatch",
            "{id_token}"
        );
    }
}

#[test]
fn connect_state_differs() {
    assert_eq!(
        come_back(
            &alter_promised(),
            "?alter_connect_success=true&grant_id=g&provider=p&connect_state=AAAA"
        ),
        "state_mismatch"
    );
    assert_eq!(
        come_back(
            &alter_promised(),
            "?alter_connect_success=true&grant_id=g&provider=p&connect_state={state}"
        ),
        "success"
    );
    assert_eq!(
        come_back(
            &alter_promised(),
            "?alter_connect_success=true&grant_id=g&provider=p"
        ),
        "success"
    );
    assert_eq!(
        come_back(
            &alter(),
            "?alter_connect_success=true&grant_id=g&provider=p&connect_state=AAAA"
        ),
        "success",
        "it was never handed out"
    );
}

#[test]
fn has_own_state() {
    for (options, url, taken) in [
        (anon_bound(), anon_return("{\"user\":7}"), true),
        (anon_bound(), anon_return("{}"), false),
        (anon(), anon_return("{}"), false),
        (alter(), alter_return(), false),
    ] {
        let mut tab = Tab::new(1);
        tab.click(&options)
            .look_for(600.0, Event::Away)
            .relayed(&url);
        assert_eq!(!tab.is_open(), taken, "{url}");
    }
}

#[test]
fn has_expired() {
    for (minutes, options) in [(15.0, alter()), (60.0, anon())] {
        for (moment, expired) in [(-1.0, false), (0.0, true)] {
            let mut tab = Tab::on_phone();
            tab.click(&options);
            let url = right_return(&tab).expect("a URL");
            tab.now = NOON + minutes * 60_000.0 + moment;
            assert_eq!(!tab.come_back(&url), expired);
        }
    }
}

#[test]
fn params_repeat_nothing() {
    for name in [
        "client_id",
        "redirect_uri",
        "response_type",
        "state",
        "code_challenge",
        "code_challenge_method",
    ] {
        assert_eq!(
            click(&with(code(), "params", json!({name: "x"}))),
            "invalid_options",
            "{name}"
        );
    }
    assert_eq!(
        click(&with(code(), "params", json!({"prompt": "login"}))),
        "open"
    );
}
