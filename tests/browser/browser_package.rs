//! The built package in a real engine: its core, instantiated there, and the browser floor around it. A frame stands for the
//! window, since only a click may open one.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Promise, Reflect};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::{from_value, to_value};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag, HtmlIFrameElement, Url, Window, window};

wasm_bindgen_test_configure!(run_in_browser);

const PACKAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../pkg/index.js"));
const MANIFEST: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../pkg/package.json"
));

#[derive(Serialize)]
struct Options<'a> {
    token: &'a str,
    #[serde(rename = "baseURL")]
    base_url: &'a str,
    #[serde(
        with = "serde_wasm_bindgen::preserve",
        skip_serializing_if = "JsValue::is_undefined"
    )]
    popup: JsValue,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    message: String,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Grant {
    grant_id: String,
    provider: String,
    provider_name: String,
    operation: String,
    scopes: Vec<String>,
}

/// Imports the package from its text.
async fn package() -> JsValue {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript;charset=utf-8");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&PACKAGE.into()), &kind)
        .expect("a blob");
    let url = Url::create_object_url_with_blob(&blob).expect("a URL");
    let import = Function::new_with_args("url", "return import(url)");
    let module: Promise = import
        .call1(&JsValue::UNDEFINED, &url.into())
        .expect("import")
        .unchecked_into();
    let module = JsFuture::from(module).await.expect("the package");
    Reflect::get(&module, &"default".into()).expect("a default export")
}

fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.unchecked_into();
    Reflect::apply(
        &function,
        object,
        &arguments.iter().map(|&argument| argument.clone()).collect(),
    )
}

async fn awaited(promise: Result<JsValue, JsValue>) -> Result<JsValue, Refusal> {
    let promise: Promise = promise.expect("a promise").unchecked_into();
    JsFuture::from(promise).await.map_err(|error| Refusal {
        code: Reflect::get(&error, &"code".into())
            .ok()
            .and_then(|code| code.as_string())
            .unwrap_or_default(),
        message: Reflect::get(&error, &"message".into())
            .ok()
            .and_then(|message| message.as_string())
            .unwrap_or_default(),
    })
}

async fn widget() -> JsValue {
    call(&package().await, "create", &[]).expect("a widget")
}

/// An empty frame of this page; it takes messages and posts them as a window does.
fn frame() -> (HtmlIFrameElement, Window) {
    let document = window()
        .and_then(|window| window.document())
        .expect("a document");
    let frame: HtmlIFrameElement = document
        .create_element("iframe")
        .expect("a frame")
        .unchecked_into();
    document
        .body()
        .expect("a body")
        .append_child(&frame)
        .expect("a place");
    let inner = frame.content_window().expect("a window");
    (frame, inner)
}

/// Waits for a task of the event loop to be over.
async fn pause(milliseconds: i32) {
    let window = window().expect("a window");
    let promise = Promise::new(&mut |resolve, _| {
        window
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
            .expect("a timer");
    });
    JsFuture::from(promise).await.expect("time passes");
}

/// Posts a message to this page from inside the frame, with the frame as its source.
fn post_from(inner: &Window, message: &str) {
    let make: Function = Reflect::get(inner, &"Function".into())
        .expect("the frame's own realm")
        .unchecked_into();
    let body = format!("parent.postMessage({message}, '*')");
    let post: Function = Reflect::construct(&make, &Array::of1(&body.into()))
        .expect("a function of the frame")
        .unchecked_into();
    post.call0(&JsValue::UNDEFINED).expect("a post");
}

fn origin() -> String {
    window()
        .expect("a window")
        .location()
        .origin()
        .expect("an origin")
}

#[wasm_bindgen_test]
async fn its_version_is_the_packages() {
    let version = call(&widget().await, "getVersion", &[])
        .expect("a version")
        .as_string()
        .expect("a text");
    let manifest: serde_json::Value = serde_json::from_str(MANIFEST).expect("package.json");
    assert_eq!(manifest["version"], version);
}

#[wasm_bindgen_test]
async fn a_window_that_was_blocked_is_popup_blocked() {
    let widget = widget().await;
    let options = to_value(&Options {
        token: "tok",
        base_url: &origin(),
        popup: JsValue::NULL,
    })
    .expect("options");
    let refusal = awaited(call(&widget, "authorize", &[&options]))
        .await
        .expect_err("an error");
    assert_eq!(refusal.code, "popup_blocked");
    assert_eq!(
        call(&widget, "isOpen", &[]).expect("isOpen"),
        JsValue::FALSE
    );
}

#[wasm_bindgen_test]
async fn an_option_that_is_not_valid_is_named() {
    let options = to_value(&Options {
        token: "",
        base_url: &origin(),
        popup: JsValue::NULL,
    })
    .expect("options");
    let refusal = awaited(call(&widget().await, "open", &[&options]))
        .await
        .expect_err("an error");
    assert_eq!(refusal.code, "invalid_options");
    assert!(refusal.message.contains("token"), "{}", refusal.message);
}

#[wasm_bindgen_test]
async fn only_the_windows_own_message_is_the_result() {
    let widget = widget().await;
    let ((element, inner), (stranger, other)) = (frame(), frame());
    // What the test server has for certain; a page that is not there can be of another origin.
    let base = format!("{}/wasm-bindgen-test?", origin());
    let options = to_value(&Options {
        token: "tok",
        base_url: &base,
        popup: inner.clone().into(),
    })
    .expect("options");
    let promise = call(&widget, "authorize", &[&options]);
    pause(500).await;
    assert_eq!(call(&widget, "isOpen", &[]).expect("isOpen"), JsValue::TRUE);
    post_from(
        &other,
        r#"{ type: "alter_connect_success", grants: [{ grant_id: "forged", provider: "evil" }] }"#,
    );
    for noise in [
        "null",
        "'alter_connect_success'",
        "{ type: 7 }",
        "[{}]",
        "{ type: 'unknown', grants: [] }",
    ] {
        post_from(&inner, noise);
    }
    post_from(
        &inner,
        r#"{ type: "alter_connect_success", grants: [{ grant_id: "g1", provider: "google", scopes: ["mail"] }, { grant_id: 2 }] }"#,
    );
    let Ok(result) = awaited(promise).await else {
        panic!("a result")
    };
    let grants: Vec<Grant> = from_value(result).expect("grants");
    assert_eq!(
        grants,
        [Grant {
            grant_id: "g1".into(),
            provider: "google".into(),
            provider_name: "google".into(),
            operation: "creation".into(),
            scopes: vec!["mail".into()]
        }]
    );
    assert_eq!(
        call(&widget, "isOpen", &[]).expect("isOpen"),
        JsValue::FALSE
    );
    element.remove();
    stranger.remove();
}

#[wasm_bindgen_test]
async fn a_window_that_is_closed_before_it_was_sent_anywhere_is_an_exit() {
    let widget = widget().await;
    let (element, inner) = frame();
    let options = Function::new_with_args(
        "popup, baseURL",
        "return { popup, baseURL, token: () => new Promise(() => {}) }",
    )
    .call2(&JsValue::UNDEFINED, &inner, &origin().into())
    .expect("options");
    let promise = call(&widget, "authorize", &[&options]);
    pause(100).await;
    // A frame that is taken out of its page is a window that is closed.
    element.remove();
    let refusal = awaited(promise).await.expect_err("an exit");
    assert_eq!(refusal.code, "popup_closed");
}
