//! The window that a flow shows its provider in.

use super::page::is_frame;
use super::promise::later;
use super::shell::{Listener, listen};
use super::store::{PREFIX, give_ticket};
use super::value::{get, number_of, prototype_of, set, text_of};
use super::window;
use super::world::{Browser, decimal};
use crate::world::World;
use js_sys::Math;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Window};

/// How long a window that has answered rests before it closes, in milliseconds.
const REST: i32 = 150;

/// How long one rests that no page has come to, or only just: on a busy machine it takes so long until the page is there for good.
const LONG_REST: i32 = 750;

/// The blank page that is loaded to call off a page on its way to a blank window: another one than the window's first document.
const CALLED_OFF: &str = "about:blank?";

thread_local! {
    /// The window that a flow was done with last.
    static DONE: RefCell<JsValue> = const { RefCell::new(JsValue::NULL) };
}

/// A window; it stays open when this is dropped. Copies share what is behind it.
#[derive(Clone)]
pub struct Popup(Rc<Handles>);

struct Handles {
    window: Window,
    /// The window that messages come from: an extension or a sandbox of scripts may have put something around it.
    itself: JsValue,
}

/// Where a window is to be, and what it is called.
pub struct Placement {
    features: String,
    name: String,
}

/// What a look at the window shows.
pub enum Place {
    /// Its first, empty document.
    Blank,
    /// A page that can be read, at this URL: one of this origin, an `about:blank` with more to it, or, with `document.domain`, a sibling's.
    Readable(String),
    /// A page of another origin.
    Foreign,
    /// Nothing: `closed` reads true.
    Gone,
}

impl Placement {
    /// Centred on the screen that the page is on, with a name that no other flow's window has.
    pub fn centred() -> Placement {
        let window = window();
        let pixels = |name| number_of(&window, name);
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
        Placement { features, name }
    }
}

impl From<Window> for Popup {
    fn from(window: Window) -> Popup {
        let itself = get(&window, "self");
        let itself = if itself.is_object() {
            itself
        } else {
            window.clone().into()
        };
        Popup(Rc::new(Handles { window, itself }))
    }
}

impl Popup {
    /// Opens a window of its own. None where the browser blocks it.
    pub fn open(url: &str, Placement { features, name }: &Placement) -> Option<Popup> {
        let window = window();
        // Firefox throws in a frame that may not open windows; the others answer null.
        let opened = window.open_with_url_and_target_and_features(url, name, features);
        // A web view with one window answers that one, and an extension that blocks windows one of a frame that nobody sees.
        let is_new = |opened: &Window| get(opened, "top") != get(&window, "top");
        Some(Popup::from(opened.ok().flatten().filter(is_new)?))
    }

    /// Leaves the state where pages of this origin will find it: the window's first, blank document is of this origin and has the store
    /// that they will have. A frame has its page's store, and gets none.
    pub fn give_ticket(&self, state: &str) {
        if !is_frame(&self.0.window) {
            give_ticket(&self.0.window, state);
        }
    }

    /// Whether this is the window that a message came from.
    pub fn is(&self, source: &JsValue) -> bool {
        self.0.itself == *source
    }

    /// What its messages come from.
    pub fn itself(&self) -> &JsValue {
        &self.0.itself
    }

    /// What `closed` reads: the window is closed, or was severed (Cross-Origin-Opener-Policy). What cannot say so is no window:
    /// apps in a web view, such as Cordova's, put a `window.open` of their own in the browser's place.
    pub fn is_closed(&self) -> bool {
        get(&self.0.window, "closed").as_bool().unwrap_or(true)
    }

