//! What backends call: mint a session, poll it, list and revoke grants. Every request is signed.

use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU32;
use time::{Duration, OffsetDateTime};
use url::Url;
use uuid::Uuid;

use super::signature::SignedRequest;
use super::{
    APPS, App, Grant, PROVIDERS, Provider, SESSION_LIFE, Session, Status, Store, USER_TOKEN_KEY,
};
use crate::clock::iso;
use crate::crypto;
use crate::error::ApiError;
use crate::http::json_body;
use crate::switches::Switches;
use crate::{Sandbox, Shared, lock};

/// The largest metadata, in bytes of JSON.
const MAX_METADATA: usize = 8 * 1024;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/sdk/oauth/connect/session", post(mint))
        .route("/sdk/oauth/connect/session/poll", post(poll))
        .route("/sdk/grants/list", post(list_grants))
        .route("/sdk/oauth/grants/{id}/revoke", post(revoke_grant))
        .route("/sdk/auth/verify-token", post(verify_token))
}

/// A request whose signature was checked: which app sent it, and its body.
struct Signed {
    app: App,
    body: Bytes,
    /// What an attenuated client may do, comma separated; empty where it is not attenuated.
    constraints: String,
}

impl FromRequest<Shared> for Signed {
    type Rejection = Response;

    async fn from_request(request: Request, sandbox: &Shared) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), sandbox)
            .await
            .map_err(IntoResponse::into_response)?;
        let signed = SignedRequest {
            method: &parts.method,
            uri: &parts.uri,
            headers: &parts.headers,
            body: &body,
        };
        let app = authenticate(sandbox, &signed).map_err(IntoResponse::into_response)?;
        let constraints = signed.constraints().to_owned();
        Ok(Self {
            app,
            body,
            constraints,
        })
    }
}

/// The app that signed this request.
///
/// # Errors
/// 401 with `invalid_key`, `nonce_reused`, or what [`SignedRequest::verify`] refuses with.
fn authenticate(sandbox: &Sandbox, request: &SignedRequest) -> Result<App, ApiError> {
    let key = request.api_key().unwrap_or_default();
    let app = APPS
        .into_iter()
        .find(|app| crypto::same(app.key, key))
        .ok_or_else(|| {
            ApiError::unauthorized(
                "invalid_key",
                "The x-api-key is not that of a registered app.",
            )
            .with("hint", "sandbox/README.md lists the sandbox's keys.")
        })?;
    request.verify(app.key, sandbox.clock.now().unix_timestamp())?;
    check_caller(request)?;
    let nonce = format!("{}:{}", app.id, request.nonce().unwrap_or_default());
    let mut store = lock(&sandbox.alter);
    if store.nonces.contains(&nonce) {
        return Err(ApiError::unauthorized(
            "nonce_reused",
            "This X-Alter-Nonce was used before; make a fresh one for each request.",
        ));
    }
    store.nonces.insert(nonce, ());
    Ok(app)
}

/// A caller that is named by a UUID is a managed agent (`App.get_agent()`), and the sandbox has none.
fn check_caller(request: &SignedRequest<'_>) -> Result<(), ApiError> {
    if request
        .caller()
        .is_none_or(|caller| Uuid::parse_str(caller).is_err())
    {
        return Ok(());
    }
    Err(ApiError::not_found(
        "caller_agent_unresolved",
        "X-Alter-Caller names no active managed agent: this app has none in the sandbox.",
    ))
}

/// An attenuated client (`with_constraints()`) may do no more than its scopes say. What revoking needs the SDK's documentation does not
/// name.
fn check_constraints(request: &Signed, needed: &str) -> Result<(), ApiError> {
    let granted: Vec<&str> = request
        .constraints
        .split(',')
        .filter(|scope| !scope.is_empty())
        .collect();
    if granted.is_empty() || granted.contains(&needed) {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "insufficient_scope",
        format!("This call needs the scope {needed}, which X-Alter-Scope-Constraints leaves out."),
    )
    .with("required", json!([needed]))
    .with("missing", json!([needed]))
    .with("granted", json!(granted)))
}

