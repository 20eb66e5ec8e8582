//! Ordinary pages of the app that a sign-in passes on its way: `/login?error`, `/promo?code=X`, `/orders?type=success`.
//!
//! A provider sends the user's window to `/sandbox/detour/{id}`, which tells the browser by a cookie which stops it has
//! to make. A stop stands at the very path and query that were asked for, since what tests want to see is what a widget
//! makes of such a URL.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::html;
use serde_json::json;
use url::Url;

use super::session::{cookie, port};
use crate::pages::{Brand, Page, problem};
use crate::store::Bounded;
use crate::switches::Switches;
use crate::{Sandbox, Shared, crypto, lock};

const BRAND: Brand = Brand {
    id: "app",
    name: "Demo App",
};

/// How long a stop is shown before it moves on, in milliseconds.
const STOP_MS: u64 = 250;
/// Most stops of one detour.
const MOST: usize = 20;

/// The detours that are being made.
#[derive(Debug, Default)]
pub struct Store {
    detours: Bounded<Detour, 1_000>,
}

/// A way past pages of the app.
#[derive(Debug, Clone)]
struct Detour {
    stops: Vec<Url>,
    /// Where it ends.
    end: String,
    ms: u64,
    embeds: bool,
}

impl Detour {
    /// The page that stands at that path and query, where one does.
    fn page_at(&self, path_and_query: &str) -> Option<Page> {
        let here = self
            .stops
            .iter()
            .position(|stop| served_at(stop) == path_and_query)?;
        let next = self
            .stops
            .get(here + 1)
            .map_or(self.end.as_str(), Url::as_str);
        let body = html! {
            h1 { "A page of the app" }
            p.lead { "The way to the provider leads past here." }
            p { code { (path_and_query) } }
            div.actions { a.button.primary href=(next) { "Go on" } }
        };
        let page = Page::new(BRAND, "detour", "On the way", body)
            .script("detour.js")
            .data(json!({"next": next, "ms": self.ms}));
        Some(if self.embeds {
            page.embeds_widget()
        } else {
            page
        })
    }
}

/// What a server sees of a URL: its fragment stays in the browser.
fn served_at(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}

/// The way to `path` of `origin`: past the pages that the switch `detour` names, or, without it, just `path`.
pub(crate) fn by_way_of(
    sandbox: &Sandbox,
    switches: &Switches,
    origin: &str,
    path: String,
) -> String {
    let stops = stops(&sandbox.origins.app, &switches.list("detour"));
    if stops.is_empty() {
        return path;
    }
    let id = crypto::random_token("detour_");
    let url = format!("{}/sandbox/detour/{id}", sandbox.origins.app);
    let detour = Detour {
        stops,
        end: format!("{origin}{path}"),
        ms: switches.number("detour_ms").unwrap_or(STOP_MS),
        embeds: switches.is_set("embeds_widget"),
    };
    lock(&sandbox.detours).detours.insert(id, detour);
    url
}

/// The stops as URLs of the app's origin, each path and query once; what is no path of it is left out.
fn stops(app: &str, paths: &[String]) -> Vec<Url> {
    let mut stops: Vec<Url> = Vec::new();
    for path in paths.iter().filter(|path| path.starts_with('/')).take(MOST) {
        let Ok(url) = Url::parse(&format!("{app}{path}")) else {
            continue;
        };
        let known = stops.iter().any(|stop| served_at(stop) == served_at(&url));
        if !known && !url.path().starts_with("/api/") {
            stops.push(url);
        }
    }
    stops
}

fn cookie_name(sandbox: &Sandbox) -> String {
    format!("sandbox_detour_{}", port(sandbox))
}

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/sandbox/detour/{id}", get(set_out))
}

async fn set_out(State(sandbox): State<Shared>, Path(id): Path<String>) -> Response {
    let first = lock(&sandbox.detours)
        .detours
        .get(&id)
        .and_then(|detour| detour.stops.first().cloned());
    let Some(first) = first else {
        return problem::gone(BRAND).into_response();
    };
    let cookie = format!(
        "{}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=120",
        cookie_name(&sandbox)
    );
    let mut response = Redirect::to(first.as_str()).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Shows the stop that a browser is to make at this URL; every other request goes on to the site.
pub(super) async fn stop(State(sandbox): State<Shared>, request: Request, next: Next) -> Response {
    let page = (request.method() == Method::GET)
        .then(|| cookie(request.headers(), &cookie_name(&sandbox)))
        .flatten()
        .and_then(|id| {
            let here = request.uri().path_and_query()?.as_str();
            lock(&sandbox.detours).detours.get(&id)?.page_at(here)
        });
    match page {
        Some(page) => page.into_response(),
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_are_paths_of_the_app_each_once() {
        let paths = [
            "/login?error",
            "/login?error",
            "/login?error=1",
            "https://elsewhere.example/",
            "/api/connections",
            "/#/orders?type=success",
        ]
        .map(str::to_owned);
        let stops = stops("http://localhost:4400", &paths);
        let seen: Vec<&str> = stops.iter().map(Url::as_str).collect();
        assert_eq!(
            seen,
            [
                "http://localhost:4400/login?error",
                "http://localhost:4400/login?error=1",
                "http://localhost:4400/#/orders?type=success",
            ]
        );
    }
}
