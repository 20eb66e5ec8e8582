//! The hosted page: start, picker, login, consent, result.

use axum::body::Bytes;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::outcome::{
    error_message, error_url, incomplete_success_url, malformed_message, success_message,
    success_url,
};
use super::{BRAND, Connected, Flow, Grant, Provider, Session, Status, Store};
use crate::app_backend::detour::by_way_of;
use crate::crypto::{random_token, random_uuid, redacted};
use crate::error::ApiError;
use crate::http::json_body;
use crate::pages::consent::{self, Consent, ConsentForm};
use crate::pages::login::{self, Answer, Login, LoginForm};
use crate::pages::{Page, Step, embedded_query, further, problem};
use crate::people::Person;
use crate::{Sandbox, Shared, lock};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/sdk/oauth/connect", get(start_page))
        .route(
            "/sandbox/coop/{coop}/sdk/oauth/connect",
            get(severed_start_page),
        )
        .route("/sdk/oauth/connect/start", post(start))
        .route("/sdk/oauth/connect/problem", get(unknown_token))
        .route("/sdk/oauth/connect/flow/{id}", get(picker).post(picked))
        .route(
            "/sdk/oauth/connect/flow/{id}/{provider}/login",
            get(login_page).post(signed_in),
        )
        .route(
            "/sdk/oauth/connect/flow/{id}/{provider}/consent",
            get(consent_page).post(decided),
        )
        .route("/sdk/oauth/connect/flow/{id}/further", get(further_page))
        .route("/sdk/oauth/connect/flow/{id}/result", get(result))
        .route(
            "/sandbox/no-content/sdk/oauth/connect",
            get(StatusCode::NO_CONTENT),
        )
}

/// Where the journey goes instead of the page that was asked for.
type Elsewhere = Response;

fn go(path: String) -> Response {
    Redirect::to(&path).into_response()
}

// ── The first page ───────────────────────────────────────────────────────────────────────────────────────────────

async fn start_page() -> Page {
    let body = html! {
        div.state {
            div.spinner aria-hidden="true" {}
            h1 { "Opening Alter Connect" }
            p.lead id="status" role="status" { "One moment…" }
            noscript { p.alert { "This page needs JavaScript." } }
        }
    };
    Page::new(BRAND, "alter-start", "Opening", body).script("alter-start.js")
}

async fn severed_start_page(Path(coop): Path<String>) -> Page {
    start_page().await.coop_value(Some(&coop))
}

#[derive(Debug, Deserialize)]
struct StartRequest {
    session_token: String,
}

