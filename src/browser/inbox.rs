//! Results that nobody asked for yet: what a redirect brought, and what came after a flow was over. Each is given to one
//! reader, once.

use super::app::{Widget, error_of};
use super::attempt::{Attempt, Sink};
use super::flows::find_attempt;
use super::held::{self, Codes};
use super::options::Options;
use super::outcome::tell;
use super::promise::Deferred;
use super::recall::{resume_redirect, wait_for_backend};
use super::records::{Record, take_up_redirect};
use super::shell::subscribers;
use crate::error::{Code, Failure};
use crate::flow::mode::Mode;
use crate::options::optional_function;
use crate::result::Outcome;
use js_sys::{Array, Promise};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

struct Letter {
    /// The result, or the error.
    outcome: Result<JsValue, JsValue>,
    /// The widget that began the flow, where it is known.
    widget: Option<Widget>,
}

thread_local! {
    static LETTERS: RefCell<Vec<Letter>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a late outcome until somebody listens.
pub fn post(outcome: Result<JsValue, JsValue>, widget: Option<Widget>) {
    LETTERS.with_borrow_mut(|letters| letters.push(Letter { outcome, widget }));
    deliver();
}

/// To the widget that began the flow, where it listens, or else to the first one that does.
fn deliver() {
    for letter in LETTERS.take() {
        let (event, value) = match &letter.outcome {
            Ok(result) => ("success", result),
            Err(error) => ("error", error),
        };
        let listens = |reader: &Widget| reader.has_handlers(event);
        let others = || subscribers().iter().map(Widget::from).find(listens);
        match letter.widget.clone().filter(listens).or_else(others) {
            Some(reader) => reader.tell(event, &JsValue::UNDEFINED, &Array::of1(value)),
            None => LETTERS.with_borrow_mut(|letters| letters.push(letter)),
        }
    }
}

/// Somebody listens now. What a redirect brought is theirs, unless the app must bring its `exchange` for it.
pub fn demand() {
    if let Some(record) = held::find(Codes::Wait) {
        use_up(*record, Sink::Late(None), Options::none());
    }
    deliver();
}

/// The result of the redirect that this page came back from, as a promise; `null` where there is none.
pub fn handle_redirect(given: &JsValue) -> Promise {
    let answer = Deferred::new();
    let promise = answer.promise.clone();
    match read_handlers(given) {
        Ok(handlers) => answer_redirect(answer, handlers),
        Err(invalid) => answer.reject(&error_of(&invalid, &JsValue::UNDEFINED)),
    }
    promise
}

fn answer_redirect(answer: Deferred, handlers: Options) {
    let codes = if handlers.raw("exchange").is_function() {
        Codes::Taken
    } else {
        Codes::Wait
    };
    if let Some(record) = held::find(codes) {
        return use_up(*record, Sink::Redirect(answer), handlers);
    }
    let letter =
        LETTERS.with_borrow_mut(|letters| (!letters.is_empty()).then(|| letters.remove(0)));
    if let Some(letter) = letter {
        return answer.settle(letter.outcome);
    }
    // A subscriber has had it taken, and it is under way.
    let is_taken = |attempt: &Attempt| {
        attempt.flow.borrow().transaction().mode == Mode::Redirect
            && matches!(*attempt.sink.borrow(), Sink::Late(_))
    };
    if let Some(attempt) = find_attempt(&is_taken) {
        attempt.sink.replace(Sink::Redirect(answer));
        return;
    }
    // Without a `verify` it is left to the call that brings one.
    if !handlers.raw("verify").is_function() {
        return answer.resolve(&JsValue::NULL);
    }
    match take_up_redirect() {
        Some(transaction) => resume_redirect(transaction, Sink::Redirect(answer), handlers, None),
        None => wait_for_backend(answer, handlers),
    }
}

/// What the app brings for the answer: functions, or nothing.
fn read_handlers(given: &JsValue) -> Result<Options, Box<Failure>> {
    let handlers = Options::copy(given)?;
    for name in ["verify", "exchange"] {
        optional_function(&handlers, name)?;
    }
    Ok(handlers)
}

/// The response is used up before anything is awaited.
fn use_up(record: Record, sink: Sink, handlers: Options) {
    held::take(&record.transaction);
    if !record.has_expired() {
        let response = record.response.as_deref();
        return resume_redirect(record.transaction, sink, handlers, response);
    }
    let expired = Outcome::Failure(Code::Expired.into());
    tell(sink, None, &expired, &JsValue::UNDEFINED);
}
