//! What the page can do for a flow. Every function stands in `host.js` under the same name, in camel case.

use crate::flow::encoding::parse_decimal;
use crate::flow::input::{Input, Value};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/host.js")]
extern "C" {
    /// Fills `bytes` from `crypto.getRandomValues`.
    pub fn entropy(bytes: &mut [u8]);
    /// A tag and a text for what stands at `path` of the object at hand; see [`Page::read`].
    fn read(path: &str) -> String;
    fn query(path: &str) -> String;
    fn origin(url: &str) -> String;
    fn claim(text: &str, name: &str) -> String;

    /// Opens the flow's window, or takes the one that is already open. False where there is none.
    pub fn open(flow: u32, url: &str) -> bool;
    /// Calls or awaits the app's token or link; `Resolved` or `Unresolved` follows.
    pub fn resolve(flow: u32, state: &str, popup: bool);
    /// Replaces the location of the flow's window.
    pub fn navigate(flow: u32, url: &str);
    /// Stores a record under its state, for a redirect or for a window. False where storage is refused.
    pub fn remember(flow: u32, state: &str, record: &str, popup: bool) -> bool;
    /// Sends the page to an address.
    pub fn redirect(url: &str);
    /// Forgets the record and closes the window.
    #[wasm_bindgen(js_name = closeWindow)]
    pub fn close_window(flow: u32);
    /// Asks the app's `verify`; `Verified`, `Unverified` or `VerifyFailed` follows.
    pub fn verify(flow: u32);
    /// Posts a form, or the same as JSON; `TokenResponse` or `NetworkFailed` follows.
    #[wasm_bindgen(js_name = requestToken)]
    pub fn request_token(flow: u32, endpoint: &str, form: &str, json: bool);
    /// Asks the app's `exchange`; `Exchanged` or `ExchangeFailed` follows.
    pub fn exchange(flow: u32, code: &str, code_verifier: &str, redirect_uri: &str);
    /// Tells `onEvent`.
    pub fn emit(flow: u32, name: &str);
    /// One [`crate::flow::outcome::Build`] step of the value under construction.
    pub fn build(step: u8, key: &str, text: &str);
    /// Ends the flow: 0 with the built value, 1 with the app's own, 2 as an exit, 3 with an error that has the built details.
    pub fn finish(flow: u32, outcome: u8, code: &str, message: &str, late: bool);
}

/// The page as [`Input`]: the object at hand is the one that `host.js` holds while it calls in.
pub struct Page;

impl Input for Page {
    fn read(&self, path: &str) -> Value {
        let tagged = read(path);
        let Some(tag) = tagged.bytes().next() else { return Value::Absent };
        let text = &tagged[1..];
        let number = parse_decimal(text);
        match (tag, number) {
            (b't', _) => Value::Text(text.into()),
            (b'n', Some(number)) => Value::Number(number),
            (b'l', Some(length)) => Value::List(length),
            (b'f', _) => Value::Function,
            (b'p', _) => Value::Promise,
            (b'o', _) => Value::Object,
            _ => Value::Other,
        }
    }

    fn query(&self, path: &str) -> String {
        query(path)
    }

    fn origin(&self, url: &str) -> String {
        origin(url)
    }

    fn claim(&self, json_or_jwt: &str, name: &str) -> String {
        claim(json_or_jwt, name)
    }
}
