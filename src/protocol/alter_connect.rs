//! Alter Connect: a session token from the app's backend, a hosted page, grants back by message or in the query.

use super::{Adapter, Launch, connect_state_differs, error_details, launch, member};
use crate::error::{Code, Failure};
use crate::flow::encoding::decimal;
use crate::flow::input::{Input, Value};
use crate::flow::outcome::{Build, Put, Verdict};
use crate::flow::params::{Params, append};
use crate::flow::response::Response;
use crate::flow::transaction::{Transaction, field};

pub struct AlterConnect;

const DEFAULT_BASE: &str = "https://api.alterauth.com";

impl Adapter for AlterConnect {
    /// The token lives ten minutes; the user may finish in the last of them.
    fn lifetime(&self) -> u32 {
        15
    }

    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, _fresh: &dyn Fn() -> String) -> Result<Launch, Failure> {
        let base = match input.read("baseURL") {
            Value::Absent => DEFAULT_BASE.into(),
            given => given.text(),
        };
        let origin = input.origin(&base);
        if base.is_empty() || origin.is_empty() {
            return Err(Failure::option("baseURL"));
        }
        transaction.set(field::ORIGIN, &origin);
        transaction.set("base", base.strip_suffix('/').unwrap_or(&base));
        launch(self, input, transaction, "token")
    }

    /// The token travels in the fragment, which no server sees.
    fn address(&self, input: &dyn Input, transaction: &mut Transaction, path: &str) -> Result<String, Failure> {
        let token = input.read(path).text();
        if token.is_empty() {
            return Err(Failure::option("token"));
        }
        let mut url = transaction.text("base").to_owned();
        append(&mut url, "/sdk/oauth/connect#", "session", &token);
        Ok(url)
    }

    fn read_message(&self, input: &dyn Input, _transaction: &Transaction) -> Verdict {
        match input.read("type").text().as_str() {
            "alter_connect_success" => read_grants(input),
            "alter_connect_error" => {
                let text = |name| input.read(name).text();
                let failure = Failure::from_provider(&text("error"), &text("error_description"));
                Verdict::Failure(failure, vec![Put(Build::Keep, "", String::new())])
            }
            _ => Verdict::Foreign,
        }
    }

    fn read_response(&self, _input: &dyn Input, transaction: &Transaction, response: &Response) -> Verdict {
        let query = &response.query;
        let error = query.text("alter_connect_error");
        if query.text("alter_connect_success") != "true" && error.is_empty() {
            return Verdict::Foreign;
        }
        if connect_state_differs(transaction, query.text("connect_state")) {
            return Code::StateMismatch.into();
        }
        if !error.is_empty() {
            let code = [query.text("error_code"), error].into_iter().find(|code| !code.is_empty() && *code != "true");
            let failure = Failure::from_provider(code.unwrap_or(""), query.text("error_description"));
            return Verdict::Failure(failure, error_details(query, &["alter_connect_error", "error_code", "error_description"]));
        }
        read_grant_query(query)
    }
}

fn read_grants(input: &dyn Input) -> Verdict {
    let Value::List(length) = input.read("grants") else { return Code::InvalidResponse.into() };
    let mut steps = Vec::new();
    for index in 0..length {
        let path = member("grants", &decimal(index));
        push_grant(&mut steps, &|name| input.read(&member(&path, name)).text(), &mut |steps| {
            for (name, list) in [("scopes", true), ("metadata", false)] {
                let value = input.read(&member(&path, name));
                if matches!(value, Value::List(_)) && list || value == Value::Object && !list {
                    steps.push(Put(Build::Keep, name, member(&path, name)));
                }
            }
        });
    }
    if steps.is_empty() { Code::InvalidResponse.into() } else { Verdict::Success(steps) }
}

fn read_grant_query(query: &Params) -> Verdict {
    let mut steps = Vec::new();
    push_grant(&mut steps, &|name| query.text(name).into(), &mut |steps| {
        if let Some(scopes) = query.get("scopes") {
            steps.push(Put(Build::List, "scopes", scopes.into()));
        }
    });
    if steps.is_empty() { Code::InvalidResponse.into() } else { Verdict::Success(steps) }
}

/// A grant without an id or a provider is dropped; what else is missing has a default.
fn push_grant(steps: &mut Vec<Put>, text: &dyn Fn(&str) -> String, rest: &mut dyn FnMut(&mut Vec<Put>)) {
    let (grant_id, provider) = (text("grant_id"), text("provider"));
    if grant_id.is_empty() || provider.is_empty() {
        return;
    }
    let or = |name: &str, default: &str| Some(text(name)).filter(|text| !text.is_empty()).unwrap_or_else(|| default.into());
    let one_of = |name, known: &[&str]| known.iter().find(|word| text(name) == **word).unwrap_or(&known[0]).to_string();
    steps.push(Put(Build::Item, "", String::new()));
    steps.push(Put(Build::Text, "provider_name", or("provider_name", &provider)));
    steps.push(Put(Build::Text, "grant_id", grant_id));
    steps.push(Put(Build::Text, "provider", provider));
    steps.push(Put(Build::Text, "account_identifier", text("account_identifier")));
    steps.push(Put(Build::Now, "timestamp", text("timestamp")));
    steps.push(Put(Build::Text, "operation", one_of("operation", &["creation", "reauth"])));
    steps.push(Put(Build::Text, "status", one_of("status", &["active", "pending", "error"])));
    steps.push(Put(Build::List, "scopes", String::new()));
    rest(steps);
}
