//! Anon Link: a dialog, the app's own sign-in in an inner popup, and back to the redirect URL.

use axum::extract::{Form, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use maud::{Markup, html};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use url::Url;

use super::with_bent_binding;
use crate::app_backend::detour::by_way_of;
use crate::crypto::{random_token, redacted, same};
use crate::error::ApiError;
use crate::http::{credentials, first, pairs};
use crate::pages::leave::leave;
use crate::pages::login::{self, Answer, Login, LoginForm};
use crate::pages::{Brand, Page, Step, further, problem};
use crate::people::Person;
use crate::store::Bounded;
use crate::switches::Switches;
use crate::{Sandbox, Shared, lock};

/// The API key of the sandbox's only customer.
pub const API_KEY: &str = "anon_sandbox_api_key";
/// Its client id, for links made with an `appUserIdToken`.
pub const CLIENT_ID: &str = "anon_sandbox_client";

/// Life of a link, in seconds.
const LINK_LIFE: u64 = 600;

const BRAND: Brand = Brand {
    id: "anon",
    name: "Anon Link",
};

/// Apps that can be linked: id and name.
const APPS: [(&str, &str); 5] = [
    ("instagram", "Instagram"),
    ("linkedin", "LinkedIn"),
    ("x", "X"),
    ("amazon", "Amazon"),
    ("gmail", "Gmail"),
];

/// Everything Anon remembers.
#[derive(Debug, Default)]
pub struct Store {
    links: Bounded<Link, 2_000>,
}

/// A link, from the backend's request to its end.
#[derive(Debug, Clone)]
struct Link {
    token: String,
    app_name: &'static str,
    redirect_url: String,
    state: String,
    company_name: String,
    company_logo_url: Option<String>,
    switches: Switches,
    expires_at: OffsetDateTime,
    signed_in: Option<Person>,
    /// Was the window sent past pages of the app already?
    detoured: bool,
    used: bool,
}

impl Link {
    fn path(&self) -> String {
        format!("/link/{}", self.token)
    }

    fn app_brand(&self) -> Brand {
        Brand {
            id: "anon-app",
            name: self.app_name,
        }
    }

    /// The redirect URL with the result appended to its query.
    fn return_url(&self, params: &[(&str, &str)]) -> String {
        let state = match self.switches.text("state") {
            Some("drop") => None,
            Some("wrong") => Some("{\"wrong\":true}"),
            Some(value) => Some(value),
            None => Some(self.state.as_str()),
        };
        let redirect_url = with_bent_binding(&self.redirect_url, &self.switches);
        let Ok(mut url) = Url::parse(&redirect_url) else {
            return self.redirect_url.clone();
        };
        url.query_pairs_mut()
            .extend_pairs(params)
            .extend_pairs(state.map(|state| ("state", state)));
        url.into()
    }
}

/// The routes of Anon Link.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/link/url", get(link_url))
        .route("/link/{token}", get(dialog).post(cancelled))
        .route("/link/{token}/signin", get(sign_in_page).post(signed_in))
        .route("/link/{token}/status", get(status))
        .route("/link/{token}/finish", get(finish))
}

// ── What backends call ───────────────────────────────────────────────────────────────────────────────────────────

fn refusal(status: StatusCode, error_code: &str, message: impl Into<String>) -> ApiError {
    let error = ApiError::new(status, error_code, message).with("error_code", error_code);
    // Every 401 says what it wants (RFC 9110 §15.5.2).
    match status {
        StatusCode::UNAUTHORIZED => error.challenge("Bearer realm=\"anon\""),
        _ => error,
    }
}

fn bad_input(message: impl Into<String>) -> ApiError {
    refusal(StatusCode::BAD_REQUEST, "bad_input", message)
}

async fn link_url(
    State(sandbox): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    check_key(&headers)?;
    let query = pairs(&query.unwrap_or_default());
    let switches = Switches::from_query(&query);
    if switches.text("error_at") == Some("link") {
        return Err(refusal_on_demand(&switches));
    }
    let link = read_link(&query, switches, sandbox.clock.now())?;
    tracing::info!(
        "anon: made link {} for {}, back to {}",
        redacted(&link.token),
        link.app_name,
        link.redirect_url
    );
    let url = format!("{}{}", sandbox.origins.providers, link.path());
    lock(&sandbox.anon).links.insert(link.token.clone(), link);
    Ok(Json(json!({"url": url})))
}

fn check_key(headers: &HeaderMap) -> Result<(), ApiError> {
    let key = credentials(headers, "Bearer").unwrap_or_default();
    if same(key, API_KEY) {
        return Ok(());
    }
    Err(refusal(
        StatusCode::UNAUTHORIZED,
        "bad_authorization",
        "Send Authorization: Bearer with the API key; sandbox/README.md has it.",
    ))
}