async fn start(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, ApiError> {
    let request: StartRequest = json_body(&body)?;
    let now = sandbox.clock.now();
    let mut store = lock(&sandbox.alter);
    let next = begin(&mut store, &request.session_token, now);
    Ok(Json(json!({"next": next})))
}

/// Begins a visit with that token and says where it goes on.
fn begin(store: &mut Store, token: &str, now: OffsetDateTime) -> String {
    let Some(session) = store.sessions.get(token).cloned() else {
        tracing::info!(
            "alter: page opened with an unknown token {}",
            redacted(token)
        );
        return "/sdk/oauth/connect/problem".to_owned();
    };
    let flow = Flow {
        id: random_token("flow_"),
        session: token.to_owned(),
        signed_in: None,
        detoured: false,
        refusal: refusal(&session, now),
    };
    let path = flow.path();
    store.flows.insert(flow.id.clone(), flow.clone());
    if let Some((_, why)) = &flow.refusal {
        tracing::info!("alter: {} refused: {why}", redacted(token));
        return format!("{path}/result");
    }
    tracing::info!("alter: page of session {} opened", redacted(token));
    let next = match session.switches.auto() {
        Some(person) => go_through(store, &flow, &session, person, now),
        None => first_path(&flow, &session),
    };
    if further::wanted(&session.switches) {
        return format!("{path}/further");
    }
    next
}

/// Why a token cannot be used any more.
fn refusal(session: &Session, now: OffsetDateTime) -> Option<(String, String)> {
    let why = if session.status != Status::Pending {
        "This session token was already used. Create a new session."
    } else if now >= session.expires_at {
        "This session token has expired. Create a new session."
    } else {
        return None;
    };
    Some(("invalid_token".to_owned(), why.to_owned()))
}

fn first_path(flow: &Flow, session: &Session) -> String {
    match session.allowed.as_slice() {
        [only] => login_path(flow, session, *only),
        _ => flow.path(),
    }
}

fn login_path(flow: &Flow, session: &Session, provider: Provider) -> String {
    let query = embedded_query(&session.switches)
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    format!("{}/{}/login{query}", flow.path(), provider.id)
}

/// The switch `auto`: signs in and decides for every provider that it names, and shows the last page.
fn go_through(
    store: &mut Store,
    flow: &Flow,
    session: &Session,
    person: Person,
    now: OffsetDateTime,
) -> String {
    let wanted = session.switches.list("auto_providers");
    let named: Vec<Provider> = session
        .allowed
        .iter()
        .copied()
        .filter(|provider| wanted.iter().any(|id| id == provider.id))
        .collect();
    let providers = if named.is_empty() {
        session.allowed[..1].to_vec()
    } else {
        named
    };
    let allow = session.switches.auto_allows();
    for provider in providers {
        if allow {
            connect(store, flow, Connected { provider, person });
        } else {
            decline(store, flow, provider, now);
        }
    }
    if let Some(session) = store.sessions.get_mut(&flow.session)
        && session.status == Status::Pending
    {
        if session.connected.is_empty() {
            deny(session);
        } else {
            complete(store, flow, now);
        }
    }
    format!("{}/result", flow.path())
}

async fn unknown_token() -> Page {
    problem::page(
        BRAND,
        StatusCode::BAD_REQUEST,
        "This link does not work",
        "The session token is not one that Alter knows. Go back to the app and start again.",
        "invalid_token",
    )
}

// ── Finding one's place ──────────────────────────────────────────────────────────────────────────────────────────

/// The flow and its session.
fn found(store: &Store, id: &str) -> Result<(Flow, Session), Elsewhere> {
    store
        .flows
        .get(id)
        .and_then(|flow| Some((flow.clone(), store.sessions.get(&flow.session)?.clone())))
        .ok_or_else(unknown_flow)
}

/// The flow and its session, as long as it is going on; else the page that says how it ended.
fn ongoing(store: &mut Store, id: &str, now: OffsetDateTime) -> Result<(Flow, Session), Elsewhere> {
    let (mut flow, session) = found(store, id)?;
    if flow.refusal.is_none() && session.status == Status::Pending && now >= session.expires_at {
        let why = "The session expired before it was finished. Start again from the app.";
        tracing::info!(
            "alter: session {} expired in mid-flow",
            redacted(&flow.session)
        );
        flow.refusal = Some(("session_expired".to_owned(), why.to_owned()));
        store.flows.insert(flow.id.clone(), flow.clone());
    }
    if flow.refusal.is_some() || session.status != Status::Pending {
        return Err(go(format!("{}/result", flow.path())));
    }
    Ok((flow, session))
}

fn unknown_flow() -> Response {
    problem::gone(BRAND).into_response()
}

fn allowed_provider(session: &Session, id: &str) -> Result<Provider, Elsewhere> {
    session
        .allowed
        .iter()
        .copied()
        .find(|provider| provider.id == id)
        .ok_or_else(unknown_flow)
}

// ── Picker ───────────────────────────────────────────────────────────────────────────────────────────────────────

async fn picker(State(sandbox): State<Shared>, Path(id): Path<String>) -> Result<Page, Elsewhere> {
    let now = sandbox.clock.now();
    let (_, session) = ongoing(&mut lock(&sandbox.alter), &id, now)?;
    let page = Page::new(
        BRAND,
        "alter-picker",
        "Choose an account",
        picker_view(&session),
    );
    Ok(page.coop(&session.switches, Step::First))
}

fn picker_view(session: &Session) -> Markup {
    let declined = session.declined.last().map(|(provider, _)| provider.name);
    html! {
        h1 { "Connect an account to " (session.app.name) }
        p.lead { "You can connect more than one." }
        @if let Some(name) = declined {
            p.note role="status" { "You declined " (name) ". Choose another, or cancel." }
        }
        form method="post" {
            ul.list aria-label="Providers" {
                @for provider in &session.allowed {
                    li { (provider_button(session, *provider)) }
                }
            }
        }
        form.actions method="post" {
            @if !session.connected.is_empty() {
                button.primary name="choose" value="done" { "Done" }
            }
            button.quiet name="choose" value="cancel" { "Cancel" }
        }
    }
}

fn provider_button(session: &Session, provider: Provider) -> Markup {
    let account = session
        .connected
        .iter()
        .find(|connected| connected.provider == provider)
        .map(|connected| connected.person.email);
    html! {
        button name="choose" value=(provider.id) class={ "brand-" (provider.id) } {
            span.avatar.square aria-hidden="true" { (&provider.name[..1]) }
            span.who {
                span.who-name { (provider.name) }
                @if let Some(email) = account { span.who-email { (email) } }
            }
            @if account.is_some() { span.tag.good { "connected" } }
        }
    }
}

#[derive(Debug, Deserialize)]
struct PickForm {
    choose: String,
}

async fn picked(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
    Form(form): Form<PickForm>,
) -> Result<Response, Elsewhere> {
    let now = sandbox.clock.now();
    let mut store = lock(&sandbox.alter);
    let (flow, session) = ongoing(&mut store, &id, now)?;
    match form.choose.as_str() {
        "done" if !session.connected.is_empty() => complete(&mut store, &flow, now),
        "cancel" => {
            if let Some(session) = store.sessions.get_mut(&flow.session) {
                deny(session);
            }
        }
        provider => {
            let provider = allowed_provider(&session, provider)?;
            tracing::info!("alter: user picked {}", provider.name);
            return Ok(go(login_path(&flow, &session, provider)));
        }
    }
    Ok(go(format!("{}/result", flow.path())))
}

// ── Login ────────────────────────────────────────────────────────────────────────────────────────────────────────

async fn login_page(
    State(sandbox): State<Shared>,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Page, Elsewhere> {
    let now = sandbox.clock.now();
    let (_, session) = ongoing(&mut lock(&sandbox.alter), &id, now)?;
    let provider = allowed_provider(&session, &provider)?;
    Ok(login_view(&session, provider, None, ""))
}

fn login_view(session: &Session, provider: Provider, error: Option<&str>, email: &str) -> Page {
    let body = login::view(&Login {
        provider_name: provider.name,
        on_behalf_of: session.app.name,
        error,
        email,
        cancellable: true,
    });
    Page::new(provider.brand(), "login", "Sign in", body)
        .coop(&session.switches, Step::Login)
        .embedding(&session.switches)
}

async fn signed_in(
    State(sandbox): State<Shared>,
    Path((id, provider)): Path<(String, String)>,
    Form(form): Form<LoginForm>,
) -> Result<Response, Elsewhere> {
    let now = sandbox.clock.now();
    let mut store = lock(&sandbox.alter);
    let (mut flow, session) = ongoing(&mut store, &id, now)?;
    let provider = allowed_provider(&session, &provider)?;
    let person = match form.answer() {
        Answer::SignedIn(person) => person,
        Answer::Cancelled => return Ok(declined(&mut store, &flow, provider, now)),
        Answer::Wrong { email } => {
            tracing::info!("alter: wrong password at {}", provider.name);
            let page = login_view(&session, provider, Some(login::WRONG_PASSWORD), &email);
            return Ok(page
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response());
        }
    };
    if let Some(owner) = other_owner_of_repaired(&store, &session, person) {
        let error =
            format!("This connection belongs to {owner}. Sign in with that account to repair it.");
        let page = login_view(&session, provider, Some(&error), "");
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    tracing::info!("alter: {} signed in to {}", person.user, provider.name);
    flow.signed_in = Some(Connected { provider, person });
    let next = format!("{}/{}/consent", flow.path(), provider.id);
    store.flows.insert(flow.id.clone(), flow);
    Ok(go(next))
}

/// Whose grant is to be repaired, when it is not this person's.
fn other_owner_of_repaired(
    store: &Store,
    session: &Session,
    person: Person,
) -> Option<&'static str> {
    let grant = store.grants.get(session.repair.as_deref()?)?;
    (grant.person != person).then_some(grant.person.email)
}

// ── Consent ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Who signed in to that provider in this flow; else the way back to its login page.
fn consenting(flow: &Flow, provider: Provider) -> Result<Connected, Elsewhere> {
    flow.signed_in
        .filter(|signed_in| signed_in.provider == provider)
        .ok_or_else(|| go(format!("{}/{}/login", flow.path(), provider.id)))
}

async fn consent_page(
    State(sandbox): State<Shared>,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Page, Elsewhere> {
    let now = sandbox.clock.now();
    let (flow, session) = ongoing(&mut lock(&sandbox.alter), &id, now)?;
    let provider = allowed_provider(&session, &provider)?;
    let consenting = consenting(&flow, provider)?;
    let body = consent::view(&Consent {
        app_name: session.app.name,
        provider_name: provider.name,
        person: consenting.person,
        scopes: &consent::described(&session.scopes_of(provider)),
    });
    Ok(Page::new(provider.brand(), "consent", "Allow access", body)
        .coop(&session.switches, Step::Consent)
        .embedding(&session.switches))
}

async fn decided(
    State(sandbox): State<Shared>,
    Path((id, provider)): Path<(String, String)>,
    Form(form): Form<ConsentForm>,
) -> Result<Response, Elsewhere> {
    let now = sandbox.clock.now();
    let mut store = lock(&sandbox.alter);
    let (flow, session) = ongoing(&mut store, &id, now)?;
    let provider = allowed_provider(&session, &provider)?;
    let consenting = consenting(&flow, provider)?;
    if !form.allowed() {
        return Ok(declined(&mut store, &flow, provider, now));
    }
    connect(&mut store, &flow, consenting);
    Ok(after_decision(&mut store, &flow, now))
}

fn declined(store: &mut Store, flow: &Flow, provider: Provider, now: OffsetDateTime) -> Response {
    decline(store, flow, provider, now);
    after_decision(store, flow, now)
}

/// Notes that the user denied one provider.
fn decline(store: &mut Store, flow: &Flow, provider: Provider, now: OffsetDateTime) {
    let Some(session) = store.sessions.get_mut(&flow.session) else {
        return;
    };
    tracing::info!("alter: user denied {}", provider.name);
    session.declined.retain(|(other, _)| *other != provider);
    session.declined.push((provider, now));
}

/// Notes that the user allowed one provider.
fn connect(store: &mut Store, flow: &Flow, about: Connected) {
    let Some(session) = store.sessions.get_mut(&flow.session) else {
        return;
    };
    let name = about.provider.name;
    if let Some((code, description)) = provider_error(session, about) {
        tracing::info!("alter: {name} answered the error {code}");
        session.status = Status::Failed { code, description };
    } else {
        tracing::info!("alter: user allowed {name} as {}", about.person.user);
        session
            .declined
            .retain(|(provider, _)| *provider != about.provider);
        session
            .connected
            .retain(|connected| connected.provider != about.provider);
        session.connected.push(about);
    }
}

/// The error that the provider answers instead of a connection.
fn provider_error(session: &Session, about: Connected) -> Option<(String, String)> {
    let text = |fallback: &str| {
        let given = session.switches.text("error_description");
        given.unwrap_or(fallback).to_owned()
    };
    if let Some(code) = session.switches.text("error") {
        return Some((
            code.to_owned(),
            text("The provider answered with an error."),
        ));
    }
    let suspended = format!(
        "{} says that this account is suspended.",
        about.provider.name
    );
    about
        .person
        .suspended
        .then(|| ("provider_error".to_owned(), text(&suspended)))
}

/// Where to go once one provider is decided on: back to the picker, or to the end.
fn after_decision(store: &mut Store, flow: &Flow, now: OffsetDateTime) -> Response {
    let Some(session) = store.sessions.get_mut(&flow.session) else {
        return unknown_flow();
    };
    if session.status == Status::Pending {
        if session.has_picker() {
            return go(flow.path());
        }
        if session.connected.is_empty() {
            deny(session);
        } else {
            complete(store, flow, now);
        }
    }
    go(format!("{}/result", flow.path()))
}

fn deny(session: &mut Session) {
    tracing::info!("alter: session {} ends as denied", redacted(&session.token));
    session.status = Status::Failed {
        code: "connect_denied".to_owned(),
        description: "The user denied the connection.".to_owned(),
    };
}

/// Turns what was connected into grants and ends the session.
fn complete(store: &mut Store, flow: &Flow, now: OffsetDateTime) {
    let Some(session) = store.sessions.get(&flow.session).cloned() else {
        return;
    };
    let grants: Vec<Grant> = session
        .connected
        .iter()
        .map(|connected| grant_for(store, &session, *connected, now))
        .collect();
    for grant in &grants {
        tracing::info!(
            "alter: grant {} ({}, {})",
            grant.id,
            grant.provider.id,
            grant.operation
        );
        store.grants.insert(grant.id.clone(), grant.clone());
    }
    if let Some(session) = store.sessions.get_mut(&flow.session) {
        session.status = Status::Completed(grants);
    }
}

/// The grant of that connection: the repaired one, the one that the same user has for the same account, or a new one.
fn grant_for(store: &Store, session: &Session, connected: Connected, now: OffsetDateTime) -> Grant {
    let repaired = session
        .repair
        .as_deref()
        .and_then(|id| store.grants.get(id));
    let held = || {
        store.grants.values().rev().find(|grant| {
            !session.switch_account
                && grant.status(now) == "active"
                && grant.app == session.app.id
                && grant.owner == session.owner
                && grant.provider == connected.provider
                && grant.person == connected.person
                && grant.label == session.label
        })
    };
    let existing = repaired.or_else(held);
    Grant {
        id: existing.map_or_else(random_uuid, |grant| grant.id.clone()),
        app: session.app.id,
        owner: session.owner.clone(),
        provider: connected.provider,
        person: connected.person,
        scopes: session.scopes_of(connected.provider),
        label: session.label.clone(),
        operation: if existing.is_some() {
            "reauth"
        } else {
            "creation"
        },
        created_at: existing.map_or(now, |grant| grant.created_at),
        authorized_at: now,
        expires_at: session
            .grant_life
            .map(|life| now + life)
            .or(existing.and_then(|grant| grant.expires_at)),
        revoked: false,
    }
}

// ── The last page ────────────────────────────────────────────────────────────────────────────────────────────────

async fn further_page(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
) -> Result<Page, Elsewhere> {
    let (flow, session) = found(&lock(&sandbox.alter), &id)?;
    let next = match session.status {
        Status::Pending => first_path(&flow, &session),
        _ => format!("{}/result", flow.path()),
    };
    Ok(further::page(BRAND, &session.switches, &next))
}

/// Sends the window past the pages of the app that are to be passed, once, before the last page.
fn pass_the_app(sandbox: &Sandbox, flow: &Flow, session: &Session) -> Option<Response> {
    if flow.detoured || flow.refusal.is_some() || !session.switches.is_set("detour") {
        return None;
    }
    if let Some(flow) = lock(&sandbox.alter).flows.get_mut(&flow.id) {
        flow.detoured = true;
    }
    let path = format!("{}/result", flow.path());
    let providers = &sandbox.origins.providers;
    Some(go(by_way_of(sandbox, &session.switches, providers, path)))
}

async fn result(State(sandbox): State<Shared>, Path(id): Path<String>) -> Result<Page, Elsewhere> {
    let (flow, session) = found(&lock(&sandbox.alter), &id)?;
    let (flow, session) = (&flow, &session);
    if let Some(detour) = pass_the_app(&sandbox, flow, session) {
        return Err(detour);
    }
    match (&flow.refusal, &session.status) {
        (Some((code, why)), _) => Ok(failure_page(session, code, why)),
        (None, Status::Failed { code, description }) => {
            Ok(failure_page(session, code, description))
        }
        (None, Status::Completed(grants)) => Ok(success_page(session, grants)),
        (None, Status::Pending) => Err(go(first_path(flow, session))),
    }
}

fn success_page(session: &Session, grants: &[Grant]) -> Page {
    let kind = session.switches.text("malformed");
    let message = match kind {
        Some(kind) => malformed_message(kind, success_message(grants)),
        None => success_message(grants),
    };
    let return_url = session.bent_return_url();
    let url = return_url.as_deref().and_then(|url| match kind {
        Some(_) => incomplete_success_url(url),
        None => success_url(url, grants),
    });
    let names: Vec<&str> = grants.iter().map(|grant| grant.provider.name).collect();
    let heading = format!("{} connected", names.join(", "));
    result_page(session, &heading, "", message, url)
}

fn failure_page(session: &Session, code: &str, description: &str) -> Page {
    let message = error_message(code, description);
    let url = session
        .bent_return_url()
        .as_deref()
        .and_then(|url| error_url(url, code, description));
    result_page(session, "Not connected", description, message, url)
}

fn result_page(
    session: &Session,
    heading: &str,
    explanation: &str,
    message: Value,
    return_url: Option<String>,
) -> Page {
    let switches = &session.switches;
    let failed = !explanation.is_empty();
    tracing::info!(
        "alter: result page of {}: {heading}; for an opener at {}, else back to the return URL",
        redacted(&session.token),
        session.target_origin.as_deref().unwrap_or("(none)"),
    );
    let close = switches
        .text("close")
        .map_or_else(|| switches.flag("close").then_some("after"), Some);
    let data = json!({
        "message": message,
        "targetOrigin": session.target_origin,
        "returnUrl": return_url,
        "direct": session.direct,
        "further": further::wanted(switches),
        "delayMs": switches.number("delay_ms").unwrap_or(0),
        "never": switches.flag("never"),
        "close": close,
        "duplicate": switches.flag("duplicate"),
        "foreign": switches.number("foreign_messages").unwrap_or(u64::from(switches.flag("foreign_messages"))),
        "malformed": switches.text("malformed"),
    });
    Page::new(
        BRAND,
        "result",
        heading,
        result_view(heading, explanation, failed),
    )
    .script("page.js")
    .script("alter-result.js")
    .data(data)
    .coop(switches, Step::Result)
}

fn result_view(heading: &str, explanation: &str, failed: bool) -> Markup {
    html! {
        div.state data-show="waiting" hidden {
            div.spinner aria-hidden="true" {}
            h1 { "Finishing" }
            p.lead role="status" { "The provider is taking its time." }
        }
        div.state data-show="returning" hidden {
            div.spinner aria-hidden="true" {}
            h1 { "Taking you back" }
            p.lead role="status" { "One moment…" }
        }
        (ending("posted", heading, explanation, failed, "The app has been told. You can close this window."))
        (ending("mute", heading, explanation, failed,
            "The app that opened this window could not be told: its session names no allowed origin, and the app has no website. Close this window and look there."))
        (ending("stranded", heading, explanation, failed,
            "There is no window to tell and no return URL to go to. Go back to the app by yourself."))
    }
}

fn ending(name: &str, heading: &str, explanation: &str, failed: bool, then: &str) -> Markup {
    html! {
        div data-show=(name) hidden {
            div.state.bad[failed] {
                span.symbol aria-hidden="true" { @if failed { "!" } @else { "✓" } }
                h1 { (heading) }
                @if failed { p.lead role="alert" { (explanation) } }
                p.lead role="status" { (then) }
            }
            div.actions { button type="button" data-close { "Close window" } }
        }
    }
}
