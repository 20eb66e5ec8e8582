//! The authorization endpoint and its login and consent pages.

use axum::Router;
use axum::extract::{Form, Path, RawForm, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::response::{Params, error_url, response_url};
use super::{
    AuthorizationRequest, Client, Code, Flow, Granted, PROFILES, Profile, Seat, Store, TokenStyle,
    id_token, standard,
};
use crate::app_backend::detour::by_way_of;
use crate::config::Origins;
use crate::crypto::random_token;
use crate::http::{first, pairs};
use crate::pages::consent::{self, Consent, ConsentForm};
use crate::pages::leave::leave;
use crate::pages::login::{self, Answer, Login, LoginForm};
use crate::pages::{Page, Step, embedded_query, further, problem};
use crate::people::Person;
use crate::switches::Switches;
use crate::{Sandbox, Shared, lock};

/// Life of an authorization code, in seconds.
const CODE_LIFE: i64 = 60;

pub(super) fn router(seat: Seat) -> Router<Shared> {
    let pages = Router::new()
        .route("/oauth/flow/{id}/login", get(login_page).post(signed_in))
        .route("/oauth/flow/{id}/consent", get(consent_page).post(decided))
        .route("/oauth/flow/{id}/further", get(further_page))
        .route("/oauth/flow/{id}/finish", get(finish));
    PROFILES.into_iter().fold(pages, |router, profile| {
        let asked = move |sandbox, RawQuery(query): RawQuery| {
            authorize(profile, seat, sandbox, query.unwrap_or_default())
        };
        let posted = move |sandbox, RawQuery(query): RawQuery, RawForm(form): RawForm| {
            let form = String::from_utf8_lossy(&form).into_owned();
            let query = query.map_or_else(String::new, |query| format!("{query}&"));
            authorize(profile, seat, sandbox, query + &form)
        };
        router.route(profile.authorize_path, get(asked).post(posted))
    })
}

// ── The request ──────────────────────────────────────────────────────────────────────────────────────────────────

/// The parameters come in the query and, of a `POST`, in a form too (OpenID Connect Core §3.1.2.1).
async fn authorize(
    profile: &'static Profile,
    seat: Seat,
    State(sandbox): State<Shared>,
    raw_query: String,
) -> Response {
    let query = pairs(&raw_query);
    let client = match check_client(&lock(&sandbox.oauth), profile, &query) {
        Ok(client) => client,
        Err(sentence) => return refused_here(profile, sentence),
    };
    let request = read_request(&client, seat, &query);
    if let Err(Refusal { error, description }) = check_request(&client, &request, &query) {
        let url = error_url(&request, &sandbox.origins, error, description);
        return Redirect::to(&url).into_response();
    }
    tracing::info!(
        "{}: {} asks for response type {} with {} state; answer goes to {}",
        profile.id,
        client.id,
        request.response_type,
        if request.state.is_some() { "a" } else { "no" },
        request.redirect_uri,
    );
    if request.switches.is_set("no_content") {
        return StatusCode::NO_CONTENT.into_response();
    }
    let flow = Flow {
        id: random_token("flow_"),
        login_query: login_query(&request.switches, &raw_query),
        signed_in: request.switches.auto(),
        request,
        answered: false,
    };
    begin(&sandbox, flow)
}

/// A login page that uses the widget itself stands where the request came in, with all that a widget could take for its
/// own in its URL; what the switch says comes on top.
fn login_query(switches: &Switches, raw_query: &str) -> String {
    if !switches.is_set("embeds_widget") {
        return String::new();
    }
    match embedded_query(switches) {
        Some(more) => format!("?{raw_query}&{more}"),
        None => format!("?{raw_query}"),
    }
}

/// Sends the user to the first page; with `auto` past all of them.
fn begin(sandbox: &Sandbox, flow: Flow) -> Response {
    let mut store = lock(&sandbox.oauth);
    store.flows.insert(flow.id.clone(), flow.clone());
    let switches = &flow.request.switches;
    let next = match flow.signed_in {
        _ if further::wanted(switches) => format!("{}/further", flow.path()),
        None => login_url(&flow),
        Some(_) if switches.is_set("detour") => on_to(sandbox, &flow, "finish"),
        Some(person) => {
            let decision = switches.auto_allows().then_some(person);
            return answer(&mut store, sandbox, flow, decision);
        }
    };
    Redirect::to(&next).into_response()
}

fn login_url(flow: &Flow) -> String {
    format!("{}/login{}", flow.path(), flow.login_query)
}

/// The URL of that step after the login, past the app's pages that are to be passed.
fn on_to(sandbox: &Sandbox, flow: &Flow, step: &str) -> String {
    let origin = flow.request.seat.origin(&sandbox.origins);
    let path = format!("{}/{step}", flow.path());
    by_way_of(sandbox, &flow.request.switches, origin, path)
}

/// An error that must not be redirected: the redirect URI itself is not to be trusted (RFC 6749 §4.1.2.1).
fn refused_here(profile: &Profile, sentence: &str) -> Response {
    problem::page(
        profile.brand,
        StatusCode::BAD_REQUEST,
        "This request cannot be answered",
        sentence,
        "invalid_request",
    )
    .into_response()
}

/// The client, when its id and redirect URI are registered, exactly as sent.
fn check_client(
    store: &Store,
    profile: &'static Profile,
    query: &[(String, String)],
) -> Result<Client, &'static str> {
    if repeated(query, "client_id") || repeated(query, "redirect_uri") {
        return Err("client_id and redirect_uri may be sent only once.");
    }
    let client = first(query, "client_id")
        .and_then(|id| store.clients.get(id))
        .filter(|client| client.profile == profile)
        .ok_or("The client_id is not that of a registered client.")?;
    let redirect_uri = first(query, "redirect_uri").unwrap_or_default();
    if client.redirect_uris.iter().any(|uri| uri == redirect_uri) {
        Ok(client.clone())
    } else {
        Err("The redirect_uri is not one that the client has registered; it must match exactly.")
    }
}

