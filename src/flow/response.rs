//! A returned URL, and whose it is.
//!
//! "Whose is this URL?" has one answer, [`ResponseUrl::ownership`], for the page of the app, for the callback page and for the
//! opener's look at its window. Where JavaScript must ask before the core is there, `pkg-template/owner.js` answers; a test
//! runs both over the same table (`tests/vectors/owner.json`).

use super::transaction::{Binding, Transaction};
use crate::text::{includes, split, split_once};
use crate::value::{Entries, Value};
use crate::world::World;

/// The parameter by which an app's backend binds its return URL to the attempt.
pub const CONNECT_STATE: &str = "connect_state";

/// The parameters of a query or of a fragment, in their order.
#[derive(Clone, PartialEq)]
pub struct Parameters(Value);

impl std::fmt::Debug for Parameters {
    /// A code or a token may be among them.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl Parameters {
    /// Takes `application/x-www-form-urlencoded` text apart.
    pub fn parse(text: &str, world: &dyn World) -> Parameters {
        Parameters(world.parse_query(text))
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).as_str()
    }

    /// The first value of a parameter, where it is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).text()
    }

    /// Whether one of these parameters stands more than once.
    pub fn repeats_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            let all = self.0.entries().iter();
            all.filter(|(key, _)| key == name).count() > 1
        })
    }

    /// Whether one of these parameters is there.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }

    /// These of the parameters, as they came.
    pub fn pick(&self, names: &[&str]) -> Value {
        let mut picked = Entries::default();
        for name in names {
            picked.add_text(name, self.get(name));
        }
        picked.build()
    }

    /// All parameters, as they came.
    pub fn to_value(&self) -> Value {
        self.0.clone()
    }

    /// All parameters but these, as they came.
    pub fn except(&self, names: &[&str]) -> Value {
        let mut others = Entries::default();
        for (name, value) in self.0.entries() {
            if !names.contains(&&**name) {
                others.add(name, value.clone());
            }
        }
        others.build()
    }
}

/// A URL that a window or the page came back to.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseUrl {
    /// Origin and path.
    pub landing: String,
    /// What stands between `?` and `#`.
    pub query: Parameters,
    /// What stands behind `#`.
    pub fragment: Parameters,
}

/// How a returned URL came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The attempt's own window is there, or handed it over.
    OwnWindow,
    /// This page is there: it was redirected and came back.
    Page,
    /// A page of the app's origin handed it over.
    Relay {
        /// Whether that page's window is known for the attempt's: the page found the attempt's state in the store that only this window has,
        /// or the attempt's window has opened it.
        from_window: bool,
    },
}

/// What a URL says of the attempt that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It carries the attempt's state, which nobody can guess.
    Proven,
    /// None is demanded. It carries none, or another one, which the protocol compares.
    Open,
    /// A state is demanded, and it lacks it or has another one.
    Unproven,
}

impl ResponseUrl {
    /// Takes an absolute URL apart, as `location.href` writes it, that may answer an attempt. Servers that put a question mark before
    /// their parameters, whatever the redirection endpoint has itself, are understood where the attempt's state proves it.
    pub fn parse(href: &str, transaction: &Transaction, world: &dyn World) -> Box<ResponseUrl> {
        let (front, fragment) = split_once(href, b'#').unwrap_or((href, ""));
        // Hash routers write marks of theirs before what they take for a route: a slash, AngularJS `!#`.
        let is_mark = |byte: &u8| matches!(byte, b'#' | b'/' | b'!' | b'?');
        let marks = fragment.bytes().take_while(is_mark).count();
        let fragment = &fragment[marks..];
        let (landing, query) = split_once(front, b'?').unwrap_or((front, ""));
        let mut url = Box::new(ResponseUrl {
            landing: landing.to_owned(),
            query: Parameters::parse(query, world),
            fragment: Parameters::parse(fragment, world),
        });
        if includes(query, "?") && url.ownership(transaction) != Some(Ownership::Proven) {
            let as_written = url.query;
            url.query = Parameters::parse(&split(query, b'?').join("&"), world);
            if url.ownership(transaction) != Some(Ownership::Proven) {
                url.query = as_written;
            }
        }
        url
    }

    /// Whether this is an answer to an attempt, and how surely. None: it is some other page of the app.
    pub fn ownership(&self, transaction: &Transaction) -> Option<Ownership> {
        let landing = transaction.landing.as_ref();
        let is_there = landing.is_none_or(|landing| *landing == self.landing);
        let answers = &transaction.answers;
        if !is_there || !answers.iter().any(|answer| self.has_all(answer)) {
            None
        } else if self.carries_state_of(transaction) {
            Some(Ownership::Proven)
        } else if transaction.binding == Binding::Optional {
            Some(Ownership::Open)
        } else {
            Some(Ownership::Unproven)
        }
    }

    /// Whether a claim is believed. Where a state is demanded, only the attempt's own window may come back with the wrong one, which then is
    /// an error; what a link from elsewhere can have made proves nothing (RFC 6819 section 4.4.1.8).
    pub fn is_admitted(&self, transaction: &Transaction, via: Via) -> bool {
        match self.ownership(transaction) {
            None => false,
            Some(Ownership::Proven) => true,
            Some(Ownership::Open) => via != Via::Relay { from_window: false },
            Some(Ownership::Unproven) => via == Via::OwnWindow,
        }
    }

    fn has_all(&self, answer: &str) -> bool {
        split(answer, b' ').into_iter().all(|parameter| {
            let (place, parameter) = match parameter.strip_prefix("#") {
                Some(parameter) => (&self.fragment, parameter),
                None => (&self.query, parameter),
            };
            match split_once(parameter, b'=') {
                Some((name, value)) => place.get(name) == Some(value),
                None => place.get(parameter).is_some(),
            }
        })
    }

    /// `state` is the protocol's own; `connect_state` is what the app's backend put into its return URL; and Anon's `state` is
    /// the backend's own text, which may have ours inside.
    fn carries_state_of(&self, transaction: &Transaction) -> bool {
        let state = transaction.state.expose();
        let is_own = |value: &str| {
            let is_bound_to = transaction.binding.bound_to() == Some(value);
            value == state
                || is_bound_to
                || (transaction.binding != Binding::State && includes(value, state))
        };
        let places = [&self.query, &self.fragment];
        places.iter().any(|place| {
            ["state", CONNECT_STATE]
                .iter()
                .any(|name| place.get(name).is_some_and(is_own))
        })
    }
}
