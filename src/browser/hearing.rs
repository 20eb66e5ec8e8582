//! What the page hears of its flows: messages, pages that hand a response over, focus. Only while a flow is open, or a late
//! result may come.

use super::attempt::Attempt;
use super::driver::{close, feed, take_returned, weakly};
use super::flows::{attempts, update_listeners};
use super::popup::Popup;
use super::relay::{HandOver, Relay, receipt};
use super::shell::listen;
use super::value::{get, read};
use super::{page, store, window};
use crate::flow::machine::Event;
use crate::flow::response::Via;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Window};

/// An event of the page, and who is told.
pub type Ear = (&'static str, fn(&web_sys::Event));

/// What the page listens to.
pub const EARS: [Ear; 6] = [
    ("message", on_message),
    ("focus", on_focus),
    ("blur", on_blur),
    ("visibilitychange", on_visibility),
    ("pageshow", on_pageshow),
    ("pagehide", on_pagehide),
];

/// Opens the attempt's channel, on which return pages hand over their response that have lost their opener.
pub fn open_relay(attempt: &Rc<Attempt>) {
    let weak = Rc::downgrade(attempt);
    let take = Box::new(move |hand_over: Box<HandOver>| {
        weak.upgrade()
            .is_some_and(|attempt| accept(&attempt, &hand_over, None))
    });
    attempt
        .relay
        .replace(Some(Relay::listen(&attempt.transaction(), take)));
}

fn on_focus(_: &web_sys::Event) {
    tell_all(|| Event::Focused);
}

fn on_blur(_: &web_sys::Event) {
    tell_all(|| Event::Blurred);
}

/// Where windows are tabs, a browser that changes from one to another may say nothing of the focus.
fn on_visibility(event: &web_sys::Event) {
    if page::has_focus() {
        return on_focus(event);
    }
    if page::is_hidden() {
        keep_redirects();
    }
    on_blur(event);
}

/// A page that is loaded fires it, too; only one out of the back/forward cache came back.
fn on_pageshow(event: &web_sys::Event) {
    if !get(event, "persisted").is_truthy() {
        return;
    }
    for attempt in &attempts() {
        match attempt.live_widget() {
            // Another page has had the answer: the user has not given up.
            Some(widget) if was_answered_elsewhere(attempt) => close(&widget),
            _ => feed(attempt, Event::CameBack),
        }
    }
}

/// Of a store another script may have made one of its own, which runs the app's code: nothing is borrowed meanwhile.
fn was_answered_elsewhere(attempt: &Attempt) -> bool {
    let has_left = attempt.flow.borrow().has_left();
    has_left && store::forget_answered(&attempt.transaction())
}

/// A flow that has expired meanwhile is let go of here: where nobody clicks again, nothing else would do it.
fn tell_all(event: fn() -> Event) {
    for attempt in &attempts() {
        feed(attempt, event());
    }
    update_listeners();
}

/// Apps clear their stores when they are left: what is remembered of redirects is kept.
fn keep_redirects() {
    for attempt in &attempts() {
        keep_redirect(attempt);
    }
}

fn keep_redirect(attempt: &Rc<Attempt>) {
    if attempt.flow.borrow().has_left() {
        store::keep(&attempt.transaction());
    }
}

/// A window that still waits for the app's token or link would wait for ever. Should the page come back, it sees it closed.
fn on_pagehide(event: &web_sys::Event) {
    let goes_for_good = get(event, "persisted").is_falsy();
    for attempt in &attempts() {
        keep_redirect(attempt);
        if goes_for_good && attempt.flow.borrow().has_left() {
            // The last event of the page. Who listens to it any earlier keeps it out of the back/forward cache.
            let keep = weakly(attempt, keep_redirect);
            let listener = listen(&window(), "unload", Box::new(move |_| keep()));
            attempt.going_listener.replace(Some(listener));
        }
        let is_resolving = attempt.flow.borrow().is_resolving();
        if let Some(popup) = attempt.window().filter(|_| is_resolving) {
            popup.close();
        }
    }
}

/// The source is compared first, and nothing is copied before a message may be for us: most of a page's are not.
pub fn on_message(event: &web_sys::Event) {
    let event: &MessageEvent = event.unchecked_ref();
    let source: Option<JsValue> = event.source().map(JsValue::from);
    let source = source.as_ref();
    let attempts = attempts();
    let owner_that = |is_live| {
        attempts
            .iter()
            .find(|attempt| attempt.is_live() == is_live && attempt.owns_window(source))
    };
    let owner = owner_that(true).or_else(|| owner_that(false));
    let hand_over = page::is_own_message(event).then(|| HandOver::read(&event.data()));
    match hand_over.flatten() {
        Some(hand_over) => hear_hand_over(&hand_over, &attempts, owner, source),
        None => hear_provider(event, &attempts, owner, source),
    }
}

/// A page of the app's offers a response. Who takes it says so.
fn hear_hand_over(
    hand_over: &HandOver,
    attempts: &[Rc<Attempt>],
    owner: Option<&Rc<Attempt>>,
    source: Option<&JsValue>,
) {
    // Without a source (the window is closed by now) the message does not say which window posted it: the URL has to prove whose it is.
    let is_taken = match owner.filter(|_| source.is_some()) {
        Some(attempt) => offer(attempt, &hand_over.response, Via::OwnWindow),
        None => attempts
            .iter()
            .any(|attempt| accept(attempt, hand_over, source)),
    };
    if let Some(source) = source.filter(|_| is_taken) {
        let _ = source
            .unchecked_ref::<Window>()
            .post_message(&receipt(), &page::origin());
    }
}

/// A page posts something, and may be a provider's.
fn hear_provider(
    event: &MessageEvent,
    attempts: &[Rc<Attempt>],
    owner: Option<&Rc<Attempt>>,
    source: Option<&JsValue>,
) {
    let has_lost_it =
        |attempt: &&Rc<Attempt>| source.is_some_and(|source| attempt.is_lost_window(source, event));
    match owner.or_else(|| attempts.iter().find(has_lost_it)) {
        Some(attempt) if attempt.is_provider(event) => {
            // The window of before the reload: it could not be reached until it spoke. It is the attempt's for as long as this message is
            // judged, so that it is closed if this is the answer. If not, the next message may be another attempt's.
            let found = source.filter(|_| owner.is_none());
            if let Some(window) = found {
                let popup = Popup::from(window.unchecked_ref::<Window>().clone());
                attempt.popup.replace(Some(popup));
            }
            feed(attempt, Event::Message(read(&event.data())));
            if found.is_some() {
                attempt.popup.take();
            }
        }
        Some(_) => {}
        None => attempts
            .iter()
            .for_each(|attempt| attempt.observe("message_source", "")),
    }
}

/// A response from a page of the app that is not known to be the attempt's window: by message, from its `source`, or by the channel.
fn accept(attempt: &Rc<Attempt>, hand_over: &HandOver, source: Option<&JsValue>) -> bool {
    let transaction = attempt.transaction();
    // The ticket of a window that serves a second flow may still be the first one's.
    let has_ticket =
        !attempt.has_heir.get() && hand_over.ticket.as_deref() == Some(transaction.state.expose());
    // A further window that the attempt's window has opened, where no copy of the ticket came along (Firefox).
    let has_opened_it = |source: &JsValue| attempt.owns_window(Some(&get(source, "opener")));
    let via = Via::Relay {
        from_window: has_ticket || source.is_some_and(has_opened_it),
    };
    let response = attempt.parse(&hand_over.response);
    let is_ours = response.is_admitted(&transaction, via);
    // Where tabs cannot ask for a lock, or have not got it yet, a copy of the tab may hear this too.
    let may_take = || attempt.is_alone.get() || store::take_mark(&transaction);
    is_ours && may_take() && offer(attempt, &hand_over.response, via)
}

/// Offers a returned URL to an attempt that waits, and answers whether it was its answer.
fn offer(attempt: &Rc<Attempt>, response: &str, via: Via) -> bool {
    if !page::is_own_url(response) || !attempt.flow.borrow().is_waiting() {
        return false;
    }
    take_returned(attempt, response, via);
    attempt.is_over.get() || !attempt.flow.borrow().is_waiting()
}