fn repeated(query: &[(String, String)], name: &str) -> bool {
    query.iter().filter(|(key, _)| key == name).count() > 1
}

fn read_request(client: &Client, seat: Seat, query: &[(String, String)]) -> AuthorizationRequest {
    let value = |name: &str| {
        first(query, name)
            .map(str::to_owned)
            .filter(|text| !text.is_empty())
    };
    AuthorizationRequest {
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        profile: client.profile,
        seat,
        redirect_uri: value("redirect_uri").unwrap_or_default(),
        response_type: normalised(&value("response_type").unwrap_or_default()),
        response_mode: value("response_mode")
            .filter(|mode| client.profile.response_modes.contains(&mode.as_str())),
        state: value("state"),
        scopes: value("scope")
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        code_challenge: value("code_challenge"),
        nonce: value("nonce"),
        switches: Switches::from_query(query),
    }
}

/// Response types are sets: `token id_token` is `id_token token`.
fn normalised(response_type: &str) -> String {
    let mut words: Vec<&str> = response_type
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}

/// What the client is told of a request that is refused (RFC 6749 §4.1.2.1).
struct Refusal {
    error: &'static str,
    description: &'static str,
}

fn invalid_request(description: &'static str) -> Refusal {
    Refusal {
        error: "invalid_request",
        description,
    }
}

