//! Leaving for the app: at once, or by a last page that delays, closes or stays, as the switches say.

use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde_json::json;

use super::{Brand, Page, Step};
use crate::switches::Switches;

/// The way to `url`.
pub fn leave(brand: Brand, switches: &Switches, url: &str) -> Response {
    let delay_ms = switches.number("delay_ms").unwrap_or(0);
    let never = switches.flag("never");
    let closes = switches.is_set("close");
    // Without pages before it, only a page of its own can carry the COOP header.
    let severs = switches.text("coop").is_some()
        && (switches.auto().is_some() || switches.text("coop_from") == Some("result"));
    if delay_ms == 0 && !never && !closes && !severs {
        return Redirect::to(url).into_response();
    }
    let body = html! {
        div.state {
            div.spinner aria-hidden="true" {}
            h1 { "Taking you back" }
            p.lead role="status" { "One moment…" }
        }
    };
    Page::new(brand, "result", "Taking you back", body)
        .script("leave.js")
        .data(json!({"next": url, "delayMs": delay_ms, "never": never, "close": closes}))
        .coop(switches, Step::Result)
        .into_response()
}
