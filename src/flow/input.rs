//! What the pure floors may ask of the outside: the untrusted object at hand and the platform's URL parser.

/// What stands at a path of an untrusted object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Undefined, null, inherited, or behind a getter that throws.
    Absent,
    /// A string.
    Text(String),
    /// A number, cut to a whole one; negative, infinite and NaN are [`Value::Other`].
    Number(u64),
    /// An array and its length.
    List(u64),
    /// A function.
    Function,
    /// Something with a `then` method.
    Promise,
    /// Any other object.
    Object,
    /// Any other value.
    Other,
}

impl Value {
    /// The string, or the empty one.
    pub fn text(self) -> String {
        match self {
            Value::Text(text) => text,
            _ => String::new(),
        }
    }
}

/// The outside, as a browser or a test shows it.
pub trait Input {
    /// What stands at `path` (own properties, joined by dots; the empty path is the object itself).
    fn read(&self, path: &str) -> Value;
    /// The object of strings at `path` as a query.
    fn query(&self, path: &str) -> String;
    /// The origin of an absolute http(s) URL, or of the page for the empty string; empty where there is none.
    fn origin(&self, url: &str) -> String;
    /// The text at `name` in a JSON object, or in a JWT's payload, unverified; empty where there is none.
    fn claim(&self, json_or_jwt: &str, name: &str) -> String;
}
