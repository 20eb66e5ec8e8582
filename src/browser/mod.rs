//! The page in a browser: everything that touches `window`. The driver runs what the machine says, each in the room that is
//! for it, and feeds back what happened.

pub mod app;
mod attempt;
mod claim;
mod device;
pub mod driver;
mod effects;
mod hearing;
pub mod inbox;
mod listeners;
mod lock;
mod options;
mod outcome;
mod popup;
pub mod refresh;
mod relay;
mod source;
mod store;
mod token;
mod value;
mod world;

use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Window;

/// The window: the shell loads the core in pages alone. Its class is not asked for, because MooTools has another `Window`.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}

/// A pause, to be awaited.
pub fn pause(milliseconds: i32) -> Promise {
    Promise::new(&mut |resolve, _| {
        let _ =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    })
}

/// Does something after a while.
pub fn later(milliseconds: i32, work: Box<dyn FnOnce()>) {
    spawn_local(async move {
        let _ = JsFuture::from(pause(milliseconds)).await;
        work();
    });
}
