//! Pages of the providers' origin that are no provider's: its index, for people; and for tests one that forges messages, one that
//! is empty, one that frames the app, one that uses the widget itself.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use maud::html;
use url::Url;

use crate::Shared;
use crate::http::{first, pairs};
use crate::pages::{Brand, Page, problem};
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
        .route("/sandbox/frame", get(frame))
        .route("/sandbox/embedded", get(embedded))
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

/// The app in a frame of another site, where browsers give it a storage of its own.
async fn frame(State(sandbox): State<Shared>, RawQuery(query): RawQuery) -> Page {
    let query = pairs(&query.unwrap_or_default());
    let app = &sandbox.origins.app;
    let wanted = first(&query, "src").unwrap_or("/");
    // Only the app is framed: its URL, whole or from the path on.
    let src = Url::parse(app)
        .and_then(|base| base.join(wanted))
        .ok()
        .filter(|url| url.origin().ascii_serialization() == *app);
    let Some(src) = src else {
        return problem::page(
            BRAND,
            StatusCode::BAD_REQUEST,
            "That is not the app",
            "src must be a URL of the app's origin, or a path of it.",
            "invalid_request",
        );
    };
    let body = html! {
        h1 { "Another site, with the app in it" }
        iframe.embedded id="app" title="The app" src=(src) sandbox=[first(&query, "sandbox")]
            allow=[first(&query, "allow")] {}
    };
    Page::new(BRAND, "frame", "Another site", body)
        .coop_value(first(&query, "coop"))
        .frames(app)
}

/// A page whose site uses the widget itself; its query may be whatever a widget could take for its own.
async fn embedded(RawQuery(query): RawQuery) -> Page {
    let query = pairs(&query.unwrap_or_default());
    let body = html! {
        h1 { "A site that uses the widget itself" }
        p.lead { "It leaves alone whatever is not its own." }
    };
    Page::new(BRAND, "embedded", "Uses the widget", body)
        .coop_value(first(&query, "coop"))
        .embeds_widget()
        .framed()
}
