//! The way out of a flow: what it held on to is let go of, and the app is told, once.

use super::app::{Launch, error, error_of};
use super::attempt::{Attempt, Sink};
use super::device::is_chromium;
use super::driver::{LATE_LOOK, attend};
use super::flows::{let_go, remove};
use super::options::Options;
use super::popup::{Place, Popup, Resting};
use super::value::to_js;
use super::world::Browser;
use super::{inbox, records, store};
use crate::error::{Code, FailureCode};
use crate::flow::mode::Mode;
use crate::flow::transaction::Mark;
use crate::result::{Outcome, Success};
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Who has ended a flow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The page in its window, which has answered; or what failed before it had a page.
    Page,
    /// The app's backend, wherever the window is.
    Backend,
    /// The app or the user.
    Other,
}

impl By {
    fn of(outcome: &Outcome) -> By {
        match outcome {
            Outcome::Success(Success::Verified) => By::Backend,
            Outcome::Success(_) => By::Page,
            Outcome::Failure(failure) if failure.code != FailureCode::Ours(Code::Aborted) => {
                By::Page
            }
            Outcome::Failure(_) | Outcome::Exit => By::Other,
        }
    }
}

/// Closes the flow's window, if it still has one.
pub fn close_window(attempt: &Attempt, by: By) {
    if let Some(resting) = close_or_rest(attempt, by) {
        resting.close();
    }
}

/// Closes the window at once, or returns it where it has to rest before it is closed (`Popup::rest`): the app is told before that.
fn close_or_rest(attempt: &Attempt, by: By) -> Option<Resting> {
    let popup = attempt.popup.take().filter(|_| !attempt.has_heir.get())?;
    popup.done();
    let is_on_the_way = by != By::Page && attempt.flow.borrow().is_on_the_way(&Browser);
    let may_be_under_way = match popup.look() {
        Place::Blank => is_on_the_way,
        // A provider that has answered goes on to a page of thanks, which is called off. A page that the user is busy on may want to ask
        // whether to leave (`beforeunload`), and is not. Between two pages `closed` reads true.
        Place::Foreign | Place::Gone => is_on_the_way || by != By::Other,
        Place::Readable(_) => false,
    };
    // The app may give a window of its own to the next flow.
    if may_be_under_way && is_chromium() && attempt.option("popup").is_undefined() {
        return Some(popup.rest(is_on_the_way));
    }
    popup.close();
    None
}

/// Whether the app's backend had the result while the window was out of reach: severed, or lost with an earlier page. It cannot be
/// closed from here, and closes itself, should it come back.
fn may_window_come_back(attempt: &Attempt, outcome: &Outcome) -> bool {
    let is_verified = matches!(outcome, Outcome::Success(Success::Verified));
    is_verified
        && attempt.window().is_none_or(|popup| popup.is_closed())
        && !attempt.has_heir.get()
        && attempt.flow.borrow().may_window_live(&Browser)
}

/// The way out of a flow that ends with an outcome. It is none of the page's before anybody is told, so a callback may open the next
/// one; what it held on to, and a window that has to rest, take the browser longer than the app should wait.
pub fn finish(attempt: &Rc<Attempt>, outcome: &Outcome) {
    remove(attempt);
    let may_come_back = may_window_come_back(attempt, outcome);
    let resting = close_or_rest(attempt, By::of(outcome));
    let transaction = attempt.transaction();
    // Before the app is told: a window that it opens then would inherit a copy, and a frame that it removes has no store any more.
    store::forget(&transaction);
    tell_end(attempt, outcome);
    if let Some(resting) = resting {
        resting.close();
    }
    if may_come_back {
        store::mark(&transaction, Mark::Ended);
    }
    let_go(attempt);
}

/// The app has its outcome. A window may still bring a result; a redirect's comes to another page.
pub fn detach(attempt: &Rc<Attempt>, outcome: &Outcome) {
    if attempt.flow.borrow().transaction().mode == Mode::Popup {
        attempt.retire();
        // The user may still come back in a window that is in sight, to a page that hands nothing over. One of the app's own may be the
        // next flow's by then.
        let is_in_sight =
            |popup: Popup| !popup.is_closed() && attempt.option("popup").is_undefined();
        if attempt.flow.borrow().has_verify() || attempt.window().is_some_and(is_in_sight) {
            attend(attempt, LATE_LOOK);
        }
    } else {
        let_go(attempt);
        records::lay_down(&attempt.transaction());
    }
    let widget = attempt.live_widget();
    // What the app is asked by is all that a late result needs, and whether the window is the app's own.
    let late = |options: &Options| options.only(&["verify", "exchange", "popup"]);
    let late = attempt.options.borrow().as_ref().map(late);
    tell_and_pass_on(attempt, outcome, Sink::Late(widget), late);
}

/// Whoever waits is told the outcome, and it is the last one.
pub fn tell_end(attempt: &Attempt, outcome: &Outcome) {
    tell_and_pass_on(attempt, outcome, Sink::Told, None);
}

/// Whoever waits is told the outcome. What comes later goes to `next`, and the attempt keeps no more of the app's options than `left`.
fn tell_and_pass_on(attempt: &Attempt, outcome: &Outcome, next: Sink, left: Option<Options>) {
    let sink = attempt.sink.replace(next);
    let options = attempt.options.replace(left);
    let given = attempt.given.take();
    tell(sink, options, outcome, &given);
}

/// Tells an outcome, whose value or cause is `given`, to a sink.
pub fn tell(sink: Sink, options: Option<Options>, outcome: &Outcome, given: &JsValue) {
    let told = match outcome {
        Outcome::Success(Success::Verified | Success::Exchanged) => Some(Ok(given.clone())),
        Outcome::Success(Success::Value(result)) => Some(Ok(to_js(result))),
        Outcome::Failure(failure) => Some(Err(error_of(failure, given))),
        Outcome::Exit => None,
    };
    match sink {
        Sink::Call(launch) => tell_call(&launch, options, told),
        Sink::Redirect(answer) => answer.settle(match told {
            None => Ok(JsValue::NULL),
            // `null` would say that nothing came back.
            Some(Ok(result)) if result.is_null() => Ok(JsValue::UNDEFINED),
            Some(told) => told,
        }),
        Sink::Late(widget) => {
            if let Some(told) = told {
                inbox::post(told, widget);
            }
        }
        Sink::Told => {}
    }
}

/// Settles the promise of the call, and tells its callback and the widget's handlers: the result or the error, or that the user has left.
fn tell_call(launch: &Launch, options: Option<Options>, told: Option<Result<JsValue, JsValue>>) {
    launch.ended();
    if launch.wants_result() {
        match &told {
            Some(Ok(result)) => launch.resolve(result),
            Some(Err(error)) => launch.reject(error),
            None => launch.reject(&error(Code::PopupClosed)),
        }
    }
    let (event, callback, values) = match &told {
        Some(Ok(result)) => ("success", "onSuccess", Array::of1(result)),
        Some(Err(error)) => ("error", "onError", Array::of1(error)),
        None => ("exit", "onExit", Array::new()),
    };
    let callback = options.map(|options| options.raw(callback));
    let widget = launch.widget();
    widget.tell(event, &callback.unwrap_or_default(), &values);
    widget.tell("close", &JsValue::UNDEFINED, &Array::new());
}
