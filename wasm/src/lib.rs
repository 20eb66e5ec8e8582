//! Nothing but the crate's bindings, linked, and the allocator that goes with them: tests in a browser link the crate too, and
//! need a heap of their own.

extern crate connect_widget as _;

#[cfg(target_arch = "wasm32")]
mod memory;
