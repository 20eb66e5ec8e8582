//! The window that a flow shows its provider in.

use super::device::is_frame;
use super::promise::later;
use super::store::{PREFIX, give_ticket};
use super::value::get;
use super::window;
use super::world::{Browser, decimal};
use crate::world::World;
use js_sys::{Array, Math};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Window};

/// A window; it stays open when this is dropped.
#[derive(Clone)]
pub struct Popup {
    window: Window,
    /// The window that messages come from: an extension or a sandbox of scripts may have put something around it.
    itself: JsValue,
}

/// What a look at the window shows.
pub enum Place {
    /// Its first, empty document.
    Blank,
    /// A page of this origin, at this URL.
    Own(String),
    /// A page of another origin.
    Foreign,
    /// Nothing: `closed` reads true.
    Gone,
}

impl From<Window> for Popup {
    fn from(window: Window) -> Popup {
        let itself = get(&window, "self");
        let itself = if itself.is_object() {
            itself
        } else {
            window.clone().into()
        };
        Popup { window, itself }
    }
}

impl Popup {
    /// Opens a centred window on the screen that the page is on; every flow's has a name of its own. None where the browser
    /// blocks it. `ticket`: see [`Popup::adopt`].
    pub fn open(url: &str, ticket: Option<&str>) -> Option<Popup> {
        let window = window();
        let pixels = |name| get(&window, name).as_f64().unwrap_or_default();
        let left = (pixels("screenX") + pixels("outerWidth") / 2.0 - 250.0).floor();
        let top = (pixels("screenY") + pixels("outerHeight") / 2.0 - 350.0).floor();
        let features = [
            "popup,width=500,height=700,left=",
            &decimal(left),
            ",top=",
            &decimal(top),
        ]
        .concat();
        // Another flow's window of the same name would be taken for this one's: tests and simulations seed Math.random.
        let name = [PREFIX, &decimal(Browser.uptime() + Math::random())].concat();
        // Firefox throws in a frame that may not open windows; the others answer null.
        let opened = window.open_with_url_and_target_and_features(url, &name, &features);
        // A web view with one window answers that one, and an extension that blocks windows one of a frame that nobody sees.
        let is_new = |opened: &Window| opened.top().ok().flatten() != window.top().ok().flatten();
        let opened = opened.ok().flatten().filter(is_new)?;
        let popup = Popup::adopt(opened, ticket);
        (!popup.is_closed()).then_some(popup)
    }

    /// Takes a window that is open already. `ticket`: the state that pages of this origin will find in it; its first, blank document
    /// is of this origin and has the store that they will have. A frame has its page's store, and gets none.
    pub fn adopt(window: Window, ticket: Option<&str>) -> Popup {
        if let Some(ticket) = ticket.filter(|_| !is_frame(&window)) {
            give_ticket(&window, ticket);
        }
        Popup::from(window)
    }

    /// Whether this is the window that a message came from.
    pub fn is(&self, source: &JsValue) -> bool {
        self.itself == *source
    }

    /// What `closed` reads: the window is closed, or was severed (Cross-Origin-Opener-Policy). What cannot say so is no window:
    /// apps in a web view, such as Cordova's, put a `window.open` of their own in the browser's place.
    pub fn is_closed(&self) -> bool {
        get(&self.window, "closed").as_bool().unwrap_or(true)
    }

    /// One look.
    pub fn look(&self) -> Place {
        if self.is_closed() {
            return Place::Gone;
        }
        match self.window.location().href() {
            Ok(href) if href == "about:blank" => Place::Blank,
            Ok(href) => Place::Own(href),
            Err(_) => Place::Foreign,
        }
    }

    /// Sends the window on, without a step back to its blank document.
    pub fn navigate(&self, url: &str) {
        let _ = self.window.location().replace(url);
    }

    /// Brings the window to the front.
    pub fn focus(&self) {
        let _ = self.window.focus();
    }

