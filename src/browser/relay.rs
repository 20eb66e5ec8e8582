//! How a response comes from a page of the app that has lost its opener: by a channel of the attempt's own, which only those
//! find who know its state; before Safari 15.4 by a `storage` event. By the same channel `claim.rs` asks whether another page is at work.

use super::shell::{Listener, listen};
use super::store::{key, local};
use super::value::{object, own, text_of};
use super::window;
use crate::flow::transaction::Transaction;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// The type of every message between pages of this package.
const TYPE: &str = "connect-widget";

/// What a return page hands over.
pub struct HandOver {
    /// The whole URL that came back.
    pub response: String,
    /// The ticket of the window that the page is in: its attempt's state. None where the page knows of none.
    pub ticket: Option<String>,
}

impl HandOver {
    /// Reads a message; none where it is no return page's.
    pub fn read(data: &JsValue) -> Option<Box<HandOver>> {
        let is_ours = own(data, "type") == TYPE;
        let response = own(data, "response").as_string().filter(|_| is_ours)?;
        Some(Box::new(HandOver {
            response,
            ticket: own(data, "window").as_string(),
        }))
    }
}

/// What tells a return page that its response was taken.
pub fn receipt() -> JsValue {
    message("taken")
}

/// A message between pages that says one thing.
fn message(what: &str) -> JsValue {
    object(&[("type", TYPE.into()), (what, JsValue::TRUE)])
}

fn says(data: &JsValue, what: &str) -> bool {
    own(data, what) == JsValue::TRUE
}

/// Is a page alive that listens for this attempt's answer?
pub struct RollCall {
    channel: BroadcastChannel,
    is_answered: Rc<Cell<bool>>,
    _listener: Listener,
}

impl RollCall {
    /// Asks on the attempt's channel.
    pub fn ask(name: &str) -> Option<RollCall> {
        let channel = BroadcastChannel::new(name).ok()?;
        let is_answered: Rc<Cell<bool>> = Rc::default();
        let answered = Rc::clone(&is_answered);
        let listener = listen(
            &channel,
            "message",
            Box::new(move |event| {
                if says(&event.unchecked_ref::<MessageEvent>().data(), "listening") {
                    answered.set(true);
                }
            }),
        );
        channel.post_message(&message("asking")).ok()?;
        Some(RollCall {
            channel,
            is_answered,
            _listener: listener,
        })
    }

    /// Whether one has answered.
    pub fn is_answered(&self) -> bool {
        self.is_answered.get()
    }
}

impl Drop for RollCall {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// The attempt's ears; deaf once dropped.
pub struct Relay {
    channel: Option<BroadcastChannel>,
    _listener: Listener,
}

impl Relay {
    /// Listens; `take` answers whether a response was this attempt's.
    pub fn listen(transaction: &Transaction, take: Box<dyn Fn(Box<HandOver>) -> bool>) -> Relay {
        let name = key(transaction);
        match BroadcastChannel::new(&name) {
            Ok(channel) => {
                let listener = listen(
                    &channel,
                    "message",
                    Box::new(move |event| {
                        let data = event.unchecked_ref::<MessageEvent>().data();
                        if says(&data, "asking") {
                            post(&name, "listening");
                        } else if HandOver::read(&data).is_some_and(&take) {
                            post(&name, "taken");
                        }
                    }),
                );
                Relay {
                    channel: Some(channel),
                    _listener: listener,
                }
            }
            Err(_) => Relay {
                channel: None,
                _listener: listen_to_storage(name, take),
            },
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.close();
        }
    }
}

/// By a channel of its own: the ears may be deaf by now.
fn post(name: &str, what: &str) {
    if let Ok(channel) = BroadcastChannel::new(name) {
        let _ = channel.post_message(&message(what));
        channel.close();
    }
}

fn listen_to_storage(name: String, take: Box<dyn Fn(Box<HandOver>) -> bool>) -> Listener {
    let key = [&name, ":response"].concat();
    listen(
        &window(),
        "storage",
        Box::new(move |event| {
            if text_of(event, "key") != key {
                return;
            }
            // None where it was removed.
            let message = js_sys::JSON::parse(&text_of(event, "newValue")).unwrap_or_default();
            if HandOver::read(&message).is_some_and(&take) {
                if let Some(store) = local() {
                    let receipt = [&name, ":taken"].concat();
                    let _ = store.set_item(&receipt, "1");
                    let _ = store.remove_item(&receipt);
                }
            }
        }),
    )
}
