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

use web_sys::Window;

/// The window. The shell loads the core in pages alone.
#[allow(
    clippy::expect_used,
    reason = "the shell answers `no_window` before it loads the core"
)]
pub fn window() -> Window {
    web_sys::window().expect("a page has a window")
}

/// Does something after a while. Its closure is gone when it has run; a forgotten `Timeout` keeps its own for good.
pub fn later(milliseconds: u32, work: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async move {
        gloo_timers::future::TimeoutFuture::new(milliseconds).await;
        work();
    });
}
