//! The whole page goes to the provider and comes back.

use super::*;
use crate::page::Parameters;
use crate::samples::*;
use crate::tab::*;
use connect_widget::flow::machine::Event;
use connect_widget::flow::transaction;

fn gone(options: &serde_json::Value) -> (Tab, String) {
    let mut tab = Tab::on_phone();
    tab.click(options);
    let url = right_return(&tab).unwrap_or_default();
    (tab, url)
}

#[test]
fn it_comes_back_with_the_result_once() {
    for options in [alter(), anon(), anon_bound(), implicit()] {
        let (mut tab, url) = gone(&options);
        assert!(tab.come_back(&url));
        assert_ended(&tab, "success");
        assert_eq!(tab.effects[2..], ["tell_complete", "succeed"]);
        assert!(!tab.come_back(&url), "a reload of the URL finds nothing");
        assert_eq!(tab.outcomes.len(), 1);
    }
}

#[test]
fn a_code_that_comes_back_is_exchanged_with_the_verifier_that_was_kept() {
    let (mut tab, url) = gone(&code());
    let verifier = tab
        .record(transaction::CODE_VERIFIER.as_str())
        .expect("PKCE");
    assert!(tab.come_back(&url));
    assert_eq!(tab.effects[2..], ["close_window", "request_token"]);
    assert!(
        tab.address()
            .ends_with(&format!("&code_verifier={verifier}"))
    );
    assert!(tab.session.is_empty(), "used up before anything is awaited");
    tab.token_response(&tokens());
    assert_ended(&tab, "success");
}

#[test]
fn a_verifier_that_is_lost_makes_the_server_say_no() {
    let (mut tab, url) = gone(&code());
    let (key, record) = tab.records("redirect").remove(0);
    let kept = record
        .0
        .into_iter()
        .filter(|(field, _)| field != transaction::CODE_VERIFIER.as_str())
        .collect();
    tab.session.insert(key, Parameters(kept).to_string());
    assert!(tab.come_back(&url));
    tab.token_response(&serde_json::json!({"error": "invalid_grant"}));
    assert_ended(&tab, "invalid_grant");
}

#[test]
fn a_response_that_answers_no_pending_transaction_is_left_alone() {
    for options in [implicit(), code()] {
        let (mut tab, _) = gone(&options);
        for url in [
            implicit_return("AAAA"),
            code_return("AAAA"),
            "https://app.example/?q=1#/route".into(),
            String::new(),
        ] {
            assert!(!tab.come_back(&url), "{url}");
            assert_eq!(tab.records("redirect").len(), 1, "{url}");
        }
    }
    let mut tab = Tab::on_phone();
    assert!(!tab.come_back(&alter_return()), "nothing is pending at all");
}

#[test]
fn a_parameter_of_the_apps_own_that_looks_like_a_response_changes_nothing() {
    let (mut tab, _) = gone(&anon());
    assert!(!tab.come_back("https://app.example/files?type=folder"));
    assert_eq!(tab.records("redirect").len(), 1);
    assert!(tab.come_back(&anon_return("{}")));
    assert_ended(&tab, "success");
}

#[test]
fn several_pending_redirects_take_their_own_answers() {
    let mut tab = Tab::on_phone();
    let mut urls = Vec::new();
    for _ in 0..3 {
        tab.click(&implicit());
        urls.push(right_return(&tab).expect("a URL"));
        tab.reload();
        tab.now += 1000.0;
    }
    for url in &urls {
        assert!(tab.come_back(url));
    }
    assert_eq!(tab.outcomes.len(), 3);
    assert!(tab.session.is_empty());
}

#[test]
fn the_newest_attempt_takes_an_answer_without_state() {
    let mut tab = Tab::on_phone();
    for _ in 0..2 {
        tab.click(&anon()).reload();
        tab.now += 1000.0;
    }
    let newest = tab.records("redirect")[0].0.clone();
    assert!(tab.come_back(&anon_return("{}")));
    assert!(!tab.session.contains_key(&newest) && tab.session.len() == 1);
}

#[test]
fn an_expired_attempt_is_not_answered() {
    for (options, minutes) in [
        (alter(), 15.0),
        (anon(), 60.0),
        (implicit(), 60.0),
        (code(), 60.0),
    ] {
        for (moment, answered) in [(-1.0, true), (0.0, false), (1.0, false)] {
            let (mut tab, url) = gone(&options);
            tab.now = NOON + minutes * 60_000.0 + moment;
            assert_eq!(tab.come_back(&url), answered);
        }
    }
}

#[test]
fn a_record_that_cannot_be_read_is_not_answered() {
    let (mut tab, url) = gone(&implicit());
    let (key, record) = tab.records("redirect").remove(0);
    let spoiled = |field: &str, value: Option<&str>| {
        let mut record = Parameters(
            record
                .0
                .iter()
                .filter(|(known, _)| known != field)
                .cloned()
                .collect(),
        );
        if let Some(value) = value {
            record.set(field, value);
        }
        record.to_string()
    };
    for garbage in [
        spoiled(transaction::PROTOCOL.as_str(), Some("oauth1")),
        spoiled(transaction::PROTOCOL.as_str(), Some("")),
        spoiled(transaction::EXPIRES.as_str(), None),
        spoiled(transaction::EXPIRES.as_str(), Some("")),
        spoiled(transaction::EXPIRES.as_str(), Some("soon")),
        spoiled(transaction::EXPIRES.as_str(), Some("NaN")),
        spoiled(transaction::EXPIRES.as_str(), Some("-1")),
        "mode=redirect".into(),
        "mode=redirect&%FF%00=%".into(),
    ] {
        tab.session.insert(key.clone(), garbage.clone());
        assert!(!tab.come_back(&url), "{garbage}");
        assert_eq!(tab.outcomes, [], "{garbage}");
    }
}

#[test]
fn the_back_button_is_an_exit_and_the_attempt_may_still_be_answered() {
    let (mut tab, url) = gone(&implicit());
    tab.happen(Event::Restored);
    assert_ended(&tab, "exit");
    assert!(tab.said_late);
    assert!(
        tab.come_back(&url),
        "forward again, and the user goes through with it"
    );
}

#[test]
fn the_back_button_of_another_page_says_nothing_about_a_window() {
    let mut tab = Tab::new(1);
    tab.click(&alter()).happen(Event::Restored);
    assert_open(&tab);
}

#[test]
fn the_issuer_is_compared_after_a_redirect_too() {
    let (mut tab, _) = gone(&code());
    let url = format!(
        "{CALLBACK}?code=c&state={}&iss=https%3A%2F%2Fevil.example",
        tab.state()
    );
    assert!(tab.come_back(&url));
    assert_ended(&tab, "issuer_mismatch");
}
