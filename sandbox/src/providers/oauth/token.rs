//! The token endpoint: codes and refresh tokens in, tokens out.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, post};
use axum::{Extension, Json, Router};
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::{Client, Granted, Profile, Store, TokenStyle, anny, id_token, standard};
use crate::clock::iso_with_offset;
use crate::config::Origins;
use crate::crypto::{base64_text, base64url, redacted, same, sha256};
use crate::http::{
    WantedPlain, cors, credentials, first, has_type, in_place_of, is_frameworks_refusal, pairs,
    pause,
};
use crate::switches::Switches;
use crate::{Shared, lock};

pub(super) fn router() -> Router<Shared> {
    let anny = |sandbox, query, headers, body| token(&anny::PROFILE, sandbox, query, headers, body);
    let standard =
        |sandbox, query, headers, body| token(&standard::PROFILE, sandbox, query, headers, body);
    let moved = || any(redirected_token).options(cors::preflight);
    Router::new()
        .route("/oauth/token", post(anny).options(cors::preflight))
        .route("/standard/token", post(standard).options(cors::preflight))
        .route("/standard/revoke", post(revoke).options(cors::preflight))
        .route("/oauth/redirected-token", moved())
        .route("/standard/redirected-token", moved())
        .layer(map_response(refusals_as_errors))
        .layer(map_response(never_kept))
        .layer(from_fn(cors::open))
}

/// No cache keeps what has a token in it, or the reason why it has none (RFC 6749 §5.1).
async fn never_kept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// What the framework refuses is said as every other error of these endpoints.
async fn refusals_as_errors(response: Response) -> Response {
    let status = response.status();
    let description = match status {
        StatusCode::METHOD_NOT_ALLOWED => "The request must be a POST.",
        StatusCode::PAYLOAD_TOO_LARGE => "The body is larger than 64 KiB.",
        _ => return response,
    };
    if !is_frameworks_refusal(&response) {
        return response;
    }
    let error = TokenError {
        status,
        ..TokenError::new("invalid_request", description)
    };
    in_place_of(&response, error)
}

/// An error of the token endpoint (RFC 6749 §5.2, which wants its words in ASCII, without quotation marks and backslashes).
#[derive(Debug)]
struct TokenError {
    status: StatusCode,
    error: String,
    description: String,
}

impl TokenError {
    fn new(error: &str, description: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error: error.to_owned(),
            description: description.to_owned(),
        }
    }

    fn invalid_client(description: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::new("invalid_client", description)
        }
    }

    fn invalid_grant(description: &str) -> Self {
        Self::new("invalid_grant", description)
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        tracing::info!(
            "token endpoint refuses: {}: {}",
            self.error,
            self.description
        );
        let body = json!({"error": self.error, "error_description": self.description});
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"sandbox\"");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

async fn token(
    profile: &'static Profile,
    State(sandbox): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let switches = Switches::from_query(&pairs(&query.unwrap_or_default()));
    pause(switches.number("delay_ms").unwrap_or(0)).await;
    if let Some(mishap) = mishap(&switches) {
        return mishap;
    }
    let answered = parameters(profile, &headers, &body).and_then(|parameters| {
        let mut store = lock(&sandbox.oauth);
        let client = authenticate(&store, profile, &headers, &parameters)?;
        let exchange = Exchange {
            client: &client,
            parameters: &parameters,
            switches: &switches,
            origins: &sandbox.origins,
            now: sandbox.clock.now(),
        };
        exchange.answer(&mut store)
    });
    match answered {
        Ok(body) => Json(body).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Revokes a refresh token with all that came of it, or an access token alone; one that is unknown is no error (RFC 7009 §2).
async fn revoke(State(sandbox): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let profile = &standard::PROFILE;
    let revoked = parameters(profile, &headers, &body).and_then(|parameters| {
        let mut store = lock(&sandbox.oauth);
        let client = authenticate(&store, profile, &headers, &parameters)?;
        let token = required(&parameters, "token")?;
        let refresh = store.refresh.get_mut(token).map(|held| held.clone());
        let family = refresh.as_ref().map(|held| held.family.clone());
        let access = store.access.get_mut(token);
        let granted = match (&refresh, &access) {
            (Some(held), _) => &held.granted,
            (None, Some(held)) => &held.granted,
            (None, None) => return Ok(()),
        };
        if granted.client_id != client.id {
            return Err(TokenError::invalid_grant(
                "The token was issued to another client.",
            ));
        }
        if let Some(access) = access {
            access.revoked = true;
        }
        if let Some(family) = family {
            store.revoke_family(&family);
        }
        Ok(())
    });
    // Nobody need read the body (RFC 7009 §2.2), but some clients take nothing that is not JSON.
    revoked.map_or_else(IntoResponse::into_response, |()| {
        Json(json!({})).into_response()
    })
}

fn required<'a>(parameters: &'a [(String, String)], name: &str) -> Result<&'a str, TokenError> {
    first(parameters, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| TokenError::new("invalid_request", &format!("{name} is missing.")))
}

