//! Anon Link: a link from the app's backend; the browser comes back to the app's redirect URL with `type` and `state`.

use super::{Verdict, build_link, check, connect_state_differs, put_parameters};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::transaction;
use crate::text::{Text, text};

/// What the documented codes mean, and what to do.
pub const ERRORS: &[(&str, &str)] = &[
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

pub fn prepare(page: impl Page) -> Result<(), InvalidOption> {
    let redirect_url = page.read(text!("redirectUrl"));
    check(
        !redirect_url.is_some() || page.same(page.origin(redirect_url), page.own_origin()),
        text!("redirectUrl"),
    )
}

pub fn build_address(page: impl Page, link: Held) -> Result<(), InvalidOption> {
    let state = page.member(link, text!("state"));
    if page.kind(state) == Kind::Text {
        page.note(transaction::BOUND, state);
    }
    build_link(page, link, text!("url"))
}

pub fn read_response(page: impl Page) -> Verdict {
    let parameter = |name| page.parameter(Place::Query, name);
    let (kind, state, code) = (
        parameter(text!("type")),
        parameter(text!("state")),
        parameter(text!("error_code")),
    );
    let success = page.is(kind, text!("success"));
    if !success && !page.is(kind, text!("error")) {
        return Verdict::Foreign;
    }
    if [text!("type"), text!("state"), text!("error_code")]
        .iter()
        .any(|&name| page.repeats(Place::Query, name))
    {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    let bound = page.noted(transaction::BOUND);
    let connect_state =
        parameter(text!("connect_state")).or(page.claim(state, text!("connect_state")));
    if bound.is_some() && !page.same(bound, state) || connect_state_differs(page, connect_state) {
        return Verdict::Invalid(Code::StateMismatch);
    }
    if success {
        page.put(Put::Value, text!("type"), kind);
        page.put(Put::Json, text!("state"), state);
        return Verdict::Success;
    }
    let known = Text::errors().find(|&known| page.is(code, known));
    let sentence = known.map_or(Held::NONE, |known| page.hold(known.sentence()));
    page.refuse(code, sentence);
    put_parameters(page, Place::Query, &[text!("error_code"), text!("state")]);
    Verdict::Refused
}
