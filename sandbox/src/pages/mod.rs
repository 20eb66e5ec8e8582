//! The pages of the providers, and those of the app that a sign-in passes: one frame, one stylesheet, an accent per brand.
//!
//! No page has an inline script or style, so that each works under the Content-Security-Policy it is sent with.

pub mod consent;
pub mod further;
pub mod leave;
pub mod login;
pub mod problem;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::switches::Switches;

/// Whose page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brand {
    /// Class of the body, which picks the accent colour.
    pub id: &'static str,
    /// Name in the header.
    pub name: &'static str,
}

/// The steps of a journey through a provider, in order; `coop_from` names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The first page: start, picker, dialog, Hub.
    First,
    /// Signing in.
    Login,
    /// Allowing or denying.
    Consent,
    /// The last page, which answers.
    Result,
}

impl Step {
    fn named(name: &str) -> Self {
        match name {
            "login" => Self::Login,
            "consent" => Self::Consent,
            "result" => Self::Result,
            _ => Self::First,
        }
    }
}

/// A page on its way out.
#[derive(Debug)]
pub struct Page {
    brand: Brand,
    name: &'static str,
    title: String,
    body: Markup,
    status: StatusCode,
    coop: Option<HeaderValue>,
    scripts: Vec<&'static str>,
    data: Option<Value>,
    framed: bool,
    embeds: bool,
    frames: Option<String>,
}

impl Page {
    /// A page of that brand; `name` becomes `document.body.dataset.page`.
    pub fn new(brand: Brand, name: &'static str, title: impl Into<String>, body: Markup) -> Self {
        Self {
            brand,
            name,
            title: title.into(),
            body,
            status: StatusCode::OK,
            coop: None,
            scripts: Vec::new(),
            data: None,
            framed: false,
            embeds: false,
            frames: None,
        }
    }

    /// With another status than 200.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With one of the files under `/sandbox-static/` as a deferred script.
    pub fn script(mut self, file: &'static str) -> Self {
        self.scripts.push(file);
        self
    }

    /// With data for the scripts, as a JSON block that is no script itself.
    pub fn data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    /// With the COOP header that the switches ask for at that step.
    pub fn coop(mut self, switches: &Switches, step: Step) -> Self {
        let from = Step::named(switches.text("coop_from").unwrap_or("first"));
        if step >= from {
            self = self.coop_value(switches.text("coop"));
        }
        self
    }

    /// With that COOP header.
    pub fn coop_value(mut self, value: Option<&str>) -> Self {
        self.coop = value.and_then(|value| HeaderValue::from_str(value).ok());
        self
    }

    /// May be shown in a frame.
    pub fn framed(mut self) -> Self {
        self.framed = true;
        self
    }

    /// May show pages of that origin in a frame of its own.
    pub fn frames(mut self, origin: &str) -> Self {
        self.frames = Some(origin.to_owned());
        self
    }

    /// Uses the widget itself.
    pub fn embeds_widget(mut self) -> Self {
        self.embeds = true;
        self
    }

    /// Uses the widget itself, when the switch `embeds_widget` says so.
    pub fn embedding(self, switches: &Switches) -> Self {
        if switches.is_set("embeds_widget") {
            self.embeds_widget()
        } else {
            self
        }
    }

    /// The Content-Security-Policy.
    fn policy(&self) -> String {
        let ancestors = if self.framed { "*" } else { "'none'" };
        let wasm = if self.embeds {
            " 'wasm-unsafe-eval'"
        } else {
            ""
        };
        let frames = self.frames.as_deref().unwrap_or("'none'");
        format!(
            "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src http: https: data:; \
             connect-src 'self'; frame-src {frames}; base-uri 'none'; frame-ancestors {ancestors}"
        )
    }

    fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (self.title) " · " (self.brand.name) }
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href="/sandbox-static/sandbox.css";
                    @for script in &self.scripts {
                        script defer src={ "/sandbox-static/" (script) } {}
                    }
                    @if self.embeds {
                        script type="module" src="/sandbox-static/embedded-widget.js" {}
                    }
                }
                body class={ "brand-" (self.brand.id) } data-page=(self.name) {
                    div.card {
                        header.brand {
                            span.mark aria-hidden="true" { (self.brand.name.chars().next().unwrap_or('?')) }
                            span.brand-name { (self.brand.name) }
                            span.badge { "sandbox" }
                        }
                        main { (self.body) }
                        footer { "A local sandbox. No real account is touched." }
                    }
                    @if let Some(data) = &self.data {
                        script type="application/json" id="page-data" { (maud::PreEscaped(escape_json(data))) }
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.markup()).into_response();
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::from_str(&self.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static("same-origin"),
        );
        if let Some(coop) = self.coop {
            headers.insert(HeaderName::from_static("cross-origin-opener-policy"), coop);
        }
        response
    }
}

/// What the switch `embeds_widget` wants in the query of a page that uses the widget itself, when it is more than a yes.
pub fn embedded_query(switches: &Switches) -> Option<&str> {
    switches
        .text("embeds_widget")
        .filter(|text| text.contains('='))
}

/// JSON that may stand inside a `<script>` element: no `<` can end it.
fn escape_json(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BRAND: Brand = Brand {
        id: "test",
        name: "Test",
    };

    #[test]
    fn data_cannot_end_its_script_element() {
        let page = Page::new(BRAND, "result", "T", html! {})
            .data(json!({"message": "</script><script>alert(1)</script>"}));
        assert!(!page.markup().into_string().contains("<script>alert"));
    }

    #[test]
    fn coop_starts_at_the_step_that_was_asked_for() {
        let switches = Switches::from_json(Some(
            &json!({"coop": "same-origin", "coop_from": "consent"}),
        ));
        let coop = |step| {
            Page::new(BRAND, "x", "T", html! {})
                .coop(&switches, step)
                .coop
        };
        assert!(coop(Step::First).is_none());
        assert!(coop(Step::Login).is_none());
        assert!(coop(Step::Consent).is_some());
        assert!(coop(Step::Result).is_some());
    }
}
