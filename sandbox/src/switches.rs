//! The switches that make a provider behave or misbehave, per session or per request.

use serde_json::{Map, Value};

use crate::people::Person;

/// How many switches one session can carry.
const MOST: usize = 40;

/// A set of switches. Values are JSON from a `sandbox` object, or text from `sandbox_…` query parameters;
/// both spell the same thing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Switches(Map<String, Value>);

impl Switches {
    /// From a `sandbox` object; anything else is no switches.
    pub fn from_json(value: Option<&Value>) -> Self {
        let entries = value.and_then(Value::as_object).into_iter().flatten();
        Self(
            entries
                .take(MOST)
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    }

    /// From the `sandbox_…` parameters of a query.
    pub fn from_query(pairs: &[(String, String)]) -> Self {
        Self(
            pairs
                .iter()
                .filter_map(|(name, value)| {
                    let key = name.strip_prefix("sandbox_")?;
                    Some((key.to_owned(), Value::from(value.as_str())))
                })
                .take(MOST)
                .collect(),
        )
    }

    /// These switches and those; those win.
    pub fn merged(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The switches as a JSON object.
    pub fn to_json(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// The text of a switch.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// Is the switch on? `true`, `1`, `"1"`, `"true"` and `"on"` are.
    pub fn flag(&self, key: &str) -> bool {
        match self.0.get(key) {
            Some(Value::Bool(on)) => *on,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => matches!(text.as_str(), "1" | "true" | "on"),
            _ => false,
        }
    }

    /// Is the switch on, be it with a value of its own? Everything is but absence, `false`, `0` and `off`.
    pub fn is_set(&self, key: &str) -> bool {
        match self.0.get(key) {
            Some(Value::String(text)) => !matches!(text.as_str(), "" | "0" | "false" | "off"),
            Some(Value::Array(items)) => !items.is_empty(),
            _ => self.flag(key),
        }
    }

    /// The switch `auto`: who signs in without being asked.
    pub fn auto(&self) -> Option<Person> {
        self.text("auto").and_then(Person::find)
    }

    /// What `auto` decides: to allow, unless it is told otherwise.
    pub fn auto_allows(&self) -> bool {
        self.text("auto_decision") != Some("deny")
    }

    /// Any JSON value; text that is no JSON stands for itself.
    pub fn json(&self, key: &str) -> Option<Value> {
        Some(match self.0.get(key)? {
            Value::String(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| text.as_str().into())
            }
            value => value.clone(),
        })
    }

    /// A whole number that is not negative.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.0.get(key)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A list: an array of texts, or one text with commas.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.0.get(key) {
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Value::String(text)) => text
                .split(',')
                .map(|item| item.trim().to_owned())
                .filter(|item| !item.is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Switches;

    #[test]
    fn json_and_query_spell_the_same_thing() {
        let json = Switches::from_json(Some(
            &json!({"never": true, "delay_ms": 5, "auto_providers": ["a", "b"], "auto": "alice"}),
        ));
        let query = Switches::from_query(&[
            ("sandbox_never".into(), "1".into()),
            ("sandbox_delay_ms".into(), "5".into()),
            ("sandbox_auto_providers".into(), "a, b".into()),
            ("sandbox_auto".into(), "alice".into()),
            ("state".into(), "x".into()),
        ]);
        for switches in [&json, &query] {
            assert!(switches.flag("never"));
            assert_eq!(switches.number("delay_ms"), Some(5));
            assert_eq!(switches.list("auto_providers"), ["a", "b"]);
            assert_eq!(switches.text("auto"), Some("alice"));
            assert!(switches.text("state").is_none());
        }
    }

    #[test]
    fn a_switch_with_a_value_is_on() {
        let switches = Switches::from_json(Some(
            &json!({"a": "close", "b": "0", "c": true, "d": [], "e": ["x"], "f": "off"}),
        ));
        let on: Vec<&str> = ["a", "b", "c", "d", "e", "f", "g"]
            .into_iter()
            .filter(|key| switches.is_set(key))
            .collect();
        assert_eq!(on, ["a", "c", "e"]);
    }

    #[test]
    fn json_is_read_where_it_is_json() {
        let switches = Switches::from_query(&[
            ("sandbox_a".into(), "\"\"".into()),
            ("sandbox_b".into(), "[]".into()),
            ("sandbox_c".into(), "soon".into()),
            ("sandbox_d".into(), String::new()),
        ]);
        let values = ["a", "b", "c", "d", "e"].map(|key| switches.json(key));
        assert_eq!(
            values,
            [
                Some(json!("")),
                Some(json!([])),
                Some(json!("soon")),
                Some(json!("")),
                None
            ]
        );
    }

    #[test]
    fn nonsense_is_no_switch() {
        let switches = Switches::from_json(Some(&json!("nonsense")));
        assert!(!switches.flag("never"));
        assert_eq!(switches.number("delay_ms"), None);
    }
}
