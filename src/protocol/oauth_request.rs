//! What both OAuth grants share: the authorization request and the checks of the authorization response.

use super::{error_details, read_url};
use crate::error::{Code, Failure};
use crate::flow::encoding::contains;
use crate::flow::input::{Input, Value};
use crate::flow::outcome::Verdict;
use crate::flow::params::{Params, append};
use crate::flow::transaction::{Transaction, field};

/// Parameters that make up an authorization response; none may stand twice (RFC 6749 section 3.1).
const RESPONSE: &[&str] = &["state", "iss", "error", "code", "access_token", "id_token"];

/// Parameters of the request that are the library's own and cannot be given in `params`.
const RESERVED: &[&str] = &["client_id", "redirect_uri", "response_type", "state", "scope", "nonce", "code_challenge", "code_challenge_method"];

/// The authorization request (RFC 6749 sections 4.1.1 and 4.2.1) with `extra` parameters after the common ones.
pub fn build_request(input: &dyn Input, transaction: &mut Transaction, response_type: &str, extra: &[(&str, &str)]) -> Result<String, Failure> {
    let mut url = check_endpoint(input, "authorizationEndpoint")?;
    let client_id = input.read("clientId").text();
    if client_id.is_empty() {
        return Err(Failure::option("clientId"));
    }
    let redirect_uri = check_redirect_uri(input)?;
    let mut separator = if contains(&url, "?") { "&" } else { "?" };
    let required = [("client_id", client_id.as_str()), ("redirect_uri", &redirect_uri), ("response_type", response_type), ("state", &transaction.state)];
    for (name, value) in required.iter().chain(extra) {
        append(&mut url, separator, name, value);
        separator = "&";
    }
    if let Value::Text(scope) = input.read("scope") {
        append(&mut url, separator, "scope", &scope);
    }
    for (name, value) in Params::parse(&input.query("params")).0 {
        if RESERVED.contains(&name.as_str()) {
            return Err(Failure::option("params"));
        }
        append(&mut url, separator, &name, &value);
    }
    transaction.set(field::CLIENT_ID, &client_id);
    transaction.set(field::REDIRECT_URI, &redirect_uri);
    if let Value::Text(issuer) = input.read("issuer") {
        transaction.set(field::ISSUER, &issuer);
    }
    Ok(url)
}

/// An endpoint is an http(s) URL without a fragment (RFC 6749 section 3.1).
pub fn check_endpoint(input: &dyn Input, name: &str) -> Result<String, Failure> {
    read_url(input, name).and_then(|url| if contains(&url, "#") { Err(Failure::option(name)) } else { Ok(url) })
}

/// The response can be read only on the page's own origin, so any other redirect URI cannot work (RFC 6749 section 3.1.2).
fn check_redirect_uri(input: &dyn Input) -> Result<String, Failure> {
    let uri = check_endpoint(input, "redirectUri")?;
    if input.origin(&uri) != input.origin("") {
        let mut failure = Failure::option("redirectUri");
        failure.message.push_str(": it must be on this page's own origin, or its response cannot be read");
        return Err(failure);
    }
    Ok(uri)
}

/// The checks that come before the protocol's own: where the parameters stand, once each, whose they are, who sent them.
/// `None` means that all hold.
pub fn check_response(transaction: &Transaction, due: &Params, elsewhere: &Params) -> Option<Verdict> {
    let answers = |params: &Params| ["error", "code", "access_token", "id_token"].iter().any(|name| params.get(name).is_some());
    if !answers(due) && !answers(elsewhere) {
        return Some(Verdict::Foreign);
    }
    check_state(transaction, due, elsewhere).or_else(|| check_place(due)).or_else(|| check_issuer(transaction, due)).or_else(|| check_error(due))
}

/// RFC 6749 section 10.12: the state must be this attempt's.
fn check_state(transaction: &Transaction, due: &Params, elsewhere: &Params) -> Option<Verdict> {
    let state = due.get("state").or(elsewhere.get("state"));
    (state != Some(&transaction.state)).then(|| Code::StateMismatch.into())
}

/// RFC 6749 sections 4.1.2 and 4.2.2 say which component carries the response; section 3.1 that nothing stands twice.
fn check_place(due: &Params) -> Option<Verdict> {
    (due.get("state").is_none() || due.repeats(RESPONSE)).then(|| Code::InvalidResponse.into())
}

/// RFC 9207 section 2.4: where the issuer is known, the response must name it, errors included.
fn check_issuer(transaction: &Transaction, due: &Params) -> Option<Verdict> {
    let issuer = transaction.fields.get(field::ISSUER);
    (issuer.is_some() && issuer != due.get("iss")).then(|| Code::IssuerMismatch.into())
}

/// RFC 6749 sections 4.1.2.1 and 4.2.2.1.
fn check_error(due: &Params) -> Option<Verdict> {
    due.get("error").map(|code| {
        let details = error_details(due, &["error", "error_description", "error_uri"]);
        Verdict::Failure(Failure::from_provider(code, due.text("error_description")), details)
    })
}
