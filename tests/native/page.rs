//! A page without a browser: it answers what the core asks exactly as `src/browser/host.js` does, over real texts, URLs
//! and parameters. Keep the two side by side: each function here stands there under the same name, in camel case.

use crate::value::{Value, atob, encode_uri_component, format_date, parse_date};
use connect_widget::flow::page::{Held, Kind, Page, Place, Put};
use connect_widget::text::Text;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use url::{Url, form_urlencoded};

/// Names and values, in their order: `URLSearchParams`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    /// `new URLSearchParams(text)`, which drops a leading question mark.
    pub fn parse(text: &str) -> Parameters {
        let text = text.strip_prefix('?').unwrap_or(text);
        Parameters(
            form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.into(),
            None => self.0.push((name.into(), value.into())),
        }
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(known, _)| known == name).count()
    }
}

impl std::fmt::Display for Parameters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(
            &form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&self.0)
                .finish(),
        )
    }
}

/// What the core has put together: `flow.built` of host.js.
#[derive(Clone, Debug)]
enum Built {
    /// An object of ours.
    Object(serde_json::Map<String, serde_json::Value>),
    /// The last item of the list.
    LastItem,
    /// A value that came from elsewhere, as it is.
    Whole(Value),
}

/// A page and the one flow that it is asked about: `at`, `object` and `held` of host.js.
pub struct World {
    /// Milliseconds since 1970.
    pub now: Cell<f64>,
    /// The page's own origin.
    pub origin: String,
    /// The flow's transaction.
    pub record: RefCell<Parameters>,
    /// The flow's address.
    pub address: RefCell<String>,
    /// The error that the flow is about to end with: code and message.
    pub error: RefCell<Option<(String, String)>>,
    object: RefCell<Value>,
    held: RefCell<Vec<Value>>,
    place: RefCell<[Parameters; 2]>,
    items: RefCell<Vec<serde_json::Map<String, serde_json::Value>>>,
    built: RefCell<Option<Built>>,
    entropy: Cell<u64>,
}

impl World {
    /// A page of an origin at a time, whose random numbers follow from a seed.
    pub fn new(origin: &str, now: f64, seed: u64) -> World {
        World {
            now: Cell::new(now),
            origin: origin.into(),
            record: RefCell::default(),
            address: RefCell::default(),
            error: RefCell::default(),
            object: RefCell::new(Value::Nothing),
            held: RefCell::default(),
            place: RefCell::default(),
            items: RefCell::default(),
            built: RefCell::default(),
            entropy: Cell::new(seed),
        }
    }

    /// Calls in with an object and a returned URL at hand: `enter` of host.js.
    pub fn enter<T>(&self, object: &Value, url: &str, call: impl FnOnce(&World) -> T) -> T {
        self.object.replace(object.clone());
        self.held.replace(vec![Value::Nothing]);
        self.place.replace(split(url));
        call(self)
    }

    /// The result, or an error's details: the list where there is one, or else what was built.
    pub fn result(&self) -> serde_json::Value {
        if self.items.borrow().is_empty() {
            self.details()
        } else {
            self.items
                .borrow()
                .iter()
                .cloned()
                .map(serde_json::Value::Object)
                .collect()
        }
    }

    /// What was built last.
    pub fn details(&self) -> serde_json::Value {
        match &*self.built.borrow() {
            None => serde_json::Value::Null,
            Some(Built::Object(object)) => serde_json::Value::Object(object.clone()),
            Some(Built::LastItem) => self
                .items
                .borrow()
                .last()
                .cloned()
                .map_or(serde_json::Value::Null, serde_json::Value::Object),
            Some(Built::Whole(value)) => value.to_json(),
        }
    }

    /// Whether there is neither a result nor an error in the making.
    pub fn has_built_nothing(&self) -> bool {
        self.built.borrow().is_none() && self.error.borrow().is_none()
    }

    fn value(&self, held: Held) -> Value {
        self.held.borrow()[held.0 as usize].clone()
    }

    fn keep(&self, value: Value) -> Held {
        if value.is_nothing() {
            return Held::NONE;
        }
        let mut held = self.held.borrow_mut();
        held.push(value);
        Held(held.len() as i32 - 1)
    }

    fn keep_text(&self, text: Option<&str>) -> Held {
        text.map_or(Held::NONE, |text| self.keep(Value::text(text)))
    }

    fn set(&self, name: &str, value: serde_json::Value) {
        match self.built.borrow_mut().as_mut() {
            None => None,
            Some(Built::Object(object)) => object.insert(name.into(), value),
            Some(Built::LastItem) => self
                .items
                .borrow_mut()
                .last_mut()
                .and_then(|item| item.insert(name.into(), value)),
            Some(Built::Whole(_)) => {
                panic!("an answer that came from elsewhere must stay as it is")
            }
        };
    }

