//! The page in a browser. Every function stands in `host.js` under the same name, in camel case.
//!
//! Only numbers cross: values by the number under which the page holds them, texts by theirs. So no glue copies, encodes or
//! frees anything.

use crate::flow::encoding::LENGTH;
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::text::Text;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/host.js")]
extern "C" {
    fn read(name: i32) -> i32;
    fn member(object: i32, name: i32) -> i32;
    fn item(list: i32, index: i32) -> i32;
    fn kind(value: i32) -> i32;
    fn is(value: i32, text: i32) -> bool;
    fn same(one: i32, other: i32) -> bool;
    fn number(value: i32) -> f64;
    fn hold(text: i32) -> i32;
    #[wasm_bindgen(js_name = holdMade)]
    fn hold_made(address: i32, length: i32) -> i32;
    #[wasm_bindgen(js_name = keep)]
    fn hold_number(number: f64) -> i32;
    fn random() -> i32;
    fn origin(url: i32) -> i32;
    #[wasm_bindgen(js_name = ownOrigin)]
    fn own_origin() -> i32;
    fn contains(text: i32, part: i32) -> bool;
    fn parameter(place: i32, name: i32) -> i32;
    fn repeats(place: i32, name: i32) -> bool;
    fn claim(text: i32, name: i32) -> i32;
    fn note(field: i32, value: i32);
    fn noted(field: i32) -> i32;
    #[wasm_bindgen(js_name = startAddress)]
    fn start(url: i32, joint: i32);
    fn append(name: i32, value: i32);
    #[wasm_bindgen(js_name = appendAll)]
    fn append_all(object: i32) -> bool;
    fn put(step: i32, name: i32, value: i32);
    fn fail(code: i32, sentence: i32, option: i32);
    fn refuse(code: i32, description: i32);
}

/// The page at hand: `host.js` holds it while it calls in.
#[derive(Clone, Copy)]
pub struct Browser;

impl Page for Browser {
    fn read(self, name: Text) -> Held {
        Held(read(name.number()))
    }
    fn member(self, object: Held, name: Text) -> Held {
        Held(member(object.0, name.number()))
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
    fn is(self, value: Held, text: Text) -> bool {
        is(value.0, text.number())
    }
    fn same(self, one: Held, other: Held) -> bool {
        same(one.0, other.0)
    }
    fn number(self, value: Held) -> f64 {
        number(value.0)
    }
    fn hold(self, text: Text) -> Held {
        Held(hold(text.number()))
    }
    fn hold_made(self, text: &[u8; LENGTH]) -> Held {
        Held(hold_made(text.as_ptr() as i32, LENGTH as i32))
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
    fn contains(self, text: Held, part: Text) -> bool {
        contains(text.0, part.number())
    }
    fn parameter(self, place: Place, name: Text) -> Held {
        Held(parameter(place as i32, name.number()))
    }
    fn repeats(self, place: Place, name: Text) -> bool {
        repeats(place as i32, name.number())
    }
    fn claim(self, json_or_jwt: Held, name: Text) -> Held {
        Held(claim(json_or_jwt.0, name.number()))
    }
    fn note(self, field: Text, value: Held) {
        note(field.number(), value.0);
    }
    fn noted(self, field: Text) -> Held {
        Held(noted(field.number()))
    }
    fn start(self, url: Held, joint: Text) {
        start(url.0, joint.number());
    }
    fn append(self, name: Text, value: Held) {
        append(name.number(), value.0);
    }
    fn append_all(self, object: Held) -> bool {
        append_all(object.0)
    }
    fn put(self, step: Put, name: Text, value: Held) {
        put(step as i32, name.number(), value.0);
    }
    fn fail(self, code: Text, sentence: Text, option: Option<Text>) {
        fail(
            code.number(),
            sentence.number(),
            option.map_or(0, Text::number),
        );
    }
    fn refuse(self, code: Held, description: Held) {
        refuse(code.0, description.0);
    }
}
