//! The page in a browser: everything that touches `window`. The driver runs what the machine says, each in the room that is
//! for it, and feeds back what happened.

pub mod app;
mod attempt;
mod claim;
mod device;
pub mod driver;
mod effects;
mod flows;
mod focus;
pub mod hearing;
mod held;
pub mod inbox;
mod lock;
mod options;
mod outcome;
mod page;
mod popup;
mod promise;
pub mod recall;
mod records;
pub mod refresh;
mod relay;
pub mod shell;
mod source;
mod store;
mod token;
mod value;
mod world;

use wasm_bindgen::JsCast;
use web_sys::Window;

/// The window: the shell loads the core in pages alone. Its class is not asked for, because MooTools has another `Window`.
pub fn window() -> Window {
    js_sys::global().unchecked_into()
}
