//! The flows of the page. The driver runs what the machine says, and feeds back what happened.
//!
//! The app's code runs in the middle of it (a callback may open the next flow, or close this one), so nothing is borrowed
//! while it does, and after each effect the driver looks whether the flow is still there.

use super::app::{Launch, Widget, error, error_of, listen};
use super::attempt::{Attempt, Sink};
use super::claim::{Claim, Standing};
use super::inbox;
use super::listeners::{Ears, Listeners};
use super::options::Options;
use super::popup::{Place, Popup, Trigger};
use super::relay::{HandOver, Relay, receipt};
use super::source::{Answer, ask, context};
use super::value::{own, read, to_js};
use super::world::Browser;
use super::{device, later, store, token, window};
use crate::error::{Code, Failure, InvalidOption};
use crate::flow::machine::{Effect, Event, Flow, Milestone, Surroundings};
use crate::flow::mode::Mode;
use crate::flow::response::{ResponseUrl, Via};
use crate::flow::transaction::{Binding, Transaction};
use crate::flow::watch::Sight;
use crate::protocol::{PROTOCOLS, TokenRequest};
use crate::result::{Outcome, Success};
use crate::secret::Secret;
use crate::world::World;
use gloo_timers::callback::Interval;
use js_sys::{Array, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, Window};

/// Milliseconds between two looks at a window: two looks, one race, and a close is seen in a fifth of a second.
const LOOK: u32 = 60;

#[derive(Default)]
struct Page {
    attempts: Vec<Rc<Attempt>>,
    listeners: Option<Listeners>,
    /// Whether what earlier pages left open was looked for.
    has_recalled: bool,
}

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

fn attempts() -> Vec<Rc<Attempt>> {
    PAGE.with_borrow(|page| page.attempts.clone())
}

fn find(widget: &Widget) -> Option<Rc<Attempt>> {
    attempts()
        .into_iter()
        .find(|attempt| attempt.belongs_to(widget))
}

// ---- what the shell calls ---------------------------------------------------------------------------------------------

/// Begins a flow, inside the click.
pub fn open(launch: Launch) {
    let widget = launch.widget();
    if let Some(live) = find(&widget) {
        if live.flow.borrow().has_left() {
            // The page was sent away and is still here: the user stayed, or there was nothing to show.
            feed(&live, Event::CameBack);
        } else {
            return refocus(&launch, &live);
        }
    }
    let begun = Options::copy(&launch.options()).and_then(|options| {
        let flow = Flow::begin(&options, surroundings(&widget.config()))?;
        Ok((options, flow))
    });
    match begun {
        Ok((options, (flow, effects))) => start(launch, options, flow, effects),
        Err(invalid) => refuse(&launch, invalid),
    }
}

fn surroundings(config: &JsValue) -> Surroundings<'static> {
    Surroundings {
        world: &Browser,
        registry: PROTOCOLS,
        page: device::address(),
        origin: device::origin(),
        device: device::look(),
        allow_insecure: allows_insecure(config),
    }
}

/// Decides what a click would decide, and drops it with nothing done. Engines compile a function when it is first called; a
/// slow device would spend several frames of the first click on that.
pub fn prepare() {
    let token = context(&[("token", "none".into())]);
    let begun = Options::copy(&token)
        .and_then(|options| Flow::begin(&options, surroundings(&JsValue::UNDEFINED)));
    if let Ok((flow, _)) = begun {
        let attempt = Rc::new(Attempt::new(flow, Sink::Late(None), None));
        attempt.trigger.replace(Some(Trigger::find()));
        run(&attempt, Vec::new());
        drop(Listeners::new(EARS));
        drop(Interval::new(LOOK, || {}));
    }
}

/// Whether plain http to other machines is let through.
pub fn allows_insecure(config: &JsValue) -> bool {
    own(config, "allowInsecureRequests") == JsValue::TRUE
}

