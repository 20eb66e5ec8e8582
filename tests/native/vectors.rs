//! The vectors in `tests/vectors`, one folder per protocol: what options make of the address and the transaction, and what
//! a message, a returned URL or a token response makes of the outcome. `tests/vectors/README.md` describes the files.

use crate::page::Parameters;
use crate::tab::{NOON, Outcome, PHONE, Tab};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connect_widget::flow::machine::Event;
use connect_widget::protocol::PROTOCOLS;
use serde_json::{Value, json};
use sha2::Digest;
use std::path::PathBuf;

fn folder(protocol: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(protocol)
}

/// Every case of a file, or none where a protocol has no such file.
fn cases(protocol: &str, file: &str) -> Vec<Value> {
    let path = folder(protocol).join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Vec::new();
    };
    let content: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let samples = content["options"].clone();
    let mut cases = content["cases"]
        .as_array()
        .expect("cases is a list")
        .clone();
    for case in &mut cases {
        if let Some(name) = case["options"].as_str() {
            case["options"] = samples[name].clone();
        }
        assert!(
            case["options"].is_object(),
            "{protocol}/{file}: {} has no options",
            case["name"]
        );
    }
    assert!(!cases.is_empty(), "{protocol}/{file} is empty");
    cases
}

/// What a vector cannot know: this attempt's random values.
struct Placeholders(Vec<(&'static str, String)>);

impl Placeholders {
    fn of(tab: &Tab) -> Placeholders {
        let field = |name: &str| tab.record(name).unwrap_or_default();
        let id_token = |nonce: &str| {
            let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
            [
                part(json!({"alg": "RS256"})),
                part(json!({"sub": "7", "nonce": nonce})),
                "c2lnbmF0dXJl".into(),
            ]
            .join(".")
        };
        Placeholders(vec![
            ("{state}", field("state")),
            ("{nonce}", field("nonce")),
            ("{code_verifier}", field("code_verifier")),
            (
                "{code_challenge}",
                URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(field("code_verifier"))),
            ),
            ("{id_token}", id_token(&field("nonce"))),
            ("{foreign_id_token}", id_token("another attempt's")),
        ])
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }

    fn fill_all(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.fill(text).into(),
            Value::Array(items) => items.iter().map(|item| self.fill_all(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), self.fill_all(value)))
                .collect(),
            other => other.clone(),
        }
    }
}

fn each(file: &str, at_least: &[&str], run: impl Fn(&str, &Value)) {
    for protocol in PROTOCOLS.map(|(name, _)| name.as_str()) {
        let cases = cases(protocol, file);
        assert!(
            !cases.is_empty() || !at_least.contains(&protocol),
            "{protocol} has no {file}"
        );
        for case in cases {
            let name = format!(
                "{protocol}/{file}: {}",
                case["name"].as_str().expect("a case has a name")
            );
            run(&name, &case);
        }
    }
}

/// A flow whose window is open, or that went by redirect, with the fields of its transaction that the case sets.
fn begin(case: &Value) -> Tab {
    let mut tab = Tab::new(case["name"].as_str().map_or(0, str::len) as u64);
    if case["device"] == "phone" {
        tab.device = PHONE;
    }
    tab.click(&case["options"]);
    if case["resolved"] != Value::Null {
        tab.step(Event::Resolved, &case["resolved"], "");
    }
    for (field, value) in case["transaction"].as_object().into_iter().flatten() {
        let mut record = tab.world().record.borrow_mut();
        record.0.retain(|(known, _)| known != field);
        if let Some(value) = value.as_str() {
            record.set(field, value);
        }
    }
    tab
}

#[test]
fn requests() {
    let all = PROTOCOLS.map(|(name, _)| name.as_str());
    each("requests.json", &all, |name, case| {
        let mut tab = begin(case);
        if let Some(option) = case["invalid"].as_str() {
            let Some(Outcome::Failure { code, message, .. }) = tab.outcomes.first() else {
                panic!("{name}: {:?}", tab.outcomes);
            };
            assert_eq!(
                (code.as_str(), message.as_str()),
                (
                    "invalid_options",
                    format!("Option {option} is missing or not valid").as_str()
                ),
                "{name}"
            );
            let opened = tab.effects.contains(&"open");
            assert_eq!(
                opened,
                case["resolved"] != Value::Null,
                "{name}: an invalid option opens no window"
            );
            return;
        }
        assert!(tab.is_open(), "{name}: {:?}", tab.outcomes);
        let placeholders = Placeholders::of(&tab);
        if let Some(address) = case["address"].as_str() {
            assert_eq!(tab.address(), placeholders.fill(address), "{name}");
        }
        for (field, value) in case["noted"].as_object().into_iter().flatten() {
            let expected = value.as_str().map(|text| placeholders.fill(text));
            assert_eq!(tab.record(field), expected, "{name}: {field}");
        }
        if let Some(promised) = case["promised"].as_bool() {
            assert_eq!(tab.effects.contains(&"resolve"), promised, "{name}");
        }
        let minutes = case["minutes"]
            .as_f64()
            .unwrap_or(if name.starts_with("alter") {
                15.0
            } else {
                60.0
            });
        assert_eq!(
            tab.record("expires"),
            Some((NOON + minutes * 60_000.0).to_string()),
            "{name}"
        );
        tab.happen(Event::Abort);
        assert_eq!(tab.outcomes.len(), 1);
    });
}

