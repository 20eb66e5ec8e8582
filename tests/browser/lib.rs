//! The stage that the driver is tested on, `stage.js`, as the tests in Rust call it.
//!
//! The driver is the crate itself, whose exports are in the module that the test runner serves; the package's own shell calls
//! them there.
#![cfg(target_arch = "wasm32")]

extern crate connect_widget as _;

use js_sys::{Array, Promise, Reflect};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// The shell, what it imports, and what binds it to the core.
const SHELL: [(&str, &str); 11] = [
    ("calm", include_str!("../../pkg-template/calm.js")),
    ("errors", include_str!("../../pkg-template/errors.js")),
    ("held", include_str!("../../pkg-template/held.js")),
    ("inbox", include_str!("../../pkg-template/inbox.js")),
    ("instance", include_str!("../../pkg-template/instance.js")),
    ("launch", include_str!("../../pkg-template/launch.js")),
    ("loader", include_str!("../../pkg-template/loader.js")),
    ("observe", include_str!("../../pkg-template/observe.js")),
    ("owner", include_str!("../../pkg-template/owner.js")),
    ("page", include_str!("../../pkg-template/page.js")),
    ("shell", include_str!("../../pkg-template/shell.js")),
];

#[wasm_bindgen(module = "/stage.js")]
extern "C" {
    #[wasm_bindgen(js_name = leftovers)]
    fn leftovers_js() -> Promise;
    fn clear() -> Promise;
    #[wasm_bindgen(js_name = pause)]
    fn pause_js(time: i32) -> Promise;
    #[wasm_bindgen(js_name = setSources)]
    fn set_sources(texts: &JsValue);
    #[wasm_bindgen(js_name = loadPage)]
    fn load_page(how: &JsValue) -> Promise;
    #[wasm_bindgen(js_name = listen)]
    fn listen_js(widget: &JsValue, events: &Array) -> Array;
    #[wasm_bindgen(js_name = launch, catch)]
    fn launch_js(
        widget: &JsValue,
        method: &str,
        text: &str,
        is_plain: bool,
    ) -> Result<Call, JsValue>;
    #[wasm_bindgen(catch)]
    fn evaluate(text: &str, widget: &JsValue, call: &JsValue) -> Result<JsValue, JsValue>;

    /// The window that was opened last.
    #[wasm_bindgen(js_name = lastWindow)]
    pub fn last_window() -> FrameWindow;
    /// How many windows were asked for.
    #[wasm_bindgen(js_name = countOpenings)]
    pub fn count_openings() -> u32;
    /// The URL that a window was opened with last.
    #[wasm_bindgen(js_name = lastUrl)]
    pub fn last_url() -> Option<String>;
    /// The features that a window was opened with last.
    #[wasm_bindgen(js_name = lastFeatures)]
    pub fn last_features() -> Option<String>;
    #[wasm_bindgen(js_name = setOpen)]
    fn set_open(open: &JsValue);
    #[wasm_bindgen(js_name = remembered)]
    fn remembered_js() -> Array;
    #[wasm_bindgen(js_name = relay)]
    fn relay_js(state: &str, message: &JsValue) -> Promise;

    /// A frame that plays a window.
    pub type FrameWindow;
    /// Whether it is closed.
    #[wasm_bindgen(method, getter)]
    pub fn closed(this: &FrameWindow) -> bool;
    /// How often it was brought to the front.
    #[wasm_bindgen(method, getter)]
    pub fn focused(this: &FrameWindow) -> u32;
    /// Its user closes it.
    #[wasm_bindgen(method)]
    pub fn close(this: &FrameWindow);
    #[wasm_bindgen(method, getter)]
    fn location(this: &FrameWindow) -> Location;
    type Location;
    #[wasm_bindgen(method, catch)]
    fn replace(this: &Location, url: &str) -> Result<(), JsValue>;
    /// A message that nobody has copied reaches the app's page.
    #[wasm_bindgen(method)]
    pub fn dispatch(this: &FrameWindow, message: &JsValue);
    #[wasm_bindgen(method, js_name = say)]
    fn say_js(this: &FrameWindow, message: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = go)]
    fn go_js(this: &FrameWindow, url: &str) -> Promise;

    /// The window of the browser's own that was opened last.
    #[wasm_bindgen(js_name = lastRealWindow)]
    pub fn last_real_window() -> RealWindow;

    /// A window of the browser's own.
    pub type RealWindow;
    /// Whether it is closed.
    #[wasm_bindgen(method, getter)]
    pub fn closed(this: &RealWindow) -> bool;
    /// Its user closes it.
    #[wasm_bindgen(method)]
    pub fn close(this: &RealWindow);
    #[wasm_bindgen(method, getter)]
    fn location(this: &RealWindow) -> Location;
    #[wasm_bindgen(method, js_name = say)]
    fn say_really(this: &RealWindow, message: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = go)]
    fn go_really(this: &RealWindow, url: &str) -> Promise;
    #[wasm_bindgen(method, js_name = leave)]
    fn leave_js(this: &RealWindow, message: &JsValue) -> Promise;

    /// One call of `open()` or `authorize()`.
    pub type Call;
    #[wasm_bindgen(method, getter)]
    fn told(this: &Call) -> Array;
    #[wasm_bindgen(method, getter)]
    fn values(this: &Call) -> Array;
    #[wasm_bindgen(method, getter)]
    fn promised(this: &Call) -> Array;
    #[wasm_bindgen(method, getter)]
    fn milestones(this: &Call) -> Array;
    #[wasm_bindgen(method, getter)]
    fn failure(this: &Call) -> JsValue;
}

