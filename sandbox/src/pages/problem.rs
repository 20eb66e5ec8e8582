//! A page that says what is wrong, where there is nowhere to send the user.

use axum::http::StatusCode;
use maud::html;

use super::{Brand, Page};

/// A page for a visit that the sandbox does not remember.
pub fn gone(brand: Brand) -> Page {
    page(
        brand,
        StatusCode::NOT_FOUND,
        "This page is gone",
        "The sandbox does not remember this visit. Go back to the app and start again.",
        "unknown_flow",
    )
}

/// A page with a headline, a sentence, and the code that a developer would look up.
pub fn page(brand: Brand, status: StatusCode, title: &str, sentence: &str, code: &str) -> Page {
    tracing::info!("{}: showed a problem page: {code}: {sentence}", brand.id);
    let body = html! {
        div.state.bad {
            span.symbol aria-hidden="true" { "!" }
            h1 { (title) }
            p.lead role="alert" { (sentence) }
            p.hint { "Code: " code id="problem-code" { (code) } }
        }
        div.actions {
            button type="button" data-close { "Close window" }
        }
    };
    Page::new(brand, "problem", title, body)
        .status(status)
        .script("page.js")
}
