//! Runs a flow's effects and feeds back what happened. It never decides.
//!
//! A flow is taken out of the table while it steps and put back before its effects run, so that an effect (an app's
//! callback among them) may call in again.

use super::host::{self, Page};
use super::memory;
use crate::error::Failure;
use crate::flow::machine::{ENTROPY, Effect, Event, Flow};
use crate::flow::mode::Mode;
use crate::flow::outcome::{Outcome, Put};
use crate::flow::transaction::field;
use core::cell::{Cell, RefCell};

thread_local! {
    static FLOWS: RefCell<Vec<(u32, Flow)>> = const { RefCell::new(Vec::new()) };
}

/// Begins a flow with the options at hand. Options that are not valid end it at once.
pub fn begin(id: u32, now: f64, mode: Mode, framed: bool) {
    let mut entropy = [0; ENTROPY];
    host::entropy(&mut entropy);
    start(id, now, Flow::begin(&Page, mode, framed, &entropy, now));
}

/// Puts a flow into the table and runs its first effects.
pub fn start(id: u32, now: f64, flow: Result<(Flow, Vec<Effect>), Failure>) {
    match flow {
        Ok((flow, effects)) => put_back(id, now, flow, effects),
        Err(failure) => finish(id, Outcome::Error(failure, Vec::new()), false),
    }
}

/// Steps a flow and runs what it answers. A flow that has ended is not there, and nothing happens.
pub fn feed(id: u32, now: f64, event: Event) {
    let before = match event {
        Event::Returned(text) | Event::Relayed(text) => text.as_ptr() as usize,
        _ => memory::mark(),
    };
    if let Some(mut flow) = take(id) {
        let effects = flow.step(now, event, &Page);
        let idle = effects.is_empty();
        put_back(id, now, flow, effects);
        if idle {
            // A step that answers nothing keeps nothing.
            memory::release_to(before);
        }
    }
}

/// Runs a call from JavaScript. When the outermost one is over and no flow is live, all memory is given back.
pub fn enter(call: impl FnOnce()) {
    thread_local! {
        static DEPTH: Cell<u32> = const { Cell::new(0) };
    }
    DEPTH.set(DEPTH.get() + 1);
    call();
    DEPTH.set(DEPTH.get() - 1);
    if DEPTH.get() == 0 && FLOWS.with_borrow(Vec::is_empty) {
        FLOWS.set(Vec::new());
        memory::release_to(0);
    }
}

/// Takes a flow out of the table: for a step, or for good.
pub fn take(id: u32) -> Option<Flow> {
    FLOWS.with_borrow_mut(|flows| {
        let index = flows.iter().position(|(known, _)| *known == id)?;
        Some(flows.swap_remove(index).1)
    })
}

fn put_back(id: u32, now: f64, flow: Flow, effects: Vec<Effect>) {
    let facts = effects.iter().any(needs_transaction).then(|| flow.transaction.clone());
    if !flow.has_ended() {
        FLOWS.with_borrow_mut(|flows| flows.push((id, flow)));
    }
    for effect in effects {
        let transaction = facts.as_ref();
        let text = |name| transaction.map_or("", |transaction| transaction.text(name));
        let remember = |popup| transaction.is_none_or(|it| host::remember(id, &it.state, &it.record(), popup));
        match effect {
            Effect::Open(url) => {
                let event = if host::open(id, &url) { Event::Opened } else { Event::Blocked };
                feed(id, now, event);
            }
            Effect::Resolve => host::resolve(id, transaction.map_or("", |it| &it.state), text(field::MODE) == "popup"),
            Effect::Navigate(url) => host::navigate(id, &url),
            Effect::Redirect(url) => {
                if remember(false) {
                    host::redirect(&url);
                } else {
                    feed(id, now, Event::Blocked);
                }
            }
            Effect::Remember => drop(remember(true)),
            Effect::CloseWindow => host::close_window(id),
            Effect::Verify => host::verify(id),
            Effect::RequestToken(form) => host::request_token(id, text(field::TOKEN_ENDPOINT), &form, !text(field::JSON).is_empty()),
            Effect::Exchange(code) => host::exchange(id, &code, text(field::CODE_VERIFIER), text(field::REDIRECT_URI)),
            Effect::Emit(name) => host::emit(id, name),
            Effect::Finish { outcome, late } => finish(id, outcome, late),
        }
    }
}

fn needs_transaction(effect: &Effect) -> bool {
    matches!(effect, Effect::Resolve | Effect::Redirect(_) | Effect::Remember | Effect::RequestToken(_) | Effect::Exchange(_))
}

fn finish(id: u32, outcome: Outcome, late: bool) {
    let build = |steps: Vec<Put>| steps.iter().for_each(|Put(step, key, text)| host::build(*step as u8, key, text));
    match outcome {
        Outcome::Success(steps) => {
            build(steps);
            host::finish(id, 0, "", "", late);
        }
        Outcome::Given => host::finish(id, 1, "", "", late),
        Outcome::Exit => host::finish(id, 2, "", "", late),
        Outcome::Error(failure, details) => {
            build(details);
            host::finish(id, 3, &failure.code, &failure.message, late);
        }
    }
}
