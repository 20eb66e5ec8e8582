//! The vectors in `tests/vectors`, one folder per protocol: what options make of the address and the transaction, and what
//! a message, a returned URL or a token answer makes of the outcome. `tests/vectors/README.md` describes the files.

use crate::attempt::*;
use crate::samples::every_protocol;
use crate::world::{NOON, json_of, parse_response, value_of};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::response::Via;
use connect_widget::flow::transaction::Transaction;
use connect_widget::protocol::{PROTOCOLS, TokenAnswer, find_protocol, read_token_answer};
use connect_widget::result::{Outcome, Success};
use serde_json::{Value, json};
use sha2::Digest;
use std::path::{Path, PathBuf};

/// A file of this repository as JSON.
pub fn read_json(path: impl AsRef<Path>) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&path).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Every case of a file, or none where a protocol has no such file.
fn cases(protocol: &str, file: &str) -> Vec<Value> {
    let Some(content) = read_json(Path::new("tests/vectors").join(protocol).join(file)) else {
        return Vec::new();
    };
    let mut cases = content["cases"]
        .as_array()
        .expect("cases is a list")
        .clone();
    for case in &mut cases {
        if let Some(name) = case["options"].as_str() {
            case["options"] = content["options"][name].clone();
        }
        let name = &case["name"];
        assert!(
            case["options"].is_object(),
            "{protocol}/{file}: {name} has no options"
        );
    }
    assert!(!cases.is_empty(), "{protocol}/{file} is empty");
    cases
}

/// Runs every case of every protocol's file. These protocols must have one.
fn each(file: &str, at_least: &[&str], run: impl Fn(&str, &Value)) {
    for protocol in PROTOCOLS.iter().map(|protocol| protocol.name()) {
        let cases = cases(protocol, file);
        let may_be_missing = !at_least.contains(&protocol);
        assert!(
            !cases.is_empty() || may_be_missing,
            "{protocol} has no {file}"
        );
        for case in cases {
            let name = case["name"].as_str().expect("a case has a name");
            run(&format!("{protocol}/{file}: {name}"), &case);
        }
    }
}

/// What a vector cannot know: this attempt's random values.
struct Placeholders(Vec<(&'static str, String)>);

impl Placeholders {
    fn of(transaction: &Transaction) -> Placeholders {
        let oauth = transaction.oauth.clone().unwrap_or_default();
        let nonce = expose(&oauth.nonce).unwrap_or_default();
        let verifier = expose(&oauth.code_verifier).unwrap_or_default();
        let id_token = |nonce: &str| {
            let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
            let claims = part(json!({"sub": "7", "nonce": nonce}));
            [&part(json!({"alg": "RS256"})), &claims, "c2lnbmF0dXJl"].join(".")
        };
        let challenge = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
        Placeholders(vec![
            ("{state}", transaction.state.expose().into()),
            ("{nonce}", nonce.into()),
            ("{code_verifier}", verifier.into()),
            ("{code_challenge}", challenge),
            ("{id_token}", id_token(nonce)),
            ("{foreign_id_token}", id_token("another attempt's")),
        ])
    }

    fn fill(&self, text: &str) -> String {
        let fill = |text: String, (name, value): &(&str, String)| text.replace(name, value);
        self.0.iter().fold(text.to_owned(), fill)
    }

    fn fill_all(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.fill(text).into(),
            Value::Array(items) => items.iter().map(|item| self.fill_all(item)).collect(),
            Value::Object(fields) => {
                let fill = |(name, value): (&String, &Value)| (name.clone(), self.fill_all(value));
                fields.iter().map(fill).collect()
            }
            other => other.clone(),
        }
    }
}

fn setting(case: &Value) -> Setting {
    let mut setting = match case["device"].as_str() {
        Some("phone") => Setting::on_phone(),
        _ => Setting::default(),
    };
    setting.seed = case["name"].as_str().map_or(0, str::len) as u64;
    setting.allow_insecure = case["allow_insecure"] == true;
    if let Some(origin) = case["origin"].as_str() {
        setting.origin = origin.into();
    }
    setting
}

/// A flow whose window is open, or that went by redirect.
fn begin(name: &str, case: &Value) -> Attempt {
    let attempt = setting(case).try_click(&case["options"]);
    let mut attempt = attempt.unwrap_or_else(|invalid| panic!("{name}: {invalid:?}"));
    if let Some(source) = case.get("resolved") {
        attempt.source(source);
    }
    attempt
}

/// A member of a record: `oauth.issuer` is one of a member's.
fn member<'a>(record: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.')
        .fold(record, |record, name| &mut record[name])
}

