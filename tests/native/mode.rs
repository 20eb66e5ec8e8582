//! Popup or redirect? `tests/vectors/mode.json` asks Rust here, and JavaScript in `tests/shell/mode.test.mjs`.

use crate::vectors::read_json;
use connect_widget::flow::mode::{Device, decide_mode};
use serde_json::{Value, json};

#[test]
fn each_device_has_its_mode() {
    let table = read_json("tests/vectors/mode.json").expect("a table");
    for case in table["cases"].as_array().expect("cases") {
        let facts = &case["device"];
        let pixels = |name: &str| facts[name].as_f64().expect("a number");
        let device = Device {
            width: pixels("width"),
            height: pixels("height"),
            user_agent: facts["userAgent"].as_str().expect("a text").to_owned(),
            max_touch_points: pixels("maxTouchPoints"),
            has_coarse_pointer: facts["coarse"] == true,
            is_standalone: facts["standalone"] == Value::Bool(true),
            is_framed: facts["framed"] == true,
        };
        let mode = decide_mode(&device).name();
        assert_eq!(json!(mode), case["mode"], "{}", case["name"]);
    }
}
