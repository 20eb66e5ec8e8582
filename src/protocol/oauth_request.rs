//! What both OAuth grants share: the authorization request and the checks of the authorization response.

use super::{Launch, Verdict, check, put_parameters};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place};
use crate::flow::transaction;

/// Parameters that make up an authorization response; none may stand twice (RFC 6749 section 3.1).
const RESPONSE: [&str; 6] = ["error", "code", "access_token", "id_token", "state", "iss"];

/// The authorization request (RFC 6749 sections 4.1.1 and 4.2.1). `extra` parameters come with the text that joins them.
pub fn build_request(
    page: impl Page,
    response_type: Held,
    extra: [(&str, Held); 2],
) -> Result<Launch, InvalidOption> {
    let endpoint = check_endpoint(page, "authorizationEndpoint")?;
    let client_id = page.read("clientId");
    check(page.kind(client_id) == Kind::Text, "clientId")?;
    let redirect_uri = check_redirect_uri(page)?;
    page.note(transaction::CLIENT_ID, client_id);
    page.note(transaction::REDIRECT_URI, redirect_uri);
    page.note(transaction::ISSUER, check_text(page, "issuer")?);
    let scope = check_text(page, "scope")?;
    let params = page.read("params");
    check(
        matches!(page.kind(params), Kind::Absent | Kind::Object),
        "params",
    )?;
    page.start(endpoint, "?");
    page.append("client_id=", client_id);
    page.append("&redirect_uri=", redirect_uri);
    page.append("&response_type=", response_type);
    page.append("&state=", page.noted(transaction::STATE));
    for (text, value) in [("&scope=", scope)].into_iter().chain(extra) {
        if value.is_some() {
            page.append(text, value);
        }
    }
    check(page.append_all(params), "params")?;
    Ok(Launch::Address)
}

/// An endpoint is an http(s) URL without a fragment (RFC 6749 section 3.1).
pub fn check_endpoint(page: impl Page, name: &'static str) -> Result<Held, InvalidOption> {
    let url = page.read(name);
    check(page.origin(url).is_some() && !page.contains(url, "#"), name)?;
    Ok(url)
}

/// A text, perhaps the empty one, or none.
fn check_text(page: impl Page, name: &'static str) -> Result<Held, InvalidOption> {
    let value = page.read(name);
    check(
        matches!(page.kind(value), Kind::Absent | Kind::Text | Kind::Empty),
        name,
    )?;
    Ok(value)
}

/// The response can be read only on the page's own origin, so any other redirect URI cannot work (RFC 6749 section 3.1.2).
fn check_redirect_uri(page: impl Page) -> Result<Held, InvalidOption> {
    let uri = check_endpoint(page, "redirectUri")?;
    check(
        page.same(page.origin(uri), page.own_origin()),
        "redirectUri (it must be on this page's origin)",
    )?;
    Ok(uri)
}

/// The checks that come before the protocol's own: where the parameters stand, whose they are, once each, who sent them.
/// `Ok` means that all hold.
pub fn check_response(page: impl Page, mut due: Place) -> Result<(), Verdict> {
    let answers = |place, names: &[&str]| {
        names
            .iter()
            .any(|name| page.parameter(place, name).is_some())
    };
    if !answers(due, &RESPONSE[..4]) {
        if !answers(due.other(), &RESPONSE[..4]) {
            return Err(Verdict::Foreign);
        }
        // An error is no secret, and real servers put the implicit grant's into the query.
        if !answers(due.other(), &RESPONSE[1..4]) {
            due = due.other();
        }
    }
    check_state(page, due)?;
    check_place(page, due)?;
    check_issuer(page, due)?;
    check_error(page, due)
}

fn require(holds: bool, code: Code) -> Result<(), Verdict> {
    if holds {
        Ok(())
    } else {
        Err(Verdict::Invalid(code))
    }
}

/// RFC 6749 section 10.12: the state must be this attempt's.
fn check_state(page: impl Page, due: Place) -> Result<(), Verdict> {
    let state = page
        .parameter(due, "state")
        .or(page.parameter(due.other(), "state"));
    require(
        state.is_some() && page.same(state, page.noted(transaction::STATE)),
        Code::StateMismatch,
    )
}

/// RFC 6749 sections 4.1.2 and 4.2.2 say which component carries the response; section 3.1 that nothing stands twice.
fn check_place(page: impl Page, due: Place) -> Result<(), Verdict> {
    let misplaced = !page.parameter(due, "state").is_some();
    require(
        !misplaced && !RESPONSE.iter().any(|name| page.repeats(due, name)),
        Code::InvalidResponse,
    )
}

/// RFC 9207 section 2.4: where the issuer is known, the response must name it, errors included.
fn check_issuer(page: impl Page, due: Place) -> Result<(), Verdict> {
    let issuer = page.noted(transaction::ISSUER);
    require(
        !issuer.is_some() || page.same(issuer, page.parameter(due, "iss")),
        Code::IssuerMismatch,
    )
}

/// RFC 6749 sections 4.1.2.1 and 4.2.2.1.
fn check_error(page: impl Page, due: Place) -> Result<(), Verdict> {
    let error = page.parameter(due, "error");
    if !error.is_some() {
        return Ok(());
    }
    page.refuse(error, page.parameter(due, "error_description"));
    put_parameters(page, due, &["error", "error_description", "error_uri"]);
    Err(Verdict::Refused)
}