    /// What can be seen of it now.
    pub fn look(&self) -> Place {
        if self.is_closed() {
            return Place::Gone;
        }
        // Of another origin's window it is null (HTML, WindowProxy, [[GetPrototypeOf]]). To ask for the address would throw, which is slow.
        if prototype_of(&self.0.window).is_null() {
            return Place::Foreign;
        }
        match get(&self.0.window.location(), "href").as_string() {
            Some(href) if href == "about:blank" => Place::Blank,
            Some(href) => Place::Readable(href),
            None => Place::Foreign,
        }
    }

    /// Sends the window on, without a step back to its blank document.
    pub fn navigate(&self, url: &str) {
        let _ = self.0.window.location().replace(url);
    }

    /// Brings the window to the front.
    pub fn focus(&self) {
        let _ = self.0.window.focus();
    }

    /// Its flow needs it no more. Providers repeat themselves: what it says from now on is no other flow's answer.
    pub fn done(&self) {
        DONE.set(self.0.itself.clone());
    }

    /// Closes the window.
    pub fn close(&self) {
        let _ = self.0.window.close();
    }

    /// For a window that a page may be on its way to: it closes a moment later. `is_long`: no page has come to it yet, or only just. Should this
    /// page leave before, or its frame be taken away, nothing could close the window any more: it closes then.
    pub fn rest(self, is_long: bool) -> Resting {
        let leaver = self.clone();
        Resting {
            popup: self,
            pause: if is_long { LONG_REST } else { REST },
            _leaving: listen(&window(), "pagehide", Box::new(move |_| leaver.close())),
        }
    }

    /// Says in the blank window that it waits. No style attribute and no style element: it works under any Content Security
    /// Policy. A window that the app opened at an address of its own is left as it is.
    pub fn show_connecting(&self, text: &str) {
        if matches!(self.look(), Place::Blank) {
            let _ = self.write(text);
        }
    }

    fn write(&self, text: &str) -> Option<()> {
        // Of the window's own realm, where it is no instance of this one's class.
        let page = Some(get(&self.0.window, "document")).filter(JsValue::is_object)?;
        let page: web_sys::Document = page.unchecked_into();
        let lang = text_of(&get(&get(&window(), "document"), "documentElement"), "lang");
        let lang = if lang.is_empty() { "en" } else { &lang };
        set(&get(&page, "documentElement"), "lang", &lang.into());
        set(&page, "title", &text.into());
        let append = |place, element: &Element| {
            let place: Element = get(&page, place).unchecked_into();
            place.append_child(element).ok().map(drop)
        };
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
            append("head", &meta)?;
        }
        // The text may be of a language that is written from right to left.
        let line = element(
            "p",
            &[("align", "center"), ("dir", "auto"), ("role", "status")],
        )?;
        set(&line, "textContent", &text.into());
        append("body", &line)
    }
}

/// A window that a page may be on its way to, and that is closed when this is dropped. Chromium loses a close that meets the arrival of a
/// page, and such a window takes no other close, whatever is tried; the other engines lose none.
pub struct Resting {
    popup: Popup,
    pause: i32,
    /// Closes it where this page leaves.
    _leaving: Listener,
}

impl Resting {
    /// Calls that page off, and closes the window a moment later.
    pub fn close(self) {
        // To navigate calls off what is on its way. The browser refuses `data:` and leaves the window where it is, except while it is blank:
        // there a blank page does it. Elsewhere that would bring this page's Cross-Origin-Opener-Policy, and sever the window.
        let page = match self.popup.look() {
            Place::Blank => CALLED_OFF,
            _ => "data:,",
        };
        self.popup.navigate(page);
        later(self.pause, Box::new(move || drop(self)));
    }
}

impl Drop for Resting {
    fn drop(&mut self) {
        self.popup.close();
    }
}

/// Whether a window, of any origin, was opened by a page that was in this one's place, as far as can be seen: this page has opened it
/// and is not done with it.
pub fn may_be_lost(source: &JsValue) -> bool {
    let is_opened_here = source.is_object() && get(source, "opener") == JsValue::from(window());
    is_opened_here && DONE.with_borrow(|done| done != source)
}
