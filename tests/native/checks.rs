//! One check of the core after the other: what passes it, what does not, and the code that says so. The vectors have more.

use crate::attempt::{self, Attempt, CALLBACK, Setting, end_of};
use crate::samples::*;
use crate::world::NOON;
use connect_widget::flow::machine::Event;
use connect_widget::flow::response::{Parameters, Via};
use connect_widget::flow::watch::{Sight, Watch};
use connect_widget::value::{self, Entries};
use connect_widget::world::{Url, World};
use serde_json::{Value, json};

/// How a click with these options ends, or `open`.
fn click(options: &Value) -> &'static str {
    match Setting::default().try_click(options) {
        Ok(attempt) if attempt.flow.is_waiting() => "open",
        Ok(attempt) => panic!("{:?}", attempt.said()),
        Err(_) => "invalid_options",
    }
}

/// How a flow ends whose own window comes back; `{state}` is its state. `exchange` where it goes on with a code.
fn come_back(options: &Value, parameters: &str) -> String {
    let mut attempt = attempt::click(options);
    if options["token"].is_object() {
        attempt.source(&json!("tok"));
    }
    let parameters = parameters.replace("{state}", &attempt.state());
    attempt.returned(&format!("{CALLBACK}{parameters}"), Via::OwnWindow);
    let code = if attempt.flow.is_waiting() {
        "open"
    } else {
        "exchange"
    };
    attempt
        .outcomes()
        .first()
        .map_or(code, |outcome| end_of(outcome))
        .to_owned()
}

