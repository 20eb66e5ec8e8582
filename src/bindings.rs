//! What JavaScript calls. Nothing is decided here.
//!
//! `host.js` is the only caller: it numbers the flows, and holds the object at hand while it calls in.

use crate::browser::driver;
use crate::browser::host::Page;
use crate::flow::machine::{Event, Flow};
use crate::flow::mode::{Device, decide_mode};
use crate::flow::pkce::code_challenge;
use crate::flow::transaction::Transaction;
use crate::flow::watch::Sight;
use wasm_bindgen::prelude::*;

/// Begins flow `flow` with the options at hand, on the device that the facts describe.
#[wasm_bindgen]
pub fn begin(flow: u32, now: f64, width: u32, height: u32, touch_points: u32, framed: bool, standalone: bool, user_agent: &str) {
    let device = Device { width, height, touch_points, framed, standalone, user_agent };
    driver::enter(|| driver::begin(flow, now, decide_mode(&device), framed));
}

/// Takes up the attempt that `record` remembers. An expired record is no flow, and no event reaches it.
#[wasm_bindgen]
pub fn resume(flow: u32, now: f64, state: &str, record: &str, verify: bool) {
    driver::enter(|| {
        if let Some(it) = Flow::resume(Transaction::parse(state, record), verify, now) {
            driver::start(flow, now, Ok((it, Vec::new())));
        }
    });
}

/// Refreshes the token of the options at hand (RFC 6749 section 6).
#[wasm_bindgen]
pub fn refresh(flow: u32, now: f64) {
    driver::enter(|| driver::start(flow, now, Flow::refresh(&Page)));
}

/// Tells flow `flow` what happened; `event` counts as `EVENTS` in `host.js` does.
#[wasm_bindgen]
pub fn signal(flow: u32, event: u8, now: f64, text: &str) {
    let event = match event {
        0 => Event::Tick(Sight::Blank),
        1 => Event::Tick(Sight::Away),
        2 => Event::Tick(Sight::Closed),
        3 => Event::Resolved,
        4 => Event::Unresolved,
        5 => Event::Returned(text),
        6 => Event::Relayed(text),
        7 => Event::Message,
        8 => Event::Verified,
        9 => Event::Unverified,
        10 => Event::VerifyFailed,
        11 => Event::TokenResponse,
        12 => Event::NetworkFailed,
        13 => Event::Exchanged,
        14 => Event::ExchangeFailed,
        15 => Event::Focus,
        16 => Event::Blur,
        17 => Event::Restored,
        _ => Event::Abort,
    };
    driver::enter(|| driver::feed(flow, now, event));
}

/// Forgets flow `flow`.
#[wasm_bindgen]
pub fn forget(flow: u32) {
    driver::enter(|| drop(driver::take(flow)));
}

/// The SHA-256 of a text as base64url, for the name of a lock on a secret.
#[wasm_bindgen]
pub fn digest(text: &str) -> String {
    code_challenge(text)
}
