//! What the pure floor cannot know by itself: the clock, chance, and the languages of URLs, dates and JSON.
//! A browser answers it (`browser/world.rs`), and so does a test.

use crate::text::split;
use crate::value::Value;

/// The world that a flow runs in. Nothing here has an effect.
pub trait World {
    /// Milliseconds since 1970.
    fn time(&self) -> f64;
    /// Milliseconds since some moment. Whoever sets the clock does not move it.
    fn uptime(&self) -> f64;
    /// 256 bits from a cryptographic source, fresh at each call.
    fn random(&self) -> [u8; 32];
    /// An absolute URL, taken apart as the WHATWG URL standard says.
    fn parse_url(&self, text: &str) -> Option<Box<Url>>;
    /// A text as it may stand in a URL's parameter: `encodeURIComponent` (ECMA-262 section 19.2.6.4).
    fn encode_component(&self, text: &str) -> String;
    /// The names and values of a query, as an object whose names may repeat.
    fn parse_query(&self, text: &str) -> Value;
    /// The time that an ISO 8601 text names, in milliseconds since 1970.
    fn parse_time(&self, text: &str) -> Option<f64>;
    /// The ISO 8601 text of a time in milliseconds since 1970.
    fn format_time(&self, time: f64) -> String;
    /// The decimal text of a number.
    fn format_number(&self, number: f64) -> String;
    /// What base64url without padding stands for. A byte is a character, so that only ASCII is as it was written.
    fn decode_base64(&self, text: &str) -> Option<String>;
    /// The value of a JSON text.
    fn parse_json(&self, text: &str) -> Option<Value>;
}

/// The parts of an absolute URL that decide something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Scheme, host and port, in canonical form; the same text as `location.origin` on a page of it.
    pub origin: String,
    /// The host's name without its port.
    pub hostname: String,
    /// The path, which begins with a slash.
    pub path: String,
    /// What stands between `?` and `#`.
    pub query: String,
    /// Whether there is a `#`.
    pub has_fragment: bool,
    /// Whether it has a username or a password.
    pub has_credentials: bool,
}

impl Url {
    /// Whether the scheme is `https` or `http`; only such URLs are opened.
    pub fn is_web(&self) -> bool {
        self.has_scheme("https") || self.is_plain()
    }

    /// Whether what is sent there can be read and changed on the way: plain http, and not to this machine
    /// (RFC 8252 section 7.3 excepts loopback hosts).
    pub fn is_insecure(&self) -> bool {
        let host = self.hostname.as_str();
        let is_loopback = host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || is_loopback_v4(host);
        self.is_plain() && !is_loopback
    }

    fn is_plain(&self) -> bool {
        self.has_scheme("http")
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        self.origin
            .strip_prefix(scheme)
            .is_some_and(|rest| rest.starts_with("://"))
    }
}

/// 127.0.0.0/8. The URL parser has made every spelling of an IPv4 address four decimal numbers.
fn is_loopback_v4(host: &str) -> bool {
    let parts = split(host, b'.');
    host.starts_with("127.")
        && parts.len() == 4
        && parts.iter().all(|part| part.parse::<u8>().is_ok())
}