    /// Closes the window, and looks at it for a while: one that is open all the same is closed again.
    pub fn close(&self) {
        let _ = self.window.close();
        await_close(self, LOOKS);
    }

    /// Closes a window that a page may be on its way to. Chromium loses a close that meets the arrival of a page, and such a window
    /// takes no other close, whatever is tried. So the page is called off first.
    pub fn close_at_rest(&self) {
        self.navigate("about:blank");
        let popup = self.clone();
        later(CLOSING_LOOK, Box::new(move || popup.close()));
    }

    /// Whether nothing is left of the window: it has no `top` any more (HTML section 7.2.2.4).
    fn is_gone(&self) -> bool {
        self.is_closed() && !get(&self.window, "top").is_object()
    }

    /// Says in the blank window that it waits. No style attribute and no style element: it works under any Content Security
    /// Policy. A window that the app opened at an address of its own is left as it is.
    pub fn show_connecting(&self, text: &str) {
        let _ = self.write(text);
    }

    fn write(&self, text: &str) -> Option<()> {
        // Of the window's own realm, where it is no instance of this one's class.
        let page = Some(get(&self.window, "document")).filter(JsValue::is_object)?;
        let page: web_sys::Document = page.unchecked_into();
        let lang = window()
            .document()?
            .document_element()?
            .get_attribute("lang")
            .filter(|lang| !lang.is_empty());
        page.document_element()?
            .set_attribute("lang", lang.as_deref().unwrap_or("en"))
            .ok()?;
        page.set_title(text);
        let element = |name, attributes: &[(&str, &str)]| {
            let element = page.create_element(name).ok()?;
            for (name, value) in attributes {
                element.set_attribute(name, value).ok()?;
            }
            Some(element)
        };
        let metas = [
            ("color-scheme", "light dark"),
            // A phone would show it as small as a desktop's page.
            ("viewport", "width=device-width"),
        ];
        for (name, content) in metas {
            let meta = element("meta", &[("name", name), ("content", content)])?;
            page.head()?.append_child(&meta).ok()?;
        }
        // The text may be of a language that is written from right to left.
        let line = element(
            "p",
            &[("align", "center"), ("dir", "auto"), ("role", "status")],
        )?;
        line.set_text_content(Some(text));
        page.body()?.append_child(&line).ok()?;
        Some(())
    }
}

/// Milliseconds that a window rests before it closes, and between two looks at one that closes; how many looks there are of one that
/// stays open, and how many of one that says that it is closed and is still there.
const CLOSING_LOOK: i32 = 150;
const LOOKS: u32 = 30;
const LOOKS_IF_CLOSED: u32 = 5;

thread_local! {
    /// The windows that were asked to close, each followed by the looks that are left. Thousands may wait, so they have one timer, and
    /// JavaScript's memory, which shrinks again.
    static CLOSING: RefCell<Array> = RefCell::default();
}

/// Looks at the window in a while.
fn await_close(popup: &Popup, looks: u32) {
    let waiting = CLOSING.with_borrow(|closing| {
        closing.push(&popup.window);
        closing.push(&looks.into())
    });
    if waiting == 2 {
        later(CLOSING_LOOK, Box::new(look_at_closing));
    }
}

fn look_at_closing() {
    let mut closing = CLOSING.take().into_iter();
    while let (Some(window), Some(looks)) = (closing.next(), closing.next()) {
        let popup = Popup::from(window.unchecked_into::<Window>());
        let mut looks = looks.as_f64().unwrap_or_default() as u32;
        if popup.is_gone() {
            continue;
        }
        if popup.is_closed() {
            looks = looks.min(LOOKS_IF_CLOSED);
        } else {
            let _ = popup.window.close();
        }
        if looks > 0 {
            await_close(&popup, looks - 1);
        }
    }
}

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

/// Whether a window, of any origin, was opened by this page or by one that was in its place.
pub fn is_opened_by_this_page(source: &JsValue) -> bool {
    source.is_object() && get(source, "opener") == JsValue::from(window())
}
