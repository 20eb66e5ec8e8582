//! Promises of ours.

use super::window;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// A promise that is settled from here.
#[derive(Clone)]
pub struct Deferred {
    /// What the app, or another part, waits on.
    pub promise: Promise,
    resolve: Function,
}

impl Deferred {
    /// One that is pending.
    pub fn new() -> Deferred {
        let mut resolve = JsValue::UNDEFINED;
        let promise = Promise::new(&mut |settle, _| resolve = settle.into());
        Deferred {
            promise,
            resolve: resolve.unchecked_into(),
        }
    }

    /// Fulfils it, or has it follow another promise.
    pub fn resolve(&self, value: &JsValue) {
        let _ = self.resolve.call1(&JsValue::UNDEFINED, value);
    }

    /// Rejects it.
    pub fn reject(&self, error: &JsValue) {
        self.resolve(&Promise::reject(error));
    }

    /// Fulfils it with a result, or rejects it with an error.
    pub fn settle(&self, outcome: Result<JsValue, JsValue>) {
        match outcome {
            Ok(result) => self.resolve(&result),
            Err(error) => self.reject(&error),
        }
    }
}

/// A pause, to be awaited.
pub fn pause(milliseconds: i32) -> Promise {
    let Deferred { promise, resolve } = Deferred::new();
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
    promise
}

/// The one of two promises that is settled first.
pub fn first_of(one: &Promise, other: &Promise) -> Promise {
    Promise::race(&Array::of2(one, other))
}

/// Does something after a while.
pub fn later(milliseconds: i32, work: Box<dyn FnOnce()>) {
    spawn_local(async move {
        let _ = pause(milliseconds).await;
        work();
    });
}