/// What the switches in the endpoint's own URL want instead of an answer.
fn mishap(switches: &Switches) -> Option<Response> {
    let status = switches
        .number("status")
        .map(|status| status_of(status, StatusCode::INTERNAL_SERVER_ERROR));
    if let Some(error) = switches.text("error") {
        let error = TokenError::new(error, "The sandbox was asked for this error.");
        return Some(
            TokenError {
                status: status.unwrap_or(error.status),
                ..error
            }
            .into_response(),
        );
    }
    if switches.is_set("redirect") {
        let status = match switches.number("redirect") {
            Some(status @ 300..400) => status_of(status, StatusCode::FOUND),
            _ => StatusCode::FOUND,
        };
        return Some((status, [(header::LOCATION, "redirected-token")]).into_response());
    }
    match (switches.text("body"), status) {
        (None, None) => None,
        (None, Some(status)) => {
            let page = "<!doctype html><title>The sandbox was asked for this</title>";
            Some((status, Html(page)).into_response())
        }
        (Some(kind), status) => Some(odd_body(kind, status)),
    }
}

fn status_of(number: u64, fallback: StatusCode) -> StatusCode {
    u16::try_from(number)
        .ok()
        .and_then(|number| StatusCode::from_u16(number).ok())
        .unwrap_or(fallback)
}

/// A body as real servers send it instead of RFC 6749's, with the status that belongs to it or the one asked for.
fn odd_body(kind: &str, status: Option<StatusCode>) -> Response {
    let with = |usual: StatusCode, mime: &'static str, body: &'static str| {
        let status = status.unwrap_or(usual);
        let mime = [(header::CONTENT_TYPE, mime)];
        (status, mime, Extension(WantedPlain), body).into_response()
    };
    let json = "application/json";
    let (ok, bad) = (StatusCode::OK, StatusCode::BAD_REQUEST);
    match kind {
        "html" => with(
            ok,
            "text/html; charset=utf-8",
            "<!doctype html><title>Maintenance</title>",
        ),
        "text" => with(bad, "text/plain; charset=utf-8", "Bad verification code"),
        "empty" => with(ok, json, ""),
        "null" => with(ok, json, "null"),
        "array" => with(ok, json, "[\"access_token\"]"),
        "error_code_msg" => with(
            bad,
            json,
            r#"{"error_code":"bad_code_verifier","msg":"code challenge does not match previously saved code verifier"}"#,
        ),
        "error_object" => with(
            bad,
            json,
            r#"{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100}}"#,
        ),
        "message" => with(
            StatusCode::TOO_MANY_REQUESTS,
            json,
            r#"{"message":"Too many requests. Try again in a minute."}"#,
        ),
        "errors" => with(
            bad,
            "application/vnd.api+json",
            r#"{"errors":[{"status":"400","code":"invalid_grant","title":"Invalid grant","detail":"The code has expired."}]}"#,
        ),
        "problem" => with(
            bad,
            "application/problem+json",
            r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"The code has expired."}"#,
        ),
        _ => with(ok, json, "{\"access_token\": \"cut off in the mid"),
    }
}

/// Where a redirected token request would end: at a token that nobody should have.
async fn redirected_token() -> Json<Value> {
    Json(
        json!({"access_token": "token-behind-a-redirect", "token_type": "Bearer", "expires_in": 3_600}),
    )
}

/// The request's parameters, out of a form or, at anny, out of JSON.
fn parameters(
    profile: &Profile,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Vec<(String, String)>, TokenError> {
    let invalid = |description: &str| TokenError::new("invalid_request", description);
    if has_type(headers, "application/json") {
        if profile.style != TokenStyle::Camel {
            return Err(invalid(
                "The body must be application/x-www-form-urlencoded (RFC 6749 section 4.1.3).",
            ));
        }
        let object: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| invalid("The body is not a JSON object."))?;
        let text = |value: Value| value.as_str().map(str::to_owned);
        return Ok(object
            .into_iter()
            .filter_map(|(name, value)| Some((name, text(value)?)))
            .collect());
    }
    if !has_type(headers, "application/x-www-form-urlencoded") {
        return Err(invalid("The body must be a form."));
    }
    let parameters = pairs(&String::from_utf8_lossy(body));
    for (index, (name, _)) in parameters.iter().enumerate() {
        if parameters[..index]
            .iter()
            .any(|(earlier, _)| earlier == name)
        {
            return Err(invalid("A parameter was sent more than once."));
        }
    }
    Ok(parameters)
}

