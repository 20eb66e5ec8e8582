//! Which browser is asking: a cookie per browser, so that none sees another's connections.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use serde_json::{Value, json};
use std::convert::Infallible;

use crate::providers::alter::USER_TOKEN_KEY;
use crate::store::Bounded;
use crate::{Sandbox, Shared, crypto, lock};

/// What the app remembers about one browser.
#[derive(Debug)]
pub(super) struct Memory {
    /// The browser's own id, which only its cookie knows.
    pub(super) browser: String,
    /// The id under which providers know its user.
    pub(super) user: String,
    pub(super) connections: Bounded<Value, 50>,
}

impl Memory {
    fn new(browser: &str) -> Self {
        Self {
            browser: browser.to_owned(),
            user: user_id(browser),
            connections: Bounded::default(),
        }
    }
}

/// The browser that asks, known by its cookie. Put into a response, it sets the cookie where it is new.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Its random id.
    pub id: String,
    cookie: Option<String>,
}

impl Browser {
    /// The id under which providers know this browser's user.
    pub fn user_id(&self) -> String {
        user_id(&self.id)
    }

    /// A token that names this browser's user to providers, as the app's identity provider would sign it.
    pub(super) fn user_token(&self, sandbox: &Sandbox) -> String {
        let now = sandbox.clock.now().unix_timestamp();
        let claims = json!({"sub": self.user_id(), "iss": sandbox.origins.app, "iat": now, "exp": now + 600});
        crypto::sign_jwt(&claims, USER_TOKEN_KEY)
    }
}

/// Derived from the cookie's value, which itself goes to nobody else.
fn user_id(browser: &str) -> String {
    let digest = crypto::hex(&crypto::sha256(browser.as_bytes()));
    format!("user_{}", &digest[..16])
}

fn cookie_name(sandbox: &Sandbox) -> String {
    format!("connect_demo_{}", port(sandbox))
}

/// The app's port, for names of cookies: all ports of a host share them, so that two sandboxes side by side need two names.
pub(super) fn port(sandbox: &Sandbox) -> &str {
    sandbox.origins.app.rsplit(':').next().unwrap_or_default()
}

/// The value of that cookie.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

impl FromRequestParts<Shared> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, sandbox: &Shared) -> Result<Self, Infallible> {
        let name = cookie_name(sandbox);
        let mut store = lock(&sandbox.app);
        if let Some(id) = cookie(&parts.headers, &name)
            && store.browsers.contains(&id)
        {
            return Ok(Self { id, cookie: None });
        }
        let id = crypto::random_token("browser_");
        store.browsers.insert(id.clone(), Memory::new(&id));
        let cookie = format!("{name}={id}; Path=/; HttpOnly; SameSite=Lax");
        Ok(Self {
            id,
            cookie: Some(cookie),
        })
    }
}

impl IntoResponseParts for Browser {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        if let Some(cookie) = self
            .cookie
            .and_then(|text| HeaderValue::from_str(&text).ok())
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}
