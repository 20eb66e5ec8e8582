//! The pure floors in a real engine: its URLs, JSON, structured clones, clock and cryptography instead of the host's.
#![cfg(target_arch = "wasm32")]

use browser_tests::EnginePage;
use connect_widget::flow::machine::{Effects, Event, Flow};
use connect_widget::flow::mode::{Device, Mode, decide_mode};
use connect_widget::flow::pkce::{code_challenge, generate};
use gloo_events::EventListener;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{MessageEvent, window};

wasm_bindgen_test_configure!(run_in_browser);

/// 2026-03-30T09:36:00Z, where the clock of the vectors stands.
const NOON: f64 = 1_774_863_360_000.0;

const DESKTOP: Device = Device {
    width: 1280,
    height: 800,
    hand_held: false,
    framed: false,
    in_app: false,
};

/// A file of vectors: see tests/vectors/README.md.
#[derive(Deserialize)]
struct Vectors {
    #[serde(default)]
    options: Value,
    cases: Vec<Value>,
}

fn vectors(text: &str) -> Vec<Value> {
    let Vectors { options, mut cases } = serde_json::from_str(text).expect("a file of vectors");
    for case in &mut cases {
        if let Some(name) = case["options"].as_str() {
            case["options"] = options[name].clone();
        }
    }
    cases
}

/// JSON as the engine's own objects; what JSON cannot say stands as `{"$": "function"}` and so on.
fn object(value: &Value) -> JsValue {
    let object = value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .expect("JSON is an object");
    const REVIVE: &str = r#"
        const stands = { function: () => () => {}, promise: () => new Promise(() => {}), nan: () => NaN, infinity: () => Infinity };
        const revive = (value) => {
            if (!value || typeof value != "object") return value;
            if (stands[value.$]) return stands[value.$]();
            for (const key of Object.keys(value)) {
                if (value[key]?.$ == "throws") Object.defineProperty(value, key, { enumerable: true, get() { throw new Error(key) } });
                else value[key] = revive(value[key]);
            }
            return value;
        };
        return revive(o)"#;
    Function::new_with_args("o", REVIVE)
        .call1(&JsValue::UNDEFINED, &object)
        .expect("reviving does not throw")
}

/// The engine's object as JSON.
fn plain(value: &JsValue) -> Value {
    let text = js_sys::JSON::stringify(value)
        .ok()
        .and_then(|text| text.as_string());
    text.map_or(Value::Null, |text| {
        serde_json::from_str(&text).expect("JSON of the engine")
    })
}

/// A flow by popup that waits for its answer.
fn begin(page: &EnginePage, case: &Value) -> Flow {
    let (mut flow, effects) = page.enter(&object(&case["options"]), "", |page| {
        Flow::begin(page, DESKTOP, NOON)
    });
    assert!(
        effects.contains(Effects::OPEN),
        "{}: {:?}",
        case["name"],
        page.error
    );
    let mut effects = page.enter(&JsValue::UNDEFINED, "", |page| {
        flow.step(page, NOON, Event::Opened)
    });
    if case["resolved"] != Value::Null {
        effects = page.enter(&object(&case["resolved"]), "", |page| {
            flow.step(page, NOON, Event::Resolved)
        });
    } else if effects.contains(Effects::RESOLVE) {
        let link = json!("https://link.example/");
        effects = page.enter(&object(&link), "", |page| {
            flow.step(page, NOON, Event::Resolved)
        });
    }
    assert!(
        effects.contains(Effects::REMEMBER),
        "{}: {effects:?}",
        case["name"]
    );
    for (field, value) in case["transaction"].as_object().into_iter().flatten() {
        match value.as_str() {
            Some(value) => page.record.set(field, value),
            None => page.record.delete(field),
        }
    }
    flow
}

