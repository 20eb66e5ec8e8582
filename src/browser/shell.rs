//! What the shell gives the core, once, before anything else: what is easier, or safer, in JavaScript.

use gloo_events::EventListener;
use js_sys::Array;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

#[wasm_bindgen]
extern "C" {
    /// The shell's side.
    #[derive(Clone)]
    pub type Shell;

    /// A new `ConnectError`, the class of every error that an app sees.
    #[wasm_bindgen(method, structural, catch, js_name = newError)]
    fn new_error(
        this: &Shell,
        code: &str,
        message: &str,
        details: &JsValue,
        cause: &JsValue,
    ) -> Result<JsValue, JsValue>;

    /// A target that takes listeners without options, which could be read off a tampered `Object.prototype`, and that does not throw: gloo would
    /// stop the core.
    #[wasm_bindgen(method, structural)]
    fn plainly(this: &Shell, target: &EventTarget) -> EventTarget;

    /// What iterates, as a list. `Array.from` is not used: MooTools and Prototype have another one.
    #[wasm_bindgen(method, structural, catch, js_name = listOf)]
    fn list_of(this: &Shell, iterable: &JsValue) -> Result<Array, JsValue>;

    /// The widgets that listen for results or errors, in the order in which they began to.
    #[wasm_bindgen(method, structural)]
    fn subscribers(this: &Shell) -> Array;
}

thread_local! {
    static SHELL: RefCell<Option<Shell>> = const { RefCell::new(None) };
}

/// Notes the shell's side.
pub fn set_shell(shell: Shell) {
    SHELL.set(Some(shell));
}

fn shell() -> Option<Shell> {
    SHELL.with_borrow(Clone::clone)
}

/// What iterates, as a list.
pub fn list_of(iterable: &JsValue) -> Result<Array, JsValue> {
    shell().ok_or(JsValue::UNDEFINED)?.list_of(iterable)
}

/// The widgets that listen for results or errors.
pub fn subscribers() -> Array {
    shell().map(|shell| shell.subscribers()).unwrap_or_default()
}

/// Listens until it is dropped. Boxed, because it is put from hand to hand.
pub type Listener = Box<EventListener>;

/// Calls back for each event of a type, until what it answers is dropped.
pub fn listen(
    target: &EventTarget,
    event: &'static str,
    callback: Box<dyn Fn(&Event)>,
) -> Listener {
    let target = shell().map_or_else(|| target.clone(), |shell| shell.plainly(target));
    Box::new(EventListener::new(&target, event, move |event| {
        callback(event)
    }))
}

/// A new `ConnectError`.
pub fn new_error(code: &str, message: &str, details: &JsValue, cause: &JsValue) -> JsValue {
    shell()
        .and_then(|shell| shell.new_error(code, message, details, cause).ok())
        .unwrap_or_default()
}
