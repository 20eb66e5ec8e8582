//! The app's options: a copy of their properties, so that what happens to them later changes nothing.

use super::value::{get, is_list, is_promise, prototype_of, read, read_pairs, set};
use crate::error::Failure;
use crate::options::Fields;
use crate::value::Value;
use js_sys::{Array, Function, Object, Reflect, Symbol};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

/// No class has as many ancestors; a proxy may be its own prototype.
const CLASSES: u32 = 16;

/// A copy without a prototype: what other scripts did to `Object.prototype` is no option.
#[derive(Clone)]
pub struct Options(Object);

impl Options {
    /// No options.
    pub fn none() -> Options {
        Options(Object::create(JsValue::NULL.unchecked_ref()))
    }

    /// Copies what the app gave, the getters and methods of a class of its own among it, and nothing of what every object has.
    pub fn copy(given: &JsValue) -> Result<Options, Box<Failure>> {
        Options::of_click(given, given)
    }

    /// Copies what the app gave in a click: `own` are the properties that it had itself then.
    pub fn of_click(given: &JsValue, own: &JsValue) -> Result<Options, Box<Failure>> {
        let options = Options::none();
        if !given.is_undefined() && !given.is_null() {
            let mut class = prototype_of(given);
            for _ in 0..CLASSES {
                let above = prototype_of(&class);
                if above.is_null() {
                    break;
                }
                options.add(&class, given, given)?;
                class = above;
            }
            options.add(own, own, given)?;
        }
        Ok(options)
    }

    /// Adds the properties that `level` has itself, as `object` has them; a function becomes a method of `given`. One whose getter throws is a
    /// symbol here, which no option may be.
    fn add(&self, level: &JsValue, object: &JsValue, given: &JsValue) -> Result<(), Box<Failure>> {
        let keys: Array = Reflect::own_keys(level).map_err(|_| Failure::of_option("options"))?;
        for key in keys.iter() {
            let value = Reflect::get(object, &key).unwrap_or_else(|_| Symbol::iterator().into());
            let _ = Reflect::set(&self.0, &key, &method_of(given, value));
        }
        Ok(())
    }

    /// A copy of those of these names alone.
    pub fn only(&self, names: &[&str]) -> Options {
        let options = Options::none();
        for name in names {
            set(&options.0, name, &self.raw(name));
        }
        options
    }

    /// The app's signal, where there is one.
    pub fn signal(&self) -> Option<AbortSignal> {
        matches!(self.get("signal"), Value::Signal).then(|| self.raw("signal").unchecked_into())
    }

    /// The value itself, for what is called or awaited.
    pub fn raw(&self, name: &str) -> JsValue {
        get(&self.0, name)
    }
}

impl Fields for Options {
    fn get(&self, name: &str) -> Value {
        let value = self.raw(name);
        if value.is_undefined() {
            Value::Absent
        } else if !value.is_object() || value.is_function() {
            read(&value)
        } else if is_window(&value) {
            Value::Window
        } else if is_signal(&value) {
            Value::Signal
        } else if is_promise(&value) {
            Value::Promise
        } else if !is_list(&value) && is_iterable(&value) {
            read_pairs(&value)
        } else {
            match read(&value) {
                // A date, or what else says nothing of itself by properties.
                copy if copy.is_empty_object() && !is_plain(&value) => Value::Other,
                copy => copy,
            }
        }
    }
}

/// A function as the method of what the app gave: `this` in it is that.
fn method_of(given: &JsValue, value: JsValue) -> JsValue {
    if !value.is_function() {
        return value;
    }
    // Where a script has put something else in its place, the call fails, and the function is left as it is.
    let bind: Function = get(&value, "bind").unchecked_into();
    bind.call1(&value, given).unwrap_or(value)
}

fn is_iterable(value: &JsValue) -> bool {
    Reflect::get(value, &Symbol::iterator()).is_ok_and(|iterator| iterator.is_function())
}

/// An object of no class, of any realm.
fn is_plain(value: &JsValue) -> bool {
    let class = prototype_of(value);
    class.is_null() || prototype_of(&class).is_null()
}

/// Another window than the page's own; of any origin and any realm it is its own `window`.
pub fn is_window(value: &JsValue) -> bool {
    *value != JsValue::from(super::window())
        && get(value, "window") == *value
        && get(value, "postMessage").is_function()
}

/// A signal of any realm, and no object that only looks like one: it says whether it is aborted, and takes a listener.
fn is_signal(value: &JsValue) -> bool {
    // `Function::default()` would be an eval.
    let (signal, nobody): (&AbortSignal, _) = (value.unchecked_ref(), JsValue::NULL);
    let nobody = nobody.unchecked_ref();
    get(value, "aborted").as_bool().is_some()
        && signal
            .add_event_listener_with_callback("abort", nobody)
            .is_ok()
        && signal
            .remove_event_listener_with_callback("abort", nobody)
            .is_ok()
}
