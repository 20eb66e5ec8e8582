//! The records that are in this window's store: remembered attempts, and what came back for them.

use super::store::{CLAIMED, amend, entries, session};
use super::world::Browser;
use super::{held, page};
use crate::flow::mode::Mode;
use crate::flow::transaction::{Transaction, VERIFIES};
use crate::value::Value;
use crate::world::World;
use wasm_bindgen::prelude::*;

/// A remembered attempt, and how far it is.
pub struct Record {
    /// The attempt.
    pub transaction: Box<Transaction>,
    /// The URL that came back and waits to be asked for.
    pub response: Option<String>,
    /// Which load of a page, by its time origin, is at work on it.
    claimed: Option<f64>,
    /// Which load of a page has begun to use its response.
    pub used: Option<f64>,
}

impl Record {
    /// Reads what is stored; none where it is no record.
    fn parse(stored: &Value, in_memory: &Value) -> Option<Box<Record>> {
        let mut transaction = Transaction::parse(stored)?;
        let response = held::find_response(stored, in_memory, &transaction);
        if response.is_some() {
            transaction.mode = Mode::Redirect;
        }
        Some(Box::new(Record {
            response,
            claimed: stored.get(CLAIMED).number(),
            used: stored.get(held::USED).number(),
            transaction,
        }))
    }

    /// Whether a copy of this package on this page is at work on it.
    pub fn is_taken_up(&self) -> bool {
        self.claimed == Some(page::load())
    }

    /// Whether the attempt can no longer be answered.
    pub fn has_expired(&self) -> bool {
        self.transaction.has_expired(Browser.time())
    }

    /// From now on this copy of the package is at work on it.
    pub fn take_up(&self) {
        amend(&self.transaction, CLAIMED, &page::load().into());
    }
}

/// The remembered attempts of a mode. A page sees those of pages, a frame those of frames. One whose response is held here is answered as a
/// redirect, whatever it was.
#[expect(
    clippy::vec_box,
    reason = "unboxed, they are copied from hand to hand by larger code"
)]
pub fn records(mode: Mode) -> Vec<Box<Record>> {
    let in_memory = held::in_memory();
    let is_framed = page::is_framed();
    let mut records = Vec::new();
    let stored = session().map_or(Value::Absent, |store| entries(&store));
    for (_, value) in stored.entries() {
        let Some(record) = Record::parse(value, &in_memory) else {
            continue;
        };
        if record.transaction.mode == mode && record.transaction.is_framed == is_framed {
            records.push(record);
        }
    }
    records
}

/// The newest of the redirects that are such.
pub fn newest_redirect(is_such: &dyn Fn(&Record) -> bool) -> Option<Box<Record>> {
    let mut newest: Option<Box<Record>> = None;
    for record in records(Mode::Redirect) {
        let is_newer = |known: &Record| record.transaction.expires > known.transaction.expires;
        if is_such(&record) && newest.as_deref().is_none_or(is_newer) {
            newest = Some(record);
        }
    }
    newest
}

/// The newest redirect that was begun with a `verify`, may be answered, and that no copy of this package on this page is at work on; it is
/// from now on. It stands for those before it: `verify` cannot tell them apart, and would bring one result for each.
pub fn take_up_redirect() -> Option<Box<Transaction>> {
    let is_free = |record: &Record| {
        let is_asked_for = record.transaction.verifies && record.response.is_none();
        is_asked_for && !record.is_taken_up() && !record.has_expired()
    };
    let newest = newest_redirect(&is_free)?;
    newest.take_up();
    let newest = newest.transaction;
    for record in &records(Mode::Redirect) {
        let earlier = &record.transaction;
        if earlier.protocol == newest.protocol && earlier.state != newest.state {
            amend(earlier, VERIFIES, &JsValue::FALSE);
        }
    }
    Some(newest)
}

/// No copy of this package is at work on a redirect any more.
pub fn lay_down(transaction: &Transaction) {
    amend(transaction, CLAIMED, &JsValue::NULL);
}