/// The body of a mint; unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MintRequest {
    allowed_providers: Option<Vec<String>>,
    return_url: Option<String>,
    allowed_origin: Option<String>,
    metadata: Option<Map<String, Value>>,
    direct: bool,
    switch_account: bool,
    required_scopes: Option<Map<String, Value>>,
    requested_grant: Option<Map<String, Value>>,
    repair_grant_id: Option<String>,
    grant_policy: Option<GrantPolicyBounds>,
    user_token: Option<String>,
    agent: Option<String>,
    scope_constraint: Option<Value>,
}

/// Within what the user may choose how long the grant lives, in seconds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantPolicyBounds {
    max_ttl_seconds: Option<NonZeroU32>,
    default_ttl_seconds: Option<NonZeroU32>,
}

async fn mint(
    State(sandbox): State<Shared>,
    request: Signed,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    check_constraints(&request, "connect:initiate")?;
    let Signed { app, body, .. } = request;
    let session = build_session(&sandbox, app, json_body(&body)?)?;
    let answer = minted(&sandbox, &session);
    log_mint(&session);
    lock(&sandbox.alter)
        .sessions
        .insert(session.token.clone(), session);
    Ok((StatusCode::CREATED, Json(answer)))
}

fn build_session(sandbox: &Sandbox, app: App, request: MintRequest) -> Result<Session, ApiError> {
    check_agent(&request)?;
    check_metadata(request.metadata.as_ref())?;
    let now = sandbox.clock.now();
    let allowed = check_providers(request.allowed_providers.as_deref())?;
    check_single(&request, &allowed)?;
    let owner = check_user_token(request.user_token.as_deref(), now.unix_timestamp())?;
    let scopes = check_scopes(request.required_scopes.as_ref(), &allowed)?;
    if let Some(grant) = &request.repair_grant_id {
        check_repair(
            &lock(&sandbox.alter),
            app,
            owner.as_deref(),
            &allowed,
            grant,
        )?;
    }
    let website = app.has_website.then(|| sandbox.origins.app.clone());
    let target_origin = match request.allowed_origin {
        Some(origin) => Some(check_allowed_origin(&origin)?),
        None => website,
    };
    let switches = Switches::from_json(
        request
            .metadata
            .as_ref()
            .and_then(|data| data.get("sandbox")),
    );
    let life = switches
        .number("expires_in")
        .unwrap_or(SESSION_LIFE)
        .min(86_400);
    let expires_in = i64::try_from(life).unwrap_or(i64::MAX);
    Ok(Session {
        token: crypto::random_token("sess_"),
        app,
        owner,
        allowed,
        scopes,
        return_url: request.return_url.map(check_return_url).transpose()?,
        target_origin,
        // A repair asks nothing that was not allowed before.
        direct: request.direct || request.repair_grant_id.is_some(),
        repair: request.repair_grant_id,
        label: label(request.requested_grant.as_ref()),
        grant_life: request.grant_policy.map(grant_life).transpose()?.flatten(),
        switch_account: request.switch_account,
        switches,
        expires_in,
        expires_at: now + Duration::seconds(expires_in),
        status: Status::Pending,
        connected: Vec::new(),
        declined: Vec::new(),
    })
}

/// A session may delegate to a managed agent, of which the sandbox has none.
fn check_agent(request: &MintRequest) -> Result<(), ApiError> {
    if request.agent.is_some() && request.user_token.is_none() {
        return Err(ApiError::bad_request(
            "agent_requires_user_token",
            "A session that delegates to an agent needs the user_token of the user who consents.",
        ));
    }
    if request.agent.is_none() && request.scope_constraint.is_some() {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_scope_constraint",
            "scope_constraint narrows what an agent gets, and no agent is named.",
        ));
    }
    if request.agent.is_some() {
        return Err(ApiError::not_found(
            "agent_not_found",
            "This app has no managed agents in the sandbox.",
        ));
    }
    Ok(())
}

fn label(requested: Option<&Map<String, Value>>) -> Option<String> {
    Some(requested?.get("label")?.as_str()?.to_owned())
}

