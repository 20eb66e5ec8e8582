//! Whose is this URL? `tests/vectors/owner.json` asks Rust here, and JavaScript in `tests/shell/owner.test.mjs`.

use crate::attempt::{CALLBACK, OWN_RELAY, RELAY, click};
use crate::samples::*;
use crate::vectors::read_json;
use crate::world::{NOON, json_of, parse_response, value_of};
use connect_widget::flow::response::{Ownership, Via};
use connect_widget::flow::transaction::{Mark, Transaction};
use serde_json::{Value, json};

fn table() -> Value {
    read_json("tests/vectors/owner.json").expect("a table")
}

#[test]
fn the_tables_records_are_what_the_protocols_tell_other_pages() {
    for (name, record) in table()["records"].as_object().expect("records") {
        let attempt = click(&record["options"]);
        let mut mark = json_of(&attempt.flow.transaction().mark(Mark::UnderWay));
        assert!(mark["expires"].is_number(), "{name}");
        mark.as_object_mut().expect("an object").remove("expires");
        assert_eq!(mark, record["mark"], "{name}");
    }
}

#[test]
fn each_url_has_its_owner() {
    let table = table();
    let state = table["state"].as_str().expect("a state");
    for case in table["cases"].as_array().expect("cases") {
        let mut record =
            json!({"state": state, "protocol": "any", "mode": "popup", "expires": NOON});
        let mark = &table["records"][case["record"].as_str().expect("a name")]["mark"];
        for (name, value) in mark.as_object().expect("a mark") {
            record[name] = value.clone();
        }
        let transaction = Transaction::parse(&value_of(&record)).expect("a record");
        let href = case["href"].as_str().expect("a URL");
        let url = parse_response(&href.replace("{state}", state), &transaction);
        let ownership = url.ownership(&transaction);
        let ownership = ownership.map(|ownership| match ownership {
            Ownership::Proven => "proven",
            Ownership::Open => "open",
            Ownership::Unproven => "unproven",
        });
        assert_eq!(
            json!(ownership),
            case["ownership"],
            "{}: {href}",
            case["name"]
        );
    }
}

/// Which claims are believed, by the way that the URL came.
#[test]
fn a_link_from_elsewhere_proves_nothing() {
    let right = |options: &Value| {
        let attempt = click(options);
        let url = right_return(&attempt).expect("a URL");
        (attempt, url)
    };
    let everywhere = [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY];
    for options in [alter(), alter_bound(), anon_bound(), implicit(), code()] {
        let (attempt, url) = right(&options);
        for via in everywhere {
            let transaction = attempt.flow.transaction();
            let is_admitted = parse_response(&url, transaction).is_admitted(transaction, via);
            assert!(is_admitted, "proven, by {via:?}: {url}");
        }
    }
    for (options, url) in [(alter(), alter_return()), (anon(), anon_return("{}"))] {
        let (attempt, _) = right(&options);
        let believed = everywhere.map(|via| {
            let transaction = attempt.flow.transaction();
            parse_response(&url, transaction).is_admitted(transaction, via)
        });
        assert_eq!(believed, [true, true, true, false], "open: {url}");
    }
    for (options, url) in [
        (alter_bound(), alter_return()),
        (anon_bound(), anon_return("{}")),
        (implicit(), implicit_return("AAAA")),
        (code(), code_return("AAAA")),
    ] {
        let (attempt, _) = right(&options);
        let believed = everywhere.map(|via| {
            let transaction = attempt.flow.transaction();
            parse_response(&url, transaction).is_admitted(transaction, via)
        });
        assert_eq!(believed, [true, false, false, false], "unproven: {url}");
    }
    for (_, options) in every_protocol() {
        let attempt = click(&options);
        for url in [CALLBACK, "https://app.example/login?error=1", "", "?", "#"] {
            let transaction = attempt.flow.transaction();
            let url = parse_response(url, transaction);
            let believed = everywhere.map(|via| url.is_admitted(transaction, via));
            assert_eq!(believed, [false; 4], "{url:?}");
        }
    }
}
