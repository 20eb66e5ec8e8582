//! The driver runs what the machines of the page's flows say, and feeds back what happened.
//!
//! The app's code runs in the middle of it (a callback may open the next flow, or close this one), so nothing is borrowed
//! while it does, and after each effect the driver looks whether the flow is still there.

use super::app::{Launch, Widget, allows_insecure, error, error_of};
use super::attempt::{Attempt, Sink};
use super::effects::perform;
use super::flows::{add, attempts, find_attempt, let_go, remove, update_listeners};
use super::options::{Options, is_window};
use super::outcome::{By, close_window};
use super::popup::{Place, Popup};
use super::shell::listen;
use super::source::is_aborted;
use super::value::{get, own};
use super::world::Browser;
use super::{device, page, store};
use crate::error::{Code, Failure};
use crate::flow::machine::{Effect, Event, Flow, Surroundings};
use crate::flow::response::Via;
use crate::flow::watch::Sight;
use crate::protocol::PROTOCOLS;
use gloo_timers::callback::Interval;
use js_sys::Array;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Window;

/// Milliseconds between two looks at a window: one a frame, so that a close is seen at once.
pub const LOOK: u32 = 16;

/// Milliseconds between two looks once the app has its outcome, where a result may still come.
pub const LATE_LOOK: u32 = 5000;

/// The widget's live flow. One that is just being ended is none: the app's code may run before it is gone.
fn find(widget: &Widget) -> Option<Rc<Attempt>> {
    find_attempt(&|attempt| attempt.belongs_to(widget) && attempt.is_live())
}

// ---- what the shell calls ---------------------------------------------------------------------------------------------

/// Begins a flow, inside the click.
pub fn open(launch: Launch) {
    let widget = launch.widget();
    let has_left = |live: &Rc<Attempt>| live.flow.borrow().has_left();
    if let Some(left) = find(&widget).filter(|live| has_left(live) && !page::is_double_click()) {
        // The page was sent away and is still here: the user stayed, or there was nothing to show. The app hears of it first.
        feed(&left, Event::CameBack);
    }
    if let Some(live) = find(&widget) {
        return refocus(&launch, &live);
    }
    let options = Options::of_click(&launch.options(), &launch.own_options());
    let begun = options.and_then(|options| {
        // When it hears that, and in a getter of its options, the app may do anything.
        if widget.is_destroyed() {
            return Err(Code::SdkDestroyed.into());
        }
        let flow = Flow::begin(&options, surroundings(&launch))?;
        Ok((options, flow))
    });
    match begun {
        Ok((options, (flow, effects))) => start(launch, options, flow, effects),
        Err(invalid) => refuse(&launch, invalid),
    }
}

fn surroundings(launch: &Launch) -> Surroundings<'static> {
    Surroundings {
        world: &Browser,
        registry: PROTOCOLS,
        own_origin: page::origin(),
        device: device::look(),
        clicked: launch.clicked(),
        is_left_to_redirect: launch.is_left_to_redirect(),
        allow_insecure: allows_insecure(&launch.widget().config()),
    }
}

fn refocus(launch: &Launch, live: &Rc<Attempt>) {
    dismiss(launch, live.window().as_ref());
    focus(&launch.widget());
    if live.flow.borrow().is_out_of_sight() && page::has_focus() {
        // The window cannot be brought to the front, and the user is here.
        feed(live, Event::Focused);
    }
    if launch.wants_result() {
        launch.reject(&error(Code::AlreadyOpen));
    } else {
        launch.resolve(&JsValue::UNDEFINED);
    }
    launch.ended();
}

/// Nothing is opened, and no callback is called: the promise of the call says what is wrong.
fn refuse(launch: &Launch, failure: Box<Failure>) {
    dismiss(launch, None);
    launch.reject(&error_of(&failure, &JsValue::UNDEFINED));
    launch.ended();
}

/// Closes the windows that were opened for a call that will not use them, by the shell or by the app.
fn dismiss(launch: &Launch, used: Option<&Popup>) {
    for window in [launch.popup(), own(&launch.own_options(), "popup")] {
        if is_window(&window) && !used.is_some_and(|popup| popup.is(&window)) {
            let _ = window.unchecked_into::<Window>().close();
        }
    }
}

fn start(launch: Launch, options: Options, flow: Box<Flow>, effects: Vec<Effect>) {
    let to_resolve = (!launch.wants_result()).then(|| launch.clone());
    let signal = options.signal();
    let there = [launch.popup(), options.raw("popup")];
    let attempt = Attempt::new(flow, Sink::Call(launch), Some(options));
    // Whatever becomes of the flow, a window that is there already does not stay behind.
    if let Some(window) = there.into_iter().find(JsValue::is_object) {
        adopt(&attempt, Popup::from(window.unchecked_into::<Window>()));
    }
    add(&attempt);
    if let Some(signal) = &signal {
        let aborted = weakly(&attempt, abort);
        attempt
            .abort_listener
            .replace(Some(listen(signal, "abort", Box::new(move |_| aborted()))));
    }
    if signal.is_some_and(|signal| is_aborted(&signal)) {
        abort(&attempt);
    } else {
        run(&attempt, effects);
    }
    if !attempt.is_over.get() {
        attend(&attempt, LOOK);
    }
    if let Some(launch) = to_resolve {
        launch.resolve(&JsValue::UNDEFINED);
    }
}