/// The client that asks: by HTTP Basic, by a secret in the body, or, when it has no secret, by its id alone.
fn authenticate(
    store: &Store,
    profile: &'static Profile,
    headers: &HeaderMap,
    parameters: &[(String, String)],
) -> Result<Client, TokenError> {
    let basic = basic_credentials(headers);
    if basic.is_some() && first(parameters, "client_secret").is_some() {
        return Err(TokenError::new(
            "invalid_request",
            "The client authenticated in two ways (RFC 6749 section 2.3).",
        ));
    }
    let id = match (&basic, first(parameters, "client_id")) {
        (Some((id, _)), Some(other)) if id != other => {
            return Err(TokenError::new(
                "invalid_request",
                "client_id is not that of the client which the Authorization header names.",
            ));
        }
        (Some((id, _)), _) => id,
        (None, Some(id)) => id,
        (None, None) => return Err(TokenError::invalid_client("client_id is missing.")),
    };
    let client = store
        .clients
        .get(id)
        .filter(|client| client.profile == profile)
        .ok_or_else(|| TokenError::invalid_client("There is no such client."))?;
    let given = basic
        .as_ref()
        .map(|(_, secret)| secret.as_str())
        .or(first(parameters, "client_secret"));
    match (&client.secret, given) {
        (None, _) => Ok(client.clone()),
        (Some(secret), Some(given)) if same(secret, given) => Ok(client.clone()),
        _ => Err(TokenError::invalid_client(
            "The client's secret is missing or wrong.",
        )),
    }
}

fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let decoded = base64_text(credentials(headers, "Basic")?)?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        pairs(&format!("x={text}"))
            .into_iter()
            .next()
            .map_or_else(String::new, |(_, value)| value)
    };
    Some((plain(id), plain(secret)))
}

/// What was granted, with no more than the scopes asked for; nothing when they are more than was granted (RFC 6749 §6).
fn narrowed(granted: &Granted, scope: Option<&str>) -> Option<Granted> {
    let asked: Vec<String> = scope
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if asked.is_empty() {
        return Some(granted.clone());
    }
    asked
        .iter()
        .all(|scope| granted.scopes.contains(scope))
        .then(|| Granted {
            scopes: asked,
            ..granted.clone()
        })
}

/// One token request of a known client.
struct Exchange<'a> {
    client: &'a Client,
    parameters: &'a [(String, String)],
    switches: &'a Switches,
    origins: &'a Origins,
    now: OffsetDateTime,
}

