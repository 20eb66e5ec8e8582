//! What each fuzz target does with its bytes. Besides not panicking, each has promises of its own to keep.
//!
//! `fuzz_targets/` runs these under libFuzzer, `tests/native/corpora.rs` over the corpora.

use crate::model::Journey;
use crate::page::Parameters;
use crate::samples::{self, with};
use crate::tab::{Outcome, Tab};
use connect_widget::flow::machine::Event;
use connect_widget::flow::transaction;
use serde_json::{Value, json};

fn parse(data: &[u8]) -> Option<Value> {
    serde_json::from_slice(data).ok()
}

/// Where a flow that ended says so once, and names a code.
fn assert_one_end(tab: &Tab) {
    assert!(tab.outcomes.len() <= 1, "{:?}", tab.outcomes);
    assert!(
        tab.outcomes
            .iter()
            .all(|outcome| !outcome.code().is_empty())
    );
}

/// Options, as JSON, and whatever a promise turns out to be: an address is always http(s), and no invalid option opens a window.
pub fn options(data: &[u8]) {
    let Some(options) = parse(data).filter(Value::is_object) else {
        return;
    };
    for mut tab in [Tab::new(1), Tab::on_phone()] {
        tab.click(&options);
        assert_one_end(&tab);
        if tab
            .outcomes
            .iter()
            .any(|outcome| outcome.code() == "invalid_options")
        {
            assert_eq!(tab.effects, ["fail"]);
        }
        tab.step(Event::Resolved, &options["resolved"], "");
        if tab.is_open() && !tab.address().is_empty() {
            let address = url::Url::parse(&tab.address()).expect("an address is a URL");
            assert!(matches!(address.scheme(), "http" | "https"));
        }
        if tab.is_open() {
            tab.happen(Event::Abort);
        }
        assert_one_end(&tab);
    }
    let mut tab = Tab::new(1);
    tab.refresh(&options);
    assert_one_end(&tab);
}

/// A message, as JSON: a success has grants, each with an id and a provider, and nothing that was not asked for.
pub fn messages(data: &[u8]) {
    let Some(message) = parse(data) else { return };
    let mut tab = Tab::new(1);
    tab.click(&samples::alter())
        .message(samples::ALTER_ORIGIN, &message);
    assert_one_end(&tab);
    if let Some(Outcome::Success(grants)) = tab.outcomes.first() {
        let grants = grants.as_array().expect("a list");
        assert!(!grants.is_empty());
        for grant in grants {
            assert!(
                ["grant_id", "provider"]
                    .iter()
                    .all(|name| grant[name].as_str().is_some_and(|text| !text.is_empty()))
            );
            assert!(grant["scopes"].is_array() && grant["timestamp"].is_string());
            let allowed = [
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
            assert!(
                grant
                    .as_object()
                    .expect("an object")
                    .keys()
                    .all(|name| allowed.contains(&name.as_str()))
            );
        }
    }
}

/// A returned URL, against every protocol: without this attempt's state an OAuth flow never succeeds, and what is relayed
/// without it never ends a flow whose window is in sight.
pub fn returns(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for options in samples::every_protocol()
        .map(|(_, options)| options)
        .into_iter()
        .chain([
            samples::anon_bound(),
            with(samples::implicit(), "responseType", json!("id_token token")),
        ])
    {
        let mut tab = Tab::new(1);
        tab.click(&options);
        let (state, oauth) = (tab.state(), options["clientId"].is_string());
        let url = text.replace("{state}", &state);
        tab.returned(&url);
        assert_one_end(&tab);
        let succeeded = tab
            .outcomes
            .iter()
            .any(|outcome| outcome.code() == "success")
            || tab.effects.contains(&"request_token");
        assert!(!oauth || !succeeded || url.contains(&state), "{url}");
        let mut tab = Tab::new(1);
        tab.click(&options).relayed(&text.replace("{state}", ""));
        assert!(
            tab.is_open()
                || text.contains("%7B%22user%22%3A7%7D")
                || options["link"]["state"].is_string(),
            "{text}"
        );
    }
}

/// A record of storage and the URL that came back with the page, on two lines: never a panic, and never an answer to a record
/// that has expired.
pub fn records(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (record, url) = text.split_once('\n').unwrap_or((text, ""));
    let record = record.replace("{soon}", &(crate::tab::NOON + 1000.0).to_string());
    let expires = Parameters::parse(&record)
        .get(transaction::EXPIRES.as_str())
        .map(str::to_owned);
    let mut tab = Tab::new(1);
    let state = Parameters::parse(&record)
        .get(transaction::STATE.as_str())
        .unwrap_or_default()
        .to_owned();
    tab.session
        .insert(format!("{}{state}", crate::tab::KEY), record);
    let before = tab.session.clone();
    if tab.come_back(url) {
        assert!(expires.is_some_and(|time| crate::value::Value::text(&time).to_number() > tab.now));
        tab.token_response(&samples::tokens());
        assert_one_end(&tab);
        assert!(tab.session.is_empty(), "used once");
    } else {
        let kept = tab.session == before;
        assert!(
            kept || tab.session.is_empty(),
            "what answers nothing changes nothing; what has expired is dropped"
        );
    }
    if tab.ask_after_redirect() {
        for _ in 0..8 {
            tab.look_for(10_000.0, Event::Blank)
                .happen(Event::Unverified);
        }
    }
    tab.reload()
        .late_message(samples::ALTER_ORIGIN, &samples::alter_success())
        .relayed(url);
}

/// A token endpoint's answer, as JSON: a success has an access token and the whole answer beside it, untouched.
pub fn tokens(data: &[u8]) {
    let Some(response) = parse(data) else { return };
    let mut tab = Tab::new(1);
    tab.click(&samples::code());
    let url = samples::code_return(&tab.state());
    tab.returned(&url).token_response(&response);
    assert_eq!(tab.outcomes.len(), 1, "whatever it answers, the flow ends");
    if let Outcome::Success(tokens) = &tab.outcomes[0] {
        assert!(
            tokens["access_token"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        );
        assert_eq!(
            tokens["raw"],
            crate::value::Value::from(&response).to_json()
        );
        assert!(tokens["expires_in"].is_number() == tokens["expires_at"].is_number());
    }
}

/// Eight bytes of seed and then two bytes for each event: the promises of `model.rs`.
pub fn journeys(data: &[u8]) {
    if let Some((seed, actions)) = data.split_first_chunk::<8>() {
        Journey::run(
            u64::from_le_bytes(*seed),
            &actions[..actions.len().min(400)],
        );
    }
}
