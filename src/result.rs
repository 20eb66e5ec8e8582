//! What the app gets.

use crate::error::Failure;
use crate::value::Value;

/// How a flow ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a result.
    Success(Success),
    /// With an error.
    Failure(Box<Failure>),
    /// The user closed the window, or came back without an answer.
    Exit,
}

/// The result of a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Success {
    /// In the system's own shape.
    Value(Value),
    /// What the app's `verify` answered, wherever the window is; it never leaves the browser floor.
    Verified,
    /// What the app's `exchange` answered to the code that the window came back with; nor does this.
    Exchanged,
}
