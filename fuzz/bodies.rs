//! What each fuzz target does with its bytes. Besides not panicking, each has promises of its own to keep.
//!
//! `fuzz_targets/` runs these under libFuzzer, `tests/native/corpora.rs` over the corpora.

use crate::attempt::{APP, Attempt, OWN_RELAY, RELAY, Setting, click, end_of};
use crate::journey;
use crate::samples::*;
use crate::world::{NOON, Options, TestWorld, json_of, parse_response, value_of};
use connect_widget::flow::machine::{Effect, Event};
use connect_widget::flow::response::{Ownership, Via};
use connect_widget::flow::transaction::{Mark, Transaction};
use connect_widget::flow::watch::Sight;
use connect_widget::options::Rules;
use connect_widget::protocol::{TokenAnswer, TokenRequest, read_token_answer};
use connect_widget::result::{Outcome, Success};
use connect_widget::text::trim;
use connect_widget::world::World;
use serde_json::{Value, json};

fn parse(data: &[u8]) -> Option<Value> {
    serde_json::from_slice(data).ok()
}

/// A flow that ended says so once, and names a code.
fn assert_one_end(attempt: &Attempt) {
    let outcomes = attempt.outcomes();
    assert!(
        outcomes.len() <= 1 && outcomes.iter().all(|outcome| !end_of(outcome).is_empty()),
        "{:?}",
        attempt.said()
    );
}

/// An address is http(s), and what is sent there cannot be read on the way.
fn assert_address(attempt: &Attempt) {
    let address = attempt.address();
    if !address.is_empty() {
        let url = attempt
            .world
            .parse_url(address)
            .expect("an address is a URL");
        assert!(url.is_web() && !url.is_insecure(), "{address}");
    }
}

/// Options, as JSON, and whatever a promise turns out to be (`resolved`).
pub fn options(data: &[u8]) {
    let Some(options) = parse(data).filter(Value::is_object) else {
        return;
    };
    for setting in [Setting::default(), Setting::on_phone(), Setting::blocking()] {
        let Ok(mut attempt) = setting.try_click(&options) else {
            continue;
        };
        assert_one_end(&attempt);
        assert_address(&attempt);
        if attempt.is_asking_source() {
            attempt.source(&options["resolved"]);
            assert_one_end(&attempt);
            assert_address(&attempt);
        }
        let has_left = attempt.flow.has_left();
        attempt.step(Event::Aborted);
        assert_one_end(&attempt);
        assert_eq!(attempt.flow.has_ended(), !has_left);
    }
    let world = TestWorld::new(NOON, 1);
    let rules = Rules {
        world: &world,
        own_origin: APP,
        allow_insecure: false,
    };
    if let Ok(request) = TokenRequest::refresh(&Options(&options), rules) {
        assert!(
            !world
                .parse_url(&request.endpoint.url)
                .expect("a URL")
                .is_insecure()
        );
        assert!(
            request
                .form(&TestWorld::new(NOON, 1))
                .starts_with("grant_type=refresh_token&refresh_token=")
        );
    }
}

/// The members that a grant may have.
const GRANT: [&str; 9] = [
    "grant_id",
    "provider",
    "provider_name",
    "account_identifier",
    "timestamp",
    "operation",
    "scopes",
    "status",
    "metadata",
];

/// A message, as JSON: a success has grants, each with an id and a provider, and nothing that was not asked for.
pub fn messages(data: &[u8]) {
    let Some(message) = parse(data) else { return };
    let mut attempt = click(&alter());
    attempt.message(&message);
    assert_one_end(&attempt);
    if let Some(Effect::End(Outcome::Success(Success::Value(result)))) = attempt.effects.last() {
        let grants = json_of(result);
        let grants = grants.as_array().expect("a list");
        assert!(!grants.is_empty());
        for grant in grants {
            let grant = grant.as_object().expect("an object");
            let has_text = |name: &str| grant[name].as_str().is_some_and(|text| !text.is_empty());
            assert!(has_text("grant_id") && has_text("provider"));
            assert!(grant["scopes"].is_array() && grant["timestamp"].is_string());
            assert!(grant.keys().all(|name| GRANT.contains(&name.as_str())));
        }
    }
    for (_, options) in every_protocol().into_iter().skip(1) {
        let mut attempt = click(&options);
        attempt.message(&message);
        assert!(
            attempt.flow.is_waiting(),
            "a message answers nothing but Alter"
        );
    }
}