/// What a vector cannot know: this attempt's random values.
fn fill(page: &EnginePage, text: &str) -> String {
    let field = |name| page.record.get(name).unwrap_or_default();
    let part = |json: Value| {
        window()
            .and_then(|window| window.btoa(&json.to_string()).ok())
            .expect("base64")
            .replace('+', "-")
            .replace('/', "_")
            .replace('=', "")
    };
    let id_token = |nonce: &str| {
        [
            part(json!({"alg": "RS256"})),
            part(json!({"sub": "7", "nonce": nonce})),
            "c2lnbmF0dXJl".into(),
        ]
        .join(".")
    };
    [
        ("{state}", field("state")),
        ("{nonce}", field("nonce")),
        ("{code_verifier}", field("code_verifier")),
        ("{id_token}", id_token(&field("nonce"))),
        ("{foreign_id_token}", id_token("another attempt's")),
    ]
    .iter()
    .fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

fn check(page: &EnginePage, effects: Effects, case: &Value) {
    let name = &case["name"];
    let expected: Value =
        serde_json::from_str(&fill(page, &case["expect"].to_string())).expect("an expectation");
    if expected == "ignored" {
        assert_eq!(effects, Effects::NONE, "{name}");
    } else if let Some(result) = expected.get("success") {
        assert!(
            effects.contains(Effects::SUCCEED),
            "{name}: {effects:?} {:?}",
            page.error
        );
        assert_eq!(plain(&page.result()), *result, "{name}");
    } else if let Some(code) = expected.get("error") {
        assert!(effects.contains(Effects::FAIL), "{name}: {effects:?}");
        let (found, message) = page.error.borrow().clone().expect("an error");
        assert_eq!(found, *code, "{name}");
        assert!(
            expected
                .get("message")
                .is_none_or(|expected| *expected == *message),
            "{name}: {message}"
        );
        assert!(
            expected
                .get("details")
                .is_none_or(|details| *details == plain(&page.details())),
            "{name}: {}",
            plain(&page.details())
        );
    } else if let Some(form) = expected.get("token_request") {
        assert!(
            effects.contains(Effects::REQUEST_TOKEN),
            "{name}: {effects:?}"
        );
        let sent = web_sys::UrlSearchParams::new_with_str(&page.address.borrow()).expect("a form");
        for (field, value) in form.as_object().into_iter().flatten() {
            assert_eq!(
                sent.get(field).as_deref(),
                value.as_str(),
                "{name}: {field}"
            );
        }
    } else {
        assert!(effects.contains(Effects::EXCHANGE), "{name}: {effects:?}");
    }
}

fn responses(text: &str) {
    let cases = vectors(text);
    assert!(cases.len() > 2);
    for case in cases {
        let page = EnginePage::new(NOON);
        let mut flow = begin(&page, &case);
        let url = fill(&page, case["returned"].as_str().expect("a URL"));
        let effects = page.enter(&JsValue::UNDEFINED, &url, |page| {
            flow.step(page, NOON, Event::Returned)
        });
        check(&page, effects, &case);
    }
}

#[wasm_bindgen_test]
fn returned_urls_of_alter_connect() {
    responses(include_str!("../vectors/alter-connect/responses.json"));
}

#[wasm_bindgen_test]
fn returned_urls_of_anon_link() {
    responses(include_str!("../vectors/anon-link/responses.json"));
}

#[wasm_bindgen_test]
fn returned_urls_of_the_implicit_grant() {
    responses(include_str!("../vectors/implicit/responses.json"));
}

#[wasm_bindgen_test]
fn returned_urls_of_the_code_grant() {
    responses(include_str!("../vectors/code/responses.json"));
}

/// Sends a value through the engine's own structured clone and event loop.
async fn posted(value: &JsValue) -> JsValue {
    let window = window().expect("a window");
    let arrival = Promise::new(&mut |resolve, _| {
        let listener = EventListener::once(&window, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            resolve
                .call1(&JsValue::UNDEFINED, &event.data())
                .expect("resolving does not throw");
        });
        listener.forget();
    });
    window
        .post_message(value, "*")
        .expect("a value that can be cloned");
    JsFuture::from(arrival).await.expect("a message")
}

#[wasm_bindgen_test]
async fn messages_of_alter_connect_through_the_engines_structured_clone() {
    for case in vectors(include_str!("../vectors/alter-connect/messages.json")) {
        let message = object(&case["message"]);
        // A getter cannot be posted; such a message is handed over as it is.
        let message = if case["message"].to_string().contains("\"$\"") {
            message
        } else {
            posted(&message).await
        };
        let page = EnginePage::new(NOON);
        let mut flow = begin(&page, &case);
        let effects = page.enter(&message, "", |page| flow.step(page, NOON, Event::Message));
        check(&page, effects, &case);
    }
}

#[wasm_bindgen_test]
async fn the_challenge_is_what_the_engines_own_sha_256_says() {
    let subtle = window()
        .and_then(|window| window.crypto().ok())
        .expect("crypto")
        .subtle();
    let page = EnginePage::new(NOON);
    for _ in 0..20 {
        let verifier = generate(&page);
        let promise = subtle
            .digest_with_str_and_u8_array("SHA-256", &verifier)
            .expect("SHA-256");
        let digest = Uint8Array::new(&JsFuture::from(promise).await.expect("a digest")).to_vec();
        let binary: String = digest.into_iter().map(char::from).collect();
        let base64 = window()
            .and_then(|window| window.btoa(&binary).ok())
            .expect("base64");
        let expected = base64.replace('+', "-").replace('/', "_").replace('=', "");
        assert_eq!(
            core::str::from_utf8(&code_challenge(&verifier)),
            Ok(expected.as_str())
        );
    }
}

#[wasm_bindgen_test]
fn this_browser_gets_a_popup_and_a_phone_of_its_size_does_not() {
    let window = window().expect("a window");
    let size = |value: JsValue| value.as_f64().expect("a number") as i32;
    let here = Device {
        width: size(window.inner_width().expect("a width")),
        height: size(window.inner_height().expect("a height")),
        hand_held: window.navigator().max_touch_points() > 1,
        framed: false,
        in_app: false,
    };
    assert_eq!(decide_mode(here), Mode::Popup);
    assert_eq!(
        decide_mode(Device {
            width: 390,
            height: 844,
            hand_held: true,
            ..here
        }),
        Mode::Redirect
    );
    assert_eq!(
        decide_mode(Device {
            width: 390,
            height: 844,
            hand_held: true,
            framed: true,
            ..here
        }),
        Mode::Popup
    );
}

#[wasm_bindgen_test]
fn what_a_hostile_object_inherits_or_throws_is_no_option() {
    let options = Function::new_no_args(r#"return Object.create({ token: "inherited", timeout: 1 }, { baseURL: { enumerable: true, get() { throw new Error("hostile") } } })"#)
        .call0(&JsValue::UNDEFINED)
        .expect("an object");
    assert!(Reflect::has(&options, &"token".into()).expect("an object"));
    let page = EnginePage::new(NOON);
    let (_, effects) = page.enter(&options, "", |page| Flow::begin(page, DESKTOP, NOON));
    assert!(effects.contains(Effects::FAIL), "{effects:?}");
    assert_eq!(
        page.error.borrow().as_ref().map(|(code, _)| code.as_str()),
        Some("invalid_options")
    );
}