/// How long the grant lives: the hosted page has no choice of it here, so as long as would be chosen already, else as long as may be.
fn grant_life(bounds: GrantPolicyBounds) -> Result<Option<Duration>, ApiError> {
    let GrantPolicyBounds {
        max_ttl_seconds: max,
        default_ttl_seconds: chosen,
    } = bounds;
    if chosen.zip(max).is_some_and(|(chosen, max)| chosen > max) {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_grant_policy",
            "grant_policy.default_ttl_seconds must not be more than max_ttl_seconds.",
        ));
    }
    let seconds = chosen.or(max).map(|seconds| i64::from(seconds.get()));
    Ok(seconds.map(Duration::seconds))
}

fn check_metadata(metadata: Option<&Map<String, Value>>) -> Result<(), ApiError> {
    let size = metadata.map_or(0, |data| Value::Object(data.clone()).to_string().len());
    if size <= MAX_METADATA {
        return Ok(());
    }
    Err(ApiError::bad_request(
        "invalid_request",
        "metadata has at most 8 KiB.",
    ))
}

/// The allowed providers, lower-cased, trimmed and without repetition; all where none are named.
fn check_providers(names: Option<&[String]>) -> Result<Vec<Provider>, ApiError> {
    let Some(names) = names else {
        return Ok(PROVIDERS.to_vec());
    };
    let mut allowed = Vec::new();
    for name in names {
        let id = name.trim().to_lowercase();
        let provider = Provider::find(&id).ok_or_else(|| {
            ApiError::bad_request(
                "provider_not_configured",
                format!("The app has no provider {id:?}; it has google, slack, github, notion and hubspot."),
            )
        })?;
        if !allowed.contains(&provider) {
            allowed.push(provider);
        }
    }
    if allowed.is_empty() {
        return Err(ApiError::bad_request(
            "invalid_request",
            "allowed_providers cannot be empty; leave it out to offer every provider.",
        ));
    }
    Ok(allowed)
}

fn check_single(request: &MintRequest, allowed: &[Provider]) -> Result<(), ApiError> {
    let needs_one = [
        (request.direct, "direct"),
        (request.repair_grant_id.is_some(), "repair_grant_id"),
    ];
    for (given, field) in needs_one {
        if given && allowed.len() != 1 {
            return Err(ApiError::bad_request(
                "invalid_request",
                format!("{field} needs exactly one entry in allowed_providers."),
            ));
        }
    }
    Ok(())
}

/// The end user that the token names, where there is one.
fn check_user_token(token: Option<&str>, now: i64) -> Result<Option<String>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let claims = crypto::verify_jwt(token, USER_TOKEN_KEY);
    let alive = |claims: &Value| claims["exp"].as_i64().is_none_or(|exp| exp > now);
    claims
        .filter(alive)
        .and_then(|claims| claims["sub"].as_str().map(str::to_owned))
        .map(Some)
        .ok_or_else(|| {
            ApiError::unauthorized(
                "jwt_validation_error",
                "user_token is not a valid token of the app's identity provider, or it has expired.",
            )
        })
}

/// The scopes to ask each provider for, where the request narrows them.
fn check_scopes(
    required: Option<&Map<String, Value>>,
    allowed: &[Provider],
) -> Result<Vec<(Provider, Vec<String>)>, ApiError> {
    let mut narrowed = Vec::new();
    for (id, scopes) in required.into_iter().flatten() {
        let texts = |items: &Vec<Value>| {
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<String>>>()
        };
        let scopes = scopes.as_array().and_then(texts).ok_or_else(|| {
            ApiError::bad_request(
                "invalid_request",
                format!("required_scopes must have a list of scopes for {id}."),
            )
        })?;
        let Some(provider) = Provider::find(id) else {
            continue;
        };
        if let Some(scope) = scopes
            .iter()
            .find(|scope| !provider.scopes.contains(&scope.as_str()))
        {
            return Err(ApiError::bad_request(
                "scope_not_allowed",
                format!("The app may not ask {id} for the scope {scope:?}."),
            ));
        }
        if allowed.contains(&provider) {
            narrowed.push((provider, scopes));
        }
    }
    Ok(narrowed)
}