fn refusal_on_demand(switches: &Switches) -> ApiError {
    let code = switches.text("error").unwrap_or("anon_internal_error");
    let status = match code {
        "bad_input" => StatusCode::BAD_REQUEST,
        "bad_authorization" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    refusal(status, code, "The sandbox was asked for this error.")
}

fn read_link(
    query: &[(String, String)],
    switches: Switches,
    now: OffsetDateTime,
) -> Result<Link, ApiError> {
    let given = |name: &str| first(query, name).filter(|value| !value.is_empty());
    let app = given("app").ok_or_else(|| bad_input("app is missing, e.g. app=instagram."))?;
    let (_, app_name) = APPS.into_iter().find(|(id, _)| *id == app).ok_or_else(|| {
        bad_input(format!(
            "There is no app {app:?}; there are instagram, linkedin, x, amazon and gmail."
        ))
    })?;
    check_user(
        given("appUserId"),
        given("appUserIdToken"),
        given("clientId"),
    )?;
    let redirect_url = given("redirectUrl").ok_or_else(|| bad_input("redirectUrl is missing."))?;
    if !Url::parse(redirect_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(bad_input(
            "redirectUrl must be an absolute http or https URL.",
        ));
    }
    let state = given("state").unwrap_or("{}");
    if state.len() > 4_096 || serde_json::from_str::<Value>(state).is_err() {
        return Err(bad_input("state must be JSON of at most 4096 characters."));
    }
    let life = switches
        .number("expires_in")
        .unwrap_or(LINK_LIFE)
        .min(86_400);
    Ok(Link {
        token: random_token("link_"),
        app_name,
        redirect_url: redirect_url.to_owned(),
        state: state.to_owned(),
        company_name: given("companyName")
            .unwrap_or("Demo App")
            .chars()
            .take(80)
            .collect(),
        company_logo_url: given("companyLogoUrl").map(str::to_owned),
        switches,
        expires_at: now + Duration::seconds(i64::try_from(life).unwrap_or(600)),
        signed_in: None,
        detoured: false,
        used: false,
    })
}

/// The user is named by `appUserId`, or by `appUserIdToken` together with `clientId`.
fn check_user(id: Option<&str>, token: Option<&str>, client: Option<&str>) -> Result<(), ApiError> {
    match (id, token, client) {
        (Some(_), _, _) => Ok(()),
        (None, Some(_), Some(CLIENT_ID)) => Ok(()),
        (None, Some(_), Some(_)) => Err(bad_input("clientId is not that of a registered client.")),
        _ => Err(bad_input(
            "appUserId is missing (or appUserIdToken with clientId).",
        )),
    }
}

// ── The dialog ───────────────────────────────────────────────────────────────────────────────────────────────────

/// The link, as long as it is good; else the page that says what is wrong with it.
fn usable(store: &Store, token: &str, now: OffsetDateTime) -> Result<Link, Response> {
    let Some(link) = store.links.get(token) else {
        return Err(problem::gone(BRAND).into_response());
    };
    let (title, sentence, code) = if link.used {
        (
            "This link was used",
            "Each link works once. Go back to the app to get a new one.",
            "link_used",
        )
    } else if now >= link.expires_at {
        (
            "This link has expired",
            "Go back to the app to get a new one.",
            "link_expired",
        )
    } else {
        return Ok(link.clone());
    };
    Err(problem::page(BRAND, StatusCode::GONE, title, sentence, code).into_response())
}

async fn dialog(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.anon);
    let link = usable(&store, &token, sandbox.clock.now())?;
    if link.switches.is_set("no_content") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    tracing::info!("anon: dialog of {} opened", redacted(&token));
    if link.switches.auto().is_some() {
        if further::wanted(&link.switches) {
            let next = format!("{}/finish", link.path());
            return Ok(further::page(BRAND, &link.switches, &next).into_response());
        }
        return Ok(end(&mut store, &sandbox, link));
    }
    let data = json!({"path": link.path(), "further": further::wanted(&link.switches)});
    let page = Page::new(
        BRAND,
        "anon-dialog",
        "Link your account",
        dialog_view(&link),
    )
    .script("page.js")
    .script("anon-dialog.js")
    .data(data)
    .coop(&link.switches, Step::First);
    Ok(page.into_response())
}

fn dialog_view(link: &Link) -> Markup {
    html! {
        @if let Some(logo) = &link.company_logo_url {
            img.logo src=(logo) alt="" width="48" height="48";
        }
        h1 { "Link your " (link.app_name) " account to " (link.company_name) }
        p.lead { (link.company_name) " uses Anon to act for you in " (link.app_name) "." }
        h2 id="what" { "What happens" }
        ul.scopes aria-labelledby="what" {
            li { "You sign in to " (link.app_name) " yourself, in its own window." }
            li { "Anon keeps the session, encrypted. " (link.company_name) " never sees your password." }
            li { "You can unlink the account at any time." }
        }
        p.note id="note" role="status" hidden {}
        form.actions method="post" {
            button.primary type="button" id="continue" { "Continue to " (link.app_name) }
            button name="cancel" value="1" { "Cancel" }
        }
    }
}