/// The checks whose failure is told to the client.
fn check_request(
    client: &Client,
    request: &AuthorizationRequest,
    query: &[(String, String)],
) -> Result<(), Refusal> {
    let once = [
        "response_type",
        "response_mode",
        "state",
        "scope",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "prompt",
    ];
    if once.iter().any(|name| repeated(query, name)) {
        return Err(invalid_request("A parameter was sent more than once."));
    }
    if request.response_type.is_empty() {
        return Err(invalid_request("response_type is missing."));
    }
    if !client
        .profile
        .response_types
        .contains(&request.response_type.as_str())
    {
        return Err(Refusal {
            error: "unsupported_response_type",
            description: "This server does not answer that response_type.",
        });
    }
    // RFC 6749 section 3.3: %x21 / %x23-5B / %x5D-7E.
    let in_token = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    if !request
        .scopes
        .iter()
        .all(|scope| scope.bytes().all(in_token))
    {
        return Err(Refusal {
            error: "invalid_scope",
            description: "A scope has a character that RFC 6749 section 3.3 does not allow.",
        });
    }
    check_response_mode(client.profile, request, first(query, "response_mode"))?;
    if request.response_type.contains("id_token") && request.nonce.is_none() {
        return Err(invalid_request("nonce is required with id_token."));
    }
    if request.response_type == "code" {
        check_pkce(client, request, first(query, "code_challenge_method"))?;
    }
    check_request_object(client.profile, query)?;
    check_prompt(request, first(query, "prompt").unwrap_or_default())
}

/// A parameter that would say more than it seems to must not be ignored (OpenID Connect Core §3.1.2.6, §6, §7.2.1).
fn check_request_object(profile: &Profile, query: &[(String, String)]) -> Result<(), Refusal> {
    let unsupported = [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ];
    let found = unsupported
        .iter()
        .find(|(name, _)| *profile == standard::PROFILE && first(query, name).is_some());
    match found {
        Some((_, error)) => Err(Refusal {
            error,
            description: "This server does not support that parameter.",
        }),
        None => Ok(()),
    }
}

/// With `prompt=none` no page is shown; nobody is signed in here but whom the switch `auto` names
/// (OpenID Connect Core §3.1.2.1, §3.1.2.6). Servers that speak OAuth alone do not know the parameter.
fn check_prompt(request: &AuthorizationRequest, prompt: &str) -> Result<(), Refusal> {
    let mut words = prompt.split_whitespace();
    if *request.profile != standard::PROFILE || !words.clone().any(|word| word == "none") {
        return Ok(());
    }
    if words.any(|word| word != "none") {
        return Err(invalid_request(
            "prompt=none cannot be combined with another prompt.",
        ));
    }
    match request.switches.auto() {
        Some(_) => Ok(()),
        None => Err(Refusal {
            error: "login_required",
            description: "Nobody is signed in.",
        }),
    }
}

/// OAuth 2.0 Multiple Response Type Encoding Practices §2.1: a token never goes into the query.
fn check_response_mode(
    profile: &Profile,
    request: &AuthorizationRequest,
    asked: Option<&str>,
) -> Result<(), Refusal> {
    let unknown = asked.is_some_and(|mode| !profile.response_modes.contains(&mode));
    if unknown && !profile.response_modes.is_empty() {
        return Err(invalid_request(
            "This server does not answer in that response_mode.",
        ));
    }
    if request.response_mode.as_deref() == Some("query") && request.response_type != "code" {
        return Err(invalid_request(
            "A token is not answered in the query; response_mode must be fragment.",
        ));
    }
    Ok(())
}

/// PKCE with S256, which public clients must use (RFC 7636 §4.3, RFC 9700 §2.1.1).
fn check_pkce(
    client: &Client,
    request: &AuthorizationRequest,
    method: Option<&str>,
) -> Result<(), Refusal> {
    let Some(challenge) = &request.code_challenge else {
        return match client.secret {
            Some(_) => Ok(()),
            None => Err(invalid_request(
                "code_challenge is required of public clients.",
            )),
        };
    };
    if method != Some("S256") {
        return Err(invalid_request("code_challenge_method must be S256."));
    }
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if challenge.len() != 43 || !challenge.bytes().all(base64url) {
        return Err(invalid_request(
            "code_challenge is not the base64url of a SHA-256.",
        ));
    }
    Ok(())
}