fn check_repair(
    store: &Store,
    app: App,
    owner: Option<&str>,
    allowed: &[Provider],
    grant_id: &str,
) -> Result<(), ApiError> {
    let fits = |grant: &Grant| {
        grant.app == app.id
            && !grant.revoked
            && grant.owner.as_deref() == owner
            && allowed.contains(&grant.provider)
    };
    if store.grants.get(grant_id).is_some_and(fits) {
        return Ok(());
    }
    Err(ApiError::not_found(
        "grant_not_found",
        "repair_grant_id names no active grant of this app, user and provider.",
    ))
}

/// An exact origin: scheme, host and port. A trailing slash is dropped; a path, a query or `*` is refused.
fn check_allowed_origin(text: &str) -> Result<String, ApiError> {
    let refused = || {
        ApiError::bad_request(
            "invalid_allowed_origin",
            format!(
                "allowed_origin must be one exact origin such as https://app.example.com, not {text:?}."
            ),
        )
    };
    let origin = text.strip_suffix('/').unwrap_or(text);
    let url = Url::parse(origin).map_err(|_| refused())?;
    if matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == origin {
        Ok(origin.to_owned())
    } else {
        Err(refused())
    }
}

fn check_return_url(text: String) -> Result<String, ApiError> {
    let absolute = Url::parse(&text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if absolute && text.len() <= 2_048 {
        return Ok(text);
    }
    Err(ApiError::bad_request(
        "invalid_return_url",
        "return_url must be an absolute http or https URL of at most 2048 characters.",
    ))
}

/// What a mint is answered.
fn minted(sandbox: &Sandbox, session: &Session) -> Value {
    json!({
        "session_token": session.token,
        "connect_url": format!("{}/sdk/oauth/connect#session={}", sandbox.origins.providers, session.token),
        "expires_in": session.expires_in,
        "expires_at": iso(session.expires_at),
        "single_provider": !session.has_picker(),
        "direct": session.direct,
        "scope_constraint_warnings": [],
    })
}

fn log_mint(session: &Session) {
    let providers: Vec<&str> = session.allowed.iter().map(|provider| provider.id).collect();
    tracing::info!(
        "alter: minted session {} for {} ({}); result goes to {}; return URL {}",
        crypto::redacted(&session.token),
        session.app.id,
        providers.join(", "),
        session
            .target_origin
            .as_deref()
            .unwrap_or("no origin, so no message will be sent"),
        session
            .return_url
            .as_deref()
            .unwrap_or("none, so a redirect has nowhere to land"),
    );
}

#[derive(Debug, Deserialize)]
struct PollRequest {
    session_token: String,
}

async fn poll(
    State(sandbox): State<Shared>,
    Signed { app, body, .. }: Signed,
) -> Result<Json<Value>, ApiError> {
    let request: PollRequest = json_body(&body)?;
    let now = sandbox.clock.now();
    let store = lock(&sandbox.alter);
    let session = store
        .sessions
        .get(&request.session_token)
        .filter(|session| session.app == app);
    Ok(Json(match session {
        None => json!({"status": "expired"}),
        Some(session) => polled(session, now),
    }))
}

fn polled(session: &Session, now: OffsetDateTime) -> Value {
    match &session.status {
        Status::Completed(grants) => json!({
            "status": "completed",
            "grants": grants.iter().map(Grant::for_poll).collect::<Vec<_>>(),
            "failed_grants": [],
        }),
        Status::Failed { code, description } => json!({
            "status": "error",
            "error": {"error_code": code, "error_message": description},
        }),
        Status::Pending if now >= session.expires_at => json!({"status": "expired"}),
        Status::Pending => json!({
            "status": "pending",
            "declined_providers": session.declined.iter().map(|(provider, at)| json!({
                "provider_id": provider.id,
                "error_code": "connect_denied",
                "declined_at": iso(*at),
            })).collect::<Vec<_>>(),
        }),
    }
}

/// The body of a grant listing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListRequest {
    limit: Option<usize>,
    offset: usize,
    provider_id: Option<String>,
    status: Option<String>,
    account: Option<String>,
    label: Option<String>,
    user_token: Option<String>,
}

