//! Pages that tests need on the providers' origin: one that forges messages, one that is empty.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use maud::html;

use crate::Shared;
use crate::http::{first, pairs};
use crate::pages::{Brand, Page};
use crate::people::{PASSWORD, PEOPLE};

const BRAND: Brand = Brand {
    id: "standard",
    name: "Sandbox",
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(index))
        .route("/sandbox/forge", get(forge))
        .route("/sandbox/blank", get(blank))
}

/// For whoever opens the origin itself.
async fn index(State(sandbox): State<Shared>) -> Page {
    let played = [
        ("Alter Connect", "/sdk/oauth/connect"),
        ("Anon Link", "/link/url"),
        ("StackOne", "/connect_sessions"),
        ("AniAPI", "/v1/oauth"),
        ("anny", "/oauth/authorize"),
        ("Standard OAuth and OpenID Connect", "/standard/authorize"),
    ];
    let body = html! {
        h1 { "The providers" }
        p.lead { "This origin plays the systems that the demo app connects to. Start from the app." }
        ul.scopes {
            @for (name, path) in played {
                li { span { (name) } code { (path) } }
            }
        }
        h2 id="accounts" { "Test accounts" }
        ul.scopes aria-labelledby="accounts" {
            @for person in PEOPLE {
                li { span { (person.name) } code { (person.email) " · " (PASSWORD) } }
            }
        }
        div.actions {
            a.button.primary href=(sandbox.origins.app) { "Open the demo app" }
            a.button href="/admin/auth-links" { "Make a StackOne auth link" }
        }
    };
    Page::new(BRAND, "index", "Providers", body)
}

async fn forge() -> Page {
    let body = html! {
        h1 { "Forge" }
        p.lead role="status" id="status" { "Posting what the fragment says." }
    };
    Page::new(BRAND, "forge", "Forge", body)
        .script("forge.js")
        .framed()
}

async fn blank(RawQuery(query): RawQuery) -> Page {
    let query = pairs(&query.unwrap_or_default());
    let body = html! { h1 { "Blank" } };
    Page::new(BRAND, "blank", "Blank", body)
        .coop_value(first(&query, "coop"))
        .framed()
}