#[test]
fn common_options_of_the_wrong_kind_are_refused() {
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
fn an_endpoint_is_an_absolute_url_without_a_fragment() {
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
fn a_landing_page_is_on_the_pages_own_origin() {
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
fn scope_and_issuer_are_texts() {
    for name in ["scope", "issuer"] {
        assert_eq!(
            click(&with(code(), name, json!(["a"]))),
            "invalid_options",
            "{name}"
        );
    }
    // An issuer identifier is a URL (RFC 8414 section 2). An empty one would be compared by the page that asked, and be none after
    // a reload.
    for (name, end) in [("scope", "open"), ("issuer", "invalid_options")] {
        assert_eq!(click(&with(code(), name, json!(""))), end, "{name}");
    }
}

#[test]
fn an_answer_with_another_state_is_a_mismatch() {
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
fn an_answer_stands_where_it_was_asked_for_and_says_everything_once() {
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
fn an_answer_names_the_issuer_where_it_is_known() {
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
fn an_error_keeps_its_code() {
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
fn an_id_token_without_this_attempts_nonce_is_a_mismatch() {
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
fn a_connect_state_counts_once_it_was_handed_out() {
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

/// Whatever this library puts into the URL by itself, the endpoint may not have too.
#[test]
fn the_endpoint_has_none_of_our_parameters() {
    let both = with(implicit(), "responseType", json!("id_token token"));
    for options in [code(), implicit(), both] {
        let options = with(options, "scope", json!("email"));
        let endpoint = options["authorizationEndpoint"].as_str().expect("a URL");
        let url = url::Url::parse(attempt::click(&options).address()).expect("a URL");
        let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into()).collect();
        assert!(names.len() >= 5, "{names:?}");
        for name in names {
            let given = json!(format!("{endpoint}?tenant=1&{name}=x"));
            let invalid = Setting::default()
                .try_click(&with(options.clone(), "authorizationEndpoint", given))
                .err();
            assert_eq!(
                invalid.as_deref().and_then(attempt::option_of),
                Some("authorizationEndpoint"),
                "{name}"
            );
        }
    }
}

#[test]
fn an_attempt_expires_after_the_time_that_its_system_gives_it() {
    for (name, options) in every_protocol() {
        let minutes = if name == "alter-connect" { 15.0 } else { 60.0 };
        let attempt = attempt::click(&options);
        let transaction = attempt.flow.transaction();
        for (moment, expired) in [(-1.0, false), (0.0, true), (1.0, true)] {
            let now = NOON + minutes * 60_000.0 + moment;
            assert_eq!(transaction.has_expired(now), expired, "{name} {moment}");
        }
    }
}

#[test]
fn which_urls_are_opened_and_which_are_insecure() {
    let world = crate::world::TestWorld::new(NOON, 1);
    let url = |text: &str| world.parse_url(text).expect("a URL");
    for (text, is_web, is_insecure) in [
        ("https://as.example", true, false),
        ("http://as.example", true, true),
        ("http://127.0.0.1", true, false),
        ("http://127.255.255.255:1", true, false),
        ("http://128.0.0.1", true, true),
        ("http://127.0.0.1.example", true, true),
        ("http://127.0.0.x.example", true, true),
        ("http://localhost", true, false),
        ("http://a.localhost", true, false),
        ("http://localhost.example", true, true),
        ("http://alocalhost", true, true),
        ("http://[::1]", true, false),
        ("http://[::11]", true, true),
        ("httpx://as.example", false, false),
        ("wss://as.example", false, false),
        ("javascript:alert(1)", false, false),
        ("file:///etc", false, false),
    ] {
        let url = url(text);
        assert_eq!(
            (url.is_web(), url.is_insecure()),
            (is_web, is_insecure),
            "{text}"
        );
    }
    // A host that no URL parser gives, but that must not pass for a loopback address.
    for hostname in [
        "127.0.0.1.1",
        "127.0.0",
        "127.0.0.256",
        "127.0.0.",
        "127.x.0.1",
    ] {
        let url = Url {
            origin: "http://x".into(),
            hostname: hostname.into(),
            path: "/".into(),
            query: String::new(),
            has_fragment: false,
            has_credentials: false,
        };
        assert!(url.is_insecure(), "{hostname}");
    }
}

#[test]
fn parameters_are_read_by_name_and_the_first_counts() {
    let parameters = Parameters::parse(
        "a=1&b=&a=2&c&d=x+y%20z",
        &crate::world::TestWorld::new(NOON, 1),
    );
    assert_eq!(
        [
            parameters.get("a"),
            parameters.get("b"),
            parameters.get("c"),
            parameters.get("e")
        ],
        [Some("1"), Some(""), Some(""), None]
    );
    assert_eq!(
        [
            parameters.text("a"),
            parameters.text("b"),
            parameters.text("d")
        ],
        [Some("1"), None, Some("x y z")]
    );
    assert_eq!(
        ["a", "b", "e"].map(|name| parameters.repeats_any(&[name])),
        [true, false, false]
    );
    assert_eq!(
        crate::world::json_of(&parameters.pick(&["d", "e", "a"])),
        json!({"d": "x y z", "a": "1"})
    );
}

/// What the driver sends only where it was asked, in a phase in which nobody was.
#[test]
fn what_is_not_due_says_nothing() {
    for event in [
        Event::Opened,
        Event::Blocked,
        Event::SourceFailed,
        Event::Unverified,
        Event::VerifyFailed,
        Event::NetworkFailed,
        Event::Exchanged,
        Event::ExchangeFailed,
        Event::CameBack,
        Event::Focused,
        Event::Blurred,
    ] {
        let mut attempt: Attempt = attempt::click(&code());
        let said = attempt.said();
        attempt.step(event).token_answer(200, &tokens());
        assert_eq!(attempt.said(), said);
    }
}

#[test]
fn a_window_may_live_unless_the_focus_came_back_with_its_close() {
    let mut attempt = attempt::click(&stackone());
    attempt.step(Event::Blurred).look_for(3000.0, Sight::Away);
    assert!(
        attempt.flow.may_window_live(&attempt.world),
        "severed: the focus did not come back"
    );

    let mut attempt = attempt::click(&stackone());
    attempt.step(Event::Blurred).look_for(3000.0, Sight::Away);
    attempt.step(Event::Focused);
    assert!(
        !attempt.flow.may_window_live(&attempt.world),
        "closed: the focus came with it"
    );
}

/// A frame of the page's may have the focus without the page hearing of it.
#[test]
fn what_a_page_has_missed_of_the_focus() {
    let mut watch = Watch::default();
    watch.blur();
    assert!(
        !watch.find_focus(true),
        "under a driver the page has it all the time"
    );
    assert!(!watch.find_focus(false));
    assert!(watch.find_focus(true));

    watch.focus(1000.0);
    assert!(!watch.find_focus(true), "once");
    assert!(!watch.find_focus(false), "the user has left the frame");
    assert!(watch.find_focus(true), "and is back");

    watch.focus(2000.0);
    assert!(!watch.find_focus(false));
    watch.blur();
    watch.focus(3000.0);
    assert!(!watch.find_focus(false));
    assert!(
        !watch.find_focus(true),
        "an event is believed, whatever a look finds"
    );
}

#[test]
fn what_the_driver_asks_a_flow() {
    let mut attempt = attempt::click(&stackone());
    assert!(attempt.flow.has_verify());
    assert!(!attempt.flow.is_out_of_sight());
    assert!(attempt.flow.was_just_in_sight());
    attempt.look(Sight::Closed);
    assert!(attempt.flow.is_out_of_sight());

    // A message that was posted just before is there by the second look.
    attempt.look(Sight::Closed);
    assert!(attempt.flow.was_just_in_sight());
    attempt.look(Sight::Closed);
    assert!(!attempt.flow.was_just_in_sight());

    // Once the app was told, looks are seconds apart, and end with the first that sees it closed.
    let mut attempt = attempt::click(&with(alter(), "timeout", json!(100)));
    attempt.look_for(200.0, Sight::Away);
    assert!(attempt.flow.is_detached() && attempt.flow.was_just_in_sight());
    attempt.look(Sight::Closed);
    assert!(!attempt.flow.was_just_in_sight());

    let mut attempt = attempt::click(&alter_promised());
    assert!(!attempt.flow.has_verify());
    assert!(attempt.flow.is_resolving());
    attempt.source(&json!("token"));
    assert!(!attempt.flow.is_resolving());
}

#[test]
fn a_window_is_on_the_way_from_when_it_is_sent_until_it_was_on_its_page_for_a_while() {
    let mut attempt = attempt::click(&alter_promised());
    assert!(!attempt.flow.is_on_the_way(&attempt.world), "not sent yet");
    attempt.source(&json!("token"));
    attempt.look_for(1000.0, Sight::Blank);
    assert!(attempt.flow.is_on_the_way(&attempt.world), "still blank");
    attempt.world.advance(1000.0);
    attempt.look(Sight::Away);
    attempt.world.advance(999.0);
    assert!(
        attempt.flow.is_on_the_way(&attempt.world),
        "it may be sent on"
    );
    attempt.world.advance(1.0);
    assert!(!attempt.flow.is_on_the_way(&attempt.world), "there");
}

/// The user may be back in the app a moment before its window is seen to be closed.
#[test]
fn a_click_after_the_focus_came_back_with_the_close_begins_no_new_grace_period() {
    let came_back = |first: f64, times: &[f64]| {
        let mut watch = Watch::default();
        watch.depart();
        watch.look(0.0, Sight::Away);
        watch.blur();
        watch.focus(first);
        watch.look(1000.0, Sight::Closed);
        times.iter().for_each(|time| watch.focus(*time));
        format!("{watch:?}")
    };
    assert_eq!(came_back(700.0, &[1500.0, 2500.0]), came_back(700.0, &[]));
    assert_eq!(
        came_back(100.0, &[1500.0, 2500.0]),
        came_back(1500.0, &[]),
        "the user was elsewhere again since"
    );
}

#[test]
fn entries_stand_in_their_order() {
    let mut entries = Entries::default();
    entries.add("a", value::Value::Null);
    entries.push("b".to_owned(), value::Value::Null);
    let names = entries.build();
    assert_eq!(
        names
            .entries()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
}