fn refocus(launch: &Launch, live: &Attempt) {
    if let Some(popup) = &*live.popup.borrow() {
        popup.focus();
    }
    if launch.wants_result() {
        launch.reject(&error(Code::AlreadyOpen));
    } else {
        launch.resolve(&JsValue::UNDEFINED);
    }
    launch.ended();
}

/// Nothing is opened, and no callback is called: the promise of the call says what is wrong.
fn refuse(launch: &Launch, invalid: InvalidOption) {
    if launch.popup().is_object() {
        Popup::adopt(launch.popup().unchecked_into(), None).close();
    }
    launch.reject(&error_of(&invalid.into(), &JsValue::UNDEFINED));
    launch.ended();
}

fn start(launch: Launch, options: Options, flow: Flow, effects: Vec<Effect>) {
    let wants_result = launch.wants_result();
    let resolve = (!wants_result).then(|| launch.unchecked_ref::<JsValue>().clone());
    let signal = options.signal();
    let attempt = Rc::new(Attempt::new(flow, Sink::Call(launch), Some(options)));
    PAGE.with_borrow_mut(|page| page.attempts.push(Rc::clone(&attempt)));
    match signal {
        Some(signal) if signal.aborted() => feed(&attempt, Event::Aborted),
        signal => {
            if let Some(signal) = signal {
                let aborted = weakly(&attempt, |attempt| feed(attempt, Event::Aborted));
                attempt
                    .abort
                    .replace(Some(listen(&signal, "abort", Box::new(move |_| aborted()))));
            }
            run(&attempt, effects);
        }
    }
    if !attempt.is_over.get() {
        watch(&attempt);
    }
    if let Some(launch) = resolve {
        launch
            .unchecked_ref::<Launch>()
            .resolve(&JsValue::UNDEFINED);
    }
}

/// Ends the instance's live flow with no outcome but the `close` event.
pub fn close(widget: &Widget) {
    let Some(attempt) = find(widget) else { return };
    let_go(&attempt);
    close_window(&attempt);
    if let Sink::Call(launch) = &*attempt.sink.borrow() {
        launch.ended();
        if launch.wants_result() {
            launch.reject(&error(Code::Aborted));
        }
    }
    widget.tell("close", &JsValue::UNDEFINED, &Array::new());
    store::forget(&attempt.transaction());
}

/// Brings the instance's window to the front.
pub fn focus(widget: &Widget) {
    if let Some(attempt) = find(widget) {
        if let Some(popup) = &*attempt.popup.borrow() {
            popup.focus();
        }
    }
}

/// Whether the instance has a live flow.
pub fn is_open(widget: &Widget) -> bool {
    find(widget).is_some()
}

/// Takes up, once, what an earlier page left open, and clears away what nobody came back from.
pub fn recall() {
    let is_first = PAGE.with_borrow_mut(|page| !std::mem::replace(&mut page.has_recalled, true));
    if !is_first {
        return;
    }
    let now = Browser.now();
    store::sweep(now);
    for stored in store::records(Mode::Popup) {
        let state = stored.transaction.state.clone();
        let is_known = attempts()
            .iter()
            .any(|attempt| attempt.flow.borrow().transaction().state == state);
        if !is_known && !stored.is_claimed() && !stored.transaction.has_expired(now) {
            stored.claim();
            resume_popup(stored.transaction, now);
        }
    }
}

/// An attempt by popup whose page was reloaded: its window is out of reach, but what comes of it is heard.
fn resume_popup(transaction: Transaction, now: f64) {
    let copy = transaction.clone();
    let Some(flow) = Flow::resume(transaction, PROTOCOLS, false, now) else {
        return;
    };
    let attempt = Rc::new(Attempt::new(flow, Sink::Late(None), None));
    let claimed = Rc::clone(&attempt);
    let claim = Claim::ask(
        &copy.state.clone(),
        false,
        Box::new(move |standing| {
            if standing == Standing::Foreign {
                return store::forget_copy(&copy);
            }
            claimed.standing.set(standing);
            listen_for(&claimed);
            PAGE.with_borrow_mut(|page| page.attempts.push(claimed));
            update_listeners();
        }),
    );
    attempt.claim.replace(Some(claim));
}

