//! Doing what the machine says, one effect at a time, each in the room that is for it.

use super::attempt::Attempt;
use super::claim::Claim;
use super::driver::{feed, feed_with, weakly};
use super::flows::let_go;
use super::focus::Trigger;
use super::hearing::open_relay;
use super::outcome::{By, close_window, detach, finish, tell_end};
use super::popup::{Placement, Popup};
use super::promise::later;
use super::recall::recall;
use super::shell::listen;
use super::source::{Answer, ask, is_aborted};
use super::value::{is_list, number_of, object, own, read, to_js};
use super::world::Browser;
use super::{held, page, store, token, window};
use crate::flow::machine::{Effect, Event, Milestone};
use crate::flow::transaction::{Binding, Mark};
use crate::protocol::TokenRequest;
use crate::result::Outcome;
use crate::secret::Secret;
use crate::value::Value;
use crate::world::World;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How long a failed token request is kept back while the page is about to be left, in milliseconds. A page that is still here then was not left.
const STAYED: i32 = 10_000;

/// Does what an effect says. What comes of it is fed back.
pub fn perform(attempt: &Rc<Attempt>, effect: &Effect) {
    match effect {
        Effect::Open(url) => open_window(attempt, url.as_ref()),
        Effect::Remember => remember_soon(attempt),
        Effect::Navigate(url) => {
            if let Some(popup) = attempt.window() {
                popup.navigate(url.expose());
            }
        }
        Effect::Redirect(url) => redirect(attempt, url.expose()),
        Effect::Tell(milestone) => tell_milestone(attempt, *milestone),
        Effect::AskSource(option) => ask_source(attempt, option),
        Effect::AskVerify => ask_verify(attempt),
        Effect::UseUp => {
            store::forget(&attempt.transaction());
            close_window(attempt, By::Page);
        }
        Effect::RequestToken(request) => request_token(attempt, request),
        Effect::Exchange(grant) => exchange(attempt, grant),
        Effect::Detach(outcome) => detach(attempt, outcome),
        Effect::End(outcome) => finish(attempt, outcome),
    }
}

/// Opens the flow's window, or takes the one that is open already: the shell's, or the app's own.
fn open_window(attempt: &Rc<Attempt>, url: Option<&Secret>) {
    let transaction = attempt.transaction();
    // A protocol with a state of its own needs no other proof of whose window it is.
    let ticket = (transaction.binding != Binding::State).then(|| transaction.state.expose());
    let by_shell = attempt.launched_window();
    // What the shell or the app has opened the driver has put here.
    let there = attempt.window();
    let is_there = there.is_some();
    // Null is what `window.open` returned where the browser blocks it.
    let is_blocked = by_shell.is_null() || attempt.option("popup").is_null();
    // Not needed where a window is there, as in the rehearsal. It is worked out all the same: what the rehearsal calls need not be
    // compiled in the first click.
    let placement = Placement::centred();
    let open = || Popup::open(url.map_or("", Secret::expose), &placement);
    let popup = there.or_else(|| if is_blocked { None } else { open() });
    // What is closed at once was never open: a popup blocker closes it, or the app brings it so. The shell's was open, until the user closed it.
    let was_open = |popup: &Popup| !popup.is_closed() || by_shell.is_object();
    let Some(popup) = popup.filter(was_open) else {
        return feed(attempt, Event::Blocked);
    };
    if let Some(ticket) = ticket {
        popup.give_ticket(ticket);
    }
    attempt.popup.replace(Some(popup.clone()));
    // The user was quicker than the core: the next looks say so.
    if popup.is_closed() {
        return;
    }
    attempt.trigger.replace(Some(Trigger::find()));
    match url {
        None => popup.show_connecting(&connecting(attempt)),
        Some(url) if is_there => popup.navigate(url.expose()),
        Some(_) => {}
    }
    if is_there && !page::has_focus() {
        // The window took the focus before anybody listened.
        feed(attempt, Event::Blurred);
    }
    feed(attempt, Event::Opened);
}

/// What the window says while it waits, in the app's words or in English.
fn connecting(attempt: &Attempt) -> String {
    let config = attempt.live_widget().map(|widget| widget.config());
    own(&own(&config.unwrap_or_default(), "labels"), "connecting")
        .as_string()
        .unwrap_or_else(|| "Connecting…".to_owned())
}

/// In the task after this one, because storage, channels and locks are slow to open, and the window cannot have come anywhere
/// before.
fn remember_soon(attempt: &Rc<Attempt>) {
    let remember = weakly(attempt, |attempt| {
        if attempt.is_over.get() || !attempt.flow.borrow().is_waiting() {
            return;
        }
        let transaction = attempt.transaction();
        store::remember(&transaction);
        store::mark(&transaction, Mark::UnderWay);
        open_relay(attempt);
        attempt.claim.replace(Some(Claim::of_new(&transaction)));
        // A core that came after a trap has no idle moment of its own for it.
        recall();
    });
    later(0, Box::new(remember));
}

