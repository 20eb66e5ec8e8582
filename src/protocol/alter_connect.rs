//! Alter Connect: a session token from the app's backend, a hosted page, grants back by message or in the query.

use super::link::check_connect_state;
use super::{Obtained, Protocol, Target, Verdict};
use crate::error::{Code, Failure, check};
use crate::flow::response::{CONNECT_STATE, ResponseUrl};
use crate::flow::transaction::{Binding, Transaction};
use crate::options::{Fields, Rules};
use crate::secret::Secret;
use crate::text::{copies, split, trim};
use crate::value::{Entries, Value};
use crate::world::World;

const DEFAULT_BASE: &str = "https://api.alterauth.com";

/// Alter Connect sessions.
pub struct AlterConnect;

impl Protocol for AlterConnect {
    fn name(&self) -> &'static str {
        "alter-connect"
    }

    /// The token lives for ten minutes, and the user may finish in the last of them.
    fn lifetime(&self) -> f64 {
        15.0
    }

    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>> {
        let base = match options.get("baseURL") {
            Value::Text(base) => base,
            value if value.is_given() => return Err(Failure::of_option("baseURL")),
            _ => DEFAULT_BASE.to_owned(),
        };
        let url = rules.check_url(&base, "baseURL")?;
        // Its path goes on.
        check(url.query.is_empty() && !url.has_fragment, "baseURL")?;
        transaction.provider_origin = Some(url.origin);
        transaction.answers = copies(&["alter_connect_success=true", "alter_connect_error"]);
        Ok(Target::Source {
            option: "token",
            base,
            build_url,
        })
    }

    fn message(&self, message: &Value, _: &Transaction, world: &dyn World) -> Option<Verdict> {
        match message.get("type").as_str()? {
            "alter_connect_success" => {
                let mut grants = Vec::new();
                for item in message.get("grants").items().unwrap_or_default() {
                    grants.extend(read_grant(item, item.get("scopes"), world));
                }
                Some(judge(grants))
            }
            "alter_connect_error" => Some(Err(Failure::by_provider(
                message.get("error").text(),
                message.get("error_description").text(),
                message.clone(),
            ))),
            _ => None,
        }
    }

    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        world: &dyn World,
    ) -> Option<Verdict> {
        let query = &response.query;
        if let Err(failure) = check_connect_state(query.get(CONNECT_STATE), transaction)? {
            return Some(Err(failure));
        }
        if let Some(error) = query.get("alter_connect_error") {
            let details = query.pick(&["alter_connect_error", "error_code", "error_description"]);
            // The flag names no code.
            let named = Some(error).filter(|error| *error != "true");
            return Some(Err(Failure::by_provider(
                query.text("error_code").or(named),
                query.get("error_description"),
                details,
            )));
        }
        let mut scopes = Vec::new();
        if let Some(list) = query.text("scopes") {
            scopes.extend(split(list, b',').into_iter().map(trim).map(Value::from));
        }
        let grant = read_grant(&query.to_value(), &Value::List(scopes), world);
        Some(judge(grant.into_iter().collect()))
    }
}

/// The token travels in the fragment, which no server sees.
fn build_url(
    base: &str,
    source: &Value,
    transaction: &mut Transaction,
    rules: Rules,
) -> Result<Secret, Box<Failure>> {
    let token = source.text().or(source.get("token").text());
    // A backend that answers text may end it with a line break, which no token has.
    let token = trim(token.unwrap_or_default());
    check(!token.is_empty(), "token")?;
    if source.get("bound").is_true() {
        transaction.binding = Binding::Bound;
    }
    let base = trim(base);
    let base = base.strip_suffix("/").unwrap_or(base);
    let token = rules.world.encode_component(token);
    let url = [base, "/sdk/oauth/connect#session=", &token].concat();
    Ok(Secret::new(url))
}

fn judge(grants: Vec<Value>) -> Verdict {
    if grants.is_empty() {
        Err(Code::InvalidResponse.into())
    } else {
        Ok(Obtained::Result(Value::List(grants)))
    }
}

/// A grant without an id or a provider is none; what else is missing has a default.
fn read_grant(item: &Value, given: &Value, world: &dyn World) -> Option<Value> {
    let text = |name| item.get(name).text();
    let (id, provider) = (text("grant_id")?, text("provider")?);
    let mut grant = Entries::default();
    grant.add_text("grant_id", id);
    grant.add_text("provider", provider);
    grant.add_text("provider_name", text("provider_name").unwrap_or(provider));
    grant.add_text(
        "account_identifier",
        text("account_identifier").unwrap_or_default(),
    );
    let timestamp = item.get("timestamp").to_text();
    let now = || world.format_time(world.time());
    grant.add("timestamp", Value::Text(timestamp.unwrap_or_else(now)));
    grant.add_text(
        "operation",
        one_of(item.get("operation"), &["creation", "reauth"]),
    );
    let mut scopes = Vec::new();
    for scope in given.items().unwrap_or_default() {
        scopes.extend(scope.text().map(Value::from));
    }
    grant.add("scopes", Value::List(scopes));
    grant.add_text(
        "status",
        one_of(item.get("status"), &["active", "pending", "error"]),
    );
    let metadata = item.get("metadata");
    if let Value::Object(_) = metadata {
        grant.add("metadata", metadata.clone());
    }
    Some(grant.build())
}

/// The word that a value is, or the first one.
fn one_of(value: &Value, words: &[&'static str]) -> &'static str {
    words
        .iter()
        .copied()
        .find(|word| value.as_str() == Some(word))
        .unwrap_or(words[0])
}