/// Compares how a flow went on with what a case expects.
fn compare(name: &str, case: &Value, tab: &Tab, placeholders: &Placeholders) {
    let expected = placeholders.fill_all(&case["expect"]);
    let outcome = tab.outcomes.first();
    if expected == "ignored" {
        assert!(tab.is_open() && outcome.is_none(), "{name}: {outcome:?}");
        assert!(
            tab.world().has_built_nothing(),
            "{name}: an ignored answer leaves nothing behind"
        );
        assert!(
            !tab.session.is_empty(),
            "{name}: an ignored answer uses nothing up"
        );
        return;
    }
    if let Some(form) = expected.get("token_request").or(expected.get("exchange")) {
        let asked = if expected.get("exchange").is_some() {
            "exchange"
        } else {
            "request_token"
        };
        assert_eq!(
            tab.effects[tab.effects.len() - 2..],
            ["close_window", asked],
            "{name}"
        );
        let sent: serde_json::Map<_, _> = Parameters::parse(&tab.address())
            .0
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect();
        assert_eq!(Value::Object(sent), *form, "{name}");
        assert!(
            tab.session.is_empty(),
            "{name}: the record is used up before anything is awaited"
        );
        return;
    }
    assert!(
        !tab.is_open() && tab.session.is_empty(),
        "{name}: the flow has ended and left no record"
    );
    match outcome {
        Some(Outcome::Success(result)) => {
            assert_eq!(json!({"success": result}), expected, "{name}")
        }
        Some(Outcome::Failure {
            code,
            message,
            details,
        }) => {
            assert_eq!(
                Some(code.as_str()),
                expected["error"].as_str(),
                "{name}: {message}"
            );
            if let Some(words) = expected["message"].as_str() {
                assert_eq!(message, words, "{name}");
            }
            assert_eq!(*details, expected["details"], "{name}");
        }
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn messages() {
    each("messages.json", &["alter-connect"], |name, case| {
        let mut tab = begin(case);
        let placeholders = Placeholders::of(&tab);
        tab.step(Event::Message, &placeholders.fill_all(&case["message"]), "");
        compare(name, case, &tab, &placeholders);
    });
}

#[test]
fn responses_in_a_window() {
    each(
        "responses.json",
        &[
            "alter-connect",
            "anon-link",
            "stackone-link",
            "implicit",
            "code",
        ],
        |name, case| {
            let mut tab = begin(case);
            let placeholders = Placeholders::of(&tab);
            tab.returned(&placeholders.fill(case["returned"].as_str().expect("a URL")));
            compare(name, case, &tab, &placeholders);
        },
    );
}

/// The same answers after a full-page redirect, judged by nothing but the record. One that is refused in a window because
/// of its state finds no record here, and is left alone.
#[test]
fn responses_after_a_redirect() {
    each("responses.json", &[], |name, case| {
        let mut tab = begin(&{
            let mut case = case.clone();
            case["device"] = "phone".into();
            case
        });
        let placeholders = Placeholders::of(&tab);
        let (key, record) = tab.records("redirect").remove(0);
        let record = record.0.iter().filter(|(field, _)| {
            !case["transaction"]
                .as_object()
                .is_some_and(|set| set.contains_key(field))
        });
        let mut record = Parameters(record.cloned().collect());
        for (field, value) in case["transaction"].as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                record.set(field, value);
            }
        }
        tab.session.insert(key, record.to_string());
        let answered = tab.come_back(&placeholders.fill(case["returned"].as_str().expect("a URL")));
        if !answered {
            let refused =
                case["expect"]["error"] == "state_mismatch" || case["expect"] == "ignored";
            assert!(refused, "{name}: lost");
            assert_eq!(
                tab.records("redirect").len(),
                1,
                "{name}: an answer to nothing leaves the record alone"
            );
            return;
        }
        compare(name, case, &tab, &placeholders);
    });
}

#[test]
fn token_responses() {
    each("tokens.json", &["code"], |name, case| {
        let mut tab = begin(case);
        let placeholders = Placeholders::of(&tab);
        tab.returned(&placeholders.fill("https://app.example/callback?code=c&state={state}"));
        assert!(tab.is_open(), "{name}: {:?}", tab.outcomes);
        tab.token_response(&case["response"]);
        compare(name, case, &tab, &placeholders);
        let mut refreshing = Tab::new(1);
        refreshing.refresh(&json!({"tokenEndpoint": "https://as.example/token", "clientId": "c", "refreshToken": "r"}));
        refreshing.token_response(&case["response"]);
        assert_eq!(
            refreshing.outcomes, tab.outcomes,
            "{name}: a refresh reads it the same way"
        );
    });
}