// ── The pages ────────────────────────────────────────────────────────────────────────────────────────────────────

/// The flow, as long as it is not answered.
fn ongoing(store: &Store, id: &str) -> Result<Flow, Response> {
    let Some(flow) = store.flows.get(id) else {
        return Err(problem::gone(standard::PROFILE.brand).into_response());
    };
    if !flow.answered {
        return Ok(flow.clone());
    }
    Err(problem::page(
        flow.request.profile.brand,
        StatusCode::GONE,
        "Already answered",
        "This request was answered before. Go back to the app and start again.",
        "already_answered",
    )
    .into_response())
}

async fn login_page(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let flow = ongoing(&lock(&sandbox.oauth), &id)?;
    Ok(login_view(&flow, None, ""))
}

fn login_view(flow: &Flow, error: Option<&str>, email: &str) -> Page {
    let brand = flow.request.profile.brand;
    let body = login::view(&Login {
        provider_name: brand.name,
        on_behalf_of: &flow.request.client_name,
        error,
        email,
        cancellable: true,
    });
    Page::new(brand, "login", "Sign in", body)
        .coop(&flow.request.switches, Step::Login)
        .embedding(&flow.request.switches)
}

async fn signed_in(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
    Form(form): Form<LoginForm>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.oauth);
    let mut flow = ongoing(&store, &id)?;
    match form.answer() {
        Answer::SignedIn(person) => {
            tracing::info!("{}: {} signed in", flow.request.profile.id, person.user);
            let next = on_to(&sandbox, &flow, "consent");
            flow.signed_in = Some(person);
            store.flows.insert(id, flow);
            Ok(Redirect::to(&next).into_response())
        }
        Answer::Cancelled => Ok(answer(&mut store, &sandbox, flow, None)),
        Answer::Wrong { email } => Ok(login_view(&flow, Some(login::WRONG_PASSWORD), &email)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response()),
    }
}

/// Who signed in; else the way back to the login page.
fn consenting(flow: &Flow) -> Result<Person, Response> {
    flow.signed_in
        .ok_or_else(|| Redirect::to(&login_url(flow)).into_response())
}

async fn consent_page(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let flow = ongoing(&lock(&sandbox.oauth), &id)?;
    let brand = flow.request.profile.brand;
    let body = consent::view(&Consent {
        app_name: &flow.request.client_name,
        provider_name: brand.name,
        person: consenting(&flow)?,
        scopes: &consent::described(&flow.request.scopes),
    });
    Ok(Page::new(brand, "consent", "Allow access", body)
        .coop(&flow.request.switches, Step::Consent)
        .embedding(&flow.request.switches))
}

async fn further_page(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
) -> Result<Page, Response> {
    let flow = ongoing(&lock(&sandbox.oauth), &id)?;
    let switches = &flow.request.switches;
    let next = match switches.auto() {
        Some(_) => on_to(&sandbox, &flow, "finish"),
        None => login_url(&flow),
    };
    Ok(further::page(flow.request.profile.brand, switches, &next))
}

/// Where `auto` decides, when there was something to pass before.
async fn finish(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.oauth);
    let flow = ongoing(&store, &id)?;
    match flow.request.switches.auto() {
        Some(person) => {
            let decision = flow.request.switches.auto_allows().then_some(person);
            Ok(answer(&mut store, &sandbox, flow, decision))
        }
        None => Ok(Redirect::to(&format!("{}/consent", flow.path())).into_response()),
    }
}

async fn decided(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
    Form(form): Form<ConsentForm>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.oauth);
    let flow = ongoing(&store, &id)?;
    let person = consenting(&flow)?;
    let decision = form.allowed().then_some(person);
    Ok(answer(&mut store, &sandbox, flow, decision))
}

// ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────

