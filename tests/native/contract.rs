//! What Rust and JavaScript must say alike: the codes, the numbers by which they talk, the names in storage.

use crate::tab::{EFFECTS, KEY, LOOK};
use connect_widget::error::CODES;
use connect_widget::flow::machine::{Effects, Event};
use connect_widget::flow::page::{Kind, Put};
use std::collections::BTreeSet;

fn source(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("{from:?} is missing"));
    rest.split_once(to)
        .unwrap_or_else(|| panic!("{to:?} is missing after {from:?}"))
        .0
}

/// The snake_case words between two quotes of a kind.
fn quoted(text: &str, quote: char) -> BTreeSet<&str> {
    let words = text.split(quote).skip(1).step_by(2);
    words
        .filter(|word| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
        .collect()
}

/// Every code that this library can give: the core's, the shell's, and the one for providers that give none.
fn codes_of_the_code() -> BTreeSet<String> {
    let shell = source("pkg-template/shell.js");
    let sentences = between(&shell, "const SENTENCES = {", "};");
    let of_the_shell = sentences
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(code, _)| code.to_owned());
    CODES
        .iter()
        .map(|(code, _)| (*code).to_owned())
        .chain(of_the_shell)
        .chain(["oauth_error".into()])
        .collect()
}

#[test]
fn the_typescript_union_names_every_code() {
    let types = source("pkg-template/index.d.ts");
    let union: BTreeSet<String> = quoted(between(&types, "export type ErrorCode =", ";\n\n"), '"')
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(codes_of_the_code(), union);
}

#[test]
fn the_readmes_table_names_every_code() {
    let readme = source("README.md");
    let section = between(&readme, "## Error codes", "\n## ");
    let rows: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"))
        .map(|(code, _)| code)
        .collect();
    let table: BTreeSet<String> = rows.iter().map(|&code| code.to_owned()).collect();
    assert_eq!(rows.len(), table.len(), "a row stands twice");
    assert_eq!(codes_of_the_code(), table);
}

#[test]
fn a_code_that_core_and_shell_both_give_has_one_sentence() {
    let shell = source("pkg-template/shell.js");
    for line in between(&shell, "const SENTENCES = {", "};").lines() {
        let Some((code, sentence)) = line.trim().trim_end_matches(',').split_once(": ") else {
            continue;
        };
        if let Some((_, known)) = CODES.iter().find(|(known, _)| *known == code) {
            assert_eq!(sentence.trim_matches('"'), *known, "{code}");
        }
    }
}

/// `TokenResponse` as host.js would write it.
fn screaming(name: &str) -> String {
    let mut written = String::new();
    for (i, character) in name.char_indices() {
        if character.is_uppercase() && i > 0 {
            written.push('_');
        }
        written.push(character.to_ascii_uppercase());
    }
    written
}

#[test]
fn events_are_counted_alike() {
    let host = source("src/browser/host.js");
    let written: Vec<String> = between(&host, "const EVENTS = {", "};")
        .split(',')
        .map(|entry| entry.split_whitespace().collect())
        .filter(|entry: &String| !entry.is_empty())
        .collect();
    let ours: Vec<String> = Event::ALL
        .iter()
        .enumerate()
        .map(|(number, event)| format!("{}:{number}", screaming(&format!("{event:?}"))))
        .collect();
    assert_eq!(written, ours);
}

#[test]
fn kinds_are_counted_alike() {
    let host = source("src/browser/host.js");
    let function = between(&host, "export function kind(value) {", "\n}");
    let written: Vec<&str> = function
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.starts_with("value ="))
        .collect();
    let number = |kind| {
        Kind::ALL
            .iter()
            .position(|known| *known == kind)
            .expect("ALL names every kind")
    };
    let ours = [
        format!("if (value == null) return {};", number(Kind::Absent)),
        format!(
            "if (typeof value == \"string\") return value ? {} : {};",
            number(Kind::Text),
            number(Kind::Empty)
        ),
        format!(
            "if (typeof value == \"number\") return value >= 0 ? {} : {};",
            number(Kind::Number),
            number(Kind::Other)
        ),
        format!(
            "if (typeof value == \"function\") return {};",
            number(Kind::Function)
        ),
        format!(
            "if (typeof value != \"object\") return {};",
            number(Kind::Other)
        ),
        format!(
            "return Array.isArray(value) ? {} : typeof value.then == \"function\" ? {} : {};",
            number(Kind::List),
            number(Kind::Promise),
            number(Kind::Object)
        ),
    ];
    assert_eq!(written, ours);
}

