//! What JavaScript calls: the shell, by way of `pkg-template/instance.js`, and nobody else. Nothing is decided here.

use crate::browser::app::{Launch, Widget};
use crate::browser::shell::{Shell, set_shell};
use crate::browser::{driver, hearing, inbox, recall, refresh};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::Event;

/// Binds the core to the shell; before anything else.
#[wasm_bindgen]
pub fn bind(shell: Shell) {
    set_shell(shell);
}

/// Begins a flow, inside the click.
#[wasm_bindgen]
pub fn open(launch: Launch) {
    driver::open(launch);
}

/// Ends the widget's live flow with no outcome but the `close` event.
#[wasm_bindgen]
pub fn close(widget: &Widget) {
    driver::close(widget);
}

/// Brings the widget's window to the front.
#[wasm_bindgen]
pub fn focus(widget: &Widget) {
    driver::focus(widget);
}

/// Whether the widget has a live flow.
#[wasm_bindgen(js_name = isOpen)]
pub fn is_open(widget: &Widget) -> bool {
    driver::is_open(widget)
}

/// Takes up what an earlier page left open.
#[wasm_bindgen]
pub fn recall() {
    recall::recall();
}

/// For the rehearsal: whether no flow is under way.
#[wasm_bindgen(js_name = isAtRest)]
pub fn is_at_rest() -> bool {
    driver::is_at_rest()
}

/// For the rehearsal: hears a message, as the page's listener does.
#[wasm_bindgen]
pub fn hear(message: &Event) {
    hearing::on_message(message);
}

/// Somebody listens for results or errors now.
#[wasm_bindgen]
pub fn demand() {
    inbox::demand();
}

/// The result of the redirect that this page came back from, or `null`.
#[wasm_bindgen(js_name = handleRedirect)]
pub fn handle_redirect(handlers: &JsValue) -> Promise {
    inbox::handle_redirect(handlers)
}

/// Asks for a new access token.
#[wasm_bindgen]
pub fn refresh(widget: &Widget, options: &JsValue) -> Promise {
    refresh::refresh(widget, options)
}
