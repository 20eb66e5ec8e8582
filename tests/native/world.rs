//! A world for tests: a clock that stands until it is moved, chance from a seed, and URLs, dates and JSON by other libraries
//! than the browser's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connect_widget::flow::response::ResponseUrl;
use connect_widget::flow::transaction::Transaction;
use connect_widget::options::Fields;
use connect_widget::value::Value;
use connect_widget::world::{Url, World};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::json;
use std::borrow::Cow;
use std::cell::Cell;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// 2026-03-30T09:36:00Z.
pub const NOON: f64 = 1_774_863_360_000.0;

/// What `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The world.
pub struct TestWorld {
    pub time: Cell<f64>,
    uptime: Cell<f64>,
    random: Cell<u64>,
}

impl TestWorld {
    pub fn new(time: f64, seed: u64) -> TestWorld {
        TestWorld {
            time: Cell::new(time),
            uptime: Cell::new(0.0),
            random: Cell::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
        }
    }

    pub fn advance(&self, milliseconds: f64) {
        self.set_clock(milliseconds);
        self.uptime.set(self.uptime.get() + milliseconds);
    }

    /// Somebody sets the clock, by this much.
    pub fn set_clock(&self, milliseconds: f64) {
        self.time.set(self.time.get() + milliseconds);
    }

    /// xorshift64*.
    fn next(&self) -> u64 {
        let mut state = self.random.get();
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.random.set(state);
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

impl World for TestWorld {
    fn time(&self) -> f64 {
        self.time.get()
    }

    fn uptime(&self) -> f64 {
        self.uptime.get()
    }

    fn random(&self) -> [u8; 32] {
        std::array::from_fn(|_| (self.next() >> 32) as u8)
    }

    fn parse_url(&self, text: &str) -> Option<Box<Url>> {
        let url = url::Url::parse(text).ok()?;
        let origin = match (url.origin(), url.host_str()) {
            // Of schemes that the URL standard does not know; `location.origin` on a page of such a one.
            (url::Origin::Opaque(_), Some(host)) if !host.is_empty() => {
                format!("{}://{host}", url.scheme())
            }
            (origin, _) => origin.ascii_serialization(),
        };
        Some(Box::new(Url {
            origin,
            hostname: url.host_str().unwrap_or_default().to_owned(),
            path: url.path().to_owned(),
            query: url.query().unwrap_or_default().to_owned(),
            has_fragment: text.contains('#'),
            has_credentials: !url.username().is_empty() || url.password().is_some(),
        }))
    }

    fn encode_component(&self, text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, COMPONENT).to_string()
    }

    fn parse_query(&self, text: &str) -> Value {
        let entry = |(name, value): (Cow<str>, Cow<str>)| (name.into_owned(), (&*value).into());
        Value::Object(
            url::form_urlencoded::parse(text.as_bytes())
                .map(entry)
                .collect(),
        )
    }

    fn parse_time(&self, text: &str) -> Option<f64> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some((time.unix_timestamp_nanos() / 1_000_000) as f64)
    }

    fn format_time(&self, time: f64) -> String {
        let nanoseconds = time as i128 * 1_000_000;
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).expect("a time");
        let form = "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z";
        let form = time::format_description::parse_borrowed::<2>(form).expect("a format");
        time.format(&form).expect("a text")
    }

    fn format_number(&self, number: f64) -> String {
        number.to_string()
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(bytes.into_iter().map(char::from).collect())
    }

    fn parse_json(&self, text: &str) -> Option<Value> {
        serde_json::from_str(text)
            .ok()
            .map(|json: serde_json::Value| value_of(&json))
    }
}

/// A URL that came back to an attempt.
pub fn parse_response(url: &str, transaction: &Transaction) -> Box<ResponseUrl> {
    ResponseUrl::parse(url, transaction, &TestWorld::new(NOON, 1))
}

/// A value as the core gets it; `{"$": …}` stands for what JSON cannot say.
pub fn value_of(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(is_so) => Value::Bool(*is_so),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Array(items) => Value::List(items.iter().map(value_of).collect()),
        serde_json::Value::Object(entries) => match entries.get("$").and_then(|sign| sign.as_str())
        {
            Some("undefined") => Value::Absent,
            Some("function") => Value::Function,
            Some("promise") => Value::Promise,
            Some("window") => Value::Window,
            Some("signal") => Value::Signal,
            Some("nan") => Value::Number(f64::NAN),
            Some("infinity") => Value::Number(f64::INFINITY),
            Some("throws") => Value::Other,
            _ => Value::Object(
                entries
                    .iter()
                    .filter(|(name, _)| *name != "__proto__")
                    .map(|(name, value)| (name.clone(), value_of(value)))
                    .collect(),
            ),
        },
    }
}

/// What the app gets of a value of ours. JavaScript has one kind of number, so `3600.0` is written `3600`.
pub fn json_of(value: &Value) -> serde_json::Value {
    whole_numbers(serde_json::to_value(value).expect("what is handed out can be written"))
}

fn whole_numbers(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Number(number) => match number.as_f64() {
            Some(value) if value.fract() == 0.0 && value.abs() < 9e15 => json!(value as i64),
            _ => number.into(),
        },
        serde_json::Value::Array(items) => items.into_iter().map(whole_numbers).collect(),
        serde_json::Value::Object(entries) => entries
            .into_iter()
            .map(|(name, value)| (name, whole_numbers(value)))
            .collect(),
        other => other,
    }
}

/// The app's options, as the vectors write them.
pub struct Options<'a>(pub &'a serde_json::Value);

impl Fields for Options<'_> {
    fn get(&self, name: &str) -> Value {
        self.0.get(name).map_or(Value::Absent, value_of)
    }
}
