//! The request to the token endpoint.

use super::value::{get, object, settings, to_json};
use super::world::Browser;
use crate::flow::transaction::BodyFormat;
use crate::protocol::{TokenAnswer, TokenRequest};
use js_sys::{Object, Promise};
use wasm_bindgen::prelude::*;
use web_sys::Response;

#[wasm_bindgen]
extern "C" {
    /// What another script has put in its place may throw, or answer what is no promise.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;
}

/// Posts the request, now, and answers, later, the status and the body. It is never aborted: its answer may be the only live token.
pub fn send(request: &TokenRequest) -> impl Future<Output = Result<TokenAnswer, JsValue>> + use<> {
    let (content_type, body) = match request.endpoint.format {
        BodyFormat::Form => ("application/x-www-form-urlencoded", request.form(&Browser)),
        BodyFormat::Json => (
            "application/json",
            to_json(&request.parameters).unwrap_or_default(),
        ),
    };
    let headers = object(&[
        ("accept", "application/json".into()),
        ("content-type", content_type.into()),
    ]);
    let init = settings(&[
        ("method", "POST".into()),
        ("headers", headers),
        ("body", body.into()),
        ("cache", "no-store".into()),
        // A code or a token goes to the endpoint that the app named and nowhere else.
        ("redirect", "error".into()),
        // For what a page or an extension has put in the place of `fetch`: it asks the settings, which inherit nothing.
        ("hasOwnProperty", get(&Object::new(), "hasOwnProperty")),
    ]);
    let sent = fetch(&request.endpoint.url, &init);
    async move {
        let response: Response = Promise::resolve(&sent?).await?.unchecked_into();
        let body = Promise::resolve(&response.text()?).await?;
        Ok(TokenAnswer {
            status: response.status(),
            body: body.as_string().unwrap_or_default(),
        })
    }
}
