//! A value from outside (an option, a message, an answer of a server), as far as this library looks at it.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// What a foreign value is. Objects and lists are copies: whatever they were made of cannot change or throw any more.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// Undefined, missing or inherited.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string. One that is no Unicode (half a surrogate pair) is [`Value::Other`].
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// The entries of an object, or what iterates by name and value, such as `URLSearchParams`.
    Object(Vec<(String, Value)>),
    /// A function.
    Function,
    /// Something with a `then` method.
    Promise,
    /// A window.
    Window,
    /// An `AbortSignal`.
    Signal,
    /// Anything else: what cannot be read, is nested too deep, or has a kind that no option and no answer has.
    Other,
}

const ABSENT: &Value = &Value::Absent;

impl Value {
    /// The member `name` of an object; [`Value::Absent`] where there is none.
    pub fn get(&self, name: &str) -> &Value {
        let found = self.entries().iter().find(|(key, _)| key == name);
        found.map_or(ABSENT, |(_, value)| value)
    }

    /// The entries of an object; none where it is not one.
    pub fn entries(&self) -> &[(String, Value)] {
        match self {
            Value::Object(entries) => entries,
            _ => &[],
        }
    }

    /// Whether there is a value: neither undefined nor `null`.
    pub fn is_given(&self) -> bool {
        !matches!(self, Value::Absent | Value::Null)
    }

    /// Whether this is an object without entries.
    pub fn is_empty_object(&self) -> bool {
        matches!(self, Value::Object(entries) if entries.is_empty())
    }

    /// The text, which may be empty.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, where it is one and not empty.
    pub fn text(&self) -> Option<&str> {
        self.as_str().filter(|text| !text.is_empty())
    }

    /// The number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether this is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Value::Bool(true))
    }

    /// The items of an array.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// A copy of the text where it is one and not empty.
    pub fn to_text(&self) -> Option<String> {
        self.text().map(str::to_owned)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

/// An object of ours in the making.
#[derive(Default)]
pub struct Entries(Vec<(String, Value)>);

impl Entries {
    /// Adds a value.
    pub fn add(&mut self, name: &str, value: Value) {
        self.0.push((name.to_owned(), value));
    }

    /// Adds a value by a name that is a copy already.
    pub fn push(&mut self, name: String, value: Value) {
        self.0.push((name, value));
    }

    /// Adds a text, where there is one.
    pub fn add_text<'a>(&mut self, name: &str, text: impl Into<Option<&'a str>>) {
        if let Some(text) = text.into() {
            self.add(name, text.into());
        }
    }

    /// Adds a number, where there is one.
    pub fn add_number(&mut self, name: &str, number: impl Into<Option<f64>>) {
        if let Some(number) = number.into() {
            self.add(name, Value::Number(number));
        }
    }

    /// The object.
    pub fn build(self) -> Value {
        Value::Object(self.0)
    }
}

impl std::fmt::Debug for Value {
    /// Its kind: a token or a code may be in it.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Value::Absent => "absent",
            Value::Null => "null",
            Value::Bool(_) => "[boolean]",
            Value::Number(_) => "[number]",
            Value::Text(_) => "[text]",
            Value::List(_) => "[list]",
            Value::Object(_) => "[object]",
            Value::Function => "[function]",
            Value::Promise => "[promise]",
            Value::Window => "[window]",
            Value::Signal => "[signal]",
            Value::Other => "[other]",
        })
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => serializer.serialize_f64(*value),
            Value::Text(value) => serializer.serialize_str(value),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Value::Object(entries) => {
                let mut object = serializer.serialize_map(Some(entries.len()))?;
                for (name, value) in entries {
                    if !matches!(value, Value::Absent) {
                        object.serialize_entry(name, value)?;
                    }
                }
                object.end()
            }
            _ => serializer.serialize_unit(),
        }
    }
}
