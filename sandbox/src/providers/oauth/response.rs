//! The authorization response: what goes back to the redirect URI, and where in it.

use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{AuthorizationRequest, TokenStyle};
use crate::config::Origins;

/// Parameters in the order in which they are sent.
pub(super) type Params = Vec<(&'static str, String)>;

/// The redirect URI with the response in it (RFC 6749 §4.1.2, §4.2.2), bent as the switches say.
pub(super) fn response_url(
    request: &AuthorizationRequest,
    origins: &Origins,
    mut params: Params,
) -> String {
    if let Some(state) = state(request) {
        params.push(("state", state));
    }
    if let Some(iss) = iss(request, origins) {
        params.push(("iss", iss));
    }
    if request.switches.flag("duplicate_params") {
        let doubled = ["code", "access_token", "state"];
        let again: Params = params
            .iter()
            .filter(|(name, _)| doubled.contains(name))
            .cloned()
            .collect();
        params.extend(again);
    }
    let in_fragment = match request.response_mode.as_deref() {
        Some(mode) => mode == "fragment",
        None => asks_for_token(&request.response_type),
    };
    let (query, fragment) = match request.switches.text("response_mode") {
        Some("query") => (true, false),
        Some("fragment") => (false, true),
        Some("both") => (true, true),
        _ => (!in_fragment, in_fragment),
    };
    let text = encoded(request, &params);
    let mut url = request.redirect_uri.clone();
    if query {
        url = with_query(&url, &text);
    }
    if fragment {
        url = format!("{url}#{text}");
    }
    url
}

/// Does the response type ask for something that belongs in the fragment? One that is missing or unknown does not
/// (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
fn asks_for_token(response_type: &str) -> bool {
    response_type
        .split(' ')
        .any(|word| matches!(word, "token" | "id_token"))
}

/// An error response (RFC 6749 §4.1.2.1, §4.2.2.1).
pub(super) fn error_url(
    request: &AuthorizationRequest,
    origins: &Origins,
    error: &str,
    description: &str,
) -> String {
    tracing::info!(
        "{}: answers the error {error}: {description}",
        request.profile.id
    );
    let params = vec![
        ("error", error.to_owned()),
        ("error_description", description.to_owned()),
    ];
    response_url(request, origins, params)
}

fn state(request: &AuthorizationRequest) -> Option<String> {
    match request.switches.text("state") {
        Some("drop") => None,
        Some("wrong") => Some("not-the-state-that-was-sent".to_owned()),
        Some(value) => Some(value.to_owned()),
        None => request.state.clone(),
    }
}

/// The issuer identifier (RFC 9207 §2).
fn iss(request: &AuthorizationRequest, origins: &Origins) -> Option<String> {
    let ours = request.profile.issuer(request.seat, origins);
    match request.switches.text("iss") {
        None if request.switches.flag("iss") => Some(ours),
        None => request.profile.sends_iss.then_some(ours),
        Some("none") => None,
        Some("wrong") => Some("https://attacker.example".to_owned()),
        Some("true" | "1" | "on") => Some(ours),
        Some(value) => Some(value.to_owned()),
    }
}

/// Form encoding; AniAPI alone sends the state back as it came.
fn encoded(request: &AuthorizationRequest, params: &Params) -> String {
    let escape = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pairs: Vec<String> = params
        .iter()
        .map(|(name, value)| match (*name, request.profile.style) {
            ("state", TokenStyle::Bare) => {
                format!("{name}={}", value.replace(char::is_control, ""))
            }
            _ => format!("{name}={}", escape(value)),
        })
        .collect();
    pairs.join("&")
}

fn with_query(url: &str, text: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if parsed.query().is_some_and(|query| !query.is_empty()) => {
            format!("{url}&{text}")
        }
        Ok(parsed) if parsed.query().is_some() => format!("{url}{text}"),
        _ => format!("{url}?{text}"),
    }
}