fn texts(list: &Array) -> Vec<String> {
    list.iter().filter_map(|item| item.as_string()).collect()
}

/// JSON as JavaScript has it.
pub fn to_js(value: &Value) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .expect("JSON is plain")
}

/// A value of JavaScript as JSON.
pub fn to_json(value: &JsValue) -> Value {
    let text = js_sys::JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string());
    text.map_or(Value::Null, |text| {
        serde_json::from_str(&text).expect("JSON")
    })
}

/// Time passes.
pub async fn pause(milliseconds: i32) {
    JsFuture::from(pause_js(milliseconds))
        .await
        .expect("time passes");
}

/// Waits until something holds, for five seconds at most.
pub async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        pause(10).await;
    }
    panic!("never: {what}");
}

/// The value of an expression of JavaScript, which may speak of what `scope` in `stage.js` names.
pub fn js(text: &str) -> JsValue {
    evaluate(text, &JsValue::UNDEFINED, &JsValue::UNDEFINED)
        .unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The code of an error.
pub fn code_of(error: &JsValue) -> String {
    Reflect::get(error, &"code".into())
        .ok()
        .and_then(|code| code.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}

/// From now on this expression, a function, answers what `window.open` does; null is a browser that blocks.
pub fn open_by(function: &str) {
    set_open(&js(function));
}

/// The state of the one attempt that is remembered, once it is.
pub async fn state() -> String {
    until("a remembered attempt", || remembered_js().length() > 0).await;
    let states = texts(&remembered_js());
    assert_eq!(states.len(), 1, "{states:?}");
    states.into_iter().next().unwrap_or_default()
}

/// The states of the attempts that this window remembers.
pub fn remembered() -> Vec<String> {
    texts(&remembered_js())
}

/// What is stored of an attempt, as a page finds it that comes after the one that began it.
pub struct Record {
    /// The attempt's state.
    pub state: String,
    record: Value,
    mark: String,
}

impl Record {
    /// Begins an attempt and leaves it.
    pub async fn of(options: &str) -> Record {
        let app = app().await;
        app.open(options);
        let state = state().await;
        let stored = |store| {
            js(&format!("{store}['connect-widget:{state}']"))
                .as_string()
                .expect("a stored text")
        };
        let mut record: Value = serde_json::from_str(&stored("sessionStorage")).expect("a record");
        // Which load of a page is at work on it: none, for now.
        record["claimed"] = Value::Null;
        let mark = stored("localStorage");
        app.close();
        Record {
            state,
            record,
            mark,
        }
    }

    /// Stores it again, with these members changed.
    pub fn store(&self, changes: Value) {
        let mut record = self.record.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            record[name] = value.clone();
        }
        let key = Value::from(format!("connect-widget:{}", self.state));
        js(&format!("sessionStorage[{key}] = JSON.stringify({record})"));
        if record["mode"] == "popup" {
            js(&format!(
                "localStorage[{key}] = {}",
                Value::from(self.mark.as_str())
            ));
        }
    }
}

/// The page's address is this now, as after a redirect.
pub fn come_back_at(url: &str) {
    js(&format!(
        "history.replaceState(null, '', {})",
        Value::from(url)
    ));
}

/// The page's address.
pub fn address() -> String {
    js("location.href").as_string().expect("a URL")
}

/// A return page offers this on the channel of an attempt. Answers whether it was taken.
pub async fn relay(state: &str, message: Value) -> bool {
    JsFuture::from(relay_js(state, &to_js(&message)))
        .await
        .is_ok_and(|is_taken| is_taken.is_truthy())
}

/// The app's page that answers come to, with this behind its path.
pub fn return_url(rest: &str) -> String {
    js("RETURN").as_string().expect("a URL") + rest
}

/// Nothing is left of any flow: no listener, timer, channel, lock, stored key or window, and nothing was thrown.
pub async fn nothing_is_left() {
    let mut left = String::new();
    for _ in 0..300 {
        left = JsFuture::from(leftovers_js())
            .await
            .expect("a text")
            .as_string()
            .expect("a text");
        if left.is_empty() || left.contains("errors") {
            break;
        }
        pause(10).await;
    }
    assert_eq!(left, "");
}

/// A page with the package's class.
pub struct Page(JsValue);

impl Page {
    /// A page after other pages of this test.
    pub async fn load(how: &str) -> Page {
        set_sources(&js(&serde_json::json!(BTreeMap::from(SHELL)).to_string()));
        Page(
            JsFuture::from(load_page(&js(how)))
                .await
                .expect("the class"),
        )
    }

    /// Creates an instance.
    pub fn create(&self, config: &str) -> Widget {
        let create = Reflect::get(&self.0, &"create".into())
            .expect("a class")
            .unchecked_into::<js_sys::Function>();
        Widget {
            object: create.call1(&self.0, &js(config)).expect("an instance"),
            heard: Array::new(),
        }
    }

    /// The core of a page that was loaded with `isLate` is there.
    pub fn core_arrives(&self) {
        let arrive = Reflect::get(&self.0, &"arrive".into())
            .expect("a class")
            .unchecked_into::<js_sys::Function>();
        arrive
            .call0(&JsValue::UNDEFINED)
            .expect("a promise to resolve");
    }
}

/// An instance of the class that apps have, and what its handlers heard.
pub struct Widget {
    object: JsValue,
    heard: Array,
}

/// An instance on a clean page.
pub async fn app() -> Widget {
    app_with("{}").await
}

/// An instance on a clean page, created with this.
pub async fn app_with(config: &str) -> Widget {
    page_with("").await.create(config)
}

/// The class, on a clean page that was loaded in this way.
pub async fn page_with(how: &str) -> Page {
    // A journey that failed leaves its world behind.
    world::uninstall();
    JsFuture::from(clear()).await.expect("a clean page");
    Page::load(&format!("{{ isFirst: true, {how} }}")).await
}

impl Widget {
    /// Calls `open()` with options written as JavaScript, to which callbacks are added.
    pub fn open(&self, options: &str) -> Call {
        launch_js(&self.object, "open", options, true)
            .unwrap_or_else(|error| panic!("{options}: {error:?}"))
    }

    /// Calls `authorize()`.
    pub fn authorize(&self, options: &str) -> Call {
        launch_js(&self.object, "authorize", options, true)
            .unwrap_or_else(|error| panic!("{options}: {error:?}"))
    }

    /// Calls `open()` with options as they are.
    pub fn open_with_nothing_added(&self, options: &str) -> Call {
        launch_js(&self.object, "open", options, false)
            .unwrap_or_else(|error| panic!("{options}: {error:?}"))
    }

    /// Another instance of the same page.
    pub fn sibling(&self) -> Widget {
        Widget {
            object: self.js("widget.constructor.create()"),
            heard: Array::new(),
        }
    }

    /// The value of an expression of JavaScript, in which `widget` is this.
    pub fn js(&self, text: &str) -> JsValue {
        evaluate(text, &self.object, &JsValue::UNDEFINED)
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    /// What a promise that an expression answers came to, in words.
    pub async fn settled(&self, text: &str) -> String {
        match JsFuture::from(Promise::resolve(&self.js(text))).await {
            Ok(value) => format!("resolved {}", to_json(&value)),
            Err(error) => format!("rejected {}", code_of(&error)),
        }
    }

    /// Subscribes to events.
    pub fn listen(mut self, events: &[&str]) -> Widget {
        self.heard = listen_js(
            &self.object,
            &events
                .iter()
                .map(|event| JsValue::from_str(event))
                .collect(),
        );
        self
    }

    /// What its handlers heard.
    pub fn has_heard(&self) -> Vec<String> {
        texts(&self.heard)
    }

    /// Whether a flow of it is live.
    pub fn is_open(&self) -> bool {
        self.js("widget.isOpen()").is_truthy()
    }

    /// Ends its flow.
    pub fn close(&self) {
        self.js("widget.close()");
    }
}

impl Call {
    /// What its callbacks were told, in words.
    pub fn was_told(&self) -> Vec<String> {
        texts(&self.told())
    }

    /// What its promise came to, in words.
    pub fn has_promised(&self) -> Vec<String> {
        texts(&self.promised())
    }

    /// The milestones that it heard of.
    pub fn has_passed(&self) -> Vec<String> {
        texts(&self.milestones())
    }

    /// What its promise came to, once it has.
    pub async fn promise(&self) -> String {
        until("a settled promise", || !self.has_promised().is_empty()).await;
        self.has_promised().remove(0)
    }

    /// The code and the sentence of the error that its promise was rejected with.
    pub async fn refusal(&self) -> (String, String) {
        self.promise().await;
        let message = Reflect::get(&self.failure(), &"message".into())
            .ok()
            .and_then(|message| message.as_string());
        (code_of(&self.failure()), message.unwrap_or_default())
    }

    /// The outcome, once it is there, in words; it is the only one.
    pub async fn outcome(&self) -> String {
        until("an outcome", || !self.was_told().is_empty()).await;
        // Another one would come now.
        pause(20).await;
        let told = self.was_told();
        assert_eq!(told.len(), 1, "{told:?}");
        told.into_iter().next().unwrap_or_default()
    }

    /// The result of a success.
    pub async fn result(&self) -> Value {
        let outcome = self.outcome().await;
        assert!(outcome.starts_with("success"), "{outcome}");
        to_json(&self.values().get(0))
    }

    /// The value of an expression of JavaScript, in which `call` is this.
    pub fn js(&self, text: &str) -> JsValue {
        evaluate(text, &JsValue::UNDEFINED, self.as_ref())
            .unwrap_or_else(|error| panic!("{text}: {error:?}"))
    }

    /// The message of the cause of the error that `onError` was told.
    pub fn cause_message(&self) -> Option<String> {
        let cause = Reflect::get(&self.values().get(0), &"cause".into()).ok()?;
        Reflect::get(&cause, &"message".into()).ok()?.as_string()
    }

    /// The error that `onError` was told: `code`, `details`, `cause`.
    pub async fn error(&self) -> Value {
        let outcome = self.outcome().await;
        assert!(outcome.starts_with("error"), "{outcome}");
        to_json(&self.values().get(0))
    }
}

impl FrameWindow {
    /// The page in it posts a message.
    pub async fn say(&self, message: Value) {
        self.say_value(&to_js(&message)).await;
    }

    /// The page in it posts a message that JSON cannot write.
    pub async fn say_value(&self, message: &JsValue) {
        JsFuture::from(self.say_js(message))
            .await
            .expect("a page that posts");
    }

    /// Its page, of the app's own origin, goes on to another one.
    pub fn go_from_own_page(&self, url: &str) {
        self.location().replace(url).expect("a page of this origin");
    }

    /// The page in it goes on to another one.
    pub async fn go(&self, url: &str) {
        JsFuture::from(self.go_js(url))
            .await
            .expect("a page that goes on");
    }
}

impl RealWindow {
    /// The page in it posts a message.
    pub async fn say(&self, message: Value) {
        JsFuture::from(self.say_really(&to_js(&message)))
            .await
            .expect("a page that posts");
    }

    /// The page in it posts a message and closes the window.
    pub async fn leave(&self, message: Value) {
        JsFuture::from(self.leave_js(&to_js(&message)))
            .await
            .expect("a page that leaves");
    }

    /// The page in it goes on to another one.
    pub async fn go(&self, url: &str) {
        JsFuture::from(self.go_really(url))
            .await
            .expect("a page that goes on");
    }

    /// Its page, of the app's own origin, goes on to another one.
    pub fn go_from_own_page(&self, url: &str) {
        self.location().replace(url).expect("a page of this origin");
    }
}

/// The world of a journey, `world.js`: its time, windows, network, channels and locks are the test's to move.
#[allow(missing_docs, reason = "world.js says what each does")]
pub mod world {
    use js_sys::{Array, Promise};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;

    #[wasm_bindgen(module = "/world.js")]
    extern "C" {
        pub fn install();
        pub fn uninstall();
        #[wasm_bindgen(js_name = settle)]
        fn settle_js() -> Promise;
        #[wasm_bindgen(js_name = advance)]
        fn advance_js(time: u32) -> Promise;
        #[wasm_bindgen(js_name = breathe)]
        fn breathe_js() -> Promise;
        #[wasm_bindgen(js_name = rememberedStates)]
        fn remembered_js() -> Array;
        pub fn jump(time: f64);
        pub fn go(url: &str);
        pub fn sever();
        #[wasm_bindgen(js_name = closeWindow)]
        pub fn close_window();
        #[wasm_bindgen(js_name = isWindowGone)]
        pub fn is_window_gone() -> bool;
        #[wasm_bindgen(js_name = isWindowSevered)]
        pub fn is_window_severed() -> bool;
        pub fn signal(event: &str);
        pub fn post(data: &JsValue, origin: &str, is_stranger: bool);
        pub fn relay(state: &str, message: &JsValue);
        #[wasm_bindgen(js_name = countWindows)]
        pub fn count_windows() -> u32;
        #[wasm_bindgen(js_name = countRequests)]
        pub fn count_requests() -> u32;
        #[wasm_bindgen(js_name = answerRequest)]
        pub fn answer_request(status: u16, body: &str);
        #[wasm_bindgen(js_name = failRequest)]
        pub fn fail_request();
        #[wasm_bindgen(js_name = forgetAll)]
        pub fn forget_all();
        pub fn left() -> String;
    }

    async fn done(promise: Promise) {
        JsFuture::from(promise)
            .await
            .expect("a promise that resolves");
    }

    /// Whatever is on its way without time passing arrives.
    pub async fn settle() {
        done(settle_js()).await;
    }

    /// Time passes.
    pub async fn advance(milliseconds: u32) {
        done(advance_js(milliseconds)).await;
    }

    /// The browser does what it has to do.
    pub async fn breathe() {
        done(breathe_js()).await;
    }

    /// The states of the attempts that are remembered.
    pub fn remembered() -> Vec<String> {
        super::texts(&remembered_js())
    }
}
