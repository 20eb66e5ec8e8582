//! The app's side: the widgets that it created, what it asked for, and how it is told.

use super::shell::new_error;
use super::value::{get, number_of, own, to_js};
use crate::error::{Code, Failure};
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A widget, an instance of the class that apps see, `Connect` in `pkg-template/shell.js`.
    #[derive(Clone, PartialEq)]
    pub type Widget;

    /// The handlers of an event, as they are now.
    #[wasm_bindgen(method, structural, js_name = handlersOf)]
    fn handlers_of(this: &Widget, event: &str) -> Array;

    /// Tells `debug` what was seen. It shows no more of a URL than its origin and path.
    #[wasm_bindgen(method, structural)]
    pub fn observe(this: &Widget, finding: &str, fact: &str);

    /// One call of `open()` or `authorize()`.
    #[derive(Clone)]
    pub type Launch;

    /// Resolves the promise of the call.
    #[wasm_bindgen(method, structural)]
    pub fn resolve(this: &Launch, value: &JsValue);

    /// Rejects the promise of the call.
    #[wasm_bindgen(method, structural)]
    pub fn reject(this: &Launch, error: &JsValue);

    /// The call is over: a core that stops need not end it any more.
    #[wasm_bindgen(method, structural)]
    pub fn ended(this: &Launch);
}

/// A `ConnectError`. `cause` is what the app or the network threw.
pub fn error_of(failure: &Failure, cause: &JsValue) -> JsValue {
    let details = if failure.details.is_given() {
        to_js(&failure.details)
    } else {
        JsValue::UNDEFINED
    };
    new_error(failure.code.as_str(), &failure.message, &details, cause)
}

/// A `ConnectError` of ours, without a cause.
pub fn error(code: Code) -> JsValue {
    error_of(&Box::from(code), &JsValue::UNDEFINED)
}

/// Whether plain http to other machines is let through.
pub fn allows_insecure(config: &JsValue) -> bool {
    own(config, "allowInsecureRequests") == JsValue::TRUE
}

impl Launch {
    /// The widget that was called.
    pub fn widget(&self) -> Widget {
        get(self, "widget").unchecked_into()
    }

    /// What it was called with.
    pub fn options(&self) -> JsValue {
        get(self, "options")
    }

    /// The properties that these had themselves in the click. Where that came before the core, the shell has copied them: they may have
    /// been changed since.
    pub fn own_options(&self) -> JsValue {
        let copy = get(self, "copy");
        if copy.is_undefined() {
            self.options()
        } else {
            copy
        }
    }

    /// Whether the shell opened nothing in a click that came before the core, because the device was one for a redirect; it may have been
    /// turned since.
    pub fn is_left_to_redirect(&self) -> bool {
        !get(self, "copy").is_undefined() && self.popup().is_undefined()
    }

    /// When it was made, by the page's own clock.
    pub fn clicked(&self) -> f64 {
        number_of(self, "began")
    }

    /// Whether a promise of the result was asked for.
    pub fn wants_result(&self) -> bool {
        get(self, "wantsResult").is_truthy()
    }

    /// The window that the shell opened in a click that came before the core; null where it was blocked, undefined where
    /// none was opened.
    pub fn popup(&self) -> JsValue {
        get(self, "popup")
    }
}

impl Widget {
    /// What `create()` was given.
    pub fn config(&self) -> JsValue {
        get(self, "config")
    }

    /// Whether `destroy()` was called.
    pub fn is_destroyed(&self) -> bool {
        get(self, "isDestroyed").is_truthy()
    }

    /// Calls the handlers of an event, and the callback of the flow that it is about. What they throw is reported and changes
    /// nothing.
    pub fn tell(&self, event: &str, callback: &JsValue, values: &Array) {
        let handlers = self.handlers_of(event);
        handlers.push(callback);
        for handler in handlers.iter() {
            if let Some(handler) = handler.dyn_ref::<Function>() {
                if let Err(error) = handler.apply(&JsValue::UNDEFINED, values) {
                    web_sys::console::error_2(&"[connect-widget] a callback threw:".into(), &error);
                }
            }
        }
    }

    /// Whether anybody listens to an event.
    pub fn has_handlers(&self, event: &str) -> bool {
        self.handlers_of(event).length() > 0
    }

    /// Whether `debug` is on.
    pub fn is_observed(&self) -> bool {
        own(&self.config(), "debug").is_truthy()
    }
}
