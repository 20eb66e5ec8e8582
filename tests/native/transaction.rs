//! What is remembered of an attempt: whole after it was stored, nothing where it is spoilt, and no more than is needed where
//! every page of the origin can read it.

use crate::attempt::{Attempt, Setting, click};
use crate::samples::*;
use crate::world::{json_of, parse_response, value_of};
use connect_widget::flow::transaction::{Mark, Transaction};
use connect_widget::secret::Secret;
use serde_json::{Value, json};

fn every_attempt() -> Vec<Attempt> {
    let openid = with(implicit(), "responseType", json!("id_token token"));
    let by_app = with(code(), "exchange", json!({"$": "function"}));
    let in_json = with(code(), "tokenRequest", json!("json"));
    let more = [
        ("", alter_bound()),
        ("", alter_promised()),
        ("", anon_bound()),
        ("", openid),
        ("", by_app),
        ("", in_json),
    ];
    let all = every_protocol().into_iter().chain(more);
    all.flat_map(|(_, options)| [click(&options), Setting::on_phone().click(&options)])
        .collect()
}

#[test]
fn it_is_read_as_it_was_written() {
    for attempt in every_attempt() {
        let transaction = attempt.flow.transaction();
        let text = json_of(&transaction.record()).to_string();
        let stored: Value = serde_json::from_str(&text).expect("JSON");
        let read = Transaction::parse(&value_of(&stored));
        assert_eq!(read.as_deref(), Some(transaction), "{text}");
    }
}

#[test]
fn members_of_other_versions_are_passed_over() {
    let attempt = click(&code());
    let mut stored = json_of(&attempt.flow.transaction().record());
    stored["response"] = json!("https://app.example/cb?code=c");
    stored["claimed"] = json!(17.5);
    stored["later"] = json!({"a": []});
    let read = Transaction::parse(&value_of(&stored));
    assert_eq!(read.as_deref(), Some(attempt.flow.transaction()));
}

#[test]
fn what_is_spoilt_is_none() {
    let whole = json_of(&click(&code()).flow.transaction().record());
    let nothing = [
        json!(null),
        json!(7),
        json!(""),
        json!("x"),
        json!([]),
        json!({}),
        json!(true),
    ];
    for spoilt in &nothing {
        assert_eq!(Transaction::parse(&value_of(spoilt)), None, "{spoilt}");
    }
    for name in ["state", "protocol", "mode", "expires", "binding", "answers"] {
        for spoilt in &nothing {
            let is_of_its_kind = match name {
                "state" | "protocol" => *spoilt == json!("x"),
                "expires" => spoilt.is_number(),
                "answers" => spoilt.is_array(),
                _ => false,
            };
            let record = with(whole.clone(), name, spoilt.clone());
            let read = Transaction::parse(&value_of(&record));
            assert_eq!(read.is_some(), is_of_its_kind, "{name}: {spoilt}");
        }
    }
    for (name, spoilt) in [
        ("mode", "tab"),
        ("mode", "Popup"),
        ("binding", "State"),
        ("binding", "none"),
    ] {
        let record = with(whole.clone(), name, json!(spoilt));
        assert_eq!(
            Transaction::parse(&value_of(&record)),
            None,
            "{name}: {spoilt}"
        );
    }
    for name in ["client_id", "redirect_uri"] {
        let mut record = whole.clone();
        record["oauth"][name] = json!(7);
        let read = Transaction::parse(&value_of(&record)).expect("a record");
        assert_eq!(
            read.oauth, None,
            "without its {name} there is no authorization request"
        );
    }
}

#[test]
fn an_answer_that_is_no_text_is_left_out() {
    let record = with(
        json_of(&click(&alter()).flow.transaction().record()),
        "answers",
        json!(["a", 7, "", null, "b"]),
    );
    let read = Transaction::parse(&value_of(&record)).expect("a record");
    assert_eq!(read.answers, ["a", "b"]);
}

#[test]
fn a_mark_says_whose_a_url_is_and_nothing_more() {
    for attempt in every_attempt() {
        let mark = json_of(&attempt.flow.transaction().mark(Mark::UnderWay));
        for name in ["expires", "binding", "answers"] {
            assert!(
                mark.get(name).is_some_and(|value| !value.is_null()),
                "{name}"
            );
        }
        let known = ["expires", "binding", "landing", "answers", "bound"];
        for name in mark.as_object().expect("an object").keys() {
            assert!(known.contains(&name.as_str()), "{name}");
        }
        let text = mark.to_string();
        assert!(
            !text.contains(&attempt.state()),
            "the state is the key of its store: {text}"
        );
    }
}

#[test]
fn the_mark_of_an_attempt_whose_result_is_here_says_so_and_still_whose_a_url_is() {
    for attempt in every_attempt() {
        let transaction = attempt.flow.transaction();
        let mut ended = json_of(&transaction.mark(Mark::Ended));
        let flag = ended.as_object_mut().expect("an object").remove("ended");
        assert_eq!(flag, Some(json!(true)));
        assert_eq!(ended, json_of(&transaction.mark(Mark::UnderWay)));
    }
}

#[test]
fn the_flag_of_a_redirect_says_until_when_alone() {
    for attempt in every_attempt() {
        let transaction = attempt.flow.transaction();
        let flag = json_of(&transaction.mark(Mark::Flag));
        let names: Vec<_> = flag.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["expires"]);
        assert_eq!(flag["expires"].as_f64(), Some(transaction.expires));
    }
}

#[test]
fn a_code_that_only_the_app_can_use_needs_its_exchange() {
    let by_app = json!({"$": "function"});
    let without_endpoint = with(
        with(code(), "tokenEndpoint", json!(null)),
        "exchange",
        by_app,
    );
    for (options, needs) in [
        (without_endpoint, true),
        (code(), false),
        (implicit(), false),
        (alter(), false),
    ] {
        let attempt = click(&options);
        assert_eq!(
            attempt.flow.transaction().needs_exchange(),
            needs,
            "{options}"
        );
    }
}

#[test]
fn no_secret_is_in_its_debug_output() {
    for attempt in every_attempt() {
        let transaction = attempt.flow.transaction();
        let text = format!("{transaction:?}");
        let oauth = transaction.oauth.clone().unwrap_or_default();
        let secrets = [
            Some(&transaction.state),
            oauth.nonce.as_ref(),
            oauth.code_verifier.as_ref(),
        ];
        let secrets = secrets.into_iter().flatten().map(Secret::expose);
        for secret in secrets.chain(transaction.binding.bound_to()) {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn no_parameter_of_a_returned_url_is_in_its_debug_output() {
    let url = parse_response(
        "https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA#access_token=t0k3n",
        click(&code()).flow.transaction(),
    );
    for text in [
        format!("{url:?}"),
        format!("{:?}", url.query),
        format!("{:?}", url.fragment),
    ] {
        assert!(
            !text.contains("SplxlOBeZQQYbYS6WxSbIA") && !text.contains("t0k3n"),
            "{text}"
        );
    }
}
