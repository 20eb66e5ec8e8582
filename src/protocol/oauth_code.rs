//! The OAuth 2.0 authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636, S256 only).

use super::oauth_request::{build_request, check_endpoint, check_response};
use super::{Launch, Verdict, check};
use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::{pkce, transaction};

pub fn prepare(page: impl Page) -> Result<Launch, InvalidOption> {
    if page.read("exchange").is_some() {
        page.note(transaction::EXCHANGE, page.hold("1"));
    } else {
        note_token_endpoint(page)?;
    }
    let verifier = pkce::generate(page);
    page.note(transaction::CODE_VERIFIER, pkce::hold(page, &verifier));
    let challenge = pkce::hold(page, &pkce::code_challenge(&verifier));
    build_request(
        page,
        page.hold("code"),
        [
            ("&code_challenge=", challenge),
            ("&code_challenge_method=", page.hold("S256")),
        ],
    )
}

fn note_token_endpoint(page: impl Page) -> Result<(), InvalidOption> {
    page.note(
        transaction::TOKEN_ENDPOINT,
        check_endpoint(page, "tokenEndpoint")?,
    );
    let request = page.read("tokenRequest");
    check(
        !request.is_some() || page.is(request, "form") || page.is(request, "json"),
        "tokenRequest",
    )?;
    page.note(transaction::TOKEN_REQUEST, request);
    Ok(())
}

pub fn read_response(page: impl Page) -> Verdict {
    if let Err(verdict) = check_response(page, Place::Query) {
        return verdict;
    }
    let has_code = page.kind(page.parameter(Place::Query, "code")) == Kind::Text;
    if has_code {
        Verdict::Code
    } else {
        Verdict::Invalid(Code::InvalidResponse)
    }
}

/// Makes the token request's form (RFC 6749 section 4.1.3, RFC 7636 section 4.5) the address.
pub fn prepare_token_request(page: impl Page, code: Held) {
    page.start(Held::NONE, "");
    page.append("grant_type=authorization_code&code=", code);
    page.append("&redirect_uri=", page.noted(transaction::REDIRECT_URI));
    page.append("&client_id=", page.noted(transaction::CLIENT_ID));
    page.append("&code_verifier=", page.noted(transaction::CODE_VERIFIER));
}

/// Checks the options of a refresh and makes its form (RFC 6749 section 6) the address.
pub fn prepare_refresh(page: impl Page) -> Result<(), InvalidOption> {
    note_token_endpoint(page)?;
    page.start(Held::NONE, "");
    for (text, name) in [
        ("grant_type=refresh_token&refresh_token=", "refreshToken"),
        ("&client_id=", "clientId"),
    ] {
        check(page.kind(page.read(name)) == Kind::Text, name)?;
        page.append(text, page.read(name));
    }
    let scope = page.read("scope");
    if page.kind(scope) == Kind::Text {
        page.append("&scope=", scope);
    }
    Ok(())
}

/// The token endpoint's answer (RFC 6749 sections 5.1 and 5.2), anny's camelCase included: its `expiresAt` is trusted, the
/// unit of its `expiresIn` is not documented.
pub fn read_token_response(page: impl Page) -> Verdict {
    let error = page.read("error");
    if page.kind(error) == Kind::Text {
        page.refuse(error, page.read("error_description"));
        page.put(Put::Value, "", page.read(""));
        return Verdict::Refused;
    }
    if page.kind(page.read("access_token")) != Kind::Text {
        return Verdict::Invalid(Code::InvalidResponse);
    }
    for name in [
        "access_token",
        "refresh_token",
        "token_type",
        "scope",
        "id_token",
    ] {
        page.put(Put::Value, name, page.read(name));
    }
    let expires_in = page.read("expires_in");
    if expires_in.is_some() {
        page.put(Put::Seconds, "expires_in", expires_in);
    } else {
        page.put(Put::ExpiresAt, "expires_at", page.read("expiresAt"));
    }
    page.put(Put::Value, "raw", page.read(""));
    Verdict::Success
}