/// The attempt with the members of its record that the case sets.
fn remembered(attempt: &Attempt, case: &Value) -> Box<Transaction> {
    let mut record = json_of(&attempt.flow.transaction().record());
    for (path, value) in case["transaction"].as_object().into_iter().flatten() {
        *member(&mut record, path) = value.clone();
    }
    Transaction::parse(&value_of(&record)).expect("a record")
}

#[test]
fn each_request_is_as_recorded() {
    let all: Vec<&str> = PROTOCOLS.iter().map(|protocol| protocol.name()).collect();
    each("requests.json", &all, |name, case| {
        if let Some(option) = case["invalid"].as_str() {
            let reason = case["reason"]
                .as_str()
                .unwrap_or("is missing or invalid: see its type.");
            let expected = format!("Option {option} {reason}");
            let failure = match setting(case).try_click(&case["options"]) {
                Err(invalid) => invalid,
                Ok(mut attempt) => {
                    let source = case.get("resolved");
                    attempt.source(source.unwrap_or_else(|| panic!("{name}: it opened")));
                    assert!(attempt.flow.has_ended(), "{name}: it went on");
                    match attempt.outcomes()[..] {
                        [Outcome::Failure(failure)] => failure.clone(),
                        ref other => panic!("{name}: {other:?}"),
                    }
                }
            };
            assert_eq!(failure.code.as_str(), "invalid_options", "{name}");
            assert!(
                failure.message.starts_with(&expected),
                "{name}: {}",
                failure.message
            );
            return;
        }
        let mut attempt = begin(name, case);
        assert_open(&attempt);
        let placeholders = Placeholders::of(attempt.flow.transaction());
        if let Some(address) = case["address"].as_str() {
            assert_eq!(attempt.address(), placeholders.fill(address), "{name}");
        }
        let mut record = json_of(&attempt.flow.transaction().record());
        for (path, value) in case["noted"].as_object().into_iter().flatten() {
            let expected = placeholders.fill_all(value);
            assert_eq!(*member(&mut record, path), expected, "{name}: {path}");
        }
        if let Some(promised) = case["promised"].as_bool() {
            assert_eq!(attempt.is_asking_source(), promised, "{name}");
        }
        let Transaction {
            expires, protocol, ..
        } = attempt.flow.transaction();
        let minutes =
            find_protocol(PROTOCOLS, protocol).map_or(0.0, |protocol| protocol.lifetime());
        assert_eq!(*expires, NOON + minutes * 60_000.0, "{name}");
        let has_left = attempt.flow.has_left();
        attempt.step(Event::Aborted);
        if has_left {
            assert_detached(&attempt, "aborted");
        } else {
            assert_ended(&attempt, "aborted");
        }
    });
}

/// Compares how a flow went on with what a case expects.
fn compare(name: &str, case: &Value, attempt: &Attempt, placeholders: &Placeholders) {
    let expected = placeholders.fill_all(&case["expect"]);
    if expected == "ignored" {
        assert!(attempt.outcomes().is_empty(), "{name}");
        assert!(
            attempt.flow.is_waiting(),
            "{name}: an ignored answer uses nothing up"
        );
        return;
    }
    if let Some(parameters) = expected.get("token_request") {
        let [.., Effect::UseUp, Effect::RequestToken(request)] = &attempt.effects[..] else {
            panic!("{name}: {:?}", attempt.said());
        };
        assert_eq!(json_of(&request.parameters), *parameters, "{name}");
        return;
    }
    if let Some(grant) = expected.get("exchange") {
        let [.., Effect::UseUp, Effect::Exchange(given)] = &attempt.effects[..] else {
            panic!("{name}: {:?}", attempt.said());
        };
        assert_eq!(json_of(given), *grant, "{name}");
        return;
    }
    let [outcome] = attempt.outcomes()[..] else {
        panic!("{name}: {:?}", attempt.said());
    };
    assert!(attempt.flow.has_ended(), "{name}");
    compare_outcome(name, outcome, &expected);
}