async fn cancelled(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.anon);
    let link = usable(&store, &token, sandbox.clock.now())?;
    Ok(answer(&mut store, link, None))
}

// ── The app's own sign-in ────────────────────────────────────────────────────────────────────────────────────────

async fn sign_in_page(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
) -> Result<Page, Response> {
    let link = usable(&lock(&sandbox.anon), &token, sandbox.clock.now())?;
    Ok(sign_in_view(&link, None, ""))
}

fn sign_in_view(link: &Link, error: Option<&str>, email: &str) -> Page {
    let body = login::view(&Login {
        provider_name: link.app_name,
        on_behalf_of: "Anon Link",
        error,
        email,
        cancellable: false,
    });
    Page::new(link.app_brand(), "anon-signin", "Sign in", body).coop(&link.switches, Step::Login)
}

async fn signed_in(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
    Form(form): Form<LoginForm>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.anon);
    let link = usable(&store, &token, sandbox.clock.now())?;
    let person = match form.answer() {
        Answer::SignedIn(person) => person,
        Answer::Wrong { email } => {
            return Ok(sign_in_view(&link, Some(login::WRONG_PASSWORD), &email)
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .into_response());
        }
        Answer::Cancelled => return Ok(Redirect::to(&link.path()).into_response()),
    };
    tracing::info!(
        "anon: {} signed in to {}; session saved",
        person.user,
        link.app_name
    );
    if let Some(link) = store.links.get_mut(&token) {
        link.signed_in = Some(person);
    }
    let body = html! {
        div.state {
            span.symbol aria-hidden="true" { "✓" }
            h1 { "Signed in to " (link.app_name) }
            p.lead role="status" { "This window closes by itself." }
        }
        div.actions { a.button.primary href={ (link.path()) "/finish" } { "Continue" } }
    };
    let page = Page::new(link.app_brand(), "anon-signed-in", "Signed in", body)
        .script("anon-signed-in.js")
        .data(json!({"path": link.path(), "further": further::wanted(&link.switches)}))
        .coop(&link.switches, Step::Login);
    Ok(page.into_response())
}

/// What the dialog asks when the inner window is gone.
async fn status(State(sandbox): State<Shared>, Path(token): Path<String>) -> Json<Value> {
    let store = lock(&sandbox.anon);
    let signed_in = store
        .links
        .get(&token)
        .is_some_and(|link| link.signed_in.is_some());
    Json(json!({"signedIn": signed_in}))
}

// ── Back to the app ──────────────────────────────────────────────────────────────────────────────────────────────

async fn finish(
    State(sandbox): State<Shared>,
    Path(token): Path<String>,
) -> Result<Response, Response> {
    let mut store = lock(&sandbox.anon);
    let link = usable(&store, &token, sandbox.clock.now())?;
    match link.signed_in.or(link.switches.auto()) {
        None => Ok(Redirect::to(&link.path()).into_response()),
        Some(_) => Ok(end(&mut store, &sandbox, link)),
    }
}

/// Ends the link as its user, or `auto`, decided; first past the pages of the app that are to be passed.
fn end(store: &mut Store, sandbox: &Sandbox, link: Link) -> Response {
    if !link.detoured && link.switches.is_set("detour") {
        if let Some(link) = store.links.get_mut(&link.token) {
            link.detoured = true;
        }
        let path = format!("{}/finish", link.path());
        let providers = &sandbox.origins.providers;
        return Redirect::to(&by_way_of(sandbox, &link.switches, providers, path)).into_response();
    }
    let auto = link.switches.auto().filter(|_| link.switches.auto_allows());
    let person = link.signed_in.or(auto);
    answer(store, link, person)
}

/// Ends the link: with that person's account linked, or with nobody's.
fn answer(store: &mut Store, link: Link, person: Option<Person>) -> Response {
    if let Some(link) = store.links.get_mut(&link.token) {
        link.used = true;
    }
    let error = match person {
        None => Some("bad_authorization"),
        Some(_) if link.switches.text("error").is_some() => link.switches.text("error"),
        Some(person) if person.suspended => Some("anon_internal_error"),
        Some(_) => None,
    };
    let url = match error {
        None => link.return_url(&[("type", "success")]),
        Some(code) => link.return_url(&[("type", "error"), ("error_code", code)]),
    };
    tracing::info!(
        "anon: link {} ends with {}",
        redacted(&link.token),
        error.unwrap_or("success")
    );
    leave(BRAND, &link.switches, &url)
}
