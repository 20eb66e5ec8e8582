//! `refresh()`: one request for each refresh token, in this page and, with Web Locks, in all pages of the origin. Who waits
//! gets the answer of the first. The request is never cancelled, because its answer may hold the only live token; an abort
//! is the caller's alone.

use super::app::{Widget, allows_insecure, error, error_of, listen};
use super::options::Options;
use super::value::{object, own, read, to_js};
use super::world::Browser;
use super::{device, lock, token};
use crate::error::{Code, Failure, InvalidOption, check};
use crate::options::{Fields, Rules};
use crate::protocol::{TokenRequest, read_token_answer};
use crate::value::Value;
use base64ct::{Base64UrlUnpadded, Encoding};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Promise};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use web_sys::{AbortSignal, BroadcastChannel, MessageEvent};

/// How long the answer of another page is waited for once its lock is free, in milliseconds: a page that was closed in
/// mid-request leaves nothing to hear.
const OVERDUE: u32 = 3000;

thread_local! {
    /// The requests under way, by their names.
    static REQUESTS: RefCell<Vec<(String, Promise)>> = const { RefCell::new(Vec::new()) };
}

/// Asks for a new access token (RFC 6749 section 6).
pub fn refresh(widget: &Widget, given: &JsValue) -> Promise {
    match prepare(widget, given) {
        Err(invalid) => Promise::reject(&error_of(&invalid.into(), &JsValue::UNDEFINED)),
        Ok((_, Some(signal))) if signal.aborted() => Promise::reject(&error(Code::Aborted)),
        Ok((request, signal)) => until_aborted(share(request), signal),
    }
}

fn prepare(
    widget: &Widget,
    given: &JsValue,
) -> Result<(TokenRequest, Option<AbortSignal>), InvalidOption> {
    let options = Options::copy(given)?;
    let rules = Rules {
        world: &Browser,
        own_origin: &device::origin(),
        allow_insecure: allows_insecure(&widget.config()),
    };
    let request = TokenRequest::refresh(&options, rules)?;
    let signal = options.get("signal");
    check(!signal.is_given() || signal == Value::Signal, "signal")?;
    Ok((request, options.signal()))
}

fn until_aborted(answer: Promise, signal: Option<AbortSignal>) -> Promise {
    let Some(signal) = signal else { return answer };
    Promise::new(&mut |resolve, reject| {
        let give_up = reject.clone();
        let listener = listen(
            &signal,
            "abort",
            Box::new(move |_| {
                let _ = give_up.call1(&JsValue::UNDEFINED, &error(Code::Aborted));
            }),
        );
        let answer = answer.clone();
        spawn_local(async move {
            let _ = match JsFuture::from(answer).await {
                Ok(tokens) => resolve.call1(&JsValue::UNDEFINED, &tokens),
                Err(error) => reject.call1(&JsValue::UNDEFINED, &error),
            };
            drop(listener);
        });
    })
}

/// The request under way for this token, or a new one.
fn share(request: TokenRequest) -> Promise {
    let name = name_of(&request);
    let known = REQUESTS.with_borrow(|all| {
        all.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, answer)| answer.clone())
    });
    known.unwrap_or_else(|| {
        let own_name = name.clone();
        let answer = future_to_promise(async move {
            let answer = send_alone(&own_name, &request).await;
            REQUESTS.with_borrow_mut(|all| all.retain(|(known, _)| *known != own_name));
            answer
        });
        REQUESTS.with_borrow_mut(|all| all.push((name, answer.clone())));
        answer
    })
}

/// Names of locks can be listed by every script of the origin, so the token is not in it.
fn name_of(request: &TokenRequest) -> String {
    let token = request
        .refresh_token()
        .map(|token| token.expose())
        .unwrap_or_default();
    let digest = Sha256::digest([request.endpoint.as_str(), token].join(" "));
    [
        "connect-widget:refresh:",
        &Base64UrlUnpadded::encode_string(&digest),
    ]
    .concat()
}

/// Sends the request while no other page of the origin does, or answers what that page was answered, error or not.
async fn send_alone(name: &str, request: &TokenRequest) -> Result<JsValue, JsValue> {
    let Ok(channel) = BroadcastChannel::new(name) else {
        return send(request, None).await;
    };
    let mut listener = None;
    let heard = Promise::new(&mut |resolve, _| {
        listener = Some(listen(
            &channel,
            "message",
            Box::new(move |event| {
                let _ = resolve.call1(
                    &JsValue::UNDEFINED,
                    &event.unchecked_ref::<MessageEvent>().data(),
                );
            }),
        ));
    });
    let answer = match lock::hold(name, false).await {
        Err(_) => send(request, None).await,
        Ok(Some(lock)) => {
            let answer = send(request, Some(&channel)).await;
            drop(lock);
            answer
        }
        Ok(None) => {
            // Where that is refused now, what the other page says is waited for all the same.
            let lock = lock::hold(name, true).await.ok();
            let overdue = future_to_promise(async {
                TimeoutFuture::new(OVERDUE).await;
                Ok(JsValue::UNDEFINED)
            });
            let message = JsFuture::from(Promise::race(&Array::of2(&heard, &overdue))).await?;
            let answer = if message.is_object() {
                read_shared(&message)
            } else {
                send(request, Some(&channel)).await
            };
            drop(lock);
            answer
        }
    };
    drop(listener);
    channel.close();
    answer
}

async fn send(
    request: &TokenRequest,
    channel: Option<&BroadcastChannel>,
) -> Result<JsValue, JsValue> {
    let (answer, cause) = match token::send(request).await {
        Ok(answer) => (read_token_answer(&answer, &Browser), JsValue::UNDEFINED),
        Err(cause) => (Err(Code::NetworkError.into()), cause),
    };
    // Where the server keeps the old refresh token alive, it stays the one to use.
    let answer = answer.map(|mut tokens| {
        tokens.refresh_token = tokens
            .refresh_token
            .or_else(|| request.refresh_token().cloned());
        to_js(&tokens)
    });
    // What failed on this page's own way to the server, as where the page is left, is no other page's answer: it asks for itself.
    if let Some(channel) = channel.filter(|_| cause.is_undefined()) {
        let (name, value) = match &answer {
            Ok(tokens) => ("value", tokens.clone()),
            Err(Failure {
                code,
                message,
                details,
            }) => ("error", to_js(&(code, message, details))),
        };
        let _ = channel.post_message(&object(&[(name, value)]));
    }
    answer.map_err(|failure| error_of(&failure, &cause))
}

fn read_shared(message: &JsValue) -> Result<JsValue, JsValue> {
    let value = own(message, "value");
    if value.is_object() {
        return Ok(value);
    }
    let shared = read(&own(message, "error"));
    let [code, words, details] = shared.items().unwrap_or_default() else {
        return Err(error(Code::NetworkError));
    };
    let failure = Failure {
        code: code.to_text().unwrap_or_default(),
        message: words.to_text().unwrap_or_default(),
        details: Some(details.clone()).filter(Value::is_given),
    };
    Err(error_of(&failure, &JsValue::UNDEFINED))
}
