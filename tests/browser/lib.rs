//! A page made of the browser's own parts: what `src/browser/host.js` answers the core, written in Rust over the engine's `URL`,
//! `URLSearchParams`, `JSON` and `Reflect`. The pure floors run on it in every engine as they do on their host.
#![cfg(target_arch = "wasm32")]

use connect_widget::flow::page::{Held, Kind, Page, Place, Put};
use connect_widget::text::Text;
use js_sys::{Array, Date, Function, JSON, Object, Reflect, encode_uri_component};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Url, UrlSearchParams};

/// The page's own origin in every test.
pub const ORIGIN: &str = "https://app.example";

/// A page and the one flow that it is asked about.
pub struct EnginePage {
    /// Milliseconds since 1970.
    pub now: f64,
    /// The flow's transaction.
    pub record: UrlSearchParams,
    /// The flow's address.
    pub address: RefCell<String>,
    /// The error that the flow is about to end with: code and message.
    pub error: RefCell<Option<(String, String)>>,
    object: RefCell<JsValue>,
    held: RefCell<Vec<JsValue>>,
    place: RefCell<[UrlSearchParams; 2]>,
    items: Array,
    built: RefCell<Option<JsValue>>,
    entropy: Cell<i32>,
}

fn parameters(text: &str) -> UrlSearchParams {
    UrlSearchParams::new_with_str(text).expect("any text is parameters")
}

fn text(value: &JsValue) -> Option<String> {
    value.as_string()
}

/// An own property; none where it is missing, null, inherited, or behind a getter that throws.
fn own(object: &JsValue, name: &str) -> JsValue {
    let name = JsValue::from_str(name);
    match object.dyn_ref::<Object>() {
        Some(it) if it.has_own_property(&name) => {
            Reflect::get(object, &name).unwrap_or(JsValue::UNDEFINED)
        }
        _ => JsValue::UNDEFINED,
    }
}

impl EnginePage {
    /// A page at a time, in milliseconds since 1970.
    pub fn new(now: f64) -> EnginePage {
        EnginePage {
            now,
            record: parameters(""),
            address: RefCell::default(),
            error: RefCell::default(),
            object: RefCell::new(JsValue::UNDEFINED),
            held: RefCell::default(),
            place: RefCell::new([parameters(""), parameters("")]),
            items: Array::new(),
            built: RefCell::default(),
            entropy: Cell::new(1),
        }
    }

    /// Calls in with an object and a returned URL at hand.
    pub fn enter<T>(&self, object: &JsValue, url: &str, call: impl FnOnce(&EnginePage) -> T) -> T {
        self.object.replace(object.clone());
        self.held.replace(vec![JsValue::UNDEFINED]);
        let (front, fragment) = url.split_once('#').unwrap_or((url, ""));
        let (_, query) = front.split_once('?').unwrap_or((front, ""));
        self.place
            .replace([parameters(query), parameters(fragment)]);
        call(self)
    }

    /// The list of items where there is one, or else what was built last: a result, or an error's details.
    pub fn result(&self) -> JsValue {
        if self.items.length() > 0 {
            self.items.clone().into()
        } else {
            self.details()
        }
    }

    /// What was built last.
    pub fn details(&self) -> JsValue {
        self.built.borrow().clone().unwrap_or(JsValue::UNDEFINED)
    }

    fn value(&self, held: Held) -> JsValue {
        self.held.borrow()[held.0 as usize].clone()
    }

    fn keep(&self, value: JsValue) -> Held {
        if value.is_null() || value.is_undefined() {
            return Held::NONE;
        }
        let mut held = self.held.borrow_mut();
        held.push(value);
        Held(held.len() as i32 - 1)
    }

    fn keep_text(&self, text: Option<String>) -> Held {
        text.map_or(Held::NONE, |text| self.keep(text.into()))
    }

    fn set(&self, name: &str, value: &JsValue) {
        let built = self
            .built
            .borrow()
            .clone()
            .expect("put() has begun an object");
        Reflect::set(&built, &name.into(), value).expect("an object of ours takes any property");
    }

    fn seconds(&self) -> f64 {
        (self.now / 1000.0).floor()
    }

    fn at(&self, place: Place) -> UrlSearchParams {
        self.place.borrow()[usize::from(place == Place::Fragment)].clone()
    }
}

