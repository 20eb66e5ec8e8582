//! The world as a browser knows it.

use super::value::{read, read_pairs, text_of};
use super::window;
use crate::text::includes;
use crate::value::Value;
use crate::world::{Url, World};
use js_sys::{Date, JSON, Number, encode_uri_component};
use wasm_bindgen::prelude::*;
use web_sys::UrlSearchParams;

#[wasm_bindgen]
extern "C" {
    /// Asked at every look: one call of the page instead of five.
    #[wasm_bindgen(catch, js_namespace = performance, js_name = now)]
    fn uptime() -> Result<f64, JsValue>;

    #[wasm_bindgen(catch, js_namespace = window)]
    fn atob(text: &str) -> Result<JsValue, JsValue>;
}

/// The browser.
pub struct Browser;

impl World for Browser {
    fn time(&self) -> f64 {
        Date::now()
    }

    fn uptime(&self) -> f64 {
        uptime().unwrap_or_else(|_| Date::now())
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        let drawn = window()
            .crypto()
            .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
        if drawn.is_err() {
            // Only where a page has taken it away. A state that can be guessed is worse than a core that stops.
            std::process::abort();
        }
        bytes
    }

    fn parse_url(&self, text: &str) -> Option<Box<Url>> {
        let url = web_sys::Url::new(text).ok()?;
        let part = |name| text_of(&url, name);
        let (mut origin, host) = (part("origin"), part("host"));
        // Of schemes that the URL standard does not know; `location.origin` of a page of such a one is not "null".
        if origin == "null" && !host.is_empty() {
            origin = [&part("protocol"), "//", &host].concat();
        }
        Some(Box::new(Url {
            origin,
            hostname: part("hostname"),
            path: part("pathname"),
            query: part("search")
                .strip_prefix("?")
                .unwrap_or_default()
                .to_owned(),
            has_fragment: includes(text, "#"),
            has_credentials: !(part("username") + &part("password")).is_empty(),
        }))
    }

    fn encode_component(&self, text: &str) -> String {
        encode_uri_component(text).into()
    }

    fn parse_query(&self, text: &str) -> Value {
        // A question mark that the text begins with belongs to the first name.
        let parameters = UrlSearchParams::new_with_str(&["&", text].concat());
        parameters.map_or(Value::Absent, |parameters| read_pairs(&parameters))
    }

    fn parse_time(&self, text: &str) -> Option<f64> {
        Some(Date::parse(text)).filter(|time| !time.is_nan())
    }

    fn format_time(&self, time: f64) -> String {
        Date::new(&JsValue::from_f64(time)).to_iso_string().into()
    }

    fn format_number(&self, number: f64) -> String {
        decimal(number)
    }

    fn decode_base64(&self, text: &str) -> Option<String> {
        let standard = |byte| match byte {
            b'-' => '+',
            b'_' => '/',
            other => char::from(other),
        };
        let text: String = text.bytes().map(standard).collect();
        atob(&text).ok()?.as_string()
    }

    fn parse_json(&self, text: &str) -> Option<Value> {
        JSON::parse(text).ok().map(|value| read(&value))
    }
}

/// A number as JavaScript writes it, without the code for it that Rust would bring along.
pub fn decimal(number: f64) -> String {
    Number::from(number)
        .to_string_with_radix(10)
        .map(String::from)
        .unwrap_or_default()
}
