//! What the systems share whose backend makes a link: the state that the backend may have put into its return URL.

use crate::error::InvalidOption;
use crate::flow::transaction::{Binding, Transaction};
use crate::options::Rules;
use crate::value::Value;

/// The parameter by which a backend binds its return URL to the attempt.
pub const CONNECT_STATE: &str = "connect_state";

/// The URL that a link is: a text, or the member `name` of the backend's whole answer.
pub fn check_link(link: &Value, name: &str, rules: Rules) -> Result<String, InvalidOption> {
    let text = link
        .text()
        .or(link.get(name).text())
        .ok_or(InvalidOption::named("link"))?;
    rules.check_url(text, "link")?;
    Ok(text.to_owned())
}

/// What an answer's `connect_state` says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Nothing against it.
    Admitted,
    /// It lacks the state that the backend has put into its return URL, so it is no answer to this attempt.
    NoAnswer,
    /// It answers another attempt.
    Mismatch,
}

/// Compares an answer's `connect_state` with the attempt's. One that the app never was given is not ours.
pub fn check_connect_state(connect_state: Option<&str>, transaction: &Transaction) -> Bound {
    let is_demanded = transaction.binding == Binding::Bound && transaction.bound.is_none();
    match connect_state {
        None if is_demanded => Bound::NoAnswer,
        Some(state)
            if (transaction.handed_out || is_demanded) && state != transaction.state.expose() =>
        {
            Bound::Mismatch
        }
        _ => Bound::Admitted,
    }
}
