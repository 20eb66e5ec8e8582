//! The token endpoint: its requests (RFC 6749 sections 4.1.3 and 6) and its answers (sections 5.1 and 5.2).

use super::url::UrlBuilder;
use crate::error::{Code, Failure, check};
use crate::flow::response::Parameters;
use crate::flow::transaction::{BodyFormat, OauthTransaction, TokenEndpoint};
use crate::options::{Fields, Rules, optional_text, required_text, word};
use crate::secret::Secret;
use crate::text::{includes, split_once, trim};
use crate::value::{Entries, Value};
use crate::world::{Url, World};

/// A request to the token endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRequest {
    /// Where it goes, and how its body is written.
    pub endpoint: TokenEndpoint,
    /// What it says: an object of texts.
    pub parameters: Value,
    /// Whether its scope is a flow's, of which less may have been granted.
    pub has_flows_scope: bool,
}

/// What the app's `exchange` is called with, for its backend (RFC 7636 section 4.5).
pub fn grant_for_app(code: &Secret, params: Value, oauth: &OauthTransaction) -> Value {
    let mut grant = Entries::default();
    grant.add_text("code", code.expose());
    grant.add_text("codeVerifier", verifier_of(oauth));
    grant.add_text("redirectUri", &*oauth.redirect_uri);
    // What else came with the code, where anything did: QuickBooks names the company there, Shopify the shop.
    if !params.is_empty_object() {
        grant.add("params", params);
    }
    grant.build()
}

/// A spoilt record has no verifier: then whoever exchanges the code refuses it.
fn verifier_of(oauth: &OauthTransaction) -> &str {
    oauth.code_verifier.as_ref().map_or("", Secret::expose)
}

impl TokenRequest {
    /// The exchange of a code (RFC 6749 section 4.1.3, RFC 7636 section 4.5); none where that is the app's to do.
    pub fn exchange(code: &Secret, oauth: &OauthTransaction) -> Option<Box<TokenRequest>> {
        let endpoint = oauth.token_endpoint.clone()?;
        let mut parameters = Entries::default();
        parameters.add_text("grant_type", "authorization_code");
        parameters.add_text("code", code.expose());
        parameters.add_text("redirect_uri", &*oauth.redirect_uri);
        parameters.add_text("client_id", &*oauth.client_id);
        parameters.add_text("code_verifier", verifier_of(oauth));
        Some(Box::new(TokenRequest {
            endpoint,
            parameters: parameters.build(),
            has_flows_scope: false,
        }))
    }

    /// A refresh (RFC 6749 section 6).
    pub fn refresh(options: &dyn Fields, rules: Rules) -> Result<Box<TokenRequest>, Box<Failure>> {
        let endpoint = TokenEndpoint::read(options, rules)?;
        let mut has_flows_scope = false;
        let mut parameters = Entries::default();
        parameters.add_text("grant_type", "refresh_token");
        parameters.add_text("refresh_token", &*required_text(options, "refreshToken")?);
        parameters.add_text("client_id", &*required_text(options, "clientId")?);
        if let Some(scope) = optional_text(options, "scope")?.filter(|scope| !scope.is_empty()) {
            parameters.add_text("scope", &*scope);
            has_flows_scope = options.get("authorizationEndpoint").is_given();
        }
        Ok(Box::new(TokenRequest {
            endpoint,
            parameters: parameters.build(),
            has_flows_scope,
        }))
    }

    /// Leaves a flow's scope out where that is what the server refused: less may have been granted than the flow asked for (RFC 6749
    /// section 6), and without a scope the request is one for all that was. Answers whether it has; once.
    pub fn leave_scope_out(&mut self, refusal: &Failure) -> bool {
        let is_refused = refusal.code.as_str() == "invalid_scope";
        let is_to_leave = is_refused && std::mem::take(&mut self.has_flows_scope);
        if let Value::Object(parameters) = &mut self.parameters {
            if is_to_leave {
                // It is the last of them.
                parameters.pop();
            }
        }
        is_to_leave
    }