    /// The time in whole seconds.
    fn seconds(&self) -> f64 {
        (self.now.get() / 1000.0).floor()
    }
}

/// `/^[^?#]*\??([^#]*)#?([^]*)/`: query and fragment.
pub fn split(url: &str) -> [Parameters; 2] {
    let start = url.find(['?', '#']).unwrap_or(url.len());
    let rest = url[start..].strip_prefix('?').unwrap_or(&url[start..]);
    let (query, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    [Parameters::parse(query), Parameters::parse(fragment)]
}

/// The origin of an absolute http(s) URL. Journeys ask for the same few again and again, so those are remembered.
fn origin_of(text: &str) -> Option<String> {
    thread_local!(static KNOWN: RefCell<HashMap<String, Option<String>>> = RefCell::default());
    KNOWN.with_borrow_mut(|known| {
        if let Some(origin) = known.get(text) {
            return origin.clone();
        }
        let url = Url::parse(text)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"));
        let origin = url.map(|url| url.origin().ascii_serialization());
        if known.len() < 64 {
            known.insert(text.into(), origin.clone());
        }
        origin
    })
}

fn place_index(place: Place) -> usize {
    usize::from(place == Place::Fragment)
}

impl Page for &World {
    fn read(self, name: Text) -> Held {
        let name = name.as_str();
        let object = self.object.borrow().clone();
        self.keep(if name.is_empty() {
            object
        } else {
            object.own(name)
        })
    }

    fn member(self, object: Held, name: Text) -> Held {
        let name = name.as_str();
        self.keep(self.value(object).own(name))
    }

    fn item(self, list: Held, index: i32) -> Held {
        let Value::List(items) = self.value(list) else {
            return Held::NONE;
        };
        match items.get(index as usize) {
            None | Some(Value::Throws) => Held::NONE,
            Some(Value::Nothing) => self.keep(Value::Object([].into())),
            Some(item) => self.keep(item.clone()),
        }
    }

    fn kind(self, value: Held) -> Kind {
        match self.value(value) {
            Value::Nothing => Kind::Absent,
            Value::Text(text) if text.is_empty() => Kind::Empty,
            Value::Text(_) => Kind::Text,
            Value::Number(number) if number >= 0.0 => Kind::Number,
            Value::List(_) => Kind::List,
            Value::Function => Kind::Function,
            Value::Promise => Kind::Promise,
            Value::Object(_) => Kind::Object,
            Value::Boolean(_) | Value::Number(_) | Value::Throws => Kind::Other,
        }
    }

    fn is(self, value: Held, text: Text) -> bool {
        let text = text.as_str();
        self.value(value).as_text() == Some(text)
    }

    fn same(self, one: Held, other: Held) -> bool {
        self.value(one).same(&self.value(other))
    }

    fn number(self, value: Held) -> f64 {
        self.value(value).to_number()
    }

    fn hold(self, text: Text) -> Held {
        let text = text.as_str();
        self.keep(Value::text(text))
    }

    fn hold_made(self, text: &[u8; 43]) -> Held {
        self.keep_text(std::str::from_utf8(text).ok())
    }

    fn hold_number(self, number: f64) -> Held {
        self.keep(Value::Number(number))
    }

    /// SplitMix64: good enough to tell attempts apart, and the same for the same seed.
    fn random(self) -> i32 {
        self.entropy
            .set(self.entropy.get().wrapping_add(0x9e37_79b9_7f4a_7c15));
        let mut mixed = self.entropy.get();
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) as i32
    }

    fn origin(self, url: Held) -> Held {
        let origin = self.value(url).as_text().and_then(origin_of);
        self.keep_text(origin.as_deref())
    }

    fn own_origin(self) -> Held {
        self.keep_text(Some(&self.origin))
    }

    fn contains(self, text: Held, part: Text) -> bool {
        let part = part.as_str();
        match self.value(text) {
            Value::Text(text) => text.contains(part),
            value => panic!("{value:?} has no includes()"),
        }
    }

    fn parameter(self, place: Place, name: Text) -> Held {
        let name = name.as_str();
        self.keep_text(self.place.borrow()[place_index(place)].get(name))
    }

    fn repeats(self, place: Place, name: Text) -> bool {
        let name = name.as_str();
        self.place.borrow()[place_index(place)].count(name) > 1
    }

    fn claim(self, json_or_jwt: Held, name: Text) -> Held {
        let name = name.as_str();
        let value = self.value(json_or_jwt);
        let json = value.as_text().and_then(|text| {
            if text.contains('{') {
                Some(text.to_owned())
            } else {
                atob(&text.split('.').nth(1)?.replace('-', "+").replace('_', "/"))
            }
        });
        let parsed = json.and_then(|json| serde_json::from_str::<serde_json::Value>(&json).ok());
        self.keep(parsed.map_or(Value::Nothing, |parsed| Value::from(parsed).own(name)))
    }

    fn note(self, field: Text, value: Held) {
        let field = field.as_str();
        if value.is_some() {
            self.record
                .borrow_mut()
                .set(field, &self.value(value).to_text());
        }
    }

    fn noted(self, field: Text) -> Held {
        let field = field.as_str();
        self.keep_text(self.record.borrow().get(field))
    }

    fn start(self, url: Held, joint: Text) {
        let joint = joint.as_str();
        let value = self.value(url);
        let url = value.as_text().unwrap_or_default();
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
        let encoded = encode_uri_component(&self.value(value).to_text());
        let mut address = self.address.borrow_mut();
        let is_first = address.is_empty() || address.ends_with(['?', '&', '#']);
        let joint = if is_first { "" } else { "&" };
        address.extend([joint, name.as_str(), "=", &encoded]);
    }

    fn append_all(self, object: Held) -> bool {
        let Value::Object(properties) = self.value(object) else {
            return true;
        };
        let known =
            Url::parse(&self.address.borrow()).expect("the address begins with a checked URL");
        let entries = || properties.iter().filter(|(_, value)| !value.is_nothing());
        for (name, value) in entries() {
            let pair = format!(
                "&{}={}",
                encode_uri_component(name),
                encode_uri_component(&value.to_text())
            );
            self.address.borrow_mut().push_str(&pair);
        }
        !entries().any(|(name, _)| known.query_pairs().any(|(known, _)| known == **name))
    }

    fn put(self, step: Put, name: Text, value: Held) {
        let name = name.as_str();
        let value = self.value(value);
        self.built
            .borrow_mut()
            .get_or_insert(Built::Object(Default::default()));
        match step {
            Put::Item => {
                self.items.borrow_mut().push(Default::default());
                self.built.replace(Some(Built::LastItem));
            }
            Put::Value if value.is_nothing() => {}
            Put::Value if name.is_empty() => drop(self.built.replace(Some(Built::Whole(value)))),
            Put::Value => self.set(name, value.to_json()),
            Put::Seconds => {
                let number = value.to_number();
                if number >= 0.0 {
                    self.set(name, Value::Number(number).to_json());
                    self.set(
                        "expires_at",
                        Value::Number(self.seconds() + number).to_json(),
                    );
                }
            }
            Put::List => self.set(
                name,
                if matches!(value, Value::List(_)) {
                    value.to_json()
                } else {
                    serde_json::json!([])
                },
            ),
            Put::Commas => {
                if let Some(text) = value.as_text().filter(|text| !text.is_empty()) {
                    self.set(name, text.split(',').collect());
                }
            }
            Put::Json => match value
                .as_text()
                .map(serde_json::from_str::<serde_json::Value>)
            {
                Some(Ok(parsed)) => self.set(name, parsed),
                _ if value.is_nothing() => {}
                _ => self.set(name, value.to_json()),
            },
            Put::Time if value.as_text().is_some_and(|text| !text.is_empty()) => {
                self.set(name, value.to_json())
            }
            Put::Time => self.set(name, format_date(self.now.get()).into()),
            Put::Fragment => {
                let parameters = self.place.borrow()[1]
                    .0
                    .iter()
                    .map(|(name, value)| (name.clone(), value.as_str().into()))
                    .collect();
                self.set(name, serde_json::Value::Object(parameters));
            }
            Put::ExpiresAt => {
                let time = (value.as_text().map_or(f64::NAN, parse_date) / 1000.0).floor();
                if time >= 0.0 {
                    self.set(name, Value::Number(time).to_json());
                    self.set("expires_in", Value::Number(time - self.seconds()).to_json());
                }
            }
        }
    }

    fn fail(self, code: Text, sentence: Text, option: Option<Text>) {
        let code = code.as_str();
        let sentence = sentence.as_str();
        let message = match option {
            None => sentence.into(),
            Some(option) => format!("Option {} {sentence}", option.as_str()),
        };
        self.error.replace(Some((code.into(), message)));
    }

    fn refuse(self, code: Held, description: Held) {
        let words = |value: Held| {
            self.value(value)
                .as_text()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let code = words(code).unwrap_or_else(|| "oauth_error".into());
        let description = words(description).unwrap_or_else(|| code.clone());
        self.error.replace(Some((code, description)));
    }
}
