//! What the app is asked for: its `token` or `link`, its `verify` and its `exchange`. Functions are called in the task that
//! asks; only what they promise is awaited.

use super::value::{call, is_promise};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
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
            Ok(value) if is_promise(&value) => JsFuture::from(Promise::resolve(&value)).await,
            answer => answer,
        });
    });
}

/// What the app's functions are called with.
pub fn context(entries: &[(&str, JsValue)]) -> JsValue {
    let context = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&context, &(*name).into(), value);
    }
    context.into()
}

/// Aborts what the app began for a flow, as soon as the flow is over.
#[derive(Default)]
pub struct Controller(std::cell::OnceCell<Option<AbortController>>);

impl Controller {
    /// The signal to give to the app; made for those who ask.
    pub fn signal(&self) -> JsValue {
        let controller = self.0.get_or_init(|| AbortController::new().ok());
        controller
            .as_ref()
            .map_or(JsValue::UNDEFINED, |controller| controller.signal().into())
    }

    /// Aborts.
    pub fn abort(&self) {
        if let Some(Some(controller)) = self.0.get() {
            controller.abort();
        }
    }
}