/// A returned URL, against every protocol; `{state}` is this attempt's. What comes without it proves nothing: an OAuth flow
/// never succeeds by it, and what is handed over by a page that nobody knows neither ends a flow nor fails it.
pub fn returns(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let openid = with(implicit(), "responseType", json!("id_token token"));
    let in_fragment = with(code(), "params", json!({"response_mode": "fragment"}));
    let more = [alter_bound(), anon_bound(), openid, in_fragment];
    let all = every_protocol()
        .map(|(_, options)| options)
        .into_iter()
        .chain(more);
    for options in all {
        let of = |url: &str, via| {
            let mut attempt = click(&options);
            let url = url.replace("{state}", &attempt.state());
            let transaction = attempt.flow.transaction();
            let ownership = parse_response(&url, transaction).ownership(transaction);
            attempt.returned(&url, via);
            assert_one_end(&attempt);
            (attempt, ownership)
        };
        for via in [Via::OwnWindow, Via::Page, OWN_RELAY, RELAY] {
            let (attempt, ownership) = of(text, via);
            let went_on = !attempt.flow.is_waiting();
            assert!(
                ownership.is_some() || !went_on,
                "no ownership, no answer: {text}"
            );
            let succeeded = attempt
                .said()
                .last()
                .is_some_and(|last| last == "end success" || last == "request token");
            let is_demanded =
                options["clientId"].is_string() || options["link"]["state"].is_string();
            assert!(
                !succeeded || !is_demanded || ownership == Some(Ownership::Proven),
                "{text}"
            );
        }
        let mut stateless = text.to_owned();
        // One may come together out of the halves of others.
        while stateless.contains("{state}") {
            stateless = stateless.replace("{state}", "");
        }
        let (attempt, ownership) = of(&stateless, RELAY);
        let is_by_the_app =
            options["link"]["state"].is_string() && ownership == Some(Ownership::Proven);
        assert!(attempt.flow.is_waiting() || is_by_the_app, "{text}");
    }
}

/// A record of storage as JSON, and the URL that came back with the page, on two lines; `{soon}` is a time to come. What can
/// be read is written as it was read, is used once, and is never asked for without end.
pub fn records(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (record, url) = text.split_once('\n').unwrap_or((text, ""));
    let record = record.replace("\"{soon}\"", &(NOON + 1000.0).to_string());
    let Some(transaction) =
        parse(record.as_bytes()).and_then(|record| Transaction::parse(&value_of(&record)))
    else {
        return;
    };
    let again = Transaction::parse(&value_of(&json_of(&transaction.record())));
    // What is no number in JSON, such as infinity, is none in a store.
    assert!(again.is_none_or(|again| again == transaction));
    let _ = json_of(&transaction.mark(Mark::UnderWay));
    for verifies in [false, true] {
        for via in [Via::Page, OWN_RELAY, RELAY] {
            let Some(mut attempt) = Attempt::resume(transaction.clone(), verifies, NOON) else {
                return;
            };
            attempt.returned(url, via).returned(url, via);
            assert_one_end(&attempt);
            if !attempt.flow.is_waiting() {
                attempt
                    .token_answer(200, &tokens())
                    .step(Event::ExchangeFailed);
                assert!(attempt.flow.has_ended(), "used once");
            }
            for _ in 0..16 {
                attempt
                    .look_for(10_000.0, Sight::Blank)
                    .step(Event::Unverified);
            }
            assert!(
                !verifies || attempt.flow.is_detached() || attempt.flow.has_ended(),
                "it asks for ever"
            );
            attempt.message(&alter_success());
            assert!(attempt.outcomes().len() <= 2);
        }
    }
}

/// A token endpoint's answer, its status on the first line: a success has an access token and the whole answer beside it; a
/// failure has the status and the body as they came.
pub fn tokens_of(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (status, body) = text.split_once('\n').unwrap_or(("200", text));
    let Ok(status) = status.parse::<u16>() else {
        return;
    };
    let world = TestWorld::new(NOON, 1);
    let body = body.to_owned();
    // As JSON, or as a form.
    let parsed = serde_json::from_str::<Value>(&body).ok();
    let parsed = parsed.map(|body| value_of(&body));
    let form = world.parse_query(trim(&body));
    let is_form = !body.contains('<')
        && ["access_token", "error"]
            .iter()
            .any(|name| form.get(name).as_str().is_some());
    let parsed = parsed
        .or(is_form.then_some(form))
        .filter(|body| body.is_given());
    let answer = TokenAnswer { status, body };
    match read_token_answer(&answer, None, &world) {
        Ok(tokens) => {
            let tokens = json_of(&tokens);
            assert!((200..300).contains(&status));
            assert!(
                tokens["access_token"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
            assert_eq!(tokens["raw"], json_of(&parsed.expect("an object")));
            assert_eq!(
                tokens.get("expires_in").is_some(),
                tokens.get("expires_at").is_some()
            );
        }
        Err(failure) => {
            assert!(!failure.code.as_str().is_empty() && !failure.message.is_empty());
            let details = json_of(&failure.details);
            assert_eq!(details["status"], json!(status));
            let expected = parsed.map_or(json!(answer.body), |body| json_of(&body));
            assert_eq!(details["body"], expected);
        }
    }
    let mut attempt = click(&code());
    let url = code_return(&attempt.state());
    attempt
        .returned(&url, Via::OwnWindow)
        .step(Event::TokenAnswer(answer));
    assert!(
        attempt.flow.has_ended(),
        "whatever it answers, the flow ends"
    );
    assert_one_end(&attempt);
}

/// Eight bytes of seed and then two bytes for each thing that happens: the promises of `tests/native/journey.rs`.
pub fn journeys(data: &[u8]) {
    if let Some((seed, bytes)) = data.split_first_chunk::<8>() {
        let seed = u64::from_le_bytes(*seed) | 1;
        let bytes = &bytes[..bytes.len().min(400)];
        journey::run(seed, bytes);
        journey::run_wild(seed, bytes);
    }
}
