//! Connects an app's user to an account somewhere else: one click, one window, one checked outcome.
//!
//! Three floors, kept apart by the compiler. [`flow`] and [`protocol`] are pure: what happened goes in as an
//! [`Event`](flow::machine::Event), what to do comes out as [`Effect`](flow::machine::Effect)s. `browser` does it and feeds
//! back what happened; only there is a window. `bindings` is what JavaScript calls. `ARCHITECTURE.md` follows one click
//! through them.

#![deny(missing_docs)]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

pub mod error;
pub mod flow;
pub mod options;
pub mod protocol;
pub mod result;
pub mod secret;
pub mod text;
pub mod value;
pub mod world;

#[cfg(target_arch = "wasm32")]
mod bindings;
#[cfg(target_arch = "wasm32")]
mod browser;

/// Half as large as the standard library's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
