//! What an earlier page left open: attempts by popup, found in their records, and a redirect, with what it brought or without.

use super::attempt::{Attempt, Sink};
use super::claim::{Claim, Standing};
use super::driver::{LOOK, attend, feed, take_returned};
use super::flows::{add, find_attempt, let_go, update_listeners};
use super::hearing::open_relay;
use super::options::Options;
use super::outcome::{finish, tell, tell_end};
use super::promise::{Deferred, later};
use super::records::records;
use super::store::ThisWindow;
use super::world::Browser;
use super::{store, window};
use crate::error::Code;
use crate::flow::machine::{Event, Flow};
use crate::flow::mode::Mode;
use crate::flow::response::Via;
use crate::flow::transaction::Transaction;
use crate::protocol::PROTOCOLS;
use crate::result::Outcome;
use crate::world::World;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

thread_local! {
    /// Whether this page has looked already for what an earlier one left open.
    static HAS_RECALLED: Cell<bool> = const { Cell::new(false) };
}

/// Takes up, once, what an earlier page left open, and clears away what nobody came back from.
pub fn recall() {
    if HAS_RECALLED.replace(true) {
        return;
    }
    close_if_ended();
    for record in records(Mode::Popup) {
        let is_its = |attempt: &Attempt| {
            attempt.flow.borrow().transaction().state == record.transaction.state
        };
        if find_attempt(&is_its).is_none() && !record.is_taken_up() && !record.has_expired() {
            record.take_up();
            resume_popup(record.transaction);
        }
    }
}

/// A window that was out of sight when the app's backend had the result, and that comes back to a page of the app, has only to close.
fn close_if_ended() {
    match store::sweep(Browser.time()) {
        ThisWindow::Ended => {
            let _ = window().close();
        }
        ThisWindow::Waiting => later(1000, Box::new(close_if_ended)),
        ThisWindow::Nobodys => {}
    }
}

/// An attempt by popup whose page was reloaded: its window is out of reach, but what comes of it is heard. Its messages can be for no
/// other page, and are heard at once. Its channel is heard by every page of the origin, and is opened once no other one is at work on
/// the attempt.
fn resume_popup(transaction: Box<Transaction>) {
    let Some(flow) = Flow::resume(transaction, PROTOCOLS) else {
        return;
    };
    let attempt = Attempt::new(flow, Sink::Late(None), None);
    attempt.is_alone.set(false);
    let claimed = Rc::clone(&attempt);
    let claim = Claim::ask(
        &attempt.transaction(),
        Box::new(move |standing| {
            if standing == Standing::Foreign {
                let_go(&claimed);
                store::forget_copy(&claimed.transaction());
                return tell_end(&claimed, &Outcome::Exit);
            }
            claimed.is_alone.set(standing == Standing::Own);
            open_relay(&claimed);
            ask_backend(&claimed);
        }),
    );
    attempt.claim.replace(Some(claim));
    add(&attempt);
    update_listeners();
}

/// The app brings its `verify` for an attempt by popup that was begun with one and that an earlier page left open, and waits for what comes
/// of it: `null` where there is none.
pub fn wait_for_backend(answer: Deferred, handlers: Options) {
    recall();
    let is_lost = |attempt: &Attempt| {
        let flow = attempt.flow.borrow();
        let is_nobodys = matches!(*attempt.sink.borrow(), Sink::Late(None));
        is_nobodys && flow.transaction().verifies && !flow.has_verify()
    };
    let Some(attempt) = find_attempt(&is_lost) else {
        return answer.resolve(&JsValue::NULL);
    };
    attempt.sink.replace(Sink::Redirect(answer));
    attempt.options.replace(Some(handlers));
    feed(&attempt, Event::VerifyBrought);
    ask_backend(&attempt);
}

/// Begins the looks by which the backend is asked, once the app has brought its `verify` and the attempt is no other page's: only then is
/// there a relay.
fn ask_backend(attempt: &Rc<Attempt>) {
    if attempt.flow.borrow().has_verify() && attempt.relay.borrow().is_some() {
        attend(attempt, LOOK);
    }
}

/// Takes up the attempt of a redirect: with the response that came back, or, without one, to ask the app's backend.
pub fn resume_redirect(
    transaction: Box<Transaction>,
    sink: Sink,
    handlers: Options,
    response: Option<&str>,
) {
    let unknown = || Outcome::Failure(Code::InvalidResponse.into());
    let Some(flow) = Flow::resume(transaction, PROTOCOLS) else {
        // Another version's protocol.
        let outcome = response.map_or(Outcome::Exit, |_| unknown());
        return tell(sink, None, &outcome, &JsValue::UNDEFINED);
    };
    let attempt = Attempt::new(flow, sink, Some(handlers));
    add(&attempt);
    match response {
        Some(response) => {
            take_returned(&attempt, response, Via::Page);
            if !attempt.is_over.get() && attempt.flow.borrow().is_waiting() {
                // Nothing that this protocol knows.
                finish(&attempt, &unknown());
            }
        }
        None => {
            feed(&attempt, Event::VerifyBrought);
            attend(&attempt, LOOK);
        }
    }
}
