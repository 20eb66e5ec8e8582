//! The request to the token endpoint.

use super::value::to_json;
use crate::protocol::{BodyFormat, TokenAnswer, TokenRequest};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCache, RequestInit, RequestRedirect, Response};

#[wasm_bindgen]
extern "C" {
    /// What another script has put in its place may throw, or answer what is no promise.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;
}

/// Posts the request; answers the status and the body. It is never aborted: its answer may be the only live token.
pub async fn send(request: &TokenRequest) -> Result<TokenAnswer, JsValue> {
    let (content_type, body) = match request.format {
        BodyFormat::Form => ("application/x-www-form-urlencoded", request.form()),
        BodyFormat::Json => (
            "application/json",
            to_json(&request.object()).unwrap_or_default(),
        ),
    };
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", content_type)?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    init.set_cache(RequestCache::NoStore);
    // A code or a token goes to the endpoint that the app named and nowhere else.
    init.set_redirect(RequestRedirect::Error);
    let answer = Promise::resolve(&fetch(&request.endpoint, &init)?);
    let response: Response = JsFuture::from(answer).await?.unchecked_into();
    let body = JsFuture::from(Promise::resolve(&response.text()?)).await?;
    Ok(TokenAnswer {
        status: response.status(),
        body: body.as_string().unwrap_or_default(),
    })
}
