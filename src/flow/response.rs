//! An answer that came back in a URL of the app's own origin.

use super::encoding::cut;
use super::params::Params;

/// The parameters of a returned URL, kept apart by where they stood.
pub struct Response {
    /// What stood in the query.
    pub query: Params,
    /// What stood in the fragment.
    pub fragment: Params,
}

impl Response {
    /// Takes the parameters out of a URL; a URL without any is an empty response.
    pub fn parse(url: &str) -> Response {
        let (front, fragment) = cut(url, b'#');
        let (_, query) = cut(front, b'?');
        Response { query: Params::parse(query), fragment: Params::parse(fragment) }
    }
}