/// Takes up the attempt of a redirect. Answers whether there was one that the app's backend can be asked about.
pub fn resume_redirect(
    transaction: Transaction,
    sink: Sink,
    handlers: Options,
    verifies: bool,
    response: Option<&str>,
) {
    let Some(flow) = Flow::resume(transaction, PROTOCOLS, verifies, Browser.now()) else {
        return;
    };
    let attempt = Rc::new(Attempt::new(flow, sink, Some(handlers)));
    PAGE.with_borrow_mut(|page| page.attempts.push(Rc::clone(&attempt)));
    match response {
        Some(response) => {
            feed(
                &attempt,
                Event::Returned(ResponseUrl::parse(response), Via::Page),
            );
            if !attempt.is_over.get() && attempt.flow.borrow().is_waiting() {
                // Nothing that this protocol knows.
                finish(&attempt, Outcome::Failure(Code::InvalidResponse.into()));
            }
        }
        None => watch(&attempt),
    }
}

// ---- feeding the machine ----------------------------------------------------------------------------------------------

fn feed(attempt: &Rc<Attempt>, event: Event) {
    if attempt.is_over.get() {
        return;
    }
    let effects = attempt.flow.borrow_mut().step(event, &Browser);
    run(attempt, effects);
}

fn run(attempt: &Rc<Attempt>, effects: Vec<Effect>) {
    for effect in effects {
        if attempt.is_over.get() {
            return;
        }
        perform(attempt, effect);
    }
}

/// A callback that does not keep the flow alive.
fn weakly(attempt: &Rc<Attempt>, work: fn(&Rc<Attempt>)) -> impl Fn() + 'static {
    let attempt = Rc::downgrade(attempt);
    move || {
        if let Some(attempt) = attempt.upgrade() {
            work(&attempt);
        }
    }
}

fn watch(attempt: &Rc<Attempt>) {
    attempt
        .timer
        .replace(Some(Interval::new(LOOK, weakly(attempt, look))));
    update_listeners();
}

/// One look at the window: closed, away, or back on the app's origin, where its URL can be read.
fn look(attempt: &Rc<Attempt>) {
    let place = attempt
        .popup
        .borrow()
        .as_ref()
        .map_or(Place::Blank, Popup::look);
    let sight = match place {
        Place::Blank => Sight::Blank,
        Place::Foreign => Sight::Away,
        Place::Gone => {
            note(attempt, "window_gone", "");
            Sight::Closed
        }
        Place::Own(href) => {
            if *attempt.seen.borrow() != href {
                attempt.seen.replace(href.clone());
                feed(
                    attempt,
                    Event::Returned(ResponseUrl::parse(&href), Via::OwnWindow),
                );
                note(attempt, "window_at", &href);
            }
            Sight::Away
        }
    };
    feed(attempt, Event::Looked(sight));
}

/// What the app or the network answers, later; what it was is kept for the outcome.
fn on_answer(attempt: &Rc<Attempt>, event: fn(&Answer) -> Event) -> Box<dyn FnOnce(Answer)> {
    let attempt = Rc::clone(attempt);
    Box::new(move |answer| {
        let event = event(&answer);
        attempt.given.replace(answer.unwrap_or_else(|cause| cause));
        feed(&attempt, event);
    })
}

// ---- doing what the machine says --------------------------------------------------------------------------------------

