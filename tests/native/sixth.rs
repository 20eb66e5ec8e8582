//! A further system is one file and one line in the registry. This is such a file, for a system that nobody has: a berth is
//! booked at a harbour. Its own registry is the line.

use crate::attempt::*;
use crate::world::{NOON, json_of, parse_response, value_of};
use connect_widget::error::{Code, Failure};
use connect_widget::flow::machine::{Event, Flow};
use connect_widget::flow::response::{ResponseUrl, Via};
use connect_widget::flow::transaction::{Binding, Transaction};
use connect_widget::flow::watch::Sight;
use connect_widget::options::{Fields, Rules, required_text};
use connect_widget::protocol::{Obtained, Protocol, Registry, Target, Verdict};
use connect_widget::result::{Outcome, Success};
use connect_widget::secret::Secret;
use connect_widget::value::Value;
use connect_widget::world::World;
use serde_json::json;

/// Harbours: a pass from the app's backend, `?harbor=docked&berth=…&state=…` or a message back.
struct Harbor;

static HARBORS: Registry = &[&Harbor];

impl Protocol for Harbor {
    fn name(&self) -> &'static str {
        "harbor"
    }

    fn lifetime(&self) -> f64 {
        5.0
    }

    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>> {
        let harbor = required_text(options, "harbor")?;
        transaction.provider_origin = Some(rules.check_url(&harbor, "harbor")?.origin);
        transaction.landing = Some(rules.check_landing(&required_text(options, "quay")?, "quay")?);
        transaction.binding = Binding::State;
        transaction.answers = vec!["harbor=docked berth".into(), "harbor=sunk".into()];
        Ok(Target::Source {
            option: "pass",
            base: harbor,
            build_url,
        })
    }

    fn message(&self, message: &Value, _: &Transaction, _: &dyn World) -> Option<Verdict> {
        if let Some(code) = message.get("harbor_code").text() {
            return Some(Ok(Obtained::Code {
                code: Secret::new(code),
                params: Value::Absent,
            }));
        }
        let berth = message.get("harbor_docked").text()?;
        Some(docked(berth))
    }

    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        _: &dyn World,
    ) -> Option<Verdict> {
        let query = &response.query;
        if query.get("state") != Some(transaction.state.expose()) {
            return Some(Err(Code::StateMismatch.into()));
        }
        Some(match query.text("berth") {
            Some(berth) => docked(berth),
            None => Err(Failure::by_provider(
                Some("sunk"),
                query.get("words"),
                query.pick(&["words"]),
            )),
        })
    }
}

fn build_url(
    base: &str,
    source: &Value,
    transaction: &mut Transaction,
    rules: Rules,
) -> Result<Secret, Box<Failure>> {
    let pass = source.text().ok_or_else(|| Failure::of_option("pass"))?;
    let pass = rules.world.encode_component(pass);
    let state = transaction.state.expose();
    let url = [base, "/dock?pass=", &pass, "&state=", state].concat();
    Ok(Secret::new(url))
}

fn docked(berth: &str) -> Verdict {
    Ok(Obtained::Result(value_of(&json!({"berth": berth}))))
}

const QUAY: &str = "https://app.example/quay";

fn options() -> serde_json::Value {
    json!({"harbor": "https://harbor.example", "quay": QUAY, "pass": {"$": "function"}})
}

fn at_the_harbor(setting: Setting) -> Attempt {
    let setting = Setting {
        registry: HARBORS,
        ..setting
    };
    let mut attempt = setting.click(&options());
    attempt.source(&json!("P1&state=another"));
    let state = attempt.state();
    let expected = format!("https://harbor.example/dock?pass=P1%26state%3Danother&state={state}");
    assert_eq!(attempt.address(), expected);
    assert_eq!(attempt.flow.transaction().expires, NOON + 5.0 * 60_000.0);
    attempt
}

fn docked_url(state: &str) -> String {
    format!("{QUAY}?harbor=docked&berth=7&state={state}")
}

