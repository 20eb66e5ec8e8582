//! Values of JavaScript, copied as far as this library looks at them, and back.
//!
//! Whatever a hostile value does (throw, refer to itself, claim a length of billions) is over when the copy is made, and the copy
//! is made soon.

use super::shell::list_of;
use crate::text::includes;
use crate::value::{Entries, Value};
use js_sys::{Array, Function, JSON, Object, Reflect};
use serde::Serialize;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

/// How deep a value is copied, and how many items and entries in all. What is beyond is [`Value::Other`].
const DEPTH: u32 = 12;
const ENTRIES: u32 = 20_000;

/// What a copy may still take.
#[derive(Clone, Copy)]
struct Limits<'a> {
    depth: u32,
    entries: &'a Cell<u32>,
}

impl Limits<'_> {
    /// Those of a list or an object of this length, one level down; none where it is too long.
    fn within(self, length: u32) -> Option<Self> {
        let entries = self.entries.get().checked_sub(length)?;
        self.entries.set(entries);
        let depth = self.depth.checked_sub(1)?;
        Some(Limits { depth, ..self })
    }
}

#[wasm_bindgen]
extern "C" {
    /// `Array.isArray` throws for a revoked proxy.
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;

    /// By name. js-sys takes a value for that, which would be two more calls of the page.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn get_named(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = getOwnPropertyDescriptor)]
    fn descriptor_of(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;
}

/// Copies a value.
pub fn read(value: &JsValue) -> Value {
    let entries = &Cell::new(ENTRIES);
    let depth = DEPTH;
    read_within(value, Limits { depth, entries })
}

fn read_within(value: &JsValue, limits: Limits) -> Value {
    // Most are texts, and each question is a call of the page.
    if let Some(text) = value.as_string() {
        read_text(text, value)
    } else if value.is_undefined() {
        Value::Absent
    } else if value.is_null() {
        Value::Null
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(is_so) = value.as_bool() {
        Value::Bool(is_so)
    } else if value.is_function() {
        Value::Function
    } else if !value.is_object() {
        Value::Other
    } else if is_list(value) {
        read_list(value.unchecked_ref(), limits).unwrap_or(Value::Other)
    } else {
        read_entries(value, limits).unwrap_or(Value::Other)
    }
}

/// Whether a value is an array.
pub fn is_list(value: &JsValue) -> bool {
    is_array(value).unwrap_or_default()
}

/// Half a surrogate pair is no text: on the way it became U+FFFD.
fn read_text(text: String, value: &JsValue) -> Value {
    let is_whole = !includes(&text, "\u{FFFD}") || JsValue::from_str(&text) == *value;
    if is_whole {
        Value::Text(text)
    } else {
        Value::Other
    }
}

fn read_list(list: &Array, limits: Limits) -> Option<Value> {
    let length = list.length();
    let limits = limits.within(length)?;
    let item = |index: u32| read_member(list, &index.into(), limits);
    Some(Value::List((0..length).map(item).collect()))
}

fn read_member(object: &JsValue, key: &JsValue, limits: Limits) -> Value {
    Reflect::get(object, key).map_or(Value::Other, |value| read_within(&value, limits))
}

/// Own properties by name; other properties are nobody's answer.
fn read_entries(object: &JsValue, limits: Limits) -> Option<Value> {
    // A typed array or a `String` has an own property for each index: to list the names of millions takes seconds.
    let length = number_of(object, "length");
    if length > f64::from(limits.entries.get()) && !own(object, "0").is_undefined() {
        return None;
    }
    let keys = Reflect::own_keys(object).ok()?;
    let limits = limits.within(keys.length())?;
    let mut entries = Entries::default();
    for key in keys.iter() {
        // A property of this name would be the object's prototype when it is copied back.
        if let Some(name) = key.as_string().filter(|name| name != "__proto__") {
            entries.push(name, read_member(object, &key, limits));
        }
    }
    Some(entries.build())
}

/// Copies what iterates by name and value: a `Map`, `URLSearchParams`, `FormData`, of any realm.
pub fn read_pairs(iterable: &JsValue) -> Value {
    let mut entries = Entries::default();
    let Ok(pairs) = list_of(iterable) else {
        return Value::Other;
    };
    for pair in pairs.iter() {
        match read(&pair).items() {
            Some([Value::Text(name), value]) => entries.add(name, value.clone()),
            _ => return Value::Other,
        }
    }
    entries.build()
}

/// A property; undefined where there is none or it cannot be read.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    get_named(object, name).unwrap_or_default()
}

/// A property that is a text; empty where it is none.
pub fn text_of(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

/// A property that is a number; 0 where it is none.
pub fn number_of(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_default()
}

/// What an object inherits from; null where that is nothing, or it cannot be asked.
pub fn prototype_of(object: &JsValue) -> JsValue {
    Reflect::get_prototype_of(object).map_or(JsValue::NULL, JsValue::from)
}

/// An own property; undefined where there is none or it cannot be read.
pub fn own(object: &JsValue, name: &str) -> JsValue {
    let is_own = object.is_object()
        && descriptor_of(object, name).is_ok_and(|descriptor| !descriptor.is_undefined());
    if is_own {
        get(object, name)
    } else {
        JsValue::UNDEFINED
    }
}

/// An object with these properties.
pub fn object(entries: &[(&str, JsValue)]) -> JsValue {
    fill(Object::new(), entries)
}

/// Settings for a function of the browser, which reads them through the prototype (Web IDL section 3.2.17): this has none, so that
/// what other scripts did to `Object.prototype` is no setting.
pub fn settings(entries: &[(&str, JsValue)]) -> JsValue {
    fill(Object::create(JsValue::NULL.unchecked_ref()), entries)
}

fn fill(object: Object, entries: &[(&str, JsValue)]) -> JsValue {
    for (name, value) in entries {
        set(&object, name, value);
    }
    object.into()
}

/// Sets a property, where the object lets it be set.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

/// A value of ours as JavaScript has it: plain objects, arrays and texts.
pub fn to_js(value: &Value) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or_default()
}

/// A value of ours as JSON.
pub fn to_json(value: &Value) -> Option<String> {
    to_json_text(&to_js(value))
}

/// An object as JSON: a record, or the body of a request. Prototype.js gives every array a `toJSON` that writes a text in its place; of ours
/// only a record has one, its `answers`.
pub fn to_json_text(value: &JsValue) -> Option<String> {
    let answers = own(value, "answers");
    set(&answers, "toJSON", &JsValue::UNDEFINED);
    JSON::stringify(value).ok()?.as_string()
}

/// Whether a value can be awaited.
pub fn is_promise(value: &JsValue) -> bool {
    value.is_object() && get(value, "then").is_function()
}

/// Calls a function of the app's; what it throws comes back as an error.
pub fn call(function: &JsValue, argument: &JsValue) -> Result<JsValue, JsValue> {
    function
        .unchecked_ref::<Function>()
        .call1(&JsValue::UNDEFINED, argument)
}
