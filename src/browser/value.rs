//! Values of JavaScript, copied as far as this library looks at them, and back.
//!
//! Whatever a hostile value does (throw, refer to itself, claim a length of billions) is over when the copy is made.

use crate::value::Value;
use js_sys::{Array, Function, JSON, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// How deep a value is copied, and how many items or entries at one level. What is beyond is [`Value::Other`].
const DEPTH: u32 = 12;
const ENTRIES: u32 = 10_000;

#[wasm_bindgen]
extern "C" {
    /// `Array.isArray` throws for a revoked proxy.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn array_from(iterable: &JsValue) -> Result<Array, JsValue>;
}

/// Copies a value.
pub fn read(value: &JsValue) -> Value {
    read_to(value, DEPTH)
}

fn read_to(value: &JsValue, depth: u32) -> Value {
    if value.is_undefined() {
        Value::Absent
    } else if value.is_null() {
        Value::Null
    } else if let Some(text) = value.as_string() {
        read_text(text, value)
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(is_so) = value.as_bool() {
        Value::Bool(is_so)
    } else if value.is_function() {
        Value::Function
    } else if !value.is_object() || depth == 0 {
        Value::Other
    } else if is_array(value).unwrap_or_default() {
        read_list(value.unchecked_ref(), depth - 1)
    } else {
        read_entries(value, depth - 1)
    }
}

/// Half a surrogate pair is no text: on the way it became U+FFFD.
fn read_text(text: String, value: &JsValue) -> Value {
    let is_whole = !text.contains('\u{FFFD}') || JsValue::from_str(&text) == *value;
    if is_whole {
        Value::Text(text)
    } else {
        Value::Other
    }
}

fn read_list(list: &Array, depth: u32) -> Value {
    let item = |index| own_item(list, index).map_or(Value::Other, |item| read_to(&item, depth));
    match list.length() {
        length if length > ENTRIES => Value::Other,
        length => Value::List((0..length).map(item).collect()),
    }
}

fn own_item(list: &Array, index: u32) -> Result<JsValue, JsValue> {
    Reflect::get_u32(list, index)
}

/// Own properties by name; other properties are nobody's answer.
fn read_entries(object: &JsValue, depth: u32) -> Value {
    let Ok(keys) = Reflect::own_keys(object) else {
        return Value::Other;
    };
    if keys.length() > ENTRIES {
        return Value::Other;
    }
    let entry = |key: JsValue| {
        // A property of this name would be the object's prototype when it is copied back.
        let name = key.as_string().filter(|name| name != "__proto__")?;
        let value = Reflect::get(object, &key).map_or(Value::Other, |value| read_to(&value, depth));
        Some((name, value))
    };
    Value::Object(keys.iter().filter_map(entry).collect())
}

/// Copies the entries of a `Map` or of `URLSearchParams`.
pub fn read_iterable(iterable: &JsValue) -> Value {
    let Ok(pairs) = array_from(iterable) else {
        return Value::Other;
    };
    let entry = |pair: JsValue| {
        let pair: &Array = pair.unchecked_ref();
        Some((pair.get(0).as_string()?, read_to(&pair.get(1), 1)))
    };
    Value::Object(pairs.iter().filter_map(entry).collect())
}

/// An own property; undefined where there is none or it cannot be read.
pub fn own(object: &JsValue, name: &str) -> JsValue {
    let name = JsValue::from_str(name);
    if !object.is_object() {
        return JsValue::UNDEFINED;
    }
    let is_own = Reflect::get_own_property_descriptor(object.unchecked_ref::<Object>(), &name)
        .is_ok_and(|descriptor| !descriptor.is_undefined());
    if is_own {
        Reflect::get(object, &name).unwrap_or_default()
    } else {
        JsValue::UNDEFINED
    }
}

/// A value of ours as JavaScript has it: plain objects, arrays and texts.
pub fn to_js(value: &impl Serialize) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or_default()
}

/// A value of ours as JSON.
pub fn to_json(value: &impl Serialize) -> Option<String> {
    to_json_text(&to_js(value))
}

/// A value of JavaScript as JSON.
pub fn to_json_text(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}

/// Whether a value can be awaited.
pub fn is_promise(value: &JsValue) -> bool {
    value.is_object() && Reflect::get(value, &"then".into()).is_ok_and(|then| then.is_function())
}

/// Calls a function of the app's; what it throws comes back as an error.
pub fn call(function: &JsValue, argument: &JsValue) -> Result<JsValue, JsValue> {
    function
        .unchecked_ref::<Function>()
        .call1(&JsValue::UNDEFINED, argument)
}
