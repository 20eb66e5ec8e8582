//! The Hub: connectors by category, a connect form for each, and the end.

use axum::Router;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use super::{Account, BRAND, CATEGORIES, CONNECTORS, Connector, Method, Session, Store, webhook};
use crate::crypto::{random_uuid, redacted};
use crate::http::{first, pairs, pause};
use crate::pages::consent::{self, Consent, ConsentForm};
use crate::pages::login::{self, Answer, Login, LoginForm};
use crate::pages::{Page, Step, problem};
use crate::people::Person;
use crate::{Shared, lock};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/auth-link/{token}", get(hub))
        .route("/auth-link/{token}/done", get(done))
        .route(
            "/auth-link/{token}/connect/{connector}",
            get(connect_page).post(connected),
        )
        .route(
            "/auth-link/{token}/connect/{connector}/login",
            get(login_page).post(signed_in),
        )
        .route(
            "/auth-link/{token}/connect/{connector}/consent",
            get(consent_page).post(decided),
        )
}

// ── Finding one's place ──────────────────────────────────────────────────────────────────────────────────────────

/// The session behind the link, as long as it is good; else the page that says what is wrong with it.
fn usable(store: &Store, token: &str, now: OffsetDateTime) -> Result<Session, Response> {
    let Some(session) = store.sessions.get(token) else {
        return Err(problem::page(
            BRAND,
            StatusCode::NOT_FOUND,
            "This link does not work",
            "StackOne does not know it. Ask the app for a new one.",
            "link_unknown",
        )
        .into_response());
    };
    let (title, sentence, code) = if session.used {
        (
            "This link was used",
            "An account is connected already. Ask the app for a new link to connect another.",
            "link_used",
        )
    } else if now >= session.expires_at {
        (
            "This link has expired",
            "Ask the app for a new one.",
            "link_expired",
        )
    } else {
        return Ok(session.clone());
    };
    Err(problem::page(BRAND, StatusCode::GONE, title, sentence, code).into_response())
}

fn offered(session: &Session, id: &str) -> Result<Connector, Response> {
    Connector::find(id)
        .filter(|connector| session.offers(connector))
        .ok_or_else(|| problem::gone(BRAND).into_response())
}

fn connect_path(session: &Session, connector: &Connector) -> String {
    format!("{}/connect/{}", session.path(), connector.id)
}

// ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────

async fn hub(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    if session.switches.is_set("no_content") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    tracing::info!("stackone: Hub of {} opened", redacted(&token));
    if let Some(person) = session.switches.auto() {
        return go_through(&sandbox, session, person).await;
    }
    if let Some(only) = session.provider {
        return Ok(Redirect::to(&connect_path(&session, &only)).into_response());
    }
    let query = pairs(&query.unwrap_or_default());
    let category = first(&query, "category").unwrap_or_default();
    let search = first(&query, "q").unwrap_or_default();
    let page = Page::new(
        BRAND,
        "hub",
        "Connectors",
        hub_view(&session, category, search),
    )
    .script("hub.js")
    .coop(&session.switches, Step::First);
    Ok(page.into_response())
}

/// The switch `auto`: connects the first connector that the link offers.
async fn go_through(
    sandbox: &Shared,
    session: Session,
    person: Person,
) -> Result<Response, Response> {
    if !session.switches.auto_allows() {
        return Ok(done_page(&session, "Nothing was connected", true).into_response());
    }
    let connector = CONNECTORS
        .iter()
        .find(|connector| session.offers(connector))
        .ok_or_else(|| problem::gone(BRAND).into_response())?;
    Ok(finish(sandbox, session, *connector, person.email, None).await)
}

fn hub_view(session: &Session, category: &str, search: &str) -> Markup {
    let needle = search.trim().to_lowercase();
    let shown: Vec<&Connector> = CONNECTORS
        .iter()
        .filter(|connector| session.offers(connector))
        .filter(|connector| category.is_empty() || connector.category == category)
        .filter(|connector| connector.name.to_lowercase().contains(&needle))
        .collect();
    let categories = CATEGORIES
        .iter()
        .filter(|(id, _)| session.categories.is_empty() || session.categories.contains(id));
    html! {
        h1 { "Connect a tool" }
        p.lead { "for " strong { (session.origin_owner_name) } }
        form.search method="get" role="search" {
            label.visually-hidden for="q" { "Search connectors" }
            input id="q" name="q" type="search" placeholder="Search connectors" value=(search) autocomplete="off";
            @if !category.is_empty() { input type="hidden" name="category" value=(category); }
        }
        nav aria-label="Categories" {
            ul.chips {
                li { (chip(session, "", "All", category)) }
                @for (id, name) in categories { li { (chip(session, id, name, category)) } }
            }
        }
        p.visually-hidden id="count" role="status" { "Connectors: " (shown.len()) }
        ul.list aria-label="Connectors" {
            @for connector in &shown {
                li data-name=(connector.name) {
                    a.button href=(connect_path(session, connector)) {
                        span.avatar.square aria-hidden="true" { (&connector.name[..1]) }
                        span.who-name { (connector.name) }
                        span.tag { (connector.category_name()) }
                    }
                }
            }
        }
        p.note id="none" hidden[!shown.is_empty()] { "No connector matches." }
    }
}