fn compare_outcome(name: &str, outcome: &Outcome, expected: &Value) {
    match outcome {
        Outcome::Success(Success::Value(result)) => {
            assert_eq!(json!({"success": json_of(result)}), *expected, "{name}")
        }
        Outcome::Success(_) => panic!("{name}: what the app gave"),
        Outcome::Failure(failure) => {
            assert_eq!(expected["error"], failure.code.as_str(), "{name}");
            if let Some(words) = expected["message"].as_str() {
                assert_eq!(failure.message, words, "{name}");
            }
            assert_eq!(json_of(&failure.details), expected["details"], "{name}");
        }
        Outcome::Exit => panic!("{name}: an exit"),
    }
}

/// The systems whose provider's page is listened to.
fn that_hear_messages() -> Vec<&'static str> {
    let hears = |options: &Value| {
        let attempt = click(options);
        attempt.flow.transaction().provider_origin.is_some()
    };
    let all = every_protocol().into_iter();
    let hearing = all.filter(|(_, options)| hears(options));
    hearing.map(|(name, _)| name).collect()
}

#[test]
fn messages() {
    each("messages.json", &that_hear_messages(), |name, case| {
        let mut attempt = begin(name, case);
        let placeholders = Placeholders::of(attempt.flow.transaction());
        attempt.message(&placeholders.fill_all(&case["message"]));
        compare(name, case, &attempt, &placeholders);
    });
}

/// The attempt of a case, and the URL that came back to it.
fn returned(name: &str, case: &Value) -> (Attempt, String, Placeholders) {
    let attempt = begin(name, case);
    let transaction = remembered(&attempt, case);
    let placeholders = Placeholders::of(&transaction);
    let url = placeholders.fill(case["returned"].as_str().expect("a URL"));
    let attempt = match case.get("transaction") {
        None => attempt,
        Some(_) => Attempt::resume(transaction, false, NOON).expect("a known protocol"),
    };
    (attempt, url, placeholders)
}

#[test]
fn responses_in_the_attempts_own_window() {
    let all: Vec<&str> = PROTOCOLS.iter().map(|protocol| protocol.name()).collect();
    each("responses.json", &all, |name, case| {
        let (mut attempt, url, placeholders) = returned(name, case);
        attempt.returned(&url, Via::OwnWindow);
        compare(name, case, &attempt, &placeholders);
    });
}

/// The same answers after a full-page redirect, judged by nothing but the record. One that lacks the attempt's state, or has
/// another one, is a failure in the attempt's own window, but here it answers nothing: a link from elsewhere can have made it.
#[test]
fn responses_after_a_redirect() {
    each("responses.json", &[], |name, case| {
        let mut case = case.clone();
        case["device"] = "phone".into();
        let (attempt, url, placeholders) = returned(name, &case);
        let mut attempt = attempt.reload(false);
        let transaction = attempt.flow.transaction();
        let is_admitted = parse_response(&url, transaction).is_admitted(transaction, Via::Page);
        attempt.returned(&url, Via::Page);
        if !is_admitted {
            let expected = &case["expect"];
            let may_be_refused = *expected == "ignored" || expected["error"] == "state_mismatch";
            assert!(may_be_refused, "{name}: lost");
            assert!(attempt.effects.is_empty(), "{name}: {:?}", attempt.said());
            return;
        }
        compare(name, &case, &attempt, &placeholders);
    });
}

#[test]
fn token_answers() {
    each("tokens.json", &["code"], |name, case| {
        let mut attempt = begin(name, case);
        let placeholders = Placeholders::of(attempt.flow.transaction());
        let url = placeholders.fill("https://app.example/cb?code=c&state={state}");
        attempt.returned(&url, Via::OwnWindow);
        assert_eq!(attempt.said().last().expect("an effect"), "request token");
        let answer = TokenAnswer {
            status: case["status"].as_u64().unwrap_or(200) as u16,
            body: match case["body"].as_str() {
                Some(body) => body.to_owned(),
                None => case["response"].to_string(),
            },
        };
        attempt.step(Event::TokenAnswer(answer.clone()));
        compare(name, case, &attempt, &placeholders);
        let refreshed = match read_token_answer(&answer, None, &attempt.world) {
            Ok(tokens) => Outcome::Success(Success::Value(tokens)),
            Err(failure) => Outcome::Failure(failure),
        };
        assert_eq!(
            [&refreshed],
            attempt.outcomes()[..],
            "{name}: a refresh reads it the same way"
        );
    });
}
