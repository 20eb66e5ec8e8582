//! The connect systems, one file each: what a system needs, what it opens, and what a message and a returned URL of it mean.
//!
//! A further system is one more file, its `mod`, its `pub use` and its line in [`PROTOCOLS`]. `SYSTEMS.md` says what it can
//! rely on, and what of the package names it besides.

mod alter_connect;
mod anon_link;
mod authorization;
mod code;
mod implicit;
mod link;
mod stackone_link;
mod token;
mod url;

pub use alter_connect::AlterConnect;
pub use anon_link::AnonLink;
pub use code::AuthorizationCode;
pub use implicit::Implicit;
pub use stackone_link::StackOneLink;
pub use token::{TokenAnswer, TokenRequest, grant_for_app, read_token_answer};

use crate::error::Failure;
use crate::flow::response::ResponseUrl;
use crate::flow::transaction::Transaction;
use crate::options::{Fields, Rules};
use crate::secret::Secret;
use crate::value::Value;
use crate::world::World;

/// A connect system.
pub trait Protocol: Sync {
    /// What the `protocol` option calls it.
    fn name(&self) -> &'static str;

    /// How long after its start an attempt may still be answered, in minutes.
    fn lifetime(&self) -> f64 {
        60.0
    }

    /// Checks the options, and notes in the transaction what decides whose an answer is: `answers`, without which no URL is one;
    /// `landing`, where that page is known; `binding`, unless nothing binds an answer; `provider_origin`, without which no message is
    /// heard; `oauth`, for a grant. What only the app's link says is noted by what builds the URL of it.
    fn request(
        &self,
        options: &dyn Fields,
        transaction: &mut Transaction,
        rules: Rules,
    ) -> Result<Target, Box<Failure>>;

    /// What a message of the provider's page means; origin and source are checked already, and no state is. None: nothing.
    fn message(
        &self,
        message: &Value,
        transaction: &Transaction,
        world: &dyn World,
    ) -> Option<Verdict> {
        let _ = (message, transaction, world);
        None
    }

    /// What a returned URL means. It is an answer, but from the attempt's own window it may lack the state or have another one: where
    /// the binding demands it, that is compared here. None: it is no answer.
    fn response(
        &self,
        response: &ResponseUrl,
        transaction: &Transaction,
        world: &dyn World,
    ) -> Option<Verdict> {
        let _ = (response, transaction, world);
        None
    }
}

/// Makes the URL to open of a source's `base` and of what the app gave.
pub type BuildUrl = fn(&str, &Value, &mut Transaction, Rules) -> Result<Secret, Box<Failure>>;

/// Where the user is sent to.
pub enum Target {
    /// To this URL, which may have a state or a token in it.
    Url(Secret),
    /// To a URL that is made of what the app gives by this option: now, as a promise, or by a function.
    Source {
        /// The option's name.
        option: &'static str,
        /// What the URL begins with, where the option is not the URL itself.
        base: String,
        /// Makes the URL.
        build_url: BuildUrl,
    },
}

/// What an answer comes to: what it brings, or why the flow fails: a check failed, or the provider refused.
pub type Verdict = Result<Obtained, Box<Failure>>;

/// What an answer brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Obtained {
    /// The result, in the system's own shape.
    Result(Value),
    /// An authorization code, to be exchanged.
    Code {
        /// The code.
        code: Secret,
        /// What else came with it, for the app's `exchange`.
        params: Value,
    },
}

/// A set of systems; the first is the default.
pub type Registry = &'static [&'static dyn Protocol];

/// The systems that this library speaks.
pub static PROTOCOLS: Registry = &[
    &AlterConnect,
    &AnonLink,
    &StackOneLink,
    &Implicit,
    &AuthorizationCode,
];

/// The system of a name.
pub fn find_protocol(registry: Registry, name: &str) -> Option<&'static dyn Protocol> {
    registry
        .iter()
        .copied()
        .find(|protocol| protocol.name() == name)
}
