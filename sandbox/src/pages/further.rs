//! Going on in a further window: what is open stays where it is, and the sign-in ends in the new one.

use maud::html;
use serde_json::json;

use super::{Brand, Page, Step};
use crate::switches::Switches;

/// Is a further window asked for?
pub fn wanted(switches: &Switches) -> bool {
    switches.is_set("further_window")
}

/// The page that opens the window, at `next`.
pub fn page(brand: Brand, switches: &Switches, next: &str) -> Page {
    let ways = switches.list("further_window");
    let way = |name: &str| ways.iter().any(|way| way == name);
    let data = json!({
        "next": next,
        "auto": switches.text("auto").is_some(),
        "close": way("close"),
        "noopener": way("noopener"),
    });
    let body = html! {
        div.state {
            span.symbol aria-hidden="true" { "↗" }
            h1 { "Go on in another window" }
            p.lead id="status" role="status" { (brand.name) " finishes in a window of its own." }
        }
        div.actions {
            button.primary type="button" id="further" { "Continue in a new window" }
        }
    };
    Page::new(brand, "further", "Another window", body)
        .script("further.js")
        .data(data)
        .coop(switches, Step::First)
}