    /// The refresh token that is being spent.
    pub fn refresh_token(&self) -> Option<&str> {
        self.parameters.get("refresh_token").text()
    }

    /// The body as a form: a query without its question mark.
    pub fn form(&self, world: &dyn World) -> String {
        let mut form = UrlBuilder::new("?", world);
        for (name, value) in self.parameters.entries() {
            form.append(name, value.as_str().unwrap_or_default());
        }
        form.build().expose()[1..].to_owned()
    }
}

impl TokenEndpoint {
    /// Reads the options `tokenEndpoint` and `tokenRequest`.
    pub fn read(options: &dyn Fields, rules: Rules) -> Result<TokenEndpoint, Box<Failure>> {
        let name = "tokenEndpoint";
        let url = rules.check_endpoint(options, name)?;
        // No request can be made to such a URL (Fetch, Request constructor).
        let has_credentials = |url: Box<Url>| url.has_credentials;
        check(
            !rules.world.parse_url(&url).is_some_and(has_credentials),
            name,
        )?;
        Ok(TokenEndpoint {
            url,
            format: BodyFormat::named(word(options, "tokenRequest", &["form", "json"])?),
        })
    }
}

/// What the token endpoint answered.
#[derive(Clone, PartialEq)]
pub struct TokenAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} [redacted]", self.status)
    }
}

/// Reads the token endpoint's answer, anny's camelCase included. A failure carries the status and the body as it came. `spent`: the refresh
/// token that was sent; where the server keeps it alive, it stays the one to use.
pub fn read_token_answer(
    answer: &TokenAnswer,
    spent: Option<&str>,
    world: &dyn World,
) -> Result<Value, Box<Failure>> {
    let body = world
        .parse_json(&answer.body)
        .or_else(|| read_form(&answer.body, world))
        .unwrap_or(Value::Absent);
    let is_ok = (200..300).contains(&answer.status);
    let access_token = body.get("access_token").text();
    match access_token.filter(|_| is_ok && body.get("error").text().is_none()) {
        Some(access_token) => {
            let refresh_token = body.get("refresh_token").text().or(spent);
            Ok(read_tokens(&body, access_token, refresh_token, world))
        }
        None => Err(read_failure(answer, body, is_ok)),
    }
}

/// Servers from before RFC 6749 answer in a form, whatever is accepted; a page that speaks of tokens is none.
fn read_form(text: &str, world: &dyn World) -> Option<Value> {
    let form = Parameters::parse(trim(text), world);
    let is_answer = form.get("access_token").or(form.get("error")).is_some();
    (is_answer && !includes(text, "<")).then(|| form.to_value())
}

/// Some servers list the scopes that RFC 6749 section 3.3 has in one text.
fn read_scope(scope: &Value) -> Option<String> {
    let mut words = scope.to_text();
    for word in scope.items().unwrap_or_default() {
        if let Some(word) = word.text() {
            words = Some(match words {
                Some(before) => before + " " + word,
                None => word.to_owned(),
            });
        }
    }
    words
}

/// A token response (RFC 6749 sections 4.2.2 and 5.1), normalised: what is a text is one, `expires_at` is Unix time in seconds, and `raw` the
/// response as it came.
pub fn read_tokens(
    response: &Value,
    access_token: &str,
    refresh_token: Option<&str>,
    world: &dyn World,
) -> Value {
    let text = |name| response.get(name).text();
    let time = text("expires_at").or_else(|| text("expiresAt"));
    let lifetime = Lifetime::read(response.get("expires_in"), time, world);
    let mut tokens = Entries::default();
    tokens.add_text("access_token", access_token);
    tokens.add_text("token_type", text("token_type"));
    tokens.add_number("expires_in", lifetime.expires_in);
    tokens.add_number("expires_at", lifetime.expires_at);
    tokens.add_text("refresh_token", refresh_token);
    tokens.add_text("scope", read_scope(response.get("scope")).as_deref());
    tokens.add_text("id_token", text("id_token"));
    tokens.add("raw", response.clone());
    tokens.build()
}

