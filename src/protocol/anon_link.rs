//! Anon Link: a link from the app's backend; the browser comes back to the app's redirect URL with `type` and `state`.

use super::{
    Launch, Protocol, Verdict, build_link, check, connect_state_differs, launch, put_parameters,
};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::transaction;

/// What the documented codes mean, and what to do.
const ERRORS: [(&str, &str); 3] = [
    (
        "bad_input",
        "Anon refused the link's parameters; check app, appUserId and redirectUrl.",
    ),
    (
        "bad_authorization",
        "Anon refused the key or the user did not authorise; make a new link.",
    ),
    ("anon_internal_error", "Anon failed; try again later."),
];

pub fn prepare(page: impl Page) -> Result<Launch, InvalidOption> {
    let redirect_url = page.read("redirectUrl");
    check(
        !redirect_url.is_some() || page.same(page.origin(redirect_url), page.own_origin()),
        "redirectUrl",
    )?;
    launch(page, Protocol::AnonLink, page.read("link"))
}

pub fn build_address(page: impl Page, link: Held) -> Result<(), InvalidOption> {
    let state = page.member(link, "state");
    if page.kind(state) == Kind::Text {
        page.note(transaction::BOUND, state);
    }
    build_link(page, link, "url")
}

pub fn read_response(page: impl Page) -> Verdict {
    let parameter = |name| page.parameter(Place::Query, name);
    let (kind, state, code) = (
        parameter("type"),
        parameter("state"),
        parameter("error_code"),
    );
    let success = page.is(kind, "success");
    if !success && !page.is(kind, "error") {
        return Verdict::Foreign;
    }
    if ["type", "state", "error_code"]
        .iter()
        .any(|name| page.repeats(Place::Query, name))
    {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    let bound = page.noted(transaction::BOUND);
    let connect_state = parameter("connect_state").or(page.claim(state, "connect_state"));
    if bound.is_some() && !page.same(bound, state) || connect_state_differs(page, connect_state) {
        return Verdict::Invalid(Code::StateMismatch);
    }
    if success {
        page.put(Put::Value, "type", kind);
        page.put(Put::Json, "state", state);
        return Verdict::Success;
    }
    let sentence = ERRORS
        .iter()
        .find(|(known, _)| page.is(code, known))
        .map_or("", |(_, sentence)| sentence);
    page.refuse(code, page.hold(sentence));
    put_parameters(page, Place::Query, &["error_code", "state"]);
    Verdict::Refused
}
