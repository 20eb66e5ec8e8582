//! One flow of the page: the machine, and everything of the browser that it holds on to. What only a live flow needs is let go of
//! when the app has its outcome (`retire`), the rest when nothing can come any more (`release`).

use super::app::{Launch, Widget};
use super::claim::Claim;
use super::focus::Trigger;
use super::options::Options;
use super::popup::{Popup, may_be_lost};
use super::promise::Deferred;
use super::relay::Relay;
use super::shell::Listener;
use super::source::Controller;
use super::value::text_of;
use super::world::Browser;
use crate::flow::machine::Flow;
use crate::flow::mode::Mode;
use crate::flow::response::ResponseUrl;
use crate::flow::transaction::Transaction;
use gloo_timers::callback::Interval;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

/// Who is told the outcome.
pub enum Sink {
    /// The call that began the flow, its callbacks and its widget's handlers.
    Call(Launch),
    /// The promise of `handleRedirect()`.
    Redirect(Deferred),
    /// Whoever listens: the widget that began the flow, where it is known, or else another one of the page.
    Late(Option<Widget>),
    /// Nobody any more: the last outcome was told.
    Told,
}

/// A flow that the page is at work on, and what it holds on to.
pub struct Attempt {
    /// The machine. It is never borrowed while the app's code runs.
    pub flow: RefCell<Box<Flow>>,
    /// Who is told.
    pub sink: RefCell<Sink>,
    /// The app's options; once the app has been told, what a late result needs of them.
    pub options: RefCell<Option<Options>>,
    /// The window, as long as the flow needs it.
    pub popup: RefCell<Option<Popup>>,
    /// Whether the app has given the window to a later flow: what comes back in it is that one's, and so is its close.
    pub has_heir: Cell<bool>,
    /// The URL that came back last; empty before. A look judges each one once, and `held::hold` keeps it.
    pub returned: RefCell<String>,
    /// Whether the page is about to be left, so that the browser may end its requests.
    pub is_going: Cell<bool>,
    /// Hears that the page is about to be left, while the token endpoint is asked; or, once a redirect has left, that the page goes for good.
    pub going_listener: RefCell<Option<Listener>>,
    /// What gets the focus back.
    pub trigger: RefCell<Option<Trigger>>,
    /// Aborts what the app began for the flow.
    pub controller: Controller,
    /// What the app or the network gave with the event that the machine hears of right now (`driver::feed_with`), and undefined at any other
    /// time: the result, or the cause of the failure, where that event ends the flow.
    pub given: RefCell<JsValue>,
    /// Looks at the window.
    pub timer: RefCell<Option<Interval>>,
    /// Hears the app's signal.
    pub abort_listener: RefCell<Option<Listener>>,
    /// Hears return pages that have lost their opener.
    pub relay: RefCell<Option<Relay>>,
    /// Keeps other tabs from working on the attempt.
    pub claim: RefCell<Option<Claim>>,
    /// Whether the attempt is surely this page's alone; one that was found in the store is so once there is a lock.
    pub is_alone: Cell<bool>,
    /// Whether `debug` is on: asked once, because every message of the page would ask.
    pub is_observed: bool,
    /// Whether the driver has let go of it. `close()` ends a flow without the machine; the machine's own end is `Flow::has_ended`.
    pub is_over: Cell<bool>,
}

impl Attempt {
    /// A flow that holds on to nothing yet.
    pub fn new(flow: Box<Flow>, sink: Sink, options: Option<Options>) -> Rc<Attempt> {
        let is_observed = matches!(&sink, Sink::Call(launch) if launch.widget().is_observed());
        Rc::new(Attempt {
            is_observed,
            flow: RefCell::new(flow),
            sink: RefCell::new(sink),
            options: RefCell::new(options),
            popup: RefCell::default(),
            has_heir: Cell::default(),
            returned: RefCell::default(),
            is_going: Cell::default(),
            going_listener: RefCell::default(),
            trigger: RefCell::default(),
            controller: Controller::default(),
            given: RefCell::default(),
            timer: RefCell::default(),
            abort_listener: RefCell::default(),
            relay: RefCell::default(),
            claim: RefCell::default(),
            is_alone: Cell::new(true),
            is_over: Cell::new(false),
        })
    }

