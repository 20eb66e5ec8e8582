//! The OAuth 2.0 implicit grant (RFC 6749 section 4.2), which RFC 9700 section 2.1.2 advises against, for systems that
//! offer nothing else.

use super::oauth_request::{build_request, check_response};
use super::{Adapter, Launch};
use crate::error::{Code, Failure};
use crate::flow::input::{Input, Value};
use crate::flow::outcome::{Build, Put, Verdict};
use crate::flow::response::Response;
use crate::flow::transaction::{Transaction, field};

pub struct Implicit;

impl Adapter for Implicit {
    fn lifetime(&self) -> u32 {
        60
    }

    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, fresh: &dyn Fn() -> String) -> Result<Launch, Failure> {
        let url = match input.read("responseType") {
            Value::Text(kind) if kind == "id_token token" => {
                let nonce = fresh();
                transaction.set(field::NONCE, &nonce);
                build_request(input, transaction, &kind, &[("nonce", &nonce)])
            }
            Value::Text(kind) if kind != "token" => Err(Failure::option("responseType")),
            _ => build_request(input, transaction, "token", &[]),
        };
        url.map(Launch::Address)
    }

    /// AniAPI sends neither `token_type` nor `expires_in`; what is there is checked, what is not is not invented.
    fn read_response(&self, input: &dyn Input, transaction: &Transaction, response: &Response) -> Verdict {
        let fragment = &response.fragment;
        if let Some(verdict) = check_response(transaction, fragment, &response.query) {
            return verdict;
        }
        if fragment.text("access_token").is_empty() {
            return Code::InvalidResponse.into();
        }
        if let Some(verdict) = check_nonce(input, transaction, fragment.text("id_token")) {
            return verdict;
        }
        let mut steps = vec![Put(Build::Query, "raw", fragment.serialize())];
        for name in ["access_token", "token_type", "scope", "id_token"] {
            if let Some(text) = fragment.get(name) {
                steps.push(Put(Build::Text, name, text.into()));
            }
        }
        if let Some(seconds) = fragment.get("expires_in") {
            steps.push(Put(Build::Number, "expires_in", seconds.into()));
        }
        Verdict::Success(steps)
    }
}

/// OpenID Connect Core section 3.2.2.11: the ID token must carry this attempt's nonce. Its signature is the app's affair.
fn check_nonce(input: &dyn Input, transaction: &Transaction, id_token: &str) -> Option<Verdict> {
    let nonce = transaction.text(field::NONCE);
    (!nonce.is_empty() && input.claim(id_token, "nonce") != nonce).then(|| Code::NonceMismatch.into())
}