fn chip(session: &Session, id: &str, name: &str, current: &str) -> Markup {
    let href = match id {
        "" => session.path(),
        id => format!("{}?category={id}", session.path()),
    };
    html! {
        a.button href=(href) aria-current=[(id == current).then_some("true")] { (name) }
    }
}

// ── Connecting ───────────────────────────────────────────────────────────────────────────────────────────────────

async fn connect_page(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
) -> Result<Page, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    Ok(connect_form(&session, &connector, None, ""))
}

fn connect_form(
    session: &Session,
    connector: &Connector,
    error: Option<&str>,
    label: &str,
) -> Page {
    let editing = session.account_id.is_some();
    let heading = format!(
        "{} {}",
        if editing { "Update" } else { "Connect" },
        connector.name
    );
    let label = if label.is_empty() {
        session.label.as_deref().unwrap_or("")
    } else {
        label
    };
    let path = connect_path(session, connector);
    let body = html! {
        @if session.provider.is_none() {
            p { a href=(session.path()) { "← All connectors" } }
        }
        h1 { (heading) }
        p.lead { "for " strong { (session.origin_owner_name) } }
        @if let Some(error) = error { p.alert role="alert" { (error) } }
        @if connector.method == Method::ApiKey {
            form.fields method="post" {
                label for="api_key" { "API key" }
                input id="api_key" name="api_key" type="password" autocomplete="off" required
                    aria-describedby="key-hint";
                p.hint id="key-hint" { "Any key of at least 8 characters works here, unless it contains “wrong”." }
                label for="label" { "Label (optional)" }
                input id="label" name="label" maxlength="80" value=(label);
                button.primary type="submit" { @if editing { "Save" } @else { "Connect" } }
            }
        } @else {
            p { "You sign in to " (connector.name) " and allow StackOne to use your account." }
            div.actions {
                a.button.primary href={ (path) "/login" } { @if editing { "Sign in again" } @else { "Connect" } }
            }
        }
    };
    Page::new(BRAND, "hub-connect", heading, body).coop(&session.switches, Step::Login)
}

#[derive(Debug, Deserialize)]
struct KeyForm {
    api_key: String,
    #[serde(default)]
    label: String,
}

async fn connected(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
    Form(form): Form<KeyForm>,
) -> Result<Response, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    if form.api_key.trim().len() < 8 || form.api_key.contains("wrong") {
        let error = format!("{} does not accept this API key.", connector.name);
        tracing::info!("stackone: {error}");
        let page = connect_form(&session, &connector, Some(&error), &form.label);
        return Ok(page
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response());
    }
    let label = Some(form.label.trim().chars().take(80).collect::<String>());
    let label = label.filter(|label| !label.is_empty());
    Ok(finish(&sandbox, session, connector, "API key", label).await)
}

async fn login_page(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
) -> Result<Page, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    Ok(login_view(&session, &connector, None, ""))
}

fn login_view(session: &Session, connector: &Connector, error: Option<&str>, email: &str) -> Page {
    let body = login::view(&Login {
        provider_name: connector.name,
        on_behalf_of: "StackOne",
        error,
        email,
        cancellable: true,
    });
    Page::new(connector.brand(), "login", "Sign in", body).coop(&session.switches, Step::Login)
}

async fn signed_in(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
    Form(form): Form<LoginForm>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.stackone);
    let session = usable(&store, &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    let path = connect_path(&session, &connector);
    match form.answer() {
        Answer::SignedIn(person) => {
            if let Some(session) = store.sessions.get_mut(&token) {
                session.signed_in = Some(person);
            }
            Ok(Redirect::to(&format!("{path}/consent")).into_response())
        }
        Answer::Cancelled => Ok(Redirect::to(&path).into_response()),
        Answer::Wrong { email } => {
            Ok(
                login_view(&session, &connector, Some(login::WRONG_PASSWORD), &email)
                    .status(StatusCode::UNPROCESSABLE_ENTITY)
                    .into_response(),
            )
        }
    }
}

fn consenting(session: &Session, connector: &Connector) -> Result<Person, Response> {
    session.signed_in.ok_or_else(|| {
        Redirect::to(&format!("{}/login", connect_path(session, connector))).into_response()
    })
}

async fn consent_page(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
) -> Result<Page, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    let scopes = consent::described(&["read".to_owned(), "write".to_owned()]);
    let body = consent::view(&Consent {
        app_name: "StackOne",
        provider_name: connector.name,
        person: consenting(&session, &connector)?,
        scopes: &scopes,
    });
    Ok(
        Page::new(connector.brand(), "consent", "Allow access", body)
            .coop(&session.switches, Step::Consent),
    )
}

