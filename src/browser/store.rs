//! What is remembered of attempts: the records in this window's session storage, and marks in local storage by which the
//! other pages of the origin know an attempt by popup when its answer comes to them.

use super::value::{read, to_json};
use super::window;
use crate::flow::mode::Mode;
use crate::flow::transaction::Transaction;
use crate::value::Value;
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::Storage;

/// The prefix of every key.
pub const PREFIX: &str = "connect-widget:";

/// The member of `history.state` that a response waits in which must not be written to a store: a token.
const HELD: &str = "connect-widget";

/// How long an expired record is kept, so that an answer that comes after all can be told why it is none: a day, in
/// milliseconds.
const AFTERLIFE: f64 = 86_400_000.0;

/// A record as it is stored.
pub struct Stored {
    /// The attempt.
    pub transaction: Transaction,
    /// The URL that came back and waits to be asked for.
    pub response: Option<String>,
    /// Which load of a page, by its time origin, is at work on it.
    claimed: Value,
}

fn session() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn local() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn key(transaction: &Transaction) -> String {
    [PREFIX, transaction.state.expose()].concat()
}

fn parse(text: &str) -> Option<Value> {
    JSON::parse(text).ok().map(|value| read(&value))
}

/// The keys and texts of ours in a store.
fn entries(store: &Storage) -> Vec<(String, String)> {
    let keys = Object::keys(store).into_iter().filter_map(|key| key.as_string());
    let ours = keys.filter(|key| key.starts_with(PREFIX));
    ours.filter_map(|key| Some((key.clone(), store.get_item(&key).ok()??))).collect()
}

/// Remembers an attempt; false where storage is refused or full.
pub fn remember(transaction: &Transaction) -> bool {
    let Some(record) = to_json(transaction) else { return false };
    session().is_some_and(|store| store.set_item(&key(transaction), &record).is_ok())
}

/// Tells the other pages of the origin of an attempt by popup.
pub fn mark(transaction: &Transaction) {
    if let (Some(store), Some(mark)) = (local(), to_json(&transaction.mark())) {
        let _ = store.set_item(&key(transaction), &mark);
    }
}

/// Forgets an attempt and its mark.
pub fn forget(transaction: &Transaction) {
    for store in [session(), local()].into_iter().flatten() {
        let _ = store.remove_item(&key(transaction));
    }
}

/// Forgets an attempt that another tab is at work on, and leaves its mark.
pub fn forget_copy(transaction: &Transaction) {
    if let Some(store) = session() {
        let _ = store.remove_item(&key(transaction));
    }
}

/// Whether the mark of an attempt is there: where tabs cannot ask for a lock, whoever takes it away goes on.
pub fn take_mark(transaction: &Transaction) -> bool {
    local().is_some_and(|store| {
        let is_there = store.get_item(&key(transaction)).is_ok_and(|mark| mark.is_some());
        let _ = store.remove_item(&key(transaction));
        is_there
    })
}

/// The remembered attempts of a mode.
pub fn records(mode: Mode) -> Vec<Stored> {
    let held = held_by_history();
    let mut records = Vec::new();
    for (_, text) in session().map(|store| entries(&store)).unwrap_or_default() {
        let Some(record) = parse(&text) else { continue };
        let Some(transaction) = Transaction::parse(&record).filter(|transaction| transaction.mode == mode) else { continue };
        let is_held = held.get("state").text() == Some(transaction.state.expose());
        let response = if is_held { held.get("response") } else { record.get("response") }.to_text();
        records.push(Stored { response, claimed: record.get("claimed").clone(), transaction });
    }
    records
}

/// The newest of these.
fn newest(records: Vec<Stored>) -> Option<Stored> {
    records.into_iter().reduce(|one, other| if other.transaction.expires > one.transaction.expires { other } else { one })
}

/// The redirect whose response waits to be asked for.
pub fn held() -> Option<(Transaction, String)> {
    let mut records = records(Mode::Redirect);
    records.retain(|stored| stored.response.is_some());
    let stored = newest(records)?;
    Some((stored.transaction, stored.response?))
}

/// Uses a held response up.
pub fn take_held(transaction: &Transaction) {
    forget(transaction);
    if held_by_history().is_given() {
        let _ = release_history();
    }
}

/// The newest redirect that no copy of this package on this page is at work on; it is from now on.
pub fn claim_redirect() -> Option<Transaction> {
    let load = Value::Number(window().performance()?.time_origin());
    let mut records = records(Mode::Redirect);
    records.retain(|stored| stored.claimed != load);
    let stored = newest(records)?;
    let store = session()?;
    let record = JSON::parse(&store.get_item(&key(&stored.transaction)).ok()??).ok()?;
    if let Value::Number(load) = load {
        Reflect::set(&record, &"claimed".into(), &load.into()).ok()?;
    }
    let _ = store.set_item(&key(&stored.transaction), &JSON::stringify(&record).ok()?.as_string()?);
    Some(stored.transaction)
}

fn held_by_history() -> Value {
    let state = window().history().and_then(|history| history.state());
    let held = state.and_then(|state| if state.is_object() { Reflect::get(&state, &HELD.into()) } else { Ok(JsValue::UNDEFINED) });
    held.map_or(Value::Absent, |held| read(&held))
}

fn release_history() -> Result<(), JsValue> {
    let history = window().history()?;
    let state = history.state()?;
    Reflect::delete_property::<JsValue>(state.unchecked_ref(), &HELD.into())?;
    history.replace_state(&state, "")
}

/// Attempts that nobody came back from leave nothing behind.
pub fn sweep(now: f64) {
    for (store, afterlife) in [(session(), AFTERLIFE), (local(), 0.0)] {
        let Some(store) = store else { continue };
        for (key, text) in entries(&store) {
            if key == super::popup::TICKET {
                continue;
            }
            let expires = match parse(&text).as_ref().map(|record| record.get("expires")) {
                Some(Value::Number(expires)) => *expires,
                _ => f64::NEG_INFINITY,
            };
            if now >= expires + afterlife {
                let _ = store.remove_item(&key);
            }
        }
    }
}
