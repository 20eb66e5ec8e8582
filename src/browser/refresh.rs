//! `refresh()`: one request for each refresh token, in this page and, with Web Locks, in all pages of the origin. Who waits
//! gets the answer of the first. The request is never cancelled, because its answer may hold the only live token; an abort
//! is the caller's alone.

use super::app::{Widget, allows_insecure, error, error_of};
use super::lock::{self, IfHeld};
use super::options::Options;
use super::promise::{Deferred, first_of, pause};
use super::shell::listen;
use super::source::is_aborted;
use super::store::PREFIX;
use super::value::{get, object, own, read, to_js};
use super::world::Browser;
use super::{page, token};
use crate::error::{Code, Failure, FailureCode};
use crate::options::{Rules, optional_signal};
use crate::protocol::{TokenRequest, read_token_answer};
use crate::secret::hash;
use crate::value::Value;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortSignal, BroadcastChannel, Event, MessageEvent};

/// How long the answer of another page is waited for once its lock is free, in milliseconds: a page that was closed in
/// mid-request leaves nothing to hear.
const OVERDUE: i32 = 3000;

thread_local! {
    /// The requests under way, by their names.
    static REQUESTS: RefCell<Vec<(String, Promise)>> = const { RefCell::new(Vec::new()) };
}

/// Asks for a new access token (RFC 6749 section 6).
pub fn refresh(widget: &Widget, given: &JsValue) -> Promise {
    match prepare(widget, given) {
        Err(invalid) => Promise::reject(&error_of(&invalid, &JsValue::UNDEFINED)),
        Ok((_, Some(signal))) if is_aborted(&signal) => Promise::reject(&aborted(&signal)),
        Ok((request, signal)) => until_aborted(share(request), signal),
    }
}

fn prepare(
    widget: &Widget,
    given: &JsValue,
) -> Result<(Box<TokenRequest>, Option<AbortSignal>), Box<Failure>> {
    let options = Options::copy(given)?;
    let rules = Rules {
        world: &Browser,
        own_origin: &page::origin(),
        allow_insecure: allows_insecure(&widget.config()),
    };
    let request = TokenRequest::refresh(&options, rules)?;
    optional_signal(&options)?;
    Ok((request, options.signal()))
}

/// What an abort fails with.
fn aborted(signal: &JsValue) -> JsValue {
    error_of(&Box::from(Code::Aborted), &get(signal, "reason"))
}

fn until_aborted(answer: Promise, signal: Option<AbortSignal>) -> Promise {
    let Some(signal) = signal else { return answer };
    let abort = Deferred::new();
    let given_up = abort.promise.clone();
    let hear = Box::new(move |event: &Event| abort.reject(&aborted(&get(event, "target"))));
    let listener = listen(&signal, "abort", hear);
    let first = first_of(&answer, &given_up);
    let settled = first.clone();
    spawn_local(async move {
        let _ = settled.await;
        drop(listener);
    });
    first
}

/// The request under way for this token, or a new one.
fn share(mut request: Box<TokenRequest>) -> Promise {
    let name = name_of(&request);
    if let Some(promise) = find_request(&name) {
        return promise;
    }
    let answer = Deferred::new();
    let promise = answer.promise.clone();
    REQUESTS.with_borrow_mut(|all| all.push((name.clone(), promise.clone())));
    spawn_local(async move {
        let tokens = send_alone(&name, &mut request).await;
        REQUESTS.with_borrow_mut(|all| all.retain(|(known, _)| *known != name));
        answer.settle(tokens);
    });
    promise
}

fn find_request(name: &str) -> Option<Promise> {
    REQUESTS.with_borrow(|all| {
        let found = all.iter().find(|(known, _)| *known == name);
        found.map(|(_, promise)| promise.clone())
    })
}

/// Names of locks can be listed by every script of the origin, so the token is not in it.
fn name_of(request: &TokenRequest) -> String {
    let token = request.refresh_token().unwrap_or_default();
    let digest = hash(&[request.endpoint.url.as_str(), token].join(" "));
    [PREFIX, "refresh:", &digest].concat()
}

/// Sends the request while no other page of the origin does, or answers what that page was answered, error or not.
async fn send_alone(name: &str, request: &mut TokenRequest) -> Result<JsValue, JsValue> {
    let channel = BroadcastChannel::new(name).ok();
    let heard = Deferred::new();
    let message = heard.promise.clone();
    let listener = channel.as_ref().map(|channel| {
        let hear =
            move |event: &Event| heard.resolve(&event.unchecked_ref::<MessageEvent>().data());
        listen(channel, "message", Box::new(hear))
    });
    // A page that the browser has frozen may keep its lock for good. Whoever has waited in vain for the first lock queues for a second one.
    let anew = [name, "+"].concat();
    let tries = [
        (name, IfHeld::GiveUp),
        (name, IfHeld::Wait),
        (&anew, IfHeld::Wait),
    ];
    let (mut lock, mut shared) = (Ok(None), JsValue::UNDEFINED);
    let mut is_held = false;
    for &(name, if_held) in &tries {
        lock = lock::acquire(name, if_held).await;
        if !matches!(lock, Ok(None)) {
            break;
        }
        is_held = true;
    }
    if is_held {
        // Where a lock is refused now, what the other page says is waited for all the same.
        shared = first_of(&message, &pause(OVERDUE)).await?;
    }
    let answer = if shared.is_object() {
        read_shared(&shared)
    } else {
        send(request, channel.as_ref()).await
    };
    drop((lock, listener));
    if let Some(channel) = channel {
        channel.close();
    }
    answer
}

/// Sends the request, without a flow's scope where that is refused, and tells the other pages of the origin what was answered.
async fn send(
    request: &mut TokenRequest,
    channel: Option<&BroadcastChannel>,
) -> Result<JsValue, JsValue> {
    let (answer, cause) = loop {
        let answer = match token::send(request).await {
            Ok(answer) => answer,
            Err(cause) => break (Err(Code::NetworkError.into()), cause),
        };
        let spent = request.refresh_token();
        match read_token_answer(&answer, spent, &Browser) {
            Err(refusal) if request.leave_scope_out(&refusal) => {}
            tokens => break (tokens.map(|tokens| to_js(&tokens)), JsValue::UNDEFINED),
        }
    };
    // What failed on this page's own way to the server, as where the page is left, is no other page's answer: it asks for itself.
    if let Some(channel) = channel.filter(|_| cause.is_undefined()) {
        let (name, value) = match &answer {
            Ok(tokens) => ("value", tokens.clone()),
            Err(failure) => ("error", to_js(&write_failure(failure))),
        };
        let _ = channel.post_message(&object(&[(name, value)]));
    }
    answer.map_err(|failure| error_of(&failure, &cause))
}

/// An error as it goes to another page, where `read_shared` reads it.
fn write_failure(failure: &Failure) -> Value {
    Value::List(vec![
        failure.code.as_str().into(),
        failure.message.as_str().into(),
        failure.details.clone(),
    ])
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
        code: FailureCode::Theirs(code.to_text().unwrap_or_default()),
        message: words.to_text().unwrap_or_default(),
        details: details.clone(),
    };
    Err(error_of(&failure, &JsValue::UNDEFINED))
}