fn perform(attempt: &Rc<Attempt>, effect: Effect) {
    match effect {
        Effect::Open(url) => open_window(attempt, url),
        Effect::Remember => remember_soon(attempt),
        Effect::Navigate(url) => {
            if let Some(popup) = &*attempt.popup.borrow() {
                popup.navigate(url.expose());
            }
        }
        Effect::Redirect(url) => redirect(attempt, url.expose()),
        Effect::Tell(milestone) => tell(attempt, milestone),
        Effect::AskSource => ask_source(attempt),
        Effect::AskVerify => ask_verify(attempt),
        Effect::TakeResponse => {
            store::forget(&attempt.transaction());
            close_window(attempt);
        }
        Effect::RequestToken(request) => request_token(attempt, request),
        Effect::Exchange(grant) => {
            let answered = |answer: &Answer| {
                if answer.is_ok() {
                    Event::Exchanged
                } else {
                    Event::ExchangeFailed
                }
            };
            ask(
                &attempt.option("exchange"),
                &to_js(&grant),
                on_answer(attempt, answered),
            );
        }
        Effect::Detach(outcome) => detach(attempt, outcome),
        Effect::End(outcome) => finish(attempt, outcome),
    }
}

/// Opens the flow's window, or takes the one that is open already: the shell's, or the app's own.
fn open_window(attempt: &Rc<Attempt>, url: Option<Secret>) {
    let transaction = attempt.transaction();
    // A protocol with a state of its own needs no other proof of whose window it is.
    let ticket = (transaction.binding != Binding::State).then(|| transaction.state.expose());
    let (by_shell, by_app) = (attempt.launched_window(), attempt.option("popup"));
    let is_given = !by_shell.is_undefined() || !by_app.is_undefined();
    let popup = if is_given {
        let given = if by_shell.is_undefined() {
            &by_app
        } else {
            &by_shell
        };
        let window = given
            .is_object()
            .then(|| given.clone().unchecked_into::<Window>());
        window.map(|window| Popup::adopt(window, ticket))
    } else {
        Popup::open(url.as_ref().map_or("", Secret::expose), ticket)
    };
    let Some(popup) = popup else {
        return feed(attempt, Event::Blocked);
    };
    let is_closed = popup.is_closed();
    if is_closed && by_shell.is_undefined() {
        return feed(attempt, Event::Blocked);
    }
    attempt.popup.replace(Some(popup.clone()));
    // The user was quicker than the core: the next looks see it.
    if is_closed {
        return;
    }
    attempt.trigger.replace(Some(Trigger::find()));
    match url {
        None => popup.show_connecting(&connecting(attempt)),
        Some(url) if is_given => popup.navigate(url.expose()),
        Some(_) => {}
    }
    if is_given && !device::has_focus() {
        // The window took the focus before anybody listened.
        feed(attempt, Event::Blurred);
    }
    feed(attempt, Event::Opened);
}

fn connecting(attempt: &Attempt) -> String {
    let config = attempt
        .widget()
        .map_or(JsValue::UNDEFINED, |widget| widget.config());
    device::label(&config, "connecting", "Connecting…")
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
        store::mark(&transaction, false);
        listen_for(attempt);
        attempt
            .claim
            .replace(Some(Claim::ask(&transaction.state, true, Box::new(|_| {}))));
        recall();
    });
    later(0, remember);
}

fn redirect(attempt: &Rc<Attempt>, url: &str) {
    if !store::remember(&attempt.transaction()) || window().location().assign(url).is_err() {
        feed(attempt, Event::Blocked);
    }
}

fn tell(attempt: &Attempt, milestone: Milestone) {
    let Some(widget) = attempt.live_widget() else {
        return;
    };
    let callback = attempt.option("onEvent");
    if callback.is_undefined() && !widget.has_handlers("event") {
        return;
    }
    for name in milestone.names() {
        let timestamp = Browser.format_time(Browser.now()).into();
        let values = Array::of2(&(*name).into(), &context(&[("timestamp", timestamp)]));
        widget.tell("event", &callback, &values);
    }
}

fn ask_source(attempt: &Rc<Attempt>) {
    let Some(option) = attempt.flow.borrow().source_option() else {
        return;
    };
    let transaction = attempt.transaction();
    let context = context(&[
        ("state", transaction.state.expose().into()),
        ("mode", to_js(&transaction.mode)),
        ("signal", attempt.controller.signal()),
    ]);
    let answered = |answer: &Answer| {
        answer
            .as_ref()
            .map_or(Event::SourceFailed, |source| Event::Source(read(source)))
    };
    ask(
        &attempt.option(option),
        &context,
        on_answer(attempt, answered),
    );
}

