//! Writing URLs: their parameters, and how these are encoded.

use crate::flow::response::Parameters;
use crate::secret::Secret;
use crate::text::{includes, split_once};
use crate::world::World;

/// A URL that grows by its parameters.
pub struct UrlBuilder<'a> {
    url: String,
    world: &'a dyn World,
}

impl UrlBuilder<'_> {
    /// Begins with an endpoint, whose own parameters are kept (RFC 6749 section 3.1).
    pub fn new<'a>(endpoint: &str, world: &'a dyn World) -> UrlBuilder<'a> {
        let url = endpoint.to_owned();
        UrlBuilder { url, world }
    }

    /// Appends a parameter.
    pub fn append(&mut self, name: &str, value: &str) {
        let joint = match self.url.bytes().last() {
            Some(b'?' | b'&') => "",
            _ if includes(&self.url, "?") => "&",
            _ => "?",
        };
        let encode = |text| self.world.encode_component(text);
        let parameter = [joint, &encode(name), "=", &encode(value)].concat();
        self.url += &parameter;
    }

    /// The parameters that are there already.
    pub fn parameters(&self) -> Parameters {
        let (_, query) = split_once(&self.url, b'?').unwrap_or_default();
        Parameters::parse(query, self.world)
    }

    /// The URL.
    pub fn build(self) -> Secret {
        Secret::new(self.url)
    }
}
