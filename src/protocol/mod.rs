//! The five connect systems, one adapter each. An adapter reads the options, says what to open, and reads what comes back.
//!
//! A sixth system is one more file, one more arm in [`Protocol`], one more folder of vectors and one more row in the README.

mod alter_connect;
mod anon_link;
mod oauth_code;
mod oauth_implicit;
mod oauth_request;
mod stackone_link;

use crate::error::{Code, InvalidOption};
use crate::flow::page::{Held, Kind, Page, Place, Put};
use crate::flow::transaction;
use crate::text::{Text, text};

pub use anon_link::ERRORS;
pub use oauth_code::{prepare_refresh, prepare_token_request, read_token_response};

/// A connect system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Alter Connect sessions.
    AlterConnect,
    /// Anon Link.
    AnonLink,
    /// StackOne Auth Links.
    StackOneLink,
    /// The OAuth 2.0 implicit grant.
    Implicit,
    /// The OAuth 2.0 authorization code grant with PKCE.
    Code,
}

/// Every system by the name that the `protocol` option has for it; the first is the default.
pub const PROTOCOLS: [(Text, Protocol); 5] = [
    (text!("alter-connect"), Protocol::AlterConnect),
    (text!("anon-link"), Protocol::AnonLink),
    (text!("stackone-link"), Protocol::StackOneLink),
    (text!("implicit"), Protocol::Implicit),
    (text!("code"), Protocol::Code),
];

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not an answer to this attempt.
    Foreign,
    /// The page has the result.
    Success,
    /// A check failed.
    Invalid(Code),
    /// The provider refused; the page has its words.
    Refused,
    /// An authorization code, to be exchanged.
    Code,
}

impl Protocol {
    /// The system that an option or a transaction names; the default where it names none.
    pub fn find(page: impl Page, name: Held) -> Option<Protocol> {
        let default = (!name.is_some()).then_some(PROTOCOLS[0].1);
        default.or_else(|| {
            PROTOCOLS
                .iter()
                .find(|&&(known, _)| page.is(name, known))
                .map(|(_, protocol)| *protocol)
        })
    }

    /// How long after its start an attempt may still be answered, in minutes. Alter's token lives for ten, and the user may
    /// finish in the last of them.
    pub fn lifetime(self) -> u32 {
        if self == Protocol::AlterConnect {
            15
        } else {
            60
        }
    }

    /// Checks the options and notes in the transaction what the answer will need. The address of a grant is made here.
    pub fn prepare(self, page: impl Page) -> Result<(), InvalidOption> {
        match self {
            Protocol::AlterConnect => alter_connect::prepare(page),
            Protocol::AnonLink => anon_link::prepare(page),
            Protocol::StackOneLink => stackone_link::prepare(page),
            Protocol::Implicit => oauth_implicit::prepare(page),
            Protocol::Code => oauth_code::prepare(page),
        }
    }

    /// The option that the address is made of, which the app may still owe: a promise or a function.
    pub fn source(self) -> Option<Text> {
        match self {
            Protocol::AlterConnect => Some(text!("token")),
            Protocol::AnonLink | Protocol::StackOneLink => Some(text!("link")),
            _ => None,
        }
    }

    /// Makes the address of a source that is there now.
    pub fn build_address(self, page: impl Page, source: Held) -> Result<(), InvalidOption> {
        match self {
            Protocol::AlterConnect => alter_connect::build_address(page, source),
            Protocol::AnonLink => anon_link::build_address(page, source),
            _ => stackone_link::build_address(page, source),
        }
    }

    /// Reads a message that the provider's page posted. Origin and source are checked already.
    pub fn read_message(self, page: impl Page) -> Verdict {
        if self == Protocol::AlterConnect {
            alter_connect::read_message(page)
        } else {
            Verdict::Foreign
        }
    }

    /// Reads a URL that came back to the app's origin.
    pub fn read_response(self, page: impl Page) -> Verdict {
        match self {
            Protocol::AlterConnect => alter_connect::read_response(page),
            Protocol::AnonLink => anon_link::read_response(page),
            Protocol::StackOneLink => Verdict::Foreign,
            Protocol::Implicit => oauth_implicit::read_response(page),
            Protocol::Code => oauth_code::read_response(page),
        }
    }
}

/// `Ok` where a check holds, or else the option that it is about.
fn check(holds: bool, option: Text) -> Result<(), InvalidOption> {
    if holds {
        Ok(())
    } else {
        Err(InvalidOption(option))
    }
}

/// Makes a link the address: a URL, or an object that has the URL as its member `name`.
fn build_link(page: impl Page, link: Held, name: Text) -> Result<(), InvalidOption> {
    let url = if page.kind(link) == Kind::Object {
        page.member(link, name)
    } else {
        link
    };
    check(page.origin(url).is_some(), text!("link"))?;
    page.start(url, text!(""));
    Ok(())
}

/// Session and link systems carry our state only if the app's backend put it into its URL, as `connect_state`.
fn connect_state_differs(page: impl Page, connect_state: Held) -> bool {
    connect_state.is_some()
        && page.noted(transaction::HANDED_OUT).is_some()
        && !page.same(connect_state, page.noted(transaction::STATE))
}

/// Keeps the provider's own words, untouched.
fn put_parameters(page: impl Page, place: Place, names: &[Text]) {
    for &name in names {
        page.put(Put::Value, name, page.parameter(place, name));
    }
}
