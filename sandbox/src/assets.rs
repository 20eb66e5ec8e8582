//! The stylesheet and the small scripts of the sandbox's own pages, compiled in.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Shared;

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const FILES: &[(&str, &str, &str)] = &[
    ("sandbox.css", CSS, include_str!("static/sandbox.css")),
    ("page.js", JS, include_str!("static/page.js")),
    ("detour.js", JS, include_str!("static/detour.js")),
    ("further.js", JS, include_str!("static/further.js")),
    ("stay.js", JS, include_str!("static/stay.js")),
    (
        "embedded-widget.js",
        JS,
        include_str!("static/embedded-widget.js"),
    ),
    ("anon-dialog.js", JS, include_str!("static/anon-dialog.js")),
    (
        "anon-signed-in.js",
        JS,
        include_str!("static/anon-signed-in.js"),
    ),
    ("forge.js", JS, include_str!("static/forge.js")),
    ("hub.js", JS, include_str!("static/hub.js")),
    ("hub-done.js", JS, include_str!("static/hub-done.js")),
    ("leave.js", JS, include_str!("static/leave.js")),
    ("alter-start.js", JS, include_str!("static/alter-start.js")),
    (
        "alter-result.js",
        JS,
        include_str!("static/alter-result.js"),
    ),
];

/// `/sandbox-static/…`, on both origins: pages of the sandbox are shown on either.
pub fn router() -> Router<Shared> {
    Router::new().route("/sandbox-static/{file}", get(file))
}

async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(file, ..)| *file == name) {
        Some((_, mime, text)) => (
            [
                (header::CONTENT_TYPE, *mime),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            *text,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
