//! What both OAuth grants share: the authorization request, and the checks of the authorization response.

use super::url::UrlBuilder;
use crate::error::{Code, Failure, check};
use crate::flow::response::{Parameters, ResponseUrl};
use crate::flow::transaction::{Binding, OauthTransaction, Transaction};
use crate::options::{Fields, Rules, optional_text, required_text};
use crate::text::{copies, includes};
use crate::value::Value;

/// What tells of a refusal. `error_code` is all that Facebook sends where the app is not set up.
const REFUSAL: &[&str] = &["error", "error_code"];

/// What is granted.
const GRANT: &[&str] = &["code", "access_token", "id_token"];

/// What the app is not told of a response: what could be worth a token, and what has done its part once it was checked.
pub const CONFIDENTIAL: &[&str] = &["code", "access_token", "id_token", "state", "iss"];

/// The parameters of an authorization request that this library sets itself; a test holds the list to what is set.
const OURS: [&str; 8] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "scope",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

/// Any of these makes a URL a response, wherever a server puts it.
const ANSWERS: [&str; 10] = [
    "error",
    "error_code",
    "code",
    "access_token",
    "id_token",
    "#error",
    "#error_code",
    "#code",
    "#access_token",
    "#id_token",
];

/// Checks the options of the authorization request (RFC 6749 sections 4.1.1 and 4.2.1), and notes what the response will be
/// compared with. Answers the request so far.
pub fn build_request<'a>(
    options: &dyn Fields,
    response_type: &str,
    transaction: &mut Transaction,
    rules: Rules<'a>,
) -> Result<(UrlBuilder<'a>, Box<OauthTransaction>), Box<Failure>> {
    let endpoint = rules.check_endpoint(options, "authorizationEndpoint")?;
    let client_id = required_text(options, "clientId")?;
    let redirect_uri = required_text(options, "redirectUri")?;
    transaction.landing = Some(rules.check_landing(&redirect_uri, "redirectUri")?);
    transaction.binding = Binding::State;
    transaction.answers = copies(&ANSWERS);
    let issuer = optional_text(options, "issuer")?;
    check(issuer.as_deref() != Some(""), "issuer")?;
    let scope = optional_text(options, "scope")?;

    let mut url = UrlBuilder::new(&endpoint, rules.world);
    url.append("client_id", &client_id);
    url.append("redirect_uri", &redirect_uri);
    url.append("response_type", response_type);
    url.append("state", transaction.state.expose());
    if let Some(scope) = scope {
        url.append("scope", &scope);
    }
    Ok((
        url,
        Box::new(OauthTransaction {
            client_id,
            redirect_uri,
            issuer,
            ..OauthTransaction::default()
        }),
    ))
}

/// Appends the app's own parameters, which may not replace any of ours, and notes where they put the response
/// (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1): into the part that the grant has by default, or the other.
/// Now that this is known, the redirect URI is checked.
pub fn append_params(
    options: &dyn Fields,
    url: &mut UrlBuilder,
    oauth: &mut OauthTransaction,
    rules: Rules,
) -> Result<(), Box<Failure>> {
    let params = options.get("params");
    let is_object = matches!(params, Value::Object(_));
    check(is_object || !params.is_given(), "params")?;
    let set = url.parameters();
    // The endpoint may have parameters of its own, and none of ours (RFC 6749 section 3.1).
    check(!set.repeats_any(&OURS), "authorizationEndpoint")?;
    if let Some(mode) = set.get("response_mode") {
        oauth.in_fragment = is_fragment(mode, "authorizationEndpoint")?;
    }
    // A name may stand more than once (RFC 8707 section 2), but none of ours.
    for (name, value) in params.entries() {
        let number;
        let value = match value {
            Value::Text(text) => text.as_str(),
            Value::Number(given) if given.is_finite() => {
                number = rules.world.format_number(*given);
                number.as_str()
            }
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            value if value.is_given() => return Err(Failure::of_option("params")),
            _ => continue,
        };
        check(set.get(name).is_none(), "params")?;
        if name == "response_mode" {
            oauth.in_fragment = is_fragment(value, "params")?;
        }
        url.append(name, value);
    }
    check_redirect_uri(oauth, rules)
}

