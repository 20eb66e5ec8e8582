//! The OAuth 2.0 authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636, S256 only).

use super::oauth_request::{build_request, check_endpoint, check_response};
use super::{Adapter, Launch};
use crate::error::{Code as ErrorCode, Failure};
use crate::flow::encoding::{concat, decimal};
use crate::flow::input::{Input, Value};
use crate::flow::outcome::{Build, Put, Verdict};
use crate::flow::params::Params;
use crate::flow::pkce::code_challenge;
use crate::flow::response::Response;
use crate::flow::transaction::{Transaction, field};

pub struct Code;

impl Adapter for Code {
    fn lifetime(&self) -> u32 {
        60
    }

    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, fresh: &dyn Fn() -> String) -> Result<Launch, Failure> {
        if input.read("exchange") == Value::Function {
            transaction.set(field::EXCHANGE, "1");
        } else {
            transaction.set(field::TOKEN_ENDPOINT, &check_endpoint(input, "tokenEndpoint")?);
        }
        check_token_request(input, transaction)?;
        let verifier = concat(&[&fresh(), &fresh()]);
        transaction.set(field::CODE_VERIFIER, &verifier);
        let challenge = code_challenge(&verifier);
        build_request(input, transaction, "code", &[("code_challenge", &challenge), ("code_challenge_method", "S256")]).map(Launch::Address)
    }

    fn read_response(&self, _input: &dyn Input, transaction: &Transaction, response: &Response) -> Verdict {
        let query = &response.query;
        if let Some(verdict) = check_response(transaction, query, &response.fragment) {
            return verdict;
        }
        match query.text("code") {
            "" => ErrorCode::InvalidResponse.into(),
            code => Verdict::Code(code.into()),
        }
    }
}

fn check_token_request(input: &dyn Input, transaction: &mut Transaction) -> Result<(), Failure> {
    match input.read("tokenRequest") {
        Value::Text(kind) if kind == "json" => transaction.set(field::JSON, "1"),
        Value::Text(kind) if kind == "form" => {}
        Value::Absent => {}
        _ => return Err(Failure::option("tokenRequest")),
    }
    Ok(())
}

/// Checks the options of a refresh and makes its request's body (RFC 6749 section 6), form-encoded.
///
/// # Errors
/// `invalid_options`, naming the option.
pub fn prepare_refresh(input: &dyn Input) -> Result<(&'static dyn Adapter, Transaction, String), Failure> {
    let mut transaction = Transaction::default();
    transaction.set(field::TOKEN_ENDPOINT, &check_endpoint(input, "tokenEndpoint")?);
    check_token_request(input, &mut transaction)?;
    let mut body = Params::default();
    body.push("grant_type", "refresh_token");
    for (name, option, required) in [("refresh_token", "refreshToken", true), (field::CLIENT_ID, "clientId", true), ("scope", "scope", false)] {
        match input.read(option) {
            Value::Text(text) if !text.is_empty() => body.push(name, &text),
            _ if required => return Err(Failure::option(option)),
            _ => {}
        }
    }
    Ok((&Code, transaction, body.serialize()))
}

/// The token request's body (RFC 6749 section 4.1.3, RFC 7636 section 4.5), form-encoded.
pub fn token_request(transaction: &Transaction, code: &str) -> String {
    let mut body = Params::default();
    body.push("grant_type", "authorization_code");
    body.push("code", code);
    for name in [field::REDIRECT_URI, field::CLIENT_ID, field::CODE_VERIFIER] {
        body.push(name, transaction.text(name));
    }
    body.serialize()
}

/// The token endpoint's answer (RFC 6749 sections 5.1 and 5.2), anny's camelCase included: its `expiresAt` is trusted, the
/// unit of its `expiresIn` is not documented.
pub fn read_token_response(input: &dyn Input) -> Verdict {
    let text = |name| input.read(name).text();
    let keep = |name| Put(Build::Keep, name, String::new());
    let error = text("error");
    if !error.is_empty() {
        return Verdict::Failure(Failure::from_provider(&error, &text("error_description")), vec![keep("")]);
    }
    if text("access_token").is_empty() {
        return ErrorCode::InvalidResponse.into();
    }
    let mut steps = vec![keep("raw")];
    for name in ["access_token", "refresh_token", "token_type", "scope", "id_token"] {
        if let Value::Text(text) = input.read(name) {
            steps.push(Put(Build::Text, name, text));
        }
    }
    match input.read("expires_in") {
        Value::Number(seconds) => steps.push(Put(Build::Number, "expires_in", decimal(seconds))),
        Value::Text(seconds) => steps.push(Put(Build::Number, "expires_in", seconds)),
        _ => {
            if let Value::Text(time) = input.read("expiresAt") {
                steps.push(Put(Build::ExpiresAt, "expires_at", time));
            }
        }
    }
    Verdict::Success(steps)
}