/// RFC 6749 section 5.2, and what servers answer instead: `error_code` and `msg`, an `error` object, a list of `errors` (Fitbit's have an
/// `errorType`, Square's a `code` and a `detail`), a `message` alone, a problem's `detail` (RFC 9457), Okta's `errorCode` and `errorSummary`.
fn read_failure(answer: &TokenAnswer, body: Value, is_ok: bool) -> Box<Failure> {
    let error = body.get("error");
    let listed = body.get("errors").items().and_then(<[Value]>::first);
    let inner = listed.unwrap_or(error);
    // Where all is said to be well, words alone are no report of an error: they may say "success" around a token that is elsewhere.
    let is_unreported = is_ok && inner.entries().is_empty();
    let code = error
        .text()
        .or(body.get("error_code").text())
        .or(body.get("errorCode").text())
        .or(inner.get("code").text())
        .or(inner.get("errorType").text())
        .or(body.get("code").text())
        .map(str::to_owned);
    let words = [
        "error_description",
        "msg",
        "message",
        "detail",
        "errorSummary",
    ]
    .iter()
    .find_map(|name| body.get(name).text());
    let words = words
        .or(inner.get("message").text())
        .or(inner.get("detail").text())
        .map(str::to_owned);
    let mut details = match &body {
        Value::Object(entries) => entries.clone(),
        _ => Vec::new(),
    };
    // Where the server has words of these names, ours come after them, and an object keeps the last of each.
    details.push(("status".into(), Value::Number(answer.status.into())));
    details.push((
        "body".into(),
        if body.is_given() {
            body
        } else {
            Value::Text(answer.body.clone())
        },
    ));
    let details = Value::Object(details);
    if code.is_none() && (words.is_none() || is_unreported) {
        let mut failure: Box<Failure> = Code::InvalidResponse.into();
        failure.details = details;
        return failure;
    }
    Failure::by_provider(code.as_deref(), words.as_deref(), details)
}

/// How long an access token lives: in seconds, and as Unix time in seconds.
pub struct Lifetime {
    /// Seconds from now.
    pub expires_in: Option<f64>,
    /// Unix time.
    pub expires_at: Option<f64>,
}

impl Lifetime {
    /// Reads `expires_in`, a number or a text of one (RFC 6749 section 5.1), or else a time, as Square's `expires_at` and anny's
    /// `expiresAt` have it; the unit of anny's `expiresIn` is not documented. What cannot be read is no expiry.
    pub fn read(expires_in: &Value, expires_at: Option<&str>, world: &dyn World) -> Lifetime {
        let now = (world.time() / 1000.0).floor();
        if expires_in.is_given() {
            let seconds = match expires_in {
                Value::Number(seconds) => Some(*seconds),
                value => value.text().and_then(parse_seconds),
            };
            let expires_in = seconds.filter(|seconds| *seconds >= 0.0 && seconds.is_finite());
            return Lifetime {
                expires_in,
                expires_at: expires_in.map(|seconds| now + seconds),
            };
        }
        let time = expires_at
            .and_then(|text| world.parse_time(text))
            .map(|time| (time / 1000.0).floor());
        let expires_at = time.filter(|time| *time >= 0.0);
        Lifetime {
            expires_in: expires_at.map(|time| time - now),
            expires_at,
        }
    }
}

/// Seconds in decimal digits. What some servers write behind a decimal point is no whole second.
fn parse_seconds(text: &str) -> Option<f64> {
    let text = trim(text);
    let (seconds, rest) = split_once(text, b'.').unwrap_or((text, ""));
    let is_number = rest.bytes().all(|digit| digit.is_ascii_digit());
    let seconds = seconds.parse::<u32>().ok();
    seconds.filter(|_| is_number).map(f64::from)
}
