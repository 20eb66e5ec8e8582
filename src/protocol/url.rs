//! Writing URLs: their parameters, and how these are encoded.

use crate::flow::response::Parameters;
use crate::secret::Secret;
use crate::text::{includes, split_once, trim};
use crate::world::World;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What `encodeURIComponent` leaves as it is (ECMA-262 section 19.2.6.4).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Percent-encodes the value of a parameter.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, COMPONENT).collect()
}

/// A URL that grows by its parameters.
pub struct UrlBuilder(String);

impl UrlBuilder {
    /// Begins with an endpoint, whose own parameters are kept (RFC 6749 section 3.1).
    pub fn new(endpoint: &str) -> UrlBuilder {
        UrlBuilder(trim(endpoint).to_owned())
    }

    /// Appends a parameter.
    pub fn append(&mut self, name: &str, value: &str) {
        let joint = match self.0.bytes().last() {
            Some(b'?' | b'&') => "",
            _ if includes(&self.0, "?") => "&",
            _ => "?",
        };
        self.0 += &[joint, &encode(name), "=", &encode(value)].concat();
    }

    /// The parameters that are there already.
    pub fn parameters(&self, world: &dyn World) -> Parameters {
        let (_, query) = split_once(&self.0, b'?').unwrap_or_default();
        Parameters::parse(query, world)
    }

    /// The URL.
    pub fn build(self) -> Secret {
        Secret::new(self.0)
    }
}