async fn decided(
    State(sandbox): State<Shared>,
    Path((token, connector)): Path<(String, String)>,
    Form(form): Form<ConsentForm>,
) -> Result<Response, Response> {
    let session = usable(&lock(&sandbox.stackone), &token, sandbox.clock.now())?;
    let connector = offered(&session, &connector)?;
    let person = consenting(&session, &connector)?;
    let refused = |error: &str| {
        tracing::info!("stackone: {}: {error}", connector.name);
        connect_form(&session, &connector, Some(error), "")
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response()
    };
    if !form.allowed() {
        return Ok(refused("You denied access. You can try again."));
    }
    if person.suspended {
        return Ok(refused(
            "This account is suspended. Sign in with another one.",
        ));
    }
    Ok(finish(&sandbox, session, connector, person.email, None).await)
}

// ── The end ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Ends as the switches say: with an error, or never, or late; else keeps the account, tells the backend, and shows the last page.
async fn finish(
    sandbox: &Shared,
    session: Session,
    connector: Connector,
    username: &str,
    label: Option<String>,
) -> Response {
    if let Some(error) = session.switches.text("error") {
        let sentence = session.switches.text("error_description");
        let sentence = sentence.unwrap_or("The connector answered with an error.");
        return problem::page(
            BRAND,
            StatusCode::BAD_GATEWAY,
            "Not connected",
            sentence,
            error,
        )
        .into_response();
    }
    pause(session.switches.number("delay_ms").unwrap_or(0)).await;
    if session.switches.flag("never") {
        return waiting_page(&session).into_response();
    }
    let (account, kind) = keep(
        &mut lock(&sandbox.stackone),
        sandbox.clock.now(),
        &session,
        connector,
        username,
        label,
    );
    webhook::notify(sandbox, &session, &account, kind);
    Redirect::to(&format!(
        "{}/done?connector={}",
        session.path(),
        connector.id
    ))
    .into_response()
}

/// Creates the account, or updates the one that the session edits. Answers it, and the type of the event that it is.
fn keep(
    store: &mut Store,
    now: OffsetDateTime,
    session: &Session,
    connector: Connector,
    username: &str,
    label: Option<String>,
) -> (Account, &'static str) {
    let edited = session
        .account_id
        .as_deref()
        .and_then(|id| store.accounts.get(id))
        .cloned();
    let kind = if edited.is_some() {
        "account.updated"
    } else {
        "account.created"
    };
    let account = Account {
        id: edited
            .as_ref()
            .map_or_else(random_uuid, |account| account.id.clone()),
        connector,
        origin_owner_id: session.origin_owner_id.clone(),
        origin_owner_name: session.origin_owner_name.clone(),
        origin_username: session
            .origin_username
            .clone()
            .or(Some(username.to_owned())),
        label: label.or(session.label.clone()),
        created_at: edited.map_or(now, |account| account.created_at),
        updated_at: now,
    };
    tracing::info!("stackone: {kind} {} ({})", account.id, connector.id);
    if let Some(session) = store.sessions.get_mut(&session.token) {
        session.used = !session.multiple;
    }
    store.accounts.insert(account.id.clone(), account.clone());
    (account, kind)
}

async fn done(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Page, Response> {
    let query = pairs(&query.unwrap_or_default());
    let store = lock(&sandbox.stackone);
    let Some(session) = store.sessions.get(&token) else {
        return Err(problem::gone(BRAND).into_response());
    };
    let name = first(&query, "connector")
        .and_then(Connector::find)
        .map_or("Your account", |connector| connector.name);
    let verb = if session.account_id.is_some() {
        "updated"
    } else {
        "connected"
    };
    Ok(done_page(session, &format!("{name} is {verb}"), false))
}

fn done_page(session: &Session, heading: &str, failed: bool) -> Page {
    let body = html! {
        div.state.bad[failed] {
            span.symbol aria-hidden="true" { @if failed { "!" } @else { "✓" } }
            h1 { (heading) }
            p.lead role="status" {
                @if failed { "Go back to the app to try again." } @else { "The app is being told. You can close this window." }
            }
        }
        div.actions {
            @if session.multiple {
                a.button href=(session.path()) { "Connect another" }
            }
            @if let Some(url) = session.return_url() {
                a.button.primary id="back" href=(url) { "Back to the app" }
            }
            button type="button" data-close { "Close window" }
        }
    };
    let closes = session.switches.is_set("close");
    Page::new(BRAND, "hub-done", heading, body)
        .script("page.js")
        .script("hub-done.js")
        .data(json!({"close": closes, "returnUrl": session.return_url()}))
        .coop(&session.switches, Step::Result)
}

fn waiting_page(session: &Session) -> Page {
    let body = html! {
        div.state {
            div.spinner aria-hidden="true" {}
            h1 { "Connecting" }
            p.lead role="status" { "The connector is taking its time." }
        }
    };
    Page::new(BRAND, "hub-waiting", "Connecting", body).coop(&session.switches, Step::Result)
}