impl Page for &EnginePage {
    fn read(self, name: Text) -> Held {
        let name = name.as_str();
        let object = self.object.borrow().clone();
        self.keep(if name.is_empty() {
            object
        } else {
            own(&object, name)
        })
    }

    fn member(self, object: Held, name: Text) -> Held {
        let name = name.as_str();
        self.keep(own(&self.value(object), name))
    }

    fn item(self, list: Held, index: i32) -> Held {
        let list = self.value(list);
        match list.dyn_ref::<Array>() {
            Some(items) if (index as u32) < items.length() => match items.get(index as u32) {
                empty if empty.is_null() || empty.is_undefined() => self.keep(Object::new().into()),
                item => self.keep(item),
            },
            _ => Held::NONE,
        }
    }

    fn kind(self, value: Held) -> Kind {
        let value = self.value(value);
        match (text(&value), value.as_f64()) {
            _ if value.is_undefined() => Kind::Absent,
            (Some(text), _) if text.is_empty() => Kind::Empty,
            (Some(_), _) => Kind::Text,
            (_, Some(number)) if number >= 0.0 => Kind::Number,
            _ if value.is_function() => Kind::Function,
            _ if Array::is_array(&value) => Kind::List,
            _ if !value.is_object() => Kind::Other,
            _ if Reflect::get(&value, &"then".into()).is_ok_and(|then| then.is_function()) => {
                Kind::Promise
            }
            _ => Kind::Object,
        }
    }

    fn is(self, value: Held, expected: Text) -> bool {
        let expected = expected.as_str();
        text(&self.value(value)).as_deref() == Some(expected)
    }

    fn same(self, one: Held, other: Held) -> bool {
        self.value(one) == self.value(other)
    }

    fn number(self, value: Held) -> f64 {
        self.value(value).unchecked_into_f64()
    }

    fn hold(self, text: Text) -> Held {
        let text = text.as_str();
        self.keep(text.into())
    }

    fn hold_made(self, text: &[u8; 43]) -> Held {
        self.keep_text(String::from_utf8(text.to_vec()).ok())
    }

    fn hold_number(self, number: f64) -> Held {
        self.keep(number.into())
    }

