//! Responses that are here and wait to be asked for. `pkg-template/held.js` holds those that come before the core is there: in the attempt's
//! record, in two halves, or in the page's memory.

use super::records::{Record, newest_redirect};
use super::store::{amend, forget, item, local, remember};
use super::value::{call, get, own, read};
use super::world::Browser;
use super::{page, window};
use crate::flow::mode::Mode;
use crate::flow::transaction::Transaction;
use crate::text::includes;
use crate::value::Value;
use crate::world::World;
use js_sys::{Reflect, Symbol};
use wasm_bindgen::prelude::*;

/// The symbol by which `pkg-template/held.js` keeps a response in the page's memory, where it must not be written to a store (a token is in it)
/// or cannot be (the store is full).
const HELD: &str = "connect-widget";

/// The member of a record that says which load of the page has begun to use its response.
pub const USED: &str = "used";

/// What whoever asks can do about a code that is for the app's `exchange`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Codes {
    /// Nothing: it waits for a call that brings one, and hides no other response.
    Wait,
    /// Have it exchanged.
    Taken,
}

/// Holds a response until somebody asks for it, as that of a redirect is held.
pub fn hold(mut transaction: Box<Transaction>, response: &str) {
    transaction.mode = Mode::Redirect;
    remember(&transaction);
    amend(&transaction, "response", &response.into());
}

/// Holds a response while this load of the page uses it. If the page is gone before the flow has ended, the next load takes the response up. Where
/// the browser does not tell loads apart, nothing is held.
pub fn hold_while_used(transaction: Box<Transaction>, response: &str) {
    let load = page::load();
    if !load.is_nan() {
        hold(transaction.clone(), response);
        amend(&transaction, USED, &load.into());
    }
}

/// The newest redirect whose response waits to be asked for, and can be told.
pub fn find(codes: Codes) -> Option<Box<Record>> {
    let can_be_told = |record: &Record, response: &str| {
        // A refusal needs no `exchange`, and has an `error`, or an `error_code` alone. A code with an empty `error` beside it finds no
        // `exchange` when it is taken, and is held again.
        codes == Codes::Taken || !record.transaction.needs_exchange() || includes(response, "error")
    };
    newest_redirect(&|record| {
        let response = record.response.as_deref();
        response.is_some_and(|response| can_be_told(record, response)) && may_be_used(record)
    })
}

/// Whether its response is free: no load of the page has begun to use it, or one that is gone. In a window that another page has opened
/// the store began as a copy of that page's, which may still be at work; once reloaded, a window is taken to have its own.
fn may_be_used(record: &Record) -> bool {
    let is_copy = || !page::was_reloaded() && get(&window(), "opener").is_object();
    record.used.is_none() || record.used != Some(page::load()) && !is_copy()
}

/// Uses a held response up.
pub fn take(transaction: &Transaction) {
    forget(transaction);
    if is_of(&in_memory(), transaction) {
        let _ = call(&own(&page_memory(), "release"), &JsValue::UNDEFINED);
    }
}

/// The response that is here for an attempt: in the page's memory, in the attempt's record, or in two halves.
pub fn find_response(
    record: &Value,
    in_memory: &Value,
    transaction: &Transaction,
) -> Option<String> {
    let held = if is_of(in_memory, transaction) {
        in_memory
    } else {
        record
    };
    let whole = held.get("response").to_text();
    whole.or_else(|| join(record.get("half").text()?, transaction))
}

/// The response of two halves, the one of the record and the one of the flag; `writeHalves` in `pkg-template/held.js` made them. Where a script has
/// cleared the flag away, it is no answer that anybody knows.
fn join(half: &str, transaction: &Transaction) -> Option<String> {
    let flag = item(local(), transaction).and_then(|flag| Browser.parse_json(&flag));
    let mut bytes = half.as_bytes().to_vec();
    if let Some(other) = flag.unwrap_or(Value::Absent).get("half").text() {
        for (byte, other) in bytes.iter_mut().zip(other.bytes()) {
            *byte ^= other;
        }
    }
    String::from_utf8(bytes).ok()
}

/// What waits in the page's memory, where every copy of this package finds it: a state, and the response to that attempt.
pub fn in_memory() -> Value {
    read(&page_memory())
}

fn page_memory() -> JsValue {
    Reflect::get(&window(), &Symbol::for_(HELD)).unwrap_or_default()
}

/// Whether what is in the page's memory is this attempt's.
fn is_of(in_memory: &Value, transaction: &Transaction) -> bool {
    in_memory.get("state").text() == Some(transaction.state.expose())
}
