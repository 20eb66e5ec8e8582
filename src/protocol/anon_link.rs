//! Anon Link: a link from the app's backend; the browser comes back to the app's redirect URL with `type` and `state`.

use super::{Adapter, Launch, connect_state_differs, error_details, launch, member, read_link};
use crate::error::{Code, Failure};
use crate::flow::input::{Input, Value};
use crate::flow::outcome::{Build, Put, Verdict};
use crate::flow::response::Response;
use crate::flow::transaction::{Transaction, field};

pub struct AnonLink;

/// What the documented codes mean, and what to do.
const ERRORS: &[(&str, &str)] = &[
    ("bad_input", "Anon refused the link's parameters; check app, appUserId and redirectUrl."),
    ("bad_authorization", "Anon refused the link's API key or user; make a new link."),
    ("anon_internal_error", "Anon failed; try again later."),
];

impl Adapter for AnonLink {
    fn lifetime(&self) -> u32 {
        60
    }

    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, _fresh: &dyn Fn() -> String) -> Result<Launch, Failure> {
        if input.read("redirectUrl") != Value::Absent && input.origin(&input.read("redirectUrl").text()) != input.origin("") {
            return Err(Failure::option("redirectUrl"));
        }
        launch(self, input, transaction, "link")
    }

    fn address(&self, input: &dyn Input, transaction: &mut Transaction, path: &str) -> Result<String, Failure> {
        let url = read_link(input, path, "url").map_err(|_| Failure::option("link"))?;
        if let Value::Text(state) = input.read(&member(path, "state")) {
            transaction.set(field::BOUND, &state);
        }
        Ok(url)
    }

    fn read_response(&self, input: &dyn Input, transaction: &Transaction, response: &Response) -> Verdict {
        let query = &response.query;
        let kind = query.text("type");
        if kind != "success" && kind != "error" {
            return Verdict::Foreign;
        }
        if query.repeats(&["type", "state", "error_code"]) {
            return Code::InvalidResponse.into();
        }
        let state = query.text("state");
        let bound = transaction.fields.get(field::BOUND);
        let in_query = query.text("connect_state");
        let connect_state = if in_query.is_empty() { input.claim(state, "connect_state") } else { in_query.into() };
        if bound.is_some_and(|bound| bound != state) || connect_state_differs(transaction, &connect_state) {
            return Code::StateMismatch.into();
        }
        if kind == "error" {
            let code = query.text("error_code");
            let sentence = ERRORS.iter().find(|(known, _)| *known == code).map_or("", |(_, sentence)| sentence);
            return Verdict::Failure(Failure::from_provider(code, sentence), error_details(query, &["error_code", "state"]));
        }
        Verdict::Success(vec![Put(Build::Text, "type", kind.into()), Put(Build::Json, "state", state.into())])
    }
}
