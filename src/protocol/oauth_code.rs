//! The OAuth 2.0 authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636, S256 only).

use super::oauth_request::{build_request, check_endpoint, check_response};
use super::{Verdict, check};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::{pkce, transaction};
use crate::text::text;

pub fn prepare(page: impl Page) -> Result<(), InvalidOption> {
    if page.read(text!("exchange")).is_some() {
        page.note(transaction::EXCHANGE, page.hold(text!("1")));
    } else {
        note_token_endpoint(page)?;
    }
    let verifier = pkce::generate(page);
    page.note(transaction::CODE_VERIFIER, page.hold_made(&verifier));
    let challenge = page.hold_made(&pkce::code_challenge(&verifier));
    build_request(page, page.hold(text!("code")), challenge)
}

fn note_token_endpoint(page: impl Page) -> Result<(), InvalidOption> {
    page.note(
        transaction::TOKEN_ENDPOINT,
        check_endpoint(page, text!("tokenEndpoint"))?,
    );
    let request = page.read(text!("tokenRequest"));
    check(
        !request.is_some() || page.is(request, text!("form")) || page.is(request, text!("json")),
        text!("tokenRequest"),
    )?;
    page.note(transaction::TOKEN_REQUEST, request);
    Ok(())
}

pub fn read_response(page: impl Page) -> Verdict {
    if let Err(verdict) = check_response(page, Place::Query) {
        return verdict;
    }
    let has_code = page.kind(page.parameter(Place::Query, text!("code"))) == Kind::Text;
    if has_code {
        Verdict::Code
    } else {
        Verdict::Invalid(Code::InvalidResponse)
    }
}

/// Makes the token request's form (RFC 6749 section 4.1.3, RFC 7636 section 4.5) the address.
pub fn prepare_token_request(page: impl Page, code: Held) {
    page.start(Held::NONE, text!(""));
    page.append(text!("grant_type"), page.hold(text!("authorization_code")));
    page.append(text!("code"), code);
    page.append(text!("redirect_uri"), page.noted(transaction::REDIRECT_URI));
    page.append(text!("client_id"), page.noted(transaction::CLIENT_ID));
    page.append(
        text!("code_verifier"),
        page.noted(transaction::CODE_VERIFIER),
    );
}

/// Checks the options of a refresh and makes its form (RFC 6749 section 6) the address.
pub fn prepare_refresh(page: impl Page) -> Result<(), InvalidOption> {
    note_token_endpoint(page)?;
    page.start(Held::NONE, text!(""));
    page.append(text!("grant_type"), page.hold(text!("refresh_token")));
    for &(parameter, name) in &[
        (text!("refresh_token"), text!("refreshToken")),
        (text!("client_id"), text!("clientId")),
    ] {
        check(page.kind(page.read(name)) == Kind::Text, name)?;
        page.append(parameter, page.read(name));
    }
    let scope = page.read(text!("scope"));
    if page.kind(scope) == Kind::Text {
        page.append(text!("scope"), scope);
    }
    Ok(())
}

/// The token endpoint's answer (RFC 6749 sections 5.1 and 5.2), anny's camelCase included: its `expiresAt` is trusted, the
/// unit of its `expiresIn` is not documented.
pub fn read_token_response(page: impl Page) -> Verdict {
    let error = page.read(text!("error"));
    if page.kind(error) == Kind::Text {
        page.refuse(error, page.read(text!("error_description")));
        page.put(Put::Value, text!(""), page.read(text!("")));
        return Verdict::Refused;
    }
    if page.kind(page.read(text!("access_token"))) != Kind::Text {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    for name in [
        text!("access_token"),
        text!("refresh_token"),
        text!("token_type"),
        text!("scope"),
        text!("id_token"),
    ] {
        page.put(Put::Value, name, page.read(name));
    }
    let expires_in = page.read(text!("expires_in"));
    if expires_in.is_some() {
        page.put(Put::Seconds, text!("expires_in"), expires_in);
    } else {
        page.put(
            Put::ExpiresAt,
            text!("expires_at"),
            page.read(text!("expiresAt")),
        );
    }
    page.put(Put::Value, text!("raw"), page.read(text!("")));
    Verdict::Success
}
