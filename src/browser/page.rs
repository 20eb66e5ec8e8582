//! What the page can see of itself: its origin and its address, whether it is a frame, and whether it has the focus.

use super::value::{get, number_of, text_of};
use super::window;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

/// Whether the page is in a frame.
pub fn is_framed() -> bool {
    is_frame(&window())
}

/// Whether a window is a frame.
pub fn is_frame(window: &JsValue) -> bool {
    get(window, "top") != *window
}

/// This load of the page, by its time origin; not a number where the browser does not say (Safari before 15).
pub fn load() -> f64 {
    let time_origin = get(&get(&window(), "performance"), "timeOrigin").as_f64();
    time_origin.unwrap_or(f64::NAN)
}

/// What `performance.navigation.type` says of a page that was reloaded.
const TYPE_RELOAD: f64 = 1.0;

/// Whether the page was reloaded, rather than come to.
pub fn was_reloaded() -> bool {
    let navigation = get(&get(&window(), "performance"), "navigation");
    get(&navigation, "type") == TYPE_RELOAD
}

/// Whether the page is out of sight.
pub fn is_hidden() -> bool {
    window().document().is_some_and(|page| page.hidden())
}

/// Whether the page is in sight and has the focus.
pub fn has_focus() -> bool {
    let page = window().document();
    !is_hidden() && page.is_none_or(|page| page.has_focus().unwrap_or(true))
}

/// Whether this runs in a click that the browser counts as a further one of a double click (UI Events, `detail`).
pub fn is_double_click() -> bool {
    let event = get(&window(), "event");
    get(&event, "type") == "click" && number_of(&event, "detail") > 1.0
}

/// The page's address.
pub fn address() -> String {
    text_of(&window().location(), "href")
}

#[wasm_bindgen]
extern "C" {
    /// Whatever has an origin, which is not copied to be compared.
    type Origins;

    #[wasm_bindgen(method, getter, structural)]
    fn origin(this: &Origins) -> JsValue;
}

thread_local! {
    /// As JavaScript has it, to be compared; it never changes while a page is there. The address of a `srcdoc` frame has none; else it is
    /// the one that no script can have replaced. Undefined where the origin is opaque, as in a frame that is sandboxed: all such are
    /// called "null", and none is another one's.
    static ORIGIN: JsValue = {
        let address = get(&window().location(), "origin");
        let own = window().unchecked_ref::<Origins>().origin();
        if own == "null" {
            JsValue::UNDEFINED
        } else if address == "null" {
            own
        } else {
            address
        }
    };
}

/// Whether a message comes from the page's origin; every message of the page is asked.
pub fn is_own_message(message: &MessageEvent) -> bool {
    let origin = message.unchecked_ref::<Origins>().origin();
    ORIGIN.with(|own| *own == origin)
}

/// The page's origin; empty where it is opaque.
pub fn origin() -> String {
    ORIGIN.with(JsValue::as_string).unwrap_or_default()
}

/// Whether a URL is a page of this origin.
pub fn is_own_url(url: &str) -> bool {
    let rest = url.strip_prefix(&origin());
    rest.is_some_and(|rest| rest.starts_with("/"))
}
