//! Web Locks: what one page of the origin does at a time.

use super::window;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        callback: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock that this page holds, until this is dropped.
pub struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// Asks for a lock. `waits`: until it is free; otherwise it is none where another page holds it.
///
/// # Errors
/// Where the browser has no locks, or refuses them here.
pub async fn hold(name: &str, waits: bool) -> Result<Option<Lock>, JsValue> {
    let locks = Reflect::get(&window().navigator(), &"locks".into())?;
    if !locks.is_object() {
        return Err(JsValue::UNDEFINED);
    }
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &(!waits).into())?;
    let held: Rc<RefCell<Option<Lock>>> = Rc::default();
    let asked = Promise::new(&mut |resolve, reject| {
        let held = Rc::clone(&held);
        // The lock is held until the promise that the callback answers is resolved.
        let callback = Closure::once_into_js(move |lock: JsValue| {
            let until = Promise::new(&mut |release, _| {
                held.replace(lock.is_object().then_some(Lock(release)));
            });
            let _ = resolve.call0(&JsValue::UNDEFINED);
            if lock.is_object() {
                until.into()
            } else {
                JsValue::UNDEFINED
            }
        });
        let done =
            locks
                .unchecked_ref::<LockManager>()
                .request(name, &options, callback.unchecked_ref());
        spawn_local(async move {
            // An opaque origin has none, and a page that is going is given none.
            let refused = match done {
                Ok(done) => JsFuture::from(done).await.err(),
                Err(cause) => Some(cause),
            };
            if let Some(cause) = refused {
                let _ = reject.call1(&JsValue::UNDEFINED, &cause);
            }
        });
    });
    JsFuture::from(asked).await?;
    Ok(held.take())
}
