//! What is remembered of attempts, as it is written and cleared away: the records in this window's session storage, which `records.rs` reads,
//! and in local storage marks, by which the other pages of the origin know an attempt by popup when its answer comes to them, and flags of
//! redirects.

use super::value::{get, set, to_js, to_json, to_json_text};
use super::world::Browser;
use super::{page, window};
use crate::flow::mode::Mode;
use crate::flow::transaction::{Mark, Transaction};
use crate::value::{Entries, Value};
use crate::world::World;
use js_sys::{JSON, Object};
use wasm_bindgen::prelude::*;
use web_sys::{Storage, Window};

/// The prefix of every key.
pub const PREFIX: &str = "connect-widget:";

/// The key by which a page finds, in the store that its window alone has, whose window it is.
const TICKET: &str = "connect-widget:window";

/// The member of a record that is the address of the page that was left; `pkg-template/held.js` goes back there.
const PAGE: &str = "page";

/// The member of a record that is that page's `history.state`, where JSON can say it: a router looks for it when the user is back.
const ENTRY: &str = "entry";

/// How long that may be: what is remembered of an attempt comes first.
const ENTRY_LENGTH: u32 = 65_536;

/// The member of a record that says which load of the page works on the attempt, so that two copies of this package on one page do not. Between
/// tabs `claim.rs` decides.
pub const CLAIMED: &str = "claimed";

/// How long an expired record is kept, so that an answer that comes after all can be told why it is none: a day, in
/// milliseconds.
const AFTERLIFE: f64 = 86_400_000.0;

/// Tells the pages of this origin that a window will show whose window it is.
pub fn give_ticket(window: &Window, ticket: &str) {
    if let Some(store) = storage(window, "sessionStorage") {
        let _ = store.set_item(TICKET, ticket);
    }
}

/// A window's store of this name; none where it is refused.
fn storage(window: &Window, name: &str) -> Option<Storage> {
    let storage = get(window, name);
    storage.is_object().then(|| storage.unchecked_into())
}

pub fn session() -> Option<Storage> {
    storage(&window(), "sessionStorage")
}

/// The store that all pages of the origin have.
pub fn local() -> Option<Storage> {
    storage(&window(), "localStorage")
}

/// The attempt's key; its channel and its lock have the same name.
pub fn key(transaction: &Transaction) -> String {
    [PREFIX, transaction.state.expose()].concat()
}

/// What is ours in a store, by its keys: records and marks. What is no JSON is a text, as the ticket is.
pub fn entries(store: &Storage) -> Value {
    let mut entries = Entries::default();
    for key in Object::keys(store).iter() {
        let Some(key) = key.as_string().filter(|key| key.starts_with(PREFIX)) else {
            continue;
        };
        if let Some(text) = get(store, &key).as_string() {
            let entry = Browser.parse_json(&text).unwrap_or(Value::Text(text));
            entries.push(key, entry);
        }
    }
    entries.build()
}

/// Remembers an attempt; false where storage is refused or full, or where a script that waits for the user's consent lets nothing
/// in, and says nothing.
pub fn remember(transaction: &Transaction) -> bool {
    let record = to_js(&transaction.record());
    // Where a redirect comes back to. A router may have gone on since the click.
    set(&record, PAGE, &page::address().into());
    // A redirect is another page's to answer.
    let (name, value) = match transaction.mode {
        Mode::Popup => (CLAIMED, page::load().into()),
        Mode::Redirect => (ENTRY, history_entry()),
    };
    set(&record, name, &value);
    let Some(record) = to_json_text(&record) else {
        return false;
    };
    write(session(), transaction, &record) && has(session(), transaction)
}

/// Writes what is remembered of an attempt; false where the store is refused or full.
fn write(store: Option<Storage>, transaction: &Transaction, text: &str) -> bool {
    store.is_some_and(|store| store.set_item(&key(transaction), text).is_ok())
}

fn has(store: Option<Storage>, transaction: &Transaction) -> bool {
    item(store, transaction).is_some()
}

/// What a store remembers of an attempt.
pub fn item(store: Option<Storage>, transaction: &Transaction) -> Option<String> {
    let store = store?;
    get(&store, &key(transaction)).as_string()
}