/// The items of an array of functions in host.js: what begins at two spaces.
fn items<'a>(host: &'a str, name: &str) -> Vec<&'a str> {
    let body = between(host, &format!("const {name} = ["), "\n];");
    let mut starts: Vec<usize> = body
        .match_indices("\n  ")
        .map(|(at, _)| at + 3)
        .filter(|&at| !body[at..].starts_with([' ', '}']))
        .collect();
    starts.push(body.len());
    starts
        .windows(2)
        .map(|pair| body[pair[0]..pair[1]].trim())
        .collect()
}

/// A word by which each item is known must stand in it.
fn assert_known_by(items: &[&str], words: &[&str]) {
    assert_eq!(items.len(), words.len(), "{items:#?}");
    for (item, word) in items.iter().zip(words) {
        assert!(item.contains(word), "{item} is not known by {word}");
    }
}

#[test]
fn effects_are_done_in_the_order_of_their_bits() {
    let host = source("src/browser/host.js");
    let words = [
        (Effects::OPEN, "open"),
        (Effects::TELL_OPEN, "\"OPEN\""),
        (Effects::REMEMBER, "remember(flow, true)"),
        (Effects::NAVIGATE, "navigate"),
        (Effects::REDIRECT, "location.assign"),
        (Effects::TELL_STARTED, "\"OAUTH_STARTED\""),
        (Effects::RESOLVE, "resolve"),
        (Effects::VERIFY, "options.verify("),
        (Effects::CLOSE_WINDOW, "closeWindow"),
        (Effects::REQUEST_TOKEN, "requestToken"),
        (Effects::EXCHANGE, "exchange"),
        (Effects::TELL_COMPLETE, "\"OAUTH_COMPLETE\""),
        (Effects::TELL_EXIT, "\"EXIT\""),
        (Effects::SUCCEED, "flow.items || flow.built"),
        (Effects::GIVE, "flow.given"),
        (Effects::FAIL, "\"error\""),
        (Effects::EXIT, "\"exit\""),
    ];
    for (bit, (effect, _)) in words.iter().enumerate() {
        assert_eq!(effect.0, 1 << bit);
    }
    assert_eq!(EFFECTS.len(), words.len());
    assert_eq!(Effects::LATE.0, 1 << words.len());
    assert_known_by(&items(&host, "EFFECTS"), &words.map(|(_, word)| word));
    for (name, effect) in [("FAIL", Effects::FAIL), ("LATE", Effects::LATE)] {
        assert_eq!(
            between(&host, &format!("const {name} = 1 << "), ";"),
            effect.0.trailing_zeros().to_string()
        );
    }
    assert_eq!(
        Effects::ENDS,
        Effects::SUCCEED | Effects::GIVE | Effects::FAIL | Effects::EXIT
    );
}

#[test]
fn steps_of_building_are_counted_alike() {
    let host = source("src/browser/host.js");
    let words = [
        (Put::Item, "push"),
        (Put::Value, "value !== undefined"),
        (Put::Seconds, "expires_at = now() +"),
        (Put::List, "Array.isArray"),
        (Put::Json, "JSON.parse"),
        (Put::Time, "toISOString"),
        (Put::Fragment, "Object.fromEntries"),
        (Put::ExpiresAt, "Date.parse"),
        (Put::Commas, "split(\",\")"),
    ];
    for (number, (step, _)) in words.iter().enumerate() {
        assert_eq!(*step as usize, number);
    }
    assert_known_by(&items(&host, "STEPS"), &words.map(|(_, word)| word));
}

#[test]
fn there_are_as_many_slots_on_both_sides() {
    let (host, bindings) = (source("src/browser/host.js"), source("src/bindings.rs"));
    assert_eq!(
        between(&host, "const SLOTS = ", ";"),
        between(&bindings, "const SLOTS: usize = ", ";")
    );
}

#[test]
fn storage_and_channel_have_one_name_everywhere() {
    let (host, hand_over) = (
        source("src/browser/host.js"),
        source("pkg-template/hand-over.js"),
    );
    assert_eq!(between(&host, "const KEY = \"", "\""), KEY);
    assert_eq!(between(&hand_over, "const KEY = \"", "\""), KEY);
    assert_eq!(
        between(&host, "const RETURN = \"", "\""),
        between(&hand_over, "const RETURN = \"", "\"")
    );
}

#[test]
fn the_tests_look_as_often_as_the_page_does() {
    assert_eq!(
        between(&source("src/browser/host.js"), "const LOOK = ", ";").parse(),
        Ok(LOOK)
    );
}
