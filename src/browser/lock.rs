//! Web Locks: what one page of the origin does at a time.

use super::promise::{Deferred, first_of};
use super::value::{get, settings};
use super::window;
use gloo_timers::callback::Interval;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock that this page holds, until this is dropped.
pub struct Lock(Deferred);

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.resolve(&JsValue::UNDEFINED);
    }
}

/// How long a lock is waited for, in milliseconds: longer than servers take, and not for ever.
const PATIENCE: u32 = 60_000;

/// What to do where another page holds a lock.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum IfHeld {
    /// Do without.
    GiveUp,
    /// Wait until it is free, as far as anybody has patience.
    Wait,
}

/// Asks for a lock; none where another page holds it.
///
/// # Errors
/// Where the browser has no locks, or refuses them here: an opaque origin has none, and a page that is going is given none.
pub async fn acquire(name: &str, if_held: IfHeld) -> Result<Option<Lock>, JsValue> {
    let locks = get(&window().navigator(), "locks");
    if !locks.is_object() {
        return Err(JsValue::UNDEFINED);
    }
    let waits = if_held == IfHeld::Wait;
    let options = settings(&[("ifAvailable", (!waits).into())]);
    let (given, held) = (Deferred::new(), Deferred::new());
    let (tell, until) = (given.clone(), held.promise.clone());
    // The lock is held until the promise that the callback answers is resolved.
    let callback = Closure::once_into_js(move |lock: JsValue| {
        tell.resolve(&lock);
        if lock.is_object() {
            until.into()
        } else {
            JsValue::UNDEFINED
        }
    });
    let locks: &LockManager = locks.unchecked_ref();
    let done = locks.request(name, &options, callback.unchecked_ref())?;
    let first = first_of(&given.promise, &done);
    // An interval, which is linked already; it goes with the wait.
    let _timer = waits.then(|| Interval::new(PATIENCE, move || given.resolve(&JsValue::UNDEFINED)));
    let (answer, lock) = (first.await?, Lock(held));
    // One that is given later is given back at once.
    Ok(answer.is_object().then_some(lock))
}
