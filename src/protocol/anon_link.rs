//! Anon Link: a link from the app's backend; the browser comes back to the app's redirect URL with `type` and `state`.

use super::link::{check_connect_state, check_link};
use super::{Obtained, Protocol, Target, Verdict};
use crate::error::{Code, Failure};
use crate::flow::response::{CONNECT_STATE, Parameters, ResponseUrl};
use crate::flow::transaction::{Binding, Transaction};
use crate::options::{Fields, Rules, optional_text};
use crate::secret::Secret;
use crate::text::copies;
use crate::value::{Entries, Value};
use crate::world::World;

/// What the documented codes mean, and what to do.
const ERRORS: [(&str, &str); 3] = [
    (
        "bad_input",
        "Anon refused the link's parameters; check app, appUserId and redirectUrl.",
    ),
    (
        "bad_authorization",
        "Anon refused the key or the user did not authorise; make a new link.",
    ),
    ("anon_internal_error", "Anon failed; try again later."),
];

/// Anon Link.
pub struct AnonLink;

impl Protocol for AnonLink {
    fn name(&self) -> &'static str {
        "anon-link"
    }

    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>> {
        if let Some(redirect_url) = optional_text(options, "redirectUrl")? {
            transaction.landing = Some(rules.check_landing(&redirect_url, "redirectUrl")?);
        }
        Ok(Target::Source {
            option: "link",
            base: String::new(),
            build_url,
        })
    }

    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        world: &dyn World,
    ) -> Option<Verdict> {
        let query = &response.query;
        if query.repeats_any(&["type", "state", "error_code"]) {
            return Some(Err(Code::InvalidResponse.into()));
        }
        let state = query.get("state");
        let parsed = state.and_then(|state| world.parse_json(state));
        if let Some(bound) = transaction.binding.bound_to() {
            // Compared as it is, not as the JSON that it may be.
            if state? != bound {
                return Some(Err(Code::StateMismatch.into()));
            }
        }
        let inside = parsed
            .as_ref()
            .map(|parsed| parsed.get(CONNECT_STATE))
            .filter(|inside| inside.is_given());
        let connect_state = query
            .get(CONNECT_STATE)
            .or(inside.map(|inside| inside.as_str().unwrap_or_default()));
        if let Err(failure) = check_connect_state(connect_state, transaction)? {
            return Some(Err(failure));
        }
        Some(match query.get("type")? {
            "success" => Ok(Obtained::Result(linked(parsed.or(state.map(Value::from))))),
            _ => Err(read_error(query)),
        })
    }
}

fn build_url(
    _: &str,
    source: &Value,
    transaction: &mut Transaction,
    rules: Rules,
) -> Result<Secret, Box<Failure>> {
    let link = check_link(source, "url", rules)?;
    if let Some(state) = source.get("state").to_text() {
        transaction.binding = Binding::BoundTo(Secret::new(state));
    }
    if transaction.landing.is_none() {
        transaction.landing = find_landing(&link, rules);
    }
    // On a page that is not known, an answer is told from the app's own parameters by all that Anon sends.
    let answers: &[&str] = match transaction.landing {
        Some(_) => &["type=success", "type=error"],
        None => &["type=success state", "type=error error_code state"],
    };
    transaction.answers = copies(answers);
    Ok(Secret::new(link))
}

/// `{ type: "success", state }`; the state that came back is parsed where it is JSON.
fn linked(state: Option<Value>) -> Value {
    let mut result = Entries::default();
    result.add_text("type", "success");
    result.add("state", state.unwrap_or_default());
    result.build()
}

/// Where Anon sends the user back to, as far as its link says so.
fn find_landing(link: &str, rules: Rules) -> Option<String> {
    let query = Parameters::parse(&rules.world.parse_url(link)?.query, rules.world);
    rules
        .check_landing(query.text("redirectUrl")?, "redirectUrl")
        .ok()
}

fn read_error(query: &Parameters) -> Box<Failure> {
    let code = query.text("error_code");
    let words = ERRORS
        .iter()
        .find(|(known, _)| code == Some(known))
        .map(|(_, words)| *words);
    Failure::by_provider(code, words, query.pick(&["error_code", "state"]))
}