/// Answers the app: `decision` is who has allowed it; nobody has, where the user said no.
fn answer(
    store: &mut Store,
    sandbox: &Sandbox,
    mut flow: Flow,
    decision: Option<Person>,
) -> Response {
    let request = flow.request.clone();
    let now = sandbox.clock.now();
    let url = match granted_to(&request, decision) {
        Ok(person) => success_url(store, &request, person, &sandbox.origins, now),
        Err((error, description)) => error_url(&request, &sandbox.origins, &error, &description),
    };
    flow.answered = true;
    store.flows.insert(flow.id.clone(), flow);
    leave(request.profile.brand, &request.switches, &url)
}

/// Whose account it is, or the error and its description.
fn granted_to(
    request: &AuthorizationRequest,
    decision: Option<Person>,
) -> Result<Person, (String, String)> {
    let refused = |error: &str, fallback: &str| {
        let given = request.switches.text("error_description");
        Err((error.to_owned(), given.unwrap_or(fallback).to_owned()))
    };
    match (decision, request.switches.text("error")) {
        (None, _) => refused("access_denied", "The user denied the request."),
        (Some(_), Some(error)) => refused(error, "The sandbox was asked for this error."),
        (Some(person), None) if person.suspended => {
            refused("server_error", "The account is suspended.")
        }
        (Some(person), None) => Ok(person),
    }
}

fn success_url(
    store: &mut Store,
    request: &AuthorizationRequest,
    person: Person,
    origins: &Origins,
    now: OffsetDateTime,
) -> String {
    let granted = Granted {
        client_id: request.client_id.clone(),
        profile: request.profile,
        seat: request.seat,
        person,
        scopes: request.scopes.clone(),
        nonce: request.nonce.clone(),
        auth_time: now.unix_timestamp(),
        switches: request.switches.clone(),
    };
    let id = request.profile.id;
    let params = if request.response_type == "code" {
        tracing::info!("{id}: user allowed; sending a code that lives {CODE_LIFE} s");
        vec![("code", issue_code(store, request, granted, now))]
    } else {
        tracing::info!("{id}: user allowed; sending an access token");
        implicit_params(store, request, &granted, origins, now)
    };
    response_url(request, origins, params)
}

fn issue_code(
    store: &mut Store,
    request: &AuthorizationRequest,
    granted: Granted,
    now: OffsetDateTime,
) -> String {
    let code = random_token("code_");
    let issued = Code {
        granted,
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        family: random_token("family_"),
        expires_at: now + Duration::seconds(CODE_LIFE),
        used: false,
    };
    store.codes.insert(code.clone(), issued);
    code
}

/// RFC 6749 §4.2.2; AniAPI sends the access token alone.
fn implicit_params(
    store: &mut Store,
    request: &AuthorizationRequest,
    granted: &Granted,
    origins: &Origins,
    now: OffsetDateTime,
) -> Params {
    let life = request
        .switches
        .number("expires_in")
        .unwrap_or(request.profile.access_life);
    let expires_at = now + Duration::seconds(i64::try_from(life).unwrap_or(3_600));
    let family = random_token("family_");
    let access = store.issue_access(granted, &family, expires_at);
    let mut params = vec![("access_token", access.clone())];
    if request.profile.style == TokenStyle::Bare {
        return params;
    }
    params.push(("token_type", "Bearer".to_owned()));
    let told = match request.switches.json("expires_in_raw") {
        None => life.to_string(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    params.push(("expires_in", told));
    params.push(("scope", granted.scopes.join(" ")));
    if request.response_type.contains("id_token") {
        let id_token = id_token::issue(granted, &access, origins, now.unix_timestamp());
        params.push(("id_token", id_token));
    }
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_types_are_sets() {
        assert_eq!(normalised("token id_token"), "id_token token");
        assert_eq!(normalised(" code "), "code");
        assert_eq!(normalised(""), "");
    }
}
