//! How a flow ends, and how the value that the app receives is put together.

use crate::error::{Code, Failure};

/// One step of building the app's result, or a failure's `details`, from texts and from the object at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Build {
    /// Begins the next item of a list.
    Item,
    /// `key: text`.
    Text,
    /// `key`: the number in `text`.
    Number,
    /// `key`: the comma separated `text`.
    List,
    /// `key`: `text` parsed as JSON, or itself where it is none.
    Json,
    /// `key`: the value at the path `text` of the object at hand; the empty key makes it the result itself.
    Keep,
    /// `key`: the time as ISO 8601.
    Now,
    /// `key`: the object of the query `text`.
    Query,
    /// `key`: the Unix time in seconds of the ISO 8601 `text`, and `expires_in` counted from now.
    ExpiresAt,
}

/// A [`Build`] step with its operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put(pub Build, pub &'static str, pub String);

/// What an answer means.
pub enum Verdict {
    /// Not an answer to this attempt.
    Foreign,
    /// The result is in these steps.
    Success(Vec<Put>),
    /// The provider, or a check, refused; the steps build `details`.
    Failure(Failure, Vec<Put>),
    /// An authorization code, to be exchanged.
    Code(String),
}

impl From<Code> for Verdict {
    fn from(code: Code) -> Self {
        Verdict::Failure(code.into(), Vec::new())
    }
}

/// How a flow ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The app gets the result that the steps build.
    Success(Vec<Put>),
    /// The app gets the value that it gave itself, from `verify` or `exchange`.
    Given,
    /// The app gets an error; the steps build its `details`.
    Error(Failure, Vec<Put>),
    /// The user closed the window or came back.
    Exit,
}
