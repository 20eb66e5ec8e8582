//! What the page can see of the device that it is on.

use super::page::is_framed;
use super::value::{get, number_of, text_of};
use super::window;
use crate::flow::mode::{Device, TABLET_WIDTH};
use crate::text::includes;
use wasm_bindgen::prelude::*;

/// The device as it is now: the window may be made wider or narrower.
pub fn look() -> Device {
    let window = window();
    let navigator = window.navigator();
    let width = number_of(&window, "innerWidth");
    // To make a list of media queries takes longer than all else that is asked.
    let matches = |query| {
        let list = window.match_media(query).ok().flatten();
        list.is_some_and(|list| list.matches())
    };
    Device {
        width,
        height: number_of(&window, "innerHeight"),
        user_agent: user_agent(),
        max_touch_points: number_of(&navigator, "maxTouchPoints"),
        has_coarse_pointer: width <= TABLET_WIDTH && matches("(pointer: coarse)"),
        is_standalone: get(&navigator, "standalone") == JsValue::TRUE,
        is_framed: is_framed(),
    }
}

/// Whether the engine is Chromium, by the name that every browser made of it gives itself.
pub fn is_chromium() -> bool {
    includes(&user_agent(), "Chrome/")
}

fn user_agent() -> String {
    text_of(&window().navigator(), "userAgent")
}
