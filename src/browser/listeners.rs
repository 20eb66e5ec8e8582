//! What the page hears while a flow is open, or while a late result may come.

use super::app::listen;
use super::{device, window};
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{MessageEvent, PageTransitionEvent};

/// Who is told.
pub struct Ears {
    /// Of every message.
    pub message: fn(&MessageEvent),
    /// That the page was given the focus (true) or lost it.
    pub focus: fn(bool),
    /// That the page came back from the back/forward cache.
    pub restored: fn(),
    /// That the page is left.
    pub left: fn(),
}

/// The listeners; unsubscribed when this is dropped.
pub struct Listeners {
    _message: EventListener,
    _focus: EventListener,
    _blur: EventListener,
    _visibility: EventListener,
    _pageshow: EventListener,
    _pagehide: EventListener,
}

impl Listeners {
    /// Subscribes.
    pub fn new(
        Ears {
            message,
            focus,
            restored,
            left,
        }: Ears,
    ) -> Listeners {
        let window = window();
        Listeners {
            _message: listen(
                &window,
                "message",
                Box::new(move |event| message(event.unchecked_ref())),
            ),
            _focus: listen(&window, "focus", Box::new(move |_| focus(true))),
            _blur: listen(&window, "blur", Box::new(move |_| focus(false))),
            // Where windows are tabs, a browser that changes from one to another may say nothing of the focus.
            _visibility: listen(
                &window,
                "visibilitychange",
                Box::new(move |_| focus(device::has_focus())),
            ),
            _pageshow: listen(
                &window,
                "pageshow",
                Box::new(move |event| {
                    if event.unchecked_ref::<PageTransitionEvent>().persisted() {
                        restored();
                    }
                }),
            ),
            _pagehide: listen(&window, "pagehide", Box::new(move |_| left())),
        }
    }
}