impl Exchange<'_> {
    fn answer(&self, store: &mut Store) -> Result<Value, TokenError> {
        match first(self.parameters, "grant_type") {
            Some("authorization_code") => self.redeem_code(store),
            Some("refresh_token") => self.refresh(store),
            Some(_) => Err(TokenError::new(
                "unsupported_grant_type",
                "Only authorization_code and refresh_token are supported.",
            )),
            None => Err(TokenError::new("invalid_request", "grant_type is missing.")),
        }
    }

    /// RFC 6749 §4.1.3, RFC 7636 §4.6.
    fn redeem_code(&self, store: &mut Store) -> Result<Value, TokenError> {
        let code = required(self.parameters, "code")?;
        let Some(issued) = store.codes.get_mut(code) else {
            return Err(TokenError::invalid_grant("The code is unknown."));
        };
        let mine = issued.granted.client_id == self.client.id;
        let reused = issued.used;
        issued.used |= mine;
        let issued = issued.clone();
        if !mine {
            return Err(TokenError::invalid_grant(
                "The code was issued to another client.",
            ));
        }
        if reused {
            store.revoke_family(&issued.family);
            return Err(TokenError::invalid_grant(
                "The code was used before; what it got then is revoked (RFC 6749 section 4.1.2).",
            ));
        }
        if self.now >= issued.expires_at {
            return Err(TokenError::invalid_grant("The code has expired."));
        }
        if first(self.parameters, "redirect_uri") != Some(issued.redirect_uri.as_str()) {
            return Err(TokenError::invalid_grant(
                "redirect_uri is not the one that the code was sent to.",
            ));
        }
        self.check_verifier(issued.code_challenge.as_deref())?;
        if let Some(error) = issued.granted.switches.text("token_error") {
            return Err(TokenError::new(
                error,
                "The sandbox was asked for this error.",
            ));
        }
        tracing::info!(
            "{}: code {} redeemed by {}",
            self.client.profile.id,
            redacted(code),
            self.client.id
        );
        let refresh = store.issue_refresh(&issued.granted, &issued.family);
        Ok(self.tokens(store, &issued.granted, &issued.family, &refresh))
    }

    fn check_verifier(&self, challenge: Option<&str>) -> Result<(), TokenError> {
        let verifier = first(self.parameters, "code_verifier");
        match (challenge, verifier) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(TokenError::invalid_grant(
                "code_verifier was sent although the request had no code_challenge.",
            )),
            (Some(_), None) => Err(TokenError::new(
                "invalid_request",
                "code_verifier is missing.",
            )),
            (Some(challenge), Some(verifier)) => {
                if same(challenge, &base64url(&sha256(verifier.as_bytes()))) {
                    Ok(())
                } else {
                    Err(TokenError::invalid_grant(
                        "code_verifier does not match the code_challenge.",
                    ))
                }
            }
        }
    }

    /// RFC 6749 §6, with rotation and reuse detection (RFC 9700 §4.14.2).
    fn refresh(&self, store: &mut Store) -> Result<Value, TokenError> {
        let token = required(self.parameters, "refresh_token")?;
        let rotates = self.switches.text("rotate") != Some("off");
        let Some(held) = store.refresh.get_mut(token) else {
            return Err(TokenError::invalid_grant("The refresh token is unknown."));
        };
        let mine = held.granted.client_id == self.client.id;
        let reused = held.used;
        let narrowed = narrowed(&held.granted, first(self.parameters, "scope"));
        // A request that asks for too much is refused before it uses the token up.
        held.used |= mine && rotates && narrowed.is_some();
        let held = held.clone();
        if !mine {
            return Err(TokenError::invalid_grant(
                "The refresh token was issued to another client.",
            ));
        }
        if reused {
            store.revoke_family(&held.family);
            return Err(TokenError::invalid_grant(
                "The refresh token was used before; every token of this authorization is revoked.",
            ));
        }
        if held.revoked {
            return Err(TokenError::invalid_grant("The refresh token is revoked."));
        }
        let Some(narrowed) = narrowed else {
            return Err(TokenError::new(
                "invalid_scope",
                "scope asks for more than was granted (RFC 6749 section 6).",
            ));
        };
        tracing::info!(
            "{}: refreshed by {}",
            self.client.profile.id,
            self.client.id
        );
        let refresh = if rotates {
            store.issue_refresh(&held.granted, &held.family)
        } else {
            token.to_owned()
        };
        Ok(self.tokens(store, &narrowed, &held.family, &refresh))
    }

    /// The switch as the endpoint's URL has it, else as the authorization request had it.
    fn raw(&self, granted: &Granted, key: &str) -> Option<Value> {
        self.switches
            .json(key)
            .or_else(|| granted.switches.json(key))
    }

    fn tokens(&self, store: &mut Store, granted: &Granted, family: &str, refresh: &str) -> Value {
        let profile = self.client.profile;
        let life = self
            .switches
            .number("expires_in")
            .or(granted.switches.number("expires_in"))
            .unwrap_or(profile.access_life);
        let expires_at = self.now + Duration::seconds(i64::try_from(life).unwrap_or(3_600));
        let access = store.issue_access(granted, family, expires_at);
        let raw = self.raw(granted, "expires_in_raw");
        if profile.style == TokenStyle::Camel {
            let mut body = json!({
                "access_token": access,
                "refresh_token": refresh,
                "expiresIn": raw.clone().unwrap_or_else(|| life.div_ceil(60).into()),
            });
            // A moment beside it would hide what is made of the odd life.
            match self.raw(granted, "expires_at_raw") {
                Some(moment) => body["expiresAt"] = moment,
                None if raw.is_none() => body["expiresAt"] = iso_with_offset(expires_at).into(),
                None => {}
            }
            return body;
        }
        let mut body = json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": raw.unwrap_or_else(|| life.into()),
            "refresh_token": refresh,
            "scope": granted.scopes.join(" "),
        });
        if granted.scopes.iter().any(|scope| scope == "openid") {
            let now = self.now.unix_timestamp();
            body["id_token"] = id_token::issue(granted, &access, self.origins, now).into();
        }
        body
    }
}
