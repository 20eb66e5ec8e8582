//! What the page hears while a flow is open, or while a late result may come.

use super::shell::listen;
use super::window;
use gloo_events::EventListener;
use web_sys::Event;

/// What the page listens to, and who is told.
pub type Ears = [(&'static str, fn(&Event)); 6];

/// The listeners; unsubscribed when this is dropped.
pub struct Listeners(#[allow(dead_code, reason = "held, not read")] Vec<EventListener>);

impl Listeners {
    /// Subscribes.
    pub fn new(ears: &Ears) -> Listeners {
        let window = window();
        let mut listeners = Vec::new();
        for (event, hear) in ears {
            listeners.push(listen(&window, event, Box::new(*hear)));
        }
        Listeners(listeners)
    }
}
