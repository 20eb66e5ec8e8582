//! Going on in another window: what is open stays where it is, and the sign-in ends in a further one, or in the one that opened this.

use maud::html;
use serde_json::json;

use super::{Brand, Page, Step};
use crate::switches::Switches;

/// Is another window asked for?
pub fn wanted(switches: &Switches) -> bool {
    switches.is_set("further_window")
}

/// The page that opens the window, or sends the first one on, at `next`.
pub fn page(brand: Brand, switches: &Switches, next: &str) -> Page {
    let ways = switches.list("further_window");
    let way = |name: &str| ways.iter().any(|way| way == name);
    let data = json!({
        "next": next,
        "auto": switches.auto().is_some(),
        "close": way("close"),
        "noopener": way("noopener"),
        "first": way("opener"),
    });
    let (place, button) = if way("opener") {
        (
            "the window that opened this one",
            "Continue in the first window",
        )
    } else {
        ("a window of its own", "Continue in a new window")
    };
    let body = html! {
        div.state {
            span.symbol aria-hidden="true" { "↗" }
            h1 { "Go on in another window" }
            p.lead id="status" role="status" { (brand.name) " finishes in " (place) "." }
        }
        div.actions {
            button.primary type="button" id="further" { (button) }
        }
    };
    Page::new(brand, "further", "Another window", body)
        .script("further.js")
        .data(data)
        .coop(switches, Step::First)
}