/// The state of this page's entry in the history.
fn history_entry() -> JsValue {
    let state = get(&get(&window(), "history"), "state");
    let fits = |text: js_sys::JsString| text.length() <= ENTRY_LENGTH;
    if state.is_object() && JSON::stringify(&state).is_ok_and(fits) {
        state
    } else {
        JsValue::NULL
    }
}

/// Writes something more into an attempt's record, where there is one.
pub fn amend(transaction: &Transaction, name: &str, value: &JsValue) -> Option<()> {
    let record = JSON::parse(&item(session(), transaction)?).ok()?;
    set(&record, name, value);
    write(session(), transaction, &to_json_text(&record)?);
    Some(())
}

/// Tells the other pages of the origin of an attempt; false where the store is refused or full.
pub fn mark(transaction: &Transaction, mark: Mark) -> bool {
    to_json(&transaction.mark(mark)).is_some_and(|mark| write(local(), transaction, &mark))
}

/// Raises a flag, beside the record of a redirect, that is there until its answer is used; false where the store is refused or full. The page
/// that is left may be shown again out of the back/forward cache: in Chromium with the session storage that it had, and no word of what became
/// of it.
pub fn raise_flag(transaction: &Transaction) -> bool {
    mark(transaction, Mark::Flag)
}

/// Writes a redirect's record and its flag anew where they were cleared away. What is there may be more than this page knows: the answer can have come
/// before this page is gone.
pub fn keep(transaction: &Transaction) {
    if !has(session(), transaction) {
        remember(transaction);
    }
    if !has(local(), transaction) {
        raise_flag(transaction);
    }
}

/// Forgets a redirect that another page has had the answer of, and answers whether that was so: its flag is gone. Where no flag can be raised now,
/// there never was one, and nothing is known.
pub fn forget_answered(transaction: &Transaction) -> bool {
    let is_answered = !has(local(), transaction) && raise_flag(transaction);
    if is_answered {
        forget(transaction);
    }
    is_answered
}

/// Forgets an attempt and its mark.
pub fn forget(transaction: &Transaction) {
    remove(session(), transaction);
    remove(local(), transaction);
}

fn remove(store: Option<Storage>, transaction: &Transaction) {
    if let Some(store) = store {
        let _ = store.remove_item(&key(transaction));
    }
}

/// Forgets an attempt that another tab is at work on, and leaves its mark. What another frame is at work on is no copy.
pub fn forget_copy(transaction: &Transaction) {
    if !transaction.is_framed {
        remove(session(), transaction);
    }
}

/// Takes the mark of an attempt away, and answers whether it was there. Where tabs cannot ask for a lock, whoever comes first goes on.
pub fn take_mark(transaction: &Transaction) -> bool {
    let is_there = has(local(), transaction);
    remove(local(), transaction);
    is_there
}

/// What this window is, by its ticket and its flow's mark.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ThisWindow {
    /// No flow's, or one's that nothing is known of any more.
    Nobodys,
    /// A flow's that is under way.
    Waiting,
    /// A flow's that has ended out of its sight.
    Ended,
}

/// Attempts that nobody came back from leave nothing behind. Answers what this window is; the mark of a flow that has ended is taken.
pub fn sweep(time: f64) -> ThisWindow {
    let (mut own, mut found) = (String::new(), ThisWindow::Nobodys);
    // The ticket is in the first, and says which mark of the second is this window's.
    for (store, afterlife) in [(session(), AFTERLIFE), (local(), 0.0)] {
        let Some(store) = store else { continue };
        for (key, record) in entries(&store).entries() {
            if key == TICKET {
                // A frame has its page's store, and cannot close its window.
                if !page::is_framed() {
                    own = [PREFIX, record.as_str().unwrap_or_default()].concat();
                }
                continue;
            }
            let is_own = *key == own;
            let has_ended = is_own && record.get("ended").is_true();
            if is_own {
                found = if has_ended {
                    ThisWindow::Ended
                } else {
                    ThisWindow::Waiting
                };
            }
            let expires = record.get("expires").number();
            if has_ended || time >= expires.unwrap_or(f64::NEG_INFINITY) + afterlife {
                let _ = store.remove_item(key);
            }
        }
    }
    found
}