fn ask_verify(attempt: &Rc<Attempt>) {
    let answered = |answer: &Answer| match answer {
        Ok(result) if result.is_undefined() || result.is_null() => Event::Unverified,
        Ok(_) => Event::Verified,
        Err(_) => Event::VerifyFailed,
    };
    let context = context(&[("signal", attempt.controller.signal())]);
    ask(
        &attempt.option("verify"),
        &context,
        on_answer(attempt, answered),
    );
}

fn request_token(attempt: &Rc<Attempt>, request: TokenRequest) {
    let attempt = Rc::clone(attempt);
    spawn_local(async move {
        match token::send(&request).await {
            Ok(answer) => feed(&attempt, Event::TokenAnswer(answer)),
            Err(cause) => {
                attempt.given.replace(cause);
                feed(&attempt, Event::NetworkFailed);
            }
        }
    });
}

// ---- the outcome ------------------------------------------------------------------------------------------------------

fn close_window(attempt: &Attempt) {
    if let Some(popup) = attempt.popup.take() {
        popup.close();
    }
}

fn let_go(attempt: &Rc<Attempt>) {
    attempt.release();
    PAGE.with_borrow_mut(|page| page.attempts.retain(|other| !Rc::ptr_eq(other, attempt)));
    update_listeners();
}

/// The one way out of a flow: what it held on to is let go of before anybody is told, so a callback may open the next one.
fn finish(attempt: &Rc<Attempt>, outcome: Outcome) {
    let_go(attempt);
    let is_given = outcome == Outcome::Success(Success::Given);
    let popup = attempt.popup.take();
    // A window that was severed cannot be closed from here. It closes itself, should it come back.
    let is_out_of_reach = popup.as_ref().is_some_and(Popup::is_closed);
    let may_live = || attempt.flow.borrow_mut().may_window_live(Browser.now());
    let may_come_back = is_given && is_out_of_reach && may_live();
    match popup {
        Some(popup) if is_given => popup.close_at_rest(),
        Some(popup) => popup.close(),
        None => {}
    }
    announce(attempt, &outcome);
    let transaction = attempt.transaction();
    store::forget(&transaction);
    if may_come_back {
        store::mark(&transaction, true);
    }
}

/// The app has its outcome. A window may still bring a result; a redirect's comes to another page.
fn detach(attempt: &Rc<Attempt>, outcome: Outcome) {
    if attempt.flow.borrow().transaction().mode == Mode::Popup {
        attempt.rest();
    } else {
        let_go(attempt);
    }
    let widget = attempt.widget();
    let sink = attempt.sink.replace(Sink::Late(widget));
    let options = attempt.options.take();
    announce_to(sink, options, &outcome, &attempt.given.borrow());
}

fn announce(attempt: &Attempt, outcome: &Outcome) {
    let sink = attempt.sink.replace(Sink::Late(None));
    let options = attempt.options.take();
    let given = attempt.given.take();
    announce_to(sink, options, outcome, &given);
}

/// Tells an outcome, whose value or cause is `given`.
fn announce_to(sink: Sink, options: Option<Options>, outcome: &Outcome, given: &JsValue) {
    let value = match outcome {
        Outcome::Success(Success::Given) => given.clone(),
        Outcome::Success(success) => to_js(success),
        Outcome::Failure(failure) => error_of(failure, &cause_of(failure, given)),
        Outcome::Exit => JsValue::UNDEFINED,
    };
    match sink {
        Sink::Call(launch) => tell_call(&launch, options, outcome, &value),
        Sink::Redirect { resolve, reject } => {
            let _ = match outcome {
                Outcome::Success(_) => resolve.call1(&JsValue::UNDEFINED, &value),
                Outcome::Failure(_) => reject.call1(&JsValue::UNDEFINED, &value),
                Outcome::Exit => resolve.call1(&JsValue::UNDEFINED, &JsValue::NULL),
            };
        }
        Sink::Late(widget) => match outcome {
            Outcome::Success(_) => inbox::post("success", value, widget),
            Outcome::Failure(_) => inbox::post("error", value, widget),
            Outcome::Exit => {}
        },
    }
}

