//! The app's static files, with switches for headers that tests want.

use std::path::Path;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

use crate::http::{pairs, pause};
use crate::switches::Switches;
use crate::{Sandbox, Shared};

/// The largest page that a script is put into, in bytes.
const MAX_PAGE: usize = 4 * 1024 * 1024;

/// The site's directories, the first that has the file winning, and the package under `/pkg/`.
pub fn router(sandbox: &Shared) -> Router {
    let mut site = Router::new().fallback(missing);
    for directory in sandbox.config.site.iter().rev() {
        site = files(directory, site);
    }
    Router::new()
        .nest_service("/pkg", package(sandbox))
        .fallback_service(site.layer(from_fn_with_state(sandbox.clone(), switched)))
}

/// The package alone, for an origin whose pages use it too.
pub fn package(sandbox: &Shared) -> Router {
    files(&sandbox.config.pkg, Router::new().fallback(missing))
        .layer(from_fn_with_state(sandbox.clone(), switched))
}

/// The files of a directory; what it lacks is asked of the other.
fn files(directory: &Path, other: Router) -> Router {
    Router::new().fallback_service(ServeDir::new(directory).fallback(other))
}

async fn missing(request: Request) -> Response {
    (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        format!(
            "There is no {} here. Is the site built? `npm run build` makes /pkg/, and `npm run build:site` www/dist.\n",
            request.uri().path()
        ),
    )
        .into_response()
}

/// Sets the headers that the query asks for, complete MIME types, and forbids caching.
async fn switched(
    axum::extract::State(sandbox): axum::extract::State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let switches = Switches::from_query(&pairs(request.uri().query().unwrap_or_default()));
    pause(switches.number("delay_ms").unwrap_or(0)).await;
    request.headers_mut().remove(header::IF_MODIFIED_SINCE);
    request.headers_mut().remove(header::IF_NONE_MATCH);
    request.headers_mut().remove(header::RANGE);
    let asker = request.headers().get("sec-fetch-site").cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // `no-cache` without validators, rather than `no-store`, which would keep pages out of the back/forward cache.
    headers.remove(header::LAST_MODIFIED);
    headers.remove(header::ETAG);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(mime) = headers.get(header::CONTENT_TYPE).and_then(with_charset) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    if let Some(policy) = switches.text("csp") {
        let policy = policy_of(&sandbox, policy, switches.text("csp_report"));
        set(headers, "content-security-policy", &policy);
    }
    if let Some(coop) = switches.text("coop") {
        set(headers, "cross-origin-opener-policy", coop);
    }
    if let Some(asker) = asker.filter(|_| switches.is_set("tell_asker")) {
        let asker = asker.to_str().unwrap_or_default();
        set(headers, "set-cookie", &format!("asker={asker}; Path=/"));
    }
    if switches.is_set("stay") {
        response = staying(response).await;
    }
    response
}

/// A page with the script in it that asks before it is left; anything else as it is.
async fn staying(response: Response) -> Response {
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|mime| mime.as_bytes().starts_with(b"text/html"));
    if !html {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PAGE).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let script = "<script src=\"/sandbox-static/stay.js\"></script></head>";
    let text = String::from_utf8_lossy(&bytes).replacen("</head>", script, 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, text.into())
}

fn set(headers: &mut axum::http::HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Text without a charset gets one: without it scripts may be read as Latin-1.
fn with_charset(mime: &HeaderValue) -> Option<HeaderValue> {
    let mime = mime.to_str().ok()?;
    let text = mime.starts_with("text/")
        || matches!(
            mime,
            "application/json" | "application/javascript" | "image/svg+xml"
        );
    (text && !mime.contains("charset"))
        .then(|| HeaderValue::from_str(&format!("{mime}; charset=utf-8")).ok())?
}

/// A named policy, or the text itself.
fn policy_of(sandbox: &Sandbox, name: &str, report: Option<&str>) -> String {
    let base = |script: &str| {
        format!(
            "default-src 'none'; script-src {script}; style-src 'self'; img-src 'self' data:; \
             font-src 'self'; connect-src 'self' {}; base-uri 'none'; object-src 'none'",
            sandbox.origins.providers
        )
    };
    let wasm = "'self' 'wasm-unsafe-eval'";
    let policy = match name {
        "strict" => base("'self'"),
        "wasm" => base(wasm),
        "trusted-types" => format!(
            "{}; require-trusted-types-for 'script'; trusted-types 'none'",
            base(wasm)
        ),
        whole => whole.to_owned(),
    };
    match report {
        Some(beacon) => format!("{policy}; report-uri /api/beacon/{beacon}"),
        None => policy,
    }
}
