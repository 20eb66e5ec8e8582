//! The dashboard's page for making an auth link by hand, to copy and send to someone.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use super::api::{LONGEST_LIFE, SessionRequest, build_session};
use super::{BRAND, CATEGORIES};
use crate::clock::iso;
use crate::pages::Page;
use crate::{Shared, lock};

pub(super) fn router() -> Router<Shared> {
    Router::new().route("/admin/auth-links", get(form_page).post(made))
}

/// What the form posts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LinkForm {
    origin_owner_id: String,
    origin_owner_name: String,
    origin_username: String,
    category: String,
}

async fn form_page() -> Page {
    page(form_view(&LinkForm::default(), None))
}

fn page(body: Markup) -> Page {
    Page::new(BRAND, "admin", "Auth links", body).script("page.js")
}

fn form_view(form: &LinkForm, error: Option<&str>) -> Markup {
    html! {
        h1 { "Make an auth link" }
        p.lead { "Whoever opens it can connect an account for this owner. It is good for 30 days and works once." }
        @if let Some(error) = error { p.alert role="alert" { (error) } }
        form.fields method="post" {
            label for="owner-id" { "Origin owner id" }
            input id="owner-id" name="origin_owner_id" required maxlength="200" value=(form.origin_owner_id)
                aria-describedby="owner-hint";
            p.hint id="owner-hint" { "How your app names the customer, e.g. " code { "customer-42" } "." }
            label for="owner-name" { "Owner name" }
            input id="owner-name" name="origin_owner_name" required maxlength="200" value=(form.origin_owner_name);
            label for="username" { "Username (optional)" }
            input id="username" name="origin_username" maxlength="200" value=(form.origin_username);
            label for="category" { "Category" }
            select id="category" name="category" {
                option value="" { "All" }
                @for (id, name) in CATEGORIES {
                    option value=(id) selected[form.category == id] { (name) }
                }
            }
            button.primary type="submit" { "Make link" }
        }
    }
}

async fn made(State(sandbox): State<Shared>, Form(form): Form<LinkForm>) -> Response {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let request = SessionRequest {
        origin_owner_id: form.origin_owner_id.clone(),
        origin_owner_name: form.origin_owner_name.clone(),
        origin_username: given(&form.origin_username),
        categories: given(&form.category).map(|category| vec![category]),
        expires_in: Some(LONGEST_LIFE),
        ..SessionRequest::default()
    };
    let mut store = lock(&sandbox.stackone);
    match build_session(&store, request, sandbox.clock.now()) {
        Err(error) => page(form_view(&form, Some(&error.message)))
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .into_response(),
        Ok(session) => {
            let url = format!("{}{}", sandbox.origins.providers, session.path());
            let body = made_view(
                &url,
                &session.origin_owner_name,
                &iso(session.expires_at)[..10],
            );
            store.sessions.insert(session.token.clone(), session);
            page(body).into_response()
        }
    }
}

fn made_view(url: &str, owner: &str, until: &str) -> Markup {
    html! {
        h1 { "The link is ready" }
        p.lead { "Send it to " strong { (owner) } ". It is good until " (until) "." }
        div.fields {
            label for="link" { "Auth link" }
            div.copy {
                input id="link" readonly value=(url);
                button.primary type="button" data-copy="link" { "Copy" }
            }
            p.hint id="copied" role="status" {}
        }
        div.actions {
            a.button href=(url) { "Open it" }
            a.button href="/admin/auth-links" { "Make another" }
        }
    }
}
