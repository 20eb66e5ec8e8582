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

/// What an answer's `connect_state` says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ConnectState {
    /// Nothing against it.
    Admitted,
    /// It lacks the state that the backend has put into its return URL, so it is no answer to this attempt.
    Missing,
    /// It answers another attempt.
    Mismatch,
}

/// Compares an answer's `connect_state` with the attempt's. One that the app never was given is not ours.
pub fn check_connect_state(connect_state: Option<&str>, transaction: &Transaction) -> ConnectState {
    let is_demanded = transaction.binding == Binding::Bound && transaction.bound.is_none();
    let is_compared = transaction.handed_out || is_demanded;
    match connect_state {
        None if is_demanded => ConnectState::Missing,
        Some(state) if is_compared && state != transaction.state.expose() => ConnectState::Mismatch,
        _ => ConnectState::Admitted,
    }
}
