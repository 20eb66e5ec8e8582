//! Refreshing a token (RFC 6749 section 6): the request, and the options that it is made of. What a server answers is in the
//! vectors (`tokens.json`); who waits for whom is the browser floor's.

use crate::attempt::{APP, option_of};
use crate::samples::with;
use crate::world::{NOON, Options, TestWorld, json_of};
use connect_widget::error::Failure;
use connect_widget::flow::transaction::BodyFormat;
use connect_widget::options::Rules;
use connect_widget::protocol::TokenRequest;
use serde_json::{Value, json};

fn options() -> Value {
    json!({"tokenEndpoint": "https://as.example/token", "clientId": "a b", "refreshToken": "tGz+/="})
}

fn refresh_where(options: &Value, allow_insecure: bool) -> Result<Box<TokenRequest>, Box<Failure>> {
    let world = TestWorld::new(NOON, 1);
    let rules = Rules {
        world: &world,
        own_origin: APP,
        allow_insecure,
    };
    TokenRequest::refresh(&Options(options), rules)
}

fn refresh(options: &Value) -> Result<Box<TokenRequest>, Box<Failure>> {
    refresh_where(options, false)
}

#[test]
fn the_request_is_rfc_6749s() {
    let request = refresh(&options()).expect("a request");
    assert_eq!(request.endpoint.url, "https://as.example/token");
    assert_eq!(request.endpoint.format, BodyFormat::Form);
    assert_eq!(
        request.form(&TestWorld::new(NOON, 1)),
        "grant_type=refresh_token&refresh_token=tGz%2B%2F%3D&client_id=a%20b"
    );
    let object =
        json!({"grant_type": "refresh_token", "refresh_token": "tGz+/=", "client_id": "a b"});
    assert_eq!(json_of(&request.parameters), object);
    assert_eq!(request.refresh_token(), Some("tGz+/="));
}

#[test]
fn scope_and_json_as_asked() {
    let asked = with(options(), "scope", json!("read write"));
    let request = refresh(&with(asked, "tokenRequest", json!("json"))).expect("a request");
    assert!(
        request
            .form(&TestWorld::new(NOON, 1))
            .ends_with("&scope=read%20write")
    );
    assert_eq!(request.endpoint.format, BodyFormat::Json);
    let asked = with(options(), "scope", json!(""));
    let request = refresh(&with(asked, "tokenRequest", json!("form"))).expect("a request");
    assert!(
        request
            .form(&TestWorld::new(NOON, 1))
            .ends_with("client_id=a%20b")
    );
    assert_eq!(request.endpoint.format, BodyFormat::Form);
}

#[test]
fn only_a_flows_scope_that_is_refused_is_asked_for_no_more() {
    let world = TestWorld::new(NOON, 1);
    let refusal =
        |code| Failure::by_provider(Some(code), None, connect_widget::value::Value::Absent);
    let refused = refusal("invalid_scope");
    let narrow = with(options(), "scope", json!("a b"));
    let of_flow = |options| {
        with(
            options,
            "authorizationEndpoint",
            json!("https://as.example/authorize"),
        )
    };
    let without = refresh(&options()).expect("a request").form(&world);
    let mut request = refresh(&of_flow(narrow.clone())).expect("a request");
    assert!(!request.leave_scope_out(&refusal("invalid_grant")));
    assert_ne!(request.form(&world), without);
    assert!(request.leave_scope_out(&refused));
    assert_eq!(request.form(&world), without);
    assert!(!request.leave_scope_out(&refused), "once");
    for options in [narrow, of_flow(options())] {
        let mut request = refresh(&options).expect("a request");
        assert!(!request.leave_scope_out(&refused), "{options}");
    }
}

#[test]
fn a_missing_or_wrong_option_is_named() {
    for (name, value) in [
        ("tokenEndpoint", json!("as.example")),
        ("tokenEndpoint", json!(null)),
        ("tokenEndpoint", json!("https://as.example/token#x")),
        ("tokenEndpoint", json!("http://as.example/token")),
        ("clientId", json!(7)),
        ("clientId", json!("")),
        ("refreshToken", json!(null)),
        ("refreshToken", json!("")),
        ("scope", json!(["read"])),
        ("tokenRequest", json!("xml")),
    ] {
        let invalid = refresh(&with(options(), name, value.clone())).expect_err("it is refused");
        assert_eq!(option_of(&invalid), Some(name), "{value}");
    }
}

#[test]
fn plain_http_is_refused_unless_it_stays_here_or_the_app_says_so() {
    let insecure = with(options(), "tokenEndpoint", json!("http://as.example/token"));
    assert!(refresh(&insecure).is_err() && refresh_where(&insecure, true).is_ok());
    let here = with(
        options(),
        "tokenEndpoint",
        json!("http://127.0.0.1:4405/token"),
    );
    assert!(refresh(&here).is_ok());
}