/// The attempt gets a window that is open already; an earlier flow in it gives it up.
fn adopt(attempt: &Attempt, popup: Popup) {
    for earlier in &attempts() {
        if earlier.owns_window(Some(popup.itself())) {
            earlier.has_heir.set(true);
        }
    }
    attempt.popup.replace(Some(popup));
}

/// The app's signal was aborted, for a reason of the app's. A flow that is just being ended has its result already, and keeps it.
fn abort(attempt: &Rc<Attempt>) {
    if !attempt.is_live() {
        return;
    }
    let reason = get(&attempt.option("signal"), "reason");
    feed_with(attempt, Event::Aborted, reason);
}

/// Ends the widget's live flow with no outcome but the `close` event.
pub fn close(widget: &Widget) {
    let Some(attempt) = find(widget) else { return };
    remove(&attempt);
    close_window(&attempt, By::Other);
    // A page that is about to leave cannot be held back, and may be answered.
    if !attempt.flow.borrow().has_left() {
        store::forget(&attempt.transaction());
    }
    // After the record is forgotten: this aborts the app's signal, at which the app may open its next flow, whose window begins with a copy of
    // the store.
    let_go(&attempt);
    if let Sink::Call(launch) = &*attempt.sink.borrow() {
        launch.ended();
        if launch.wants_result() {
            launch.reject(&error(Code::Aborted));
        }
    }
    widget.tell("close", &JsValue::UNDEFINED, &Array::new());
}

/// Brings the widget's window to the front.
pub fn focus(widget: &Widget) {
    if let Some(attempt) = find(widget) {
        if let Some(popup) = attempt.window() {
            popup.focus();
        }
    }
}

/// Whether the widget has a live flow.
pub fn is_open(widget: &Widget) -> bool {
    find(widget).is_some()
}

/// Whether no flow is under way, and none of an earlier page's.
pub fn is_at_rest() -> bool {
    attempts().is_empty()
}

// ---- feeding the machine ----------------------------------------------------------------------------------------------

/// Tells the machine what happened, and does what it says.
pub fn feed(attempt: &Rc<Attempt>, event: Event) {
    if attempt.is_over.get() {
        return;
    }
    let effects = attempt.flow.borrow_mut().step(event, &Browser);
    run(attempt, effects);
}

/// Tells the machine that the app or the network answered or failed. Where that ends the flow, `given` is the result, or the cause of the failure.
pub fn feed_with(attempt: &Rc<Attempt>, event: Event, given: JsValue) {
    attempt.given.replace(given);
    feed(attempt, event);
    attempt.given.take();
}

/// A URL came back.
pub fn take_returned(attempt: &Rc<Attempt>, href: &str, via: Via) {
    attempt.returned.replace(href.to_owned());
    feed(attempt, Event::Returned(attempt.parse(href), via));
}

fn run(attempt: &Rc<Attempt>, effects: Vec<Effect>) {
    for effect in &effects {
        if attempt.is_over.get() {
            return;
        }
        perform(attempt, effect);
    }
}

/// A callback that does not keep the flow alive.
pub fn weakly(attempt: &Rc<Attempt>, work: fn(&Rc<Attempt>)) -> impl Fn() + 'static {
    let attempt = Rc::downgrade(attempt);
    move || {
        if let Some(attempt) = attempt.upgrade() {
            work(&attempt);
        }
    }
}

/// Looks at the window from time to time, and listens.
pub fn attend(attempt: &Rc<Attempt>, pause: u32) {
    attempt
        .timer
        .replace(Some(Interval::new(pause, weakly(attempt, look))));
    update_listeners();
}

/// One look at the window: closed, away, or back on the app's origin, where its URL can be read.
fn look(attempt: &Rc<Attempt>) {
    let place = attempt.window().map_or(Place::Blank, |popup| popup.look());
    let sight = match place {
        Place::Blank => Sight::Blank,
        Place::Foreign => Sight::Away,
        Place::Gone => {
            attempt.observe("window_gone", "");
            Sight::Closed
        }
        Place::Readable(href) => {
            if attempt.returned.replace(href.clone()) != href {
                if !attempt.has_heir.get() && page::is_own_url(&href) {
                    take_returned(attempt, &href, Via::OwnWindow);
                }
                attempt.observe("window_at", &href);
            }
            Sight::Away
        }
    };
    let was_detached = attempt.flow.borrow().is_detached();
    let has_focus = page::has_focus();
    feed(attempt, Event::Looked { sight, has_focus });
    // Where this look was the one that detached the flow, the late looks have only just begun.
    if was_detached {
        if sight == Sight::Closed {
            attempt.timer.take();
        }
        update_listeners();
    }
}
