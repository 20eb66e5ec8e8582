//! What JavaScript calls: `host.js`, and nobody else. Nothing is decided here.
//!
//! A flow lies in a slot that `host.js` chooses. Flows are copied out, stepped and copied back, and nothing else is ever
//! stored: the core has no heap.

use crate::browser::host::Browser;
use crate::flow::machine::{Effects, Event, Flow};
use crate::flow::mode::{Device, Mode, decide_mode};
use core::cell::Cell;
use wasm_bindgen::prelude::*;

/// Flows that can be live at once in a page; `host.js` has the same number.
const SLOTS: usize = 32;

/// With a tag of its own, so that empty slots are zeros, which the module does not spell out.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Slot {
    Empty,
    Live(Flow),
}

thread_local! {
    static FLOWS: [Cell<Slot>; SLOTS] = const { [const { Cell::new(Slot::Empty) }; SLOTS] };
}

fn store(slot: usize, (flow, effects): (Flow, Effects)) -> i32 {
    FLOWS.with(|flows| flows[slot].set(Slot::Live(flow)));
    effects.0
}

/// Begins a flow with the options at hand. `marks`: 1 hand-held, 2 framed, 4 in-app. Answers effects.
#[wasm_bindgen]
pub fn begin(slot: usize, now: f64, width: i32, height: i32, marks: i32) -> i32 {
    store(
        slot,
        Flow::begin(Browser, device(width, height, marks), now),
    )
}

/// Takes up the attempt whose transaction is at hand; false where it has expired.
#[wasm_bindgen]
pub fn resume(slot: usize, now: f64, verify: bool) -> bool {
    let flow = Flow::resume(Browser, verify, now);
    store(slot, (flow, Effects::NONE));
    !flow.has_ended()
}

/// Refreshes the token of the options at hand (RFC 6749 section 6). Answers effects.
#[wasm_bindgen(js_name = beginRefresh)]
pub fn begin_refresh(slot: usize) -> i32 {
    store(slot, Flow::refresh(Browser))
}

/// Tells a flow what happened, by its number in [`Event::ALL`]. Answers effects.
#[wasm_bindgen]
pub fn step(slot: usize, now: f64, event: usize) -> i32 {
    let flow = FLOWS.with(|flows| flows[slot].get());
    match (flow, Event::ALL.get(event)) {
        (Slot::Live(mut flow), Some(&event)) => {
            let effects = flow.step(Browser, now, event);
            store(slot, (flow, effects))
        }
        _ => Effects::NONE.0,
    }
}

/// Whether `auto` means a redirect on a device; for the test that holds the shell's own decision equal.
#[wasm_bindgen]
pub fn redirects(width: i32, height: i32, marks: i32) -> bool {
    decide_mode(device(width, height, marks)) == Mode::Redirect
}

fn device(width: i32, height: i32, marks: i32) -> Device {
    Device {
        width,
        height,
        hand_held: marks & 1 != 0,
        framed: marks & 2 != 0,
        in_app: marks & 4 != 0,
    }
}