impl ListRequest {
    fn admits(&self, grant: &Grant, owner: Option<&str>, now: OffsetDateTime) -> bool {
        let is = |wanted: &Option<String>, actual: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| actual == Some(wanted))
        };
        owner.is_none_or(|owner| grant.owner.as_deref() == Some(owner))
            && is(&self.provider_id, Some(grant.provider.id))
            && is(&self.status, Some(grant.status(now)))
            && is(&self.account, Some(grant.person.email))
            && is(&self.label, grant.label.as_deref())
    }
}

async fn list_grants(
    State(sandbox): State<Shared>,
    signed: Signed,
) -> Result<Json<Value>, ApiError> {
    check_constraints(&signed, "grants:read")?;
    let Signed { app, body, .. } = signed;
    let request: ListRequest = json_body(&body)?;
    let now = sandbox.clock.now();
    let owner = check_user_token(request.user_token.as_deref(), now.unix_timestamp())?;
    let store = lock(&sandbox.alter);
    let all: Vec<&Grant> = store
        .grants
        .values()
        .filter(|grant| grant.app == app.id && request.admits(grant, owner.as_deref(), now))
        .collect();
    let limit = request.limit.unwrap_or(100).min(1_000);
    let page: Vec<Value> = all
        .iter()
        .skip(request.offset)
        .take(limit)
        .map(|grant| grant.for_list(now))
        .collect();
    Ok(Json(json!({
        "total": all.len(),
        "limit": limit,
        "offset": request.offset,
        "has_more": request.offset + page.len() < all.len(),
        "grants": page,
    })))
}

async fn revoke_grant(
    State(sandbox): State<Shared>,
    Path(id): Path<String>,
    signed: Signed,
) -> Result<Json<Value>, ApiError> {
    check_constraints(&signed, "grants:revoke")?;
    let Signed { app, body, .. } = signed;
    let request: ListRequest = json_body(&body)?;
    let now = sandbox.clock.now();
    let owner = check_user_token(request.user_token.as_deref(), now.unix_timestamp())?;
    let mut store = lock(&sandbox.alter);
    let grant = store
        .grants
        .get_mut(&id)
        .filter(|grant| grant.app == app.id && !grant.revoked)
        .filter(|grant| owner.is_none() || grant.owner == owner)
        .ok_or_else(|| {
            ApiError::not_found("grant_not_found", "There is no active grant of that id.")
        })?;
    grant.revoked = true;
    tracing::info!("alter: the backend revoked grant {id}");
    Ok(Json(json!({
        "success": true,
        "message": "The grant is revoked.",
        "grant_id": id,
        "revoked_at": iso(now),
    })))
}

#[derive(Debug, Deserialize)]
struct VerifyRequest {
    token: String,
}

/// Whom an end user's token names; nothing else of it is told.
async fn verify_token(
    State(sandbox): State<Shared>,
    Signed { body, .. }: Signed,
) -> Result<Json<Value>, ApiError> {
    let request: VerifyRequest = json_body(&body)?;
    let now = sandbox.clock.now().unix_timestamp();
    let sub = check_user_token(Some(&request.token), now)?;
    Ok(Json(json!({"sub": sub})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowed_origin_is_one_exact_origin() {
        assert_eq!(
            check_allowed_origin("https://app.example.com/").ok(),
            Some("https://app.example.com".to_owned())
        );
        assert_eq!(
            check_allowed_origin("http://localhost:4400").ok(),
            Some("http://localhost:4400".to_owned())
        );
        for refused in [
            "*",
            "https://*.example.com/x",
            "https://app.example.com/path",
            "https://app.example.com//",
            "https://app.example.com?x",
            "https://user@app.example.com",
            "https://app.example.com:443",
            "javascript:alert(1)",
            "",
        ] {
            let error = check_allowed_origin(refused).expect_err(refused);
            assert_eq!(error.code, "invalid_allowed_origin");
        }
    }

    #[test]
    fn providers_are_normalised() {
        let ids = |names: &[&str]| -> Result<Vec<&str>, String> {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            check_providers(Some(&names))
                .map(|allowed| allowed.iter().map(|provider| provider.id).collect())
                .map_err(|error| error.code)
        };
        assert_eq!(ids(&["GitHub", " github "]), Ok(vec!["github"]));
        assert_eq!(ids(&[]), Err("invalid_request".into()));
        assert_eq!(ids(&["myspace"]), Err("provider_not_configured".into()));
    }
}