/// Only what the app or the network threw is the cause of a failure.
fn cause_of(failure: &Failure, given: &JsValue) -> JsValue {
    let causes = [
        Code::SourceFailed,
        Code::ExchangeFailed,
        Code::VerifyFailed,
        Code::NetworkError,
    ];
    let has_cause =
        failure.details.is_none() && causes.iter().any(|code| code.name() == failure.code);
    if has_cause {
        given.clone()
    } else {
        JsValue::UNDEFINED
    }
}

fn tell_call(launch: &Launch, options: Option<Options>, outcome: &Outcome, value: &JsValue) {
    let widget = launch.widget();
    let callback = |name| {
        options
            .as_ref()
            .map_or(JsValue::UNDEFINED, |options| options.raw(name))
    };
    launch.ended();
    if launch.wants_result() {
        match outcome {
            Outcome::Success(_) => launch.resolve(value),
            Outcome::Failure(_) => launch.reject(value),
            Outcome::Exit => launch.reject(&error(Code::PopupClosed)),
        }
    }
    match outcome {
        Outcome::Success(_) => widget.tell("success", &callback("onSuccess"), &Array::of1(value)),
        Outcome::Failure(_) => widget.tell("error", &callback("onError"), &Array::of1(value)),
        Outcome::Exit => widget.tell("exit", &callback("onExit"), &Array::new()),
    }
    widget.tell("close", &JsValue::UNDEFINED, &Array::new());
}

// ---- listening: only while a flow is open, or a late result may come --------------------------------------------------

const EARS: Ears = Ears {
    message: on_message,
    focus: on_focus,
    restored: on_restored,
};

fn update_listeners() {
    let now = Browser.now();
    PAGE.with_borrow_mut(|page| {
        // What can no longer be answered is waited for no longer.
        page.attempts.retain(|attempt| {
            let flow = attempt.flow.borrow();
            !(flow.is_detached() && flow.is_waiting() && flow.transaction().has_expired(now))
        });
        if page.attempts.is_empty() {
            page.listeners = None;
        } else if page.listeners.is_none() {
            page.listeners = Some(Listeners::new(EARS));
        }
    });
}

fn listen_for(attempt: &Rc<Attempt>) {
    let weak = Rc::downgrade(attempt);
    let take = Box::new(move |hand_over: HandOver| {
        weak.upgrade()
            .is_some_and(|attempt| take(&attempt, &hand_over, &JsValue::NULL))
    });
    attempt.relay.replace(Some(Relay::listen(
        attempt.flow.borrow().transaction(),
        take,
    )));
}

fn on_focus(has_focus: bool) {
    for attempt in attempts() {
        feed(
            &attempt,
            if has_focus {
                Event::Focused
            } else {
                Event::Blurred
            },
        );
    }
}

fn on_restored() {
    for attempt in attempts() {
        feed(&attempt, Event::CameBack);
    }
}

/// The source is compared first, and nothing is copied before a message may be for us: most of a page's are not.
fn on_message(event: &MessageEvent) {
    let source: JsValue = event.source().map_or(JsValue::NULL, JsValue::from);
    let attempts = attempts();
    let owner = attempts.iter().find(|attempt| attempt.is_window(&source));
    if device::is_own(event) {
        if let Some(hand_over) = HandOver::read(&event.data()) {
            let is_taken = match owner {
                Some(attempt) => take_own(attempt, &hand_over),
                None => attempts
                    .iter()
                    .any(|attempt| take(attempt, &hand_over, &source)),
            };
            if is_taken && source.is_object() {
                let _ = source
                    .unchecked_ref::<Window>()
                    .post_message(&receipt(), &device::origin());
            }
            return;
        }
    }
    match owner.or_else(|| {
        attempts
            .iter()
            .find(|attempt| attempt.lost_window(&source, event))
    }) {
        Some(attempt) if attempt.is_provider(event) => {
            let is_lost = owner.is_none();
            feed(attempt, Event::Message(read(&event.data())));
            if is_lost && attempt.is_over.get() {
                // The window was out of reach until it spoke.
                Popup::adopt(source.unchecked_into(), None).close();
            }
        }
        Some(_) => {}
        None => attempts
            .iter()
            .for_each(|attempt| note(attempt, "message_source", "")),
    }
}

