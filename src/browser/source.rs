//! What the app is asked for: its `token` or `link`, its `verify` and its `exchange`. Functions are called in the task that
//! asks; only what they promise is awaited.

use super::value::{call, get, is_promise};
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

/// What a question came to: the answer, or what was thrown.
pub type Answer = Result<JsValue, JsValue>;

/// Asks now, and tells the answer in a later microtask.
pub fn ask(source: &JsValue, context: &JsValue, tell: Box<dyn FnOnce(Answer)>) {
    let answer = if source.is_function() {
        call(source, context)
    } else {
        Ok(source.clone())
    };
    spawn_local(async move {
        tell(match answer {
            // Foreign thenables too: a promise of ours takes up whatever they do.
            Ok(value) if is_promise(&value) => Promise::resolve(&value).await,
            answer => answer,
        });
    });
}

/// Aborts what the app was asked for and has not answered when the flow is over.
#[derive(Default)]
pub struct Controller(RefCell<Option<AbortController>>);

impl Controller {
    /// A new signal, to give to the app with a question. A question before that is waited for no longer.
    pub fn renew(&self) -> JsValue {
        self.abort();
        let controller = AbortController::new().ok();
        let signal = controller
            .as_ref()
            .map_or(JsValue::UNDEFINED, |controller| controller.signal().into());
        self.0.replace(controller);
        signal
    }

    /// The app has answered the question that this signal was given with, and may go on with what it began.
    pub fn forget(&self, signal: &JsValue) {
        let is_its = |controller: &AbortController| JsValue::from(controller.signal()) == *signal;
        if self.0.borrow().as_ref().is_some_and(is_its) {
            self.0.take();
        }
    }

    /// Tells the app to stop.
    pub fn abort(&self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}

/// Whether a question's signal was aborted.
pub fn is_aborted(signal: &JsValue) -> bool {
    signal.is_object() && get(signal, "aborted").is_truthy()
}