fn redirect(attempt: &Rc<Attempt>, url: &str) {
    // A window that the app opened is of no use.
    close_window(attempt, By::Other);
    let transaction = attempt.transaction();
    store::raise_flag(&transaction);
    if !store::remember(&transaction) || window().location().assign(url).is_err() {
        feed(attempt, Event::Blocked);
    }
}

fn tell_milestone(attempt: &Attempt, milestone: Milestone) {
    let Some(widget) = attempt.live_widget() else {
        return;
    };
    let callback = attempt.option("onEvent");
    if callback.is_undefined() && !widget.has_handlers("event") {
        return;
    }
    for name in milestone.names() {
        // By its first name the app may have heard of it, and ended the flow.
        if attempt.is_over.get() {
            return;
        }
        let timestamp = Browser.format_time(Browser.time()).into();
        let values = Array::of2(&(*name).into(), &object(&[("timestamp", timestamp)]));
        widget.tell("event", &callback, &values);
    }
}

/// What hears the app's answer to a question, and feeds the machine the event that the answer is.
/// `signal` is the one that the app was given with the question.
fn on_answer(
    attempt: &Rc<Attempt>,
    signal: JsValue,
    event: fn(&Answer) -> Event,
) -> Box<dyn FnOnce(Answer)> {
    let attempt = Rc::clone(attempt);
    Box::new(move |answer| {
        let event = event(&answer);
        attempt.controller.forget(&signal);
        let given = match event {
            // A token or link that cannot be used is not told as the cause of that.
            Event::Source(_) => JsValue::UNDEFINED,
            _ => answer.unwrap_or_else(|cause| cause),
        };
        feed_with(&attempt, event, given);
    })
}

fn ask_source(attempt: &Rc<Attempt>, option: &str) {
    let transaction = attempt.transaction();
    let signal = attempt.controller.renew();
    let context = object(&[
        ("state", transaction.state.expose().into()),
        ("mode", transaction.mode.name().into()),
        ("signal", signal.clone()),
    ]);
    let answered = |answer: &Answer| {
        answer
            .as_ref()
            .map_or(Event::SourceFailed, |source| Event::Source(read(source)))
    };
    let tell = on_answer(attempt, signal, answered);
    ask(&attempt.option(option), &context, tell);
}

/// Whether the app's backend knows of nothing yet: a list of accounts has none in it then.
fn is_nothing(result: &JsValue) -> bool {
    result.is_falsy() || (is_list(result) && number_of(result, "length") == 0.0)
}

fn ask_verify(attempt: &Rc<Attempt>) {
    let answered = |answer: &Answer| match answer {
        Ok(result) if is_nothing(result) => Event::Unverified,
        Ok(_) => Event::Verified,
        Err(_) => Event::VerifyFailed,
    };
    let signal = attempt.controller.renew();
    let context = object(&[("signal", signal.clone())]);
    let tell = on_answer(attempt, signal.clone(), answered);
    let tell_if_it_counts = move |answer: Answer| {
        // The signal is aborted when the next question is asked: to an older question only a result is an answer.
        let is_result = matches!(&answer, Ok(result) if !is_nothing(result));
        if is_result || !is_aborted(&signal) {
            tell(answer);
        }
    };
    ask(
        &attempt.option("verify"),
        &context,
        Box::new(tell_if_it_counts),
    );
}

/// Functions do not survive a reload: then the response is kept for the call of `handleRedirect()` that brings the app's, and a call
/// that waits without one answers `null`.
fn exchange(attempt: &Rc<Attempt>, grant: &Value) {
    let exchange = attempt.option("exchange");
    if !exchange.is_function() {
        let_go(attempt);
        held::hold(attempt.transaction(), &attempt.returned.borrow());
        return tell_end(attempt, &Outcome::Exit);
    }
    let answered = |answer: &Answer| {
        if answer.is_ok() {
            Event::Exchanged
        } else {
            Event::ExchangeFailed
        }
    };
    let tell = on_answer(attempt, JsValue::UNDEFINED, answered);
    ask(&exchange, &to_js(grant), tell);
}

/// Asks the token endpoint. The page may be left meanwhile, and the answer lost with it: the URL with the code is held, for the next page to try.
fn request_token(attempt: &Rc<Attempt>, request: &TokenRequest) {
    held::hold_while_used(attempt.transaction(), &attempt.returned.borrow());
    let going = weakly(attempt, |attempt| attempt.is_going.set(true));
    let listener = listen(&window(), "beforeunload", Box::new(move |_| going()));
    attempt.going_listener.replace(Some(listener));
    let answer = token::send(request);
    let attempt = Rc::clone(attempt);
    spawn_local(async move {
        let answer = answer.await;
        attempt.going_listener.take();
        match answer {
            Ok(answer) => feed(&attempt, Event::TokenAnswer(answer)),
            Err(cause) => {
                // Firefox ends the requests of a page that is about to be left long before it is left: then nobody is told a failure.
                let pause = if attempt.is_going.get() { STAYED } else { 0 };
                let fail = move || feed_with(&attempt, Event::NetworkFailed, cause);
                later(pause, Box::new(fail));
            }
        }
    });
}