/// RFC 6749 section 3.1.2: it has no fragment, though apps whose router is in there ask for one. What it has in its query comes back
/// beside the response's own.
fn check_redirect_uri(oauth: &OauthTransaction, rules: Rules) -> Result<(), Box<Failure>> {
    let own = UrlBuilder::new(&oauth.redirect_uri, rules.world).parameters();
    let answers = own.has_any(REFUSAL) || own.has_any(CONFIDENTIAL);
    if includes(&oauth.redirect_uri, "#") || answers && !oauth.in_fragment {
        return Err(Failure::of_option_that(
            "redirectUri",
            "has a fragment, code, state or error.",
        ));
    }
    Ok(())
}

/// Which part of the URL a `response_mode` puts the response into.
fn is_fragment(mode: &str, name: &'static str) -> Result<bool, Box<Failure>> {
    match mode {
        "query" => Ok(false),
        "fragment" => Ok(true),
        _ => Err(Failure::of_option_that(
            name,
            "asks for a response_mode that no page can read: use query or fragment.",
        )),
    }
}

/// The checks that come before the grant's own: where the parameters stand, whose they are, once each, who sent them.
/// Returns the place of the response; none where the URL is no response at all.
pub fn check_response<'a>(
    response: &'a ResponseUrl,
    transaction: &Transaction,
    oauth: &OauthTransaction,
) -> Option<Result<&'a Parameters, Box<Failure>>> {
    let (mut due, mut other) = (&response.query, &response.fragment);
    if oauth.in_fragment {
        (due, other) = (other, due);
    }
    let answers = |place: &Parameters| place.has_any(REFUSAL) || place.has_any(GRANT);
    if !answers(due) {
        if !answers(other) {
            return None;
        }
        // An error is no secret, and real servers put the implicit grant's into the query.
        if !other.has_any(GRANT) {
            (due, other) = (other, due);
        }
    }
    let checks = check_state(due, other, transaction)
        .and_then(|()| check_place(due))
        .and_then(|()| check_issuer(due, oauth))
        .and_then(|()| check_error(due));
    Some(checks.map(|()| due))
}

fn require(holds: bool, code: Code) -> Result<(), Box<Failure>> {
    if holds { Ok(()) } else { Err(code.into()) }
}

/// RFC 6749 section 10.12: the state must be this attempt's.
fn check_state(
    due: &Parameters,
    other: &Parameters,
    transaction: &Transaction,
) -> Result<(), Box<Failure>> {
    let state = due.get("state").or(other.get("state"));
    check_named(due, state, transaction.state.expose(), Code::StateMismatch)
}

/// Checks what the response must name. Many servers leave it out of a refusal. That fails the check as well, since it may be anybody's, but its words
/// are told as `details`.
fn check_named(
    due: &Parameters,
    named: Option<&str>,
    expected: &str,
    code: Code,
) -> Result<(), Box<Failure>> {
    if named == Some(expected) {
        return Ok(());
    }
    let mut failure: Box<Failure> = code.into();
    if named.is_none() && due.has_any(REFUSAL) {
        failure.details = due.except(CONFIDENTIAL);
    }
    Err(failure)
}

/// RFC 6749 sections 4.1.2 and 4.2.2 say which component carries the response; section 3.1 that nothing stands twice.
fn check_place(due: &Parameters) -> Result<(), Box<Failure>> {
    let is_there = due.get("state").is_some();
    require(
        is_there && !due.repeats_any(REFUSAL) && !due.repeats_any(CONFIDENTIAL),
        Code::InvalidResponse,
    )
}

/// RFC 9207 section 2.4: where the issuer is known, the response must name it, errors included.
fn check_issuer(due: &Parameters, oauth: &OauthTransaction) -> Result<(), Box<Failure>> {
    let Some(issuer) = &oauth.issuer else {
        return Ok(());
    };
    check_named(due, due.get("iss"), issuer, Code::IssuerMismatch)
}

/// RFC 6749 sections 4.1.2.1 and 4.2.2.1.
fn check_error(due: &Parameters) -> Result<(), Box<Failure>> {
    // Beside a grant only an `error` that is not empty counts: some servers always write one, and some an `error_code`.
    let mut error = due.text("error");
    if !due.has_any(GRANT) {
        error = due.get("error").or(due.get("error_code"));
    }
    let Some(error) = error else {
        return Ok(());
    };
    let words = due.get("error_description").or(due.get("error_message"));
    Err(Failure::by_provider(
        Some(error),
        words,
        due.except(CONFIDENTIAL),
    ))
}
