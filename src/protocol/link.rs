//! What the systems share that begin with what the app's backend has made: its link, and the state that it may have put into the
//! return URL.

use crate::error::{Code, Failure};
use crate::flow::transaction::{Binding, Transaction};
use crate::options::Rules;
use crate::value::Value;

/// The URL that a link is: a text, or the member `name` of the backend's whole answer.
pub fn check_link(link: &Value, name: &str, rules: Rules) -> Result<String, Box<Failure>> {
    let text = link
        .text()
        .or(link.get(name).text())
        .ok_or_else(|| Failure::of_option("link"))?;
    rules.check_url(text, "link")?;
    Ok(text.to_owned())
}

/// Compares an answer's `connect_state` with the attempt's. One that the app never was given is not ours. None: without the state that the
/// backend has put into its return URL it is no answer.
pub fn check_connect_state(
    connect_state: Option<&str>,
    transaction: &Transaction,
) -> Option<Result<(), Box<Failure>>> {
    let is_demanded = transaction.binding == Binding::Bound;
    let is_compared = transaction.handed_out || is_demanded;
    match connect_state {
        None if is_demanded => None,
        Some(state) if is_compared && state != transaction.state.expose() => {
            Some(Err(Code::StateMismatch.into()))
        }
        _ => Some(Ok(())),
    }
}
