//! The page in a browser. Every function stands in `host.js` under the same name, in camel case.
//!
//! Only numbers cross: values by the number under which the page holds them, names and sentences by where they lie in the
//! core's memory. So no glue copies, encodes or frees anything.

use crate::flow::page::{Held, Kind, Page, Place, Put};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/host.js")]
extern "C" {
    fn read(path: i32, path_length: i32) -> i32;
    fn member(object: i32, name: i32, name_length: i32) -> i32;
    fn item(list: i32, index: i32) -> i32;
    fn kind(value: i32) -> i32;
    fn is(value: i32, text: i32, text_length: i32) -> bool;
    fn same(one: i32, other: i32) -> bool;
    fn number(value: i32) -> f64;
    fn hold(text: i32, text_length: i32) -> i32;
    #[wasm_bindgen(js_name = keep)]
    fn hold_number(number: f64) -> i32;
    fn random() -> i32;
    fn origin(url: i32) -> i32;
    #[wasm_bindgen(js_name = ownOrigin)]
    fn own_origin() -> i32;
    fn contains(text: i32, part: i32, part_length: i32) -> bool;
    fn parameter(place: i32, name: i32, name_length: i32) -> i32;
    fn repeats(place: i32, name: i32, name_length: i32) -> bool;
    fn claim(text: i32, name: i32, name_length: i32) -> i32;
    fn note(field: i32, field_length: i32, value: i32);
    fn noted(field: i32, field_length: i32) -> i32;
    #[wasm_bindgen(js_name = startAddress)]
    fn start(url: i32, joint: i32, joint_length: i32);
    fn append(text: i32, text_length: i32, value: i32);
    #[wasm_bindgen(js_name = appendAll)]
    fn append_all(object: i32) -> bool;
    fn put(step: i32, name: i32, name_length: i32, value: i32);
    fn fail(
        code: i32,
        code_length: i32,
        sentence: i32,
        sentence_length: i32,
        option: i32,
        option_length: i32,
    );
    fn refuse(code: i32, description: i32);
}

/// The page at hand: `host.js` holds it while it calls in.
#[derive(Clone, Copy)]
pub struct Browser;

fn at(text: &str) -> i32 {
    text.as_ptr() as i32
}

fn length(text: &str) -> i32 {
    text.len() as i32
}

impl Page for Browser {
    fn read(self, name: &str) -> Held {
        Held(read(at(name), length(name)))
    }
    fn member(self, object: Held, name: &str) -> Held {
        Held(member(object.0, at(name), length(name)))
    }
    fn item(self, list: Held, index: i32) -> Held {
        Held(item(list.0, index))
    }
    fn kind(self, value: Held) -> Kind {
        Kind::ALL
            .get(kind(value.0) as usize)
            .copied()
            .unwrap_or(Kind::Other)
    }
    fn is(self, value: Held, text: &str) -> bool {
        is(value.0, at(text), length(text))
    }
    fn same(self, one: Held, other: Held) -> bool {
        same(one.0, other.0)
    }
    fn number(self, value: Held) -> f64 {
        number(value.0)
    }
    fn hold(self, text: &str) -> Held {
        Held(hold(at(text), length(text)))
    }
    fn hold_number(self, number: f64) -> Held {
        Held(hold_number(number))
    }
    fn random(self) -> i32 {
        random()
    }
    fn origin(self, url: Held) -> Held {
        Held(origin(url.0))
    }
    fn own_origin(self) -> Held {
        Held(own_origin())
    }
    fn contains(self, text: Held, part: &str) -> bool {
        contains(text.0, at(part), length(part))
    }
    fn parameter(self, place: Place, name: &str) -> Held {
        Held(parameter(place as i32, at(name), length(name)))
    }
    fn repeats(self, place: Place, name: &str) -> bool {
        repeats(place as i32, at(name), length(name))
    }
    fn claim(self, json_or_jwt: Held, name: &str) -> Held {
        Held(claim(json_or_jwt.0, at(name), length(name)))
    }
    fn note(self, field: &str, value: Held) {
        note(at(field), length(field), value.0);
    }
    fn noted(self, field: &str) -> Held {
        Held(noted(at(field), length(field)))
    }
    fn start(self, url: Held, joint: &str) {
        start(url.0, at(joint), length(joint));
    }
    fn append(self, text: &str, value: Held) {
        append(at(text), length(text), value.0);
    }
    fn append_all(self, object: Held) -> bool {
        append_all(object.0)
    }
    fn put(self, step: Put, name: &str, value: Held) {
        put(step as i32, at(name), length(name), value.0);
    }
    fn fail(self, code: &str, sentence: &str, option: &str) {
        fail(
            at(code),
            length(code),
            at(sentence),
            length(sentence),
            at(option),
            length(option),
        );
    }
    fn refuse(self, code: Held, description: Held) {
        refuse(code.0, description.0);
    }
}