/// For `debug`.
fn note(attempt: &Attempt, finding: &str, fact: &str) {
    if !attempt.is_observed {
        return;
    }
    if let Some(widget) = attempt.live_widget() {
        widget.observe(finding, fact);
    }
}

fn take_own(attempt: &Rc<Attempt>, hand_over: &HandOver) -> bool {
    returned(attempt, &hand_over.response, Via::OwnWindow)
}

/// A response from a page of the app that is not known to be the attempt's window.
fn take(attempt: &Rc<Attempt>, hand_over: &HandOver, source: &JsValue) -> bool {
    let transaction = attempt.transaction();
    let has_ticket = hand_over.window.as_deref() == Some(transaction.state.expose());
    // A further window that the attempt's window has opened, where no copy of the ticket came along (Firefox).
    let opener = Reflect::get(source, &"opener".into()).unwrap_or_default();
    let from_window = has_ticket
        || attempt
            .popup
            .borrow()
            .as_ref()
            .is_some_and(|popup| popup.is(&opener));
    let via = Via::Relay { from_window };
    let is_ours = ResponseUrl::parse(&hand_over.response).is_admitted(&transaction, via);
    // Where tabs cannot ask for a lock, a copy of the tab may hear this too.
    let may_take = || attempt.standing.get() == Standing::Own || store::take_mark(&transaction);
    is_ours && may_take() && returned(attempt, &hand_over.response, via)
}

/// Whether a returned URL was this attempt's answer.
fn returned(attempt: &Rc<Attempt>, response: &str, via: Via) -> bool {
    let is_own_page = response
        .strip_prefix(&device::origin())
        .is_some_and(|rest| rest.starts_with('/'));
    if !is_own_page || !attempt.flow.borrow().is_waiting() {
        return false;
    }
    feed(attempt, Event::Returned(ResponseUrl::parse(response), via));
    attempt.is_over.get() || !attempt.flow.borrow().is_waiting()
}

impl Attempt {
    /// The window that the shell opened in a click that came before the core.
    fn launched_window(&self) -> JsValue {
        match &*self.sink.borrow() {
            Sink::Call(launch) => launch.popup(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// The instance whose flow is live.
    fn live_widget(&self) -> Option<Widget> {
        match &*self.sink.borrow() {
            Sink::Call(launch) => Some(launch.widget()),
            _ => None,
        }
    }

    /// Whether a message came from this attempt's window. One that was closed right after it posted is no source any more.
    fn is_window(&self, source: &JsValue) -> bool {
        let popup = self.popup.borrow();
        popup
            .as_ref()
            .is_some_and(|popup| popup.is(source) || (source.is_null() && popup.is_closed()))
    }

    /// Whether a message came from the window that this attempt had before the page was reloaded: one that this page has
    /// opened, on the provider's origin.
    fn lost_window(&self, source: &JsValue, event: &MessageEvent) -> bool {
        let is_resumed = self.flow.borrow().is_detached() && self.popup.borrow().is_none();
        is_resumed && self.is_provider(event) && super::popup::is_opened_by_this_page(source)
    }

    /// Whether a message comes from exactly the provider's origin.
    fn is_provider(&self, event: &MessageEvent) -> bool {
        self.flow.borrow().transaction().origin.as_deref() == Some(&event.origin())
    }
}
