//! What both OAuth grants share: the authorization request and the checks of the authorization response.

use super::{Verdict, check, put_parameters};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place};
use crate::flow::transaction;
use crate::text::{Text, text};

/// Parameters that make up an authorization response; none may stand twice (RFC 6749 section 3.1).
const RESPONSE: [Text; 6] = [
    text!("error"),
    text!("code"),
    text!("access_token"),
    text!("id_token"),
    text!("state"),
    text!("iss"),
];

/// The authorization request (RFC 6749 sections 4.1.1 and 4.2.1). A code challenge is of the method S256
/// (RFC 7636 section 4.3); the nonce is the transaction's.
pub fn build_request(
    page: impl Page,
    response_type: Held,
    code_challenge: Held,
) -> Result<(), InvalidOption> {
    let endpoint = check_endpoint(page, text!("authorizationEndpoint"))?;
    let client_id = page.read(text!("clientId"));
    check(page.kind(client_id) == Kind::Text, text!("clientId"))?;
    let redirect_uri = check_redirect_uri(page)?;
    page.note(transaction::CLIENT_ID, client_id);
    page.note(transaction::REDIRECT_URI, redirect_uri);
    page.note(transaction::ISSUER, check_text(page, text!("issuer"))?);
    let scope = check_text(page, text!("scope"))?;
    let params = page.read(text!("params"));
    check(
        matches!(page.kind(params), Kind::Absent | Kind::Object),
        text!("params"),
    )?;
    page.start(endpoint, text!("?"));
    page.append(text!("client_id"), client_id);
    page.append(text!("redirect_uri"), redirect_uri);
    page.append(text!("response_type"), response_type);
    page.append(text!("state"), page.noted(transaction::STATE));
    page.append(text!("scope"), scope);
    page.append(text!("nonce"), page.noted(transaction::NONCE));
    page.append(text!("code_challenge"), code_challenge);
    if code_challenge.is_some() {
        page.append(text!("code_challenge_method"), page.hold(text!("S256")));
    }
    check(page.append_all(params), text!("params"))
}

/// An endpoint is an http(s) URL without a fragment (RFC 6749 section 3.1).
pub fn check_endpoint(page: impl Page, name: Text) -> Result<Held, InvalidOption> {
    let url = page.read(name);
    check(
        page.origin(url).is_some() && !page.contains(url, text!("#")),
        name,
    )?;
    Ok(url)
}

/// A text, perhaps the empty one, or none.
fn check_text(page: impl Page, name: Text) -> Result<Held, InvalidOption> {
    let value = page.read(name);
    check(
        matches!(page.kind(value), Kind::Absent | Kind::Text | Kind::Empty),
        name,
    )?;
    Ok(value)
}

/// The response can be read only on the page's own origin, so any other redirect URI cannot work (RFC 6749 section 3.1.2).
fn check_redirect_uri(page: impl Page) -> Result<Held, InvalidOption> {
    let uri = check_endpoint(page, text!("redirectUri"))?;
    check(
        page.same(page.origin(uri), page.own_origin()),
        text!("redirectUri (it must be on this page's origin)"),
    )?;
    Ok(uri)
}

/// The checks that come before the protocol's own: where the parameters stand, whose they are, once each, who sent them.
/// `Ok` means that all hold.
pub fn check_response(page: impl Page, mut due: Place) -> Result<(), Verdict> {
    let answers = |place, names: &[Text]| {
        names
            .iter()
            .any(|&name| page.parameter(place, name).is_some())
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
        .parameter(due, text!("state"))
        .or(page.parameter(due.other(), text!("state")));
    require(
        state.is_some() && page.same(state, page.noted(transaction::STATE)),
        Code::StateMismatch,
    )
}

/// RFC 6749 sections 4.1.2 and 4.2.2 say which component carries the response; section 3.1 that nothing stands twice.
fn check_place(page: impl Page, due: Place) -> Result<(), Verdict> {
    let misplaced = !page.parameter(due, text!("state")).is_some();
    require(
        !misplaced && !RESPONSE.iter().any(|&name| page.repeats(due, name)),
        Code::InvalidResponse,
    )
}

/// RFC 9207 section 2.4: where the issuer is known, the response must name it, errors included.
fn check_issuer(page: impl Page, due: Place) -> Result<(), Verdict> {
    let issuer = page.noted(transaction::ISSUER);
    require(
        !issuer.is_some() || page.same(issuer, page.parameter(due, text!("iss"))),
        Code::IssuerMismatch,
    )
}

/// RFC 6749 sections 4.1.2.1 and 4.2.2.1.
fn check_error(page: impl Page, due: Place) -> Result<(), Verdict> {
    let error = page.parameter(due, text!("error"));
    if !error.is_some() {
        return Ok(());
    }
    page.refuse(error, page.parameter(due, text!("error_description")));
    put_parameters(
        page,
        due,
        &[
            text!("error"),
            text!("error_description"),
            text!("error_uri"),
        ],
    );
    Err(Verdict::Refused)
}
