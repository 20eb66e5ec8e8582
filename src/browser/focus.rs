//! The focus, which a window takes from the page and which goes back to what had it.

use super::promise::later;
use super::value::get;
use super::window;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

/// When an app that disables its button during a flow has had the time to enable it again, in milliseconds.
const AFTERWARDS: i32 = 100;

/// The element that had the focus when the window opened, and gets it back.
pub struct Trigger(Option<HtmlElement>);

impl Trigger {
    /// The element that has the focus now, in whatever shadow tree.
    pub fn find() -> Trigger {
        let mut active = active_in(&window().document().into());
        while let Some(inner) = active
            .as_ref()
            .and_then(|host| active_in(&get(host, "shadowRoot")))
        {
            active = Some(inner);
        }
        Trigger(active)
    }

    /// Gives the focus back, unless something else has it by then: at once, and where that was not to be, once the app was told.
    pub fn give_focus_back(self) {
        let Trigger(Some(element)) = self else { return };
        if !focus_if_none_is(&element) {
            let again = move || {
                focus_if_none_is(&element);
            };
            later(AFTERWARDS, Box::new(again));
        }
    }
}

/// The element of a document or a shadow tree that has the focus. One of SVG has it as well as one of HTML.
fn active_in(tree: &JsValue) -> Option<HtmlElement> {
    // Most elements have no shadow tree. To ask what is none would throw, which is slow.
    let active = tree.is_object().then(|| get(tree, "activeElement"))?;
    active.is_object().then(|| active.unchecked_into())
}

/// Focuses the element where nothing has the focus; false where it does not take it.
fn focus_if_none_is(element: &HtmlElement) -> bool {
    let page = window().document();
    let body = page.as_ref().and_then(|page| page.body());
    let is_none = || active_in(&page.clone().into()) == body;
    if body.as_ref() == Some(element) || !element.is_connected() || !is_none() {
        return true;
    }
    let _ = element.focus();
    !is_none()
}
