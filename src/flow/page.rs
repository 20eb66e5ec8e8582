//! What the pure floors may ask of the page.
//!
//! Texts stay where they are: the page holds them, and the core knows them by number. It compares, looks up and puts
//! together, but never copies, so it needs no heap, and an option, a token or a URL never enters its memory. A test is a
//! page too (`tests/native/page.rs`).

use super::encoding::LENGTH;
use crate::text::Text;

/// A value that the page holds for the length of one call; [`Held::NONE`] is no value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Held(pub i32);

impl Held {
    /// Undefined, null, inherited, or behind a getter that throws.
    pub const NONE: Held = Held(0);

    /// Whether there is a value.
    pub fn is_some(self) -> bool {
        self != Held::NONE
    }

    /// This value, or `other` where there is none.
    pub fn or(self, other: Held) -> Held {
        if self.is_some() { self } else { other }
    }
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No value.
    Absent,
    /// A string that is not empty.
    Text,
    /// The empty string.
    Empty,
    /// A number that is neither negative nor NaN.
    Number,
    /// An array.
    List,
    /// A function.
    Function,
    /// Something with a `then` method.
    Promise,
    /// Any other object.
    Object,
    /// Any other value.
    Other,
}

impl Kind {
    /// The kinds in their order, which the page counts by.
    pub const ALL: [Kind; 9] = [
        Kind::Absent,
        Kind::Text,
        Kind::Empty,
        Kind::Number,
        Kind::List,
        Kind::Function,
        Kind::Promise,
        Kind::Object,
        Kind::Other,
    ];
}

/// The two components of a returned URL that can carry a response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// After the question mark.
    Query,
    /// After the number sign.
    Fragment,
}

impl Place {
    /// The other one.
    pub fn other(self) -> Place {
        if self == Place::Query {
            Place::Fragment
        } else {
            Place::Query
        }
    }
}

/// One step of building the app's result, or an error's `details`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Begins the next item of a list; name and value say nothing.
    Item,
    /// The value as it is, where it has one; without a name it is the whole result.
    Value,
    /// The number that a text or number is, where it is one; `expires_in` sets `expires_at` too.
    Seconds,
    /// A list as it is, or the empty list.
    List,
    /// The JSON that a text is, or the text.
    Json,
    /// An ISO 8601 text, or the time now.
    Time,
    /// All parameters of the fragment.
    Fragment,
    /// The Unix time in seconds of an ISO 8601 text, and `expires_in` counted from now.
    ExpiresAt,
    /// A text, where it is one, cut at its commas.
    Commas,
}

/// The page, as a browser or a test shows it. All functions are free of side effects outside the flow at hand.
pub trait Page: Copy {
    /// The own property `name` of the object at hand, or, by the empty name, the object itself.
    fn read(self, name: Text) -> Held;
    /// The member `name` of a held object.
    fn member(self, object: Held, name: Text) -> Held;
    /// The item of a held array; none behind its end.
    fn item(self, list: Held, index: i32) -> Held;
    /// What a value is.
    fn kind(self, value: Held) -> Kind;
    /// Whether a value is this text.
    fn is(self, value: Held, text: Text) -> bool;
    /// Whether two values are the same text. None is the same as none.
    fn same(self, one: Held, other: Held) -> bool;
    /// The number that a value is, or NaN.
    fn number(self, value: Held) -> f64;
    /// Holds a text of the core's.
    fn hold(self, text: Text) -> Held;
    /// Holds a text that was made just now, in ASCII.
    fn hold_made(self, text: &[u8; LENGTH]) -> Held;
    /// Holds a number.
    fn hold_number(self, number: f64) -> Held;
    /// 32 bits from a cryptographic source.
    fn random(self) -> i32;
    /// The origin of an absolute http(s) URL, or none.
    fn origin(self, url: Held) -> Held;
    /// The page's own origin.
    fn own_origin(self) -> Held;
    /// Whether a text contains a character of its own: `#` of a URL, for instance.
    fn contains(self, text: Held, part: Text) -> bool;
    /// The first value of a parameter of the returned URL.
    fn parameter(self, place: Place, name: Text) -> Held;
    /// Whether a parameter of the returned URL stands more than once.
    fn repeats(self, place: Place, name: Text) -> bool;
    /// The text at `name` in a JSON object, or in a JWT's payload, unverified.
    fn claim(self, json_or_jwt: Held, name: Text) -> Held;
    /// Sets a field of the flow's transaction.
    fn note(self, field: Text, value: Held);
    /// A field of the flow's transaction.
    fn noted(self, field: Text) -> Held;
    /// Begins the flow's address: a URL and what comes before the first parameter (`?` becomes `&` where there is a query).
    fn start(self, url: Held, joint: Text);
    /// Appends a parameter to the flow's address, its value percent-encoded, where there is one.
    fn append(self, name: Text, value: Held);
    /// Appends an object's texts as parameters; false where one of them stands in the address already.
    fn append_all(self, object: Held) -> bool;
    /// One step of the result or of an error's `details`.
    fn put(self, step: Put, name: Text, value: Held);
    /// The error that the flow is about to end with: ours.
    fn fail(self, code: Text, sentence: Text, option: Option<Text>);
    /// The error that the flow is about to end with: the provider's code and description.
    fn refuse(self, code: Held, description: Held);
}