    fn random(self) -> i32 {
        self.entropy.set(
            self.entropy
                .get()
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223),
        );
        self.entropy.get()
    }

    fn origin(self, url: Held) -> Held {
        let url = text(&self.value(url)).and_then(|text| Url::new(&text).ok());
        self.keep_text(
            url.filter(|url| matches!(url.protocol().as_str(), "http:" | "https:"))
                .map(|url| url.origin()),
        )
    }

    fn own_origin(self) -> Held {
        self.keep_text(Some(ORIGIN.into()))
    }

    fn contains(self, value: Held, part: Text) -> bool {
        let part = part.as_str();
        text(&self.value(value)).is_some_and(|text| text.contains(part))
    }

    fn parameter(self, place: Place, name: Text) -> Held {
        let name = name.as_str();
        self.keep_text(self.at(place).get(name))
    }

    fn repeats(self, place: Place, name: Text) -> bool {
        let name = name.as_str();
        self.at(place).get_all(name).length() > 1
    }

    fn claim(self, json_or_jwt: Held, name: Text) -> Held {
        let name = name.as_str();
        const DECODE: &str = r#"return t.includes("{") ? t : atob(t.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))"#;
        let decoded = Function::new_with_args("t", DECODE)
            .call1(&JsValue::UNDEFINED, &self.value(json_or_jwt));
        let parsed = decoded
            .ok()
            .and_then(|json| text(&json))
            .and_then(|json| JSON::parse(&json).ok());
        self.keep(parsed.map_or(JsValue::UNDEFINED, |parsed| own(&parsed, name)))
    }

    fn note(self, field: Text, value: Held) {
        let field = field.as_str();
        if value.is_some() {
            self.record.set(
                field,
                &js_sys::JsString::from(self.value(value))
                    .as_string()
                    .unwrap_or_else(|| self.number(value).to_string()),
            );
        }
    }

    fn noted(self, field: Text) -> Held {
        let field = field.as_str();
        self.keep_text(self.record.get(field))
    }

    fn start(self, url: Held, joint: Text) {
        let joint = joint.as_str();
        let url = text(&self.value(url)).unwrap_or_default();
        let url = url.trim_matches(|c| c <= ' ').to_owned();
        self.address.replace(match joint {
            "" => url,
            "?" => format!("{url}{}", if url.contains('?') { "&" } else { "?" }),
            _ => format!("{}{joint}", url.strip_suffix('/').unwrap_or(&url)),
        });
    }

    fn append(self, name: Text, value: Held) {
        if !value.is_some() {
            return;
        }
        let encoded = encode_uri_component(&text(&self.value(value)).unwrap_or_default());
        let mut address = self.address.borrow_mut();
        let is_first = address.is_empty() || address.ends_with(['?', '&', '#']);
        let joint = if is_first { "" } else { "&" };
        address.push_str(&format!("{joint}{}={encoded}", name.as_str()));
    }

    fn append_all(self, object: Held) -> bool {
        let object = self.value(object);
        let known = Url::new(&self.address.borrow())
            .expect("the address begins with a checked URL")
            .search_params();
        let Some(object) = object.dyn_ref::<Object>() else {
            return true;
        };
        let mut none_known = true;
        for entry in Object::entries(object) {
            let entry: Array = entry.unchecked_into();
            let [name, value] = [0, 1].map(|index| text(&entry.get(index)).unwrap_or_default());
            none_known &= !known.has(&name);
            let pair = format!(
                "&{}={}",
                encode_uri_component(&name),
                encode_uri_component(&value)
            );
            self.address.borrow_mut().push_str(&pair);
        }
        none_known
    }

    fn put(self, step: Put, name: Text, held: Held) {
        let name = name.as_str();
        let value = self.value(held);
        let begun = self.built.borrow().is_some();
        if step == Put::Item || !begun {
            self.built.replace(Some(Object::new().into()));
        }
        let number = |value: &JsValue| value.unchecked_into_f64();
        match step {
            Put::Item => drop(self.items.push(&self.details())),
            Put::Value if held == Held::NONE => {}
            Put::Value if name.is_empty() => drop(self.built.replace(Some(value))),
            Put::Value => self.set(name, &value),
            Put::Seconds if number(&value) >= 0.0 => {
                self.set(name, &number(&value).into());
                self.set("expires_at", &(self.seconds() + number(&value)).into());
            }
            Put::Seconds => {}
            Put::List if Array::is_array(&value) => self.set(name, &value),
            Put::List => self.set(name, &Array::new()),
            Put::Commas => {
                if let Some(text) = text(&value).filter(|text| !text.is_empty()) {
                    self.set(
                        name,
                        &text.split(',').map(JsValue::from_str).collect::<Array>(),
                    );
                }
            }
            Put::Json => {
                let parsed = text(&value).and_then(|text| JSON::parse(&text).ok());
                if held != Held::NONE {
                    self.set(name, &parsed.unwrap_or(value));
                }
            }
            Put::Time if text(&value).is_some_and(|text| !text.is_empty()) => {
                self.set(name, &value)
            }
            Put::Time => self.set(name, &Date::new(&self.now.into()).to_iso_string()),
            Put::Fragment => {
                let entries = js_sys::try_iter(&self.at(Place::Fragment))
                    .ok()
                    .flatten()
                    .expect("parameters are iterable");
                let entries: Array = entries
                    .map(|entry| entry.expect("iterating parameters does not throw"))
                    .collect();
                self.set(
                    name,
                    &Object::from_entries(&entries).expect("pairs make an object"),
                );
            }
            Put::ExpiresAt => {
                let time = (Date::parse(&text(&value).unwrap_or_default()) / 1000.0).floor();
                if time >= 0.0 {
                    self.set(name, &time.into());
                    self.set("expires_in", &(time - self.seconds()).into());
                }
            }
        }
    }

    fn fail(self, code: Text, sentence: Text, option: Option<Text>) {
        let sentence = sentence.as_str();
        let message = match option {
            None => sentence.into(),
            Some(option) => format!("Option {} {sentence}", option.as_str()),
        };
        self.error.replace(Some((code.as_str().into(), message)));
    }

    fn refuse(self, code: Held, description: Held) {
        let words = |held| text(&self.value(held)).filter(|text| !text.is_empty());
        let code = words(code).unwrap_or_else(|| "oauth_error".into());
        let description = words(description).unwrap_or_else(|| code.clone());
        self.error.replace(Some((code, description)));
    }
}
