//! The five connect systems, one adapter each. An adapter reads the options, says what to open, and reads what comes back.
//!
//! A sixth system is one more file, one more line in [`ADAPTERS`], one more folder of vectors and one more row in the README.

mod alter_connect;
mod anon_link;
mod oauth_code;
mod oauth_implicit;
mod oauth_request;
mod stackone_link;

use crate::error::Failure;
use crate::flow::encoding::concat;
use crate::flow::input::{Input, Value};
use crate::flow::outcome::{Put, Verdict};
use crate::flow::response::Response;
use crate::flow::transaction::{Transaction, field};

pub use oauth_code::{prepare_refresh, read_token_response, token_request};

/// What a flow opens.
pub enum Launch {
    /// This address, known inside the click.
    Address(String),
    /// An address that the app still owes: its `token` or `link` is a promise or a function.
    Promised,
}

/// One connect system.
pub trait Adapter: Sync {
    /// How long after its start an attempt may still be answered, in minutes.
    fn lifetime(&self) -> u32;

    /// Checks the options, notes in the transaction what the answer will need, and says what to open.
    fn prepare(&self, input: &dyn Input, transaction: &mut Transaction, fresh: &dyn Fn() -> String) -> Result<Launch, Failure>;

    /// The address for the `token` or `link` at `path`, once it is there.
    fn address(&self, _input: &dyn Input, _transaction: &mut Transaction, path: &str) -> Result<String, Failure> {
        Err(Failure::option(path))
    }

    /// Reads a message that the provider's page posted. Origin and source are checked already.
    fn read_message(&self, _input: &dyn Input, _transaction: &Transaction) -> Verdict {
        Verdict::Foreign
    }

    /// Reads a URL that came back to the app's origin.
    fn read_response(&self, _input: &dyn Input, _transaction: &Transaction, _response: &Response) -> Verdict {
        Verdict::Foreign
    }
}

/// Every system by the name that the `protocol` option has for it; the first is the default.
pub const ADAPTERS: &[(&str, &dyn Adapter)] = &[
    ("alter-connect", &alter_connect::AlterConnect),
    ("anon-link", &anon_link::AnonLink),
    ("stackone-link", &stackone_link::StackOneLink),
    ("implicit", &oauth_implicit::Implicit),
    ("code", &oauth_code::Code),
];

/// The adapter that the option or the transaction names.
pub fn find(name: &str) -> Option<&'static dyn Adapter> {
    ADAPTERS.iter().find(|(known, _)| *known == name).map(|(_, adapter)| *adapter)
}

/// An http(s) URL at `path`, or a failure that names the option.
fn read_url(input: &dyn Input, path: &str) -> Result<String, Failure> {
    let url = input.read(path).text();
    if url.is_empty() || input.origin(&url).is_empty() { Err(Failure::option(path)) } else { Ok(url) }
}

/// The launch for a `token` or `link` that is there, or is promised.
fn launch(adapter: &dyn Adapter, input: &dyn Input, transaction: &mut Transaction, path: &str) -> Result<Launch, Failure> {
    match input.read(path) {
        Value::Function => {
            transaction.set(field::HANDED_OUT, "1");
            Ok(Launch::Promised)
        }
        Value::Promise => Ok(Launch::Promised),
        _ => adapter.address(input, transaction, path).map(Launch::Address),
    }
}

/// A link given as a URL, or as an object that has the URL under `name`.
fn read_link(input: &dyn Input, path: &str, name: &str) -> Result<String, Failure> {
    match input.read(path) {
        Value::Object => read_url(input, &member(path, name)),
        _ => read_url(input, path),
    }
}

/// The path of a member of the object at `path`.
fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { concat(&[path, ".", name]) }
}

/// Session and link systems carry our state only if the app's backend put it into its URL, as `connect_state`.
fn connect_state_differs(transaction: &Transaction, connect_state: &str) -> bool {
    !connect_state.is_empty() && !transaction.text(field::HANDED_OUT).is_empty() && connect_state != transaction.state
}

/// The provider's words about an error, untouched.
fn error_details(response: &crate::flow::params::Params, names: &[&'static str]) -> Vec<Put> {
    use crate::flow::outcome::Build;
    names.iter().filter_map(|name| response.get(name).map(|text| Put(Build::Text, name, text.into()))).collect()
}