#[test]
fn its_popup_answers_by_a_message() {
    let mut attempt = at_the_harbor(Setting::default());
    attempt.message(&json!({"harbor_docked": 7}));
    attempt.message(&json!({"harbor_docked": "7"}));
    let opened = ["open blank", "tell opened", "ask source"];
    let ended = [
        "remember",
        "navigate",
        "tell started",
        "tell complete",
        "end success",
    ];
    assert_eq!(attempt.said(), [&opened[..], &ended[..]].concat());
}

#[test]
fn a_code_without_an_authorization_request_cannot_be_exchanged() {
    let mut attempt = at_the_harbor(Setting::default());
    attempt.message(&json!({"harbor_code": "c"}));
    assert_ended(&attempt, "invalid_response");
}

#[test]
fn its_popup_answers_by_coming_back() {
    let mut attempt = at_the_harbor(Setting::default());
    attempt.look_for(3000.0, Sight::Away);
    let state = attempt.state();
    for url in [
        "https://app.example/login?harbor=sunk".to_owned(),
        format!("{QUAY}?harbor=docked&state={state}"),
        format!("{QUAY}?harbor=full&berth=7&state={state}"),
    ] {
        attempt.returned(&url, Via::OwnWindow);
        assert_open(&attempt);
    }
    attempt.returned(&docked_url("AAAA"), RELAY);
    assert_open(&attempt);
    attempt.returned(&docked_url(&state), Via::OwnWindow);
    assert_ended(&attempt, "success");
    let Outcome::Success(Success::Value(result)) = attempt.outcomes()[0] else {
        unreachable!()
    };
    assert_eq!(json_of(result), json!({"berth": "7"}));
    let mut attempt = at_the_harbor(Setting::default());
    attempt.returned(
        &format!("{QUAY}?harbor=sunk&words=Rocks&state={}", attempt.state()),
        RELAY,
    );
    assert_ended(&attempt, "sunk");
    let mut attempt = at_the_harbor(Setting::default());
    attempt.returned(&docked_url("AAAA"), Via::OwnWindow);
    assert_ended(&attempt, "state_mismatch");
}

#[test]
fn its_user_may_close_the_window() {
    let mut attempt = at_the_harbor(Setting::default());
    attempt.step(Event::Blurred).look_for(3000.0, Sight::Away);
    attempt.step(Event::Focused).look_for(300.0, Sight::Closed);
    assert_ended(&attempt, "exit");
}

#[test]
fn its_redirect_comes_back() {
    let gone = at_the_harbor(Setting::on_phone());
    assert_eq!(gone.said(), ["ask source", "redirect", "tell started"]);
    let stored = json_of(&gone.flow.transaction().record());
    let transaction = Transaction::parse(&value_of(&stored)).expect("a record");
    let resume = |registry| Flow::resume(transaction.clone(), registry);
    assert!(
        resume(connect_widget::protocol::PROTOCOLS).is_none(),
        "the five do not know it"
    );
    let mut flow = resume(HARBORS).expect("its own registry does");
    let url = parse_response(&docked_url(&gone.state()), &transaction);
    let effects = flow.step(Event::Returned(url, Via::Page), &gone.world);
    assert_eq!(
        effects.iter().map(name).collect::<Vec<_>>(),
        ["tell complete", "end success"]
    );
}

#[test]
fn its_options_are_checked_by_the_rules_of_the_house() {
    let setting = Setting {
        registry: HARBORS,
        ..Setting::default()
    };
    for (option, value) in [
        ("protocol", json!("code")),
        ("harbor", json!("http://harbor.example")),
        ("harbor", json!(7)),
        ("quay", json!("https://harbor.example/quay")),
        ("pass", json!("")),
        ("signal", json!({})),
    ] {
        let wrong = crate::samples::with(options(), option, value);
        let invalid = setting.try_click(&wrong).err().expect("it is refused");
        assert_eq!(option_of(&invalid), Some(option));
    }
}