    /// A copy of what is remembered.
    pub fn transaction(&self) -> Box<Transaction> {
        Box::new(self.flow.borrow().transaction().clone())
    }

    /// Takes a returned URL apart.
    pub fn parse(&self, href: &str) -> Box<ResponseUrl> {
        ResponseUrl::parse(href, self.flow.borrow().transaction(), &Browser)
    }

    /// Whether this widget began the flow and waits for its outcome.
    pub fn belongs_to(&self, widget: &Widget) -> bool {
        self.live_widget().as_ref() == Some(widget)
    }

    /// Whether the app still waits for its outcome.
    pub fn is_live(&self) -> bool {
        let flow = self.flow.borrow();
        !self.is_over.get() && !flow.has_ended() && !flow.is_detached()
    }

    /// One of the app's options as it is; undefined where it has none.
    pub fn option(&self, name: &str) -> JsValue {
        self.options
            .borrow()
            .as_ref()
            .map_or(JsValue::UNDEFINED, |options| options.raw(name))
    }

    /// The window, while there is one. What is asked of it may run the app's code, so nothing is borrowed meanwhile.
    pub fn window(&self) -> Option<Popup> {
        self.popup.borrow().clone()
    }

    /// Lets go of all that only a live flow needs. The focus comes last: giving it back may run the app's code, and nothing else is held by then.
    pub fn retire(&self) {
        self.timer.take();
        self.abort_listener.take();
        if let Some(trigger) = self.trigger.take() {
            trigger.give_focus_back();
        }
    }

    /// Lets go of everything but the window.
    pub fn release(&self) {
        self.relay.take();
        self.claim.take();
        self.going_listener.take();
        self.controller.abort();
        self.retire();
    }

    /// The window that the shell opened in a click that came before the core.
    pub fn launched_window(&self) -> JsValue {
        match &*self.sink.borrow() {
            Sink::Call(launch) => launch.popup(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// The widget whose flow is live.
    pub fn live_widget(&self) -> Option<Widget> {
        match &*self.sink.borrow() {
            Sink::Call(launch) => Some(launch.widget()),
            _ => None,
        }
    }

    /// Whether a message came from this attempt's window. Firefox names no source for a message of a window that closed right after it
    /// posted, be it ours or a stranger's: such a message counts only while our window has just closed. A window that the app has given to a
    /// later flow is that flow's, even when that is over.
    pub fn owns_window(&self, source: Option<&JsValue>) -> bool {
        match source {
            _ if self.has_heir.get() => false,
            Some(source) => (self.popup.borrow().as_ref()).is_some_and(|popup| popup.is(source)),
            None => {
                self.window().is_some_and(|popup| popup.is_closed())
                    && self.flow.borrow().was_just_in_sight()
            }
        }
    }

    /// Whether a message came from the window that this attempt had before the page was reloaded: one that is no other flow's, on the
    /// provider's origin.
    pub fn is_lost_window(&self, source: &JsValue, event: &MessageEvent) -> bool {
        let has_window = self.popup.borrow().is_some();
        let is_popup = self.flow.borrow().transaction().mode == Mode::Popup;
        !has_window && is_popup && self.is_provider(event) && may_be_lost(source)
    }

    /// Whether a message comes from exactly the provider's origin.
    pub fn is_provider(&self, event: &MessageEvent) -> bool {
        let origin = text_of(event, "origin");
        self.flow.borrow().transaction().provider_origin == Some(origin)
    }

    /// For `debug`.
    pub fn observe(&self, finding: &str, fact: &str) {
        if !self.is_observed {
            return;
        }
        if let Some(widget) = self.live_widget() {
            widget.observe(finding, fact);
        }
    }
}
