//! Pages that tests need on the providers' origin: one that forges messages, one that is empty.

use axum::Router;
use axum::extract::RawQuery;
use axum::routing::get;
use maud::html;

use crate::Shared;
use crate::http::{first, pairs};
use crate::pages::{Brand, Page};

const BRAND: Brand = Brand {
    id: "standard",
    name: "Sandbox",
};

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/sandbox/forge", get(forge))
        .route("/sandbox/blank", get(blank))
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
