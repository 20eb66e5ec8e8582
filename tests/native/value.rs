//! JavaScript values, as far as an option, a message or a parsed answer can be one, and what JavaScript makes of them.

use serde_json::json;
use std::rc::Rc;

/// A value. Objects and lists are shared, so that identity means what `===` means.
#[derive(Clone, Debug)]
pub enum Value {
    /// `undefined` or `null`, which nobody here tells apart.
    Nothing,
    Boolean(bool),
    Number(f64),
    Text(Rc<str>),
    List(Rc<[Value]>),
    /// Own properties, in their order.
    Object(Rc<[(Rc<str>, Value)]>),
    Function,
    Promise,
    /// Not a value: a property or an item whose getter throws.
    Throws,
}

impl Value {
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    pub fn is_nothing(&self) -> bool {
        matches!(self, Value::Nothing)
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An own property; nothing where it is missing, inherited, or throws.
    pub fn own(&self, name: &str) -> Value {
        let Value::Object(properties) = self else {
            return Value::Nothing;
        };
        match properties.iter().rev().find(|(known, _)| **known == *name) {
            Some((_, Value::Throws)) | None => Value::Nothing,
            Some((_, value)) => value.clone(),
        }
    }

    /// `===`.
    pub fn same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nothing, Value::Nothing) => true,
            (Value::Boolean(one), Value::Boolean(other)) => one == other,
            (Value::Number(one), Value::Number(other)) => one == other,
            (Value::Text(one), Value::Text(other)) => one == other,
            (Value::List(one), Value::List(other)) => Rc::ptr_eq(one, other),
            (Value::Object(one), Value::Object(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// `String(value)`.
    pub fn to_text(&self) -> String {
        match self {
            Value::Nothing | Value::Throws => "undefined".into(),
            Value::Boolean(value) => value.to_string(),
            Value::Number(value) => number_to_text(*value),
            Value::Text(text) => text.to_string(),
            Value::List(items) => items
                .iter()
                .map(|item| {
                    if item.is_nothing() {
                        String::new()
                    } else {
                        item.to_text()
                    }
                })
                .collect::<Vec<_>>()
                .join(","),
            Value::Object(_) => "[object Object]".into(),
            Value::Promise => "[object Promise]".into(),
            Value::Function => "() => {}".into(),
        }
    }

    /// `Number(value)` of anything but `null`.
    pub fn to_number(&self) -> f64 {
        match self {
            Value::Boolean(value) => f64::from(u8::from(*value)),
            Value::Number(value) => *value,
            Value::Text(text) => text_to_number(text),
            Value::List(_) => text_to_number(&self.to_text()),
            _ => f64::NAN,
        }
    }

    /// As JSON; what JSON cannot say is written as the vectors write it.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Nothing => json!(null),
            Value::Boolean(value) => json!(value),
            Value::Number(value) if value.fract() == 0.0 && value.abs() < 9e15 => {
                json!(*value as i64)
            }
            Value::Number(value) => json!(value),
            Value::Text(text) => json!(&**text),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Object(properties) => serde_json::Value::Object(
                properties
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.to_json()))
                    .collect(),
            ),
            Value::Function => json!({"$": "function"}),
            Value::Promise => json!({"$": "promise"}),
            Value::Throws => json!({"$": "throws"}),
        }
    }
}

/// JSON as it is; `{"$": …}` stands for what JSON cannot say.
impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Value {
        match value {
            serde_json::Value::Null => Value::Nothing,
            serde_json::Value::Bool(value) => Value::Boolean(*value),
            serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::text(text),
            serde_json::Value::Array(items) => Value::List(items.iter().map(Value::from).collect()),
            serde_json::Value::Object(properties) => {
                match properties.get("$").and_then(|sign| sign.as_str()) {
                    Some("function") => Value::Function,
                    Some("undefined") => Value::Nothing,
                    Some("promise") => Value::Promise,
                    Some("throws") => Value::Throws,
                    Some("nan") => Value::Number(f64::NAN),
                    Some("infinity") => Value::Number(f64::INFINITY),
                    _ => Value::Object(
                        properties
                            .iter()
                            .map(|(name, value)| (name.as_str().into(), Value::from(value)))
                            .collect(),
                    ),
                }
            }
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Value {
        Value::from(&value)
    }
}

fn number_to_text(number: f64) -> String {
    match number {
        _ if number.is_nan() => "NaN".into(),
        _ if number.is_infinite() => if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .into(),
        _ if number.abs() < 1e21 => number.to_string(),
        _ => format!("{number:e}").replacen('e', "e+", 1),
    }
}

fn text_to_number(text: &str) -> f64 {
    let text = text.trim();
    let digits = text.get(2..).unwrap_or("");
    let integer =
        |radix| u64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64);
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        _ if text.is_empty() => 0.0,
        Some("0x") => integer(16),
        Some("0o") => integer(8),
        Some("0b") => integer(2),
        _ => match text {
            "Infinity" | "+Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            _ if text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) =>
            {
                text.parse().unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        },
    }
}

/// `encodeURIComponent`.
pub fn encode_uri_component(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// `atob`, which forgives white space and missing padding.
pub fn atob(text: &str) -> Option<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut characters: Vec<u8> = text
        .bytes()
        .filter(|byte| !b" \t\n\x0c\r".contains(byte))
        .collect();
    if characters.len() % 4 == 0 {
        let padding = characters
            .iter()
            .rev()
            .take(2)
            .take_while(|&&byte| byte == b'=')
            .count();
        characters.truncate(characters.len() - padding);
    }
    if characters.len() % 4 == 1 {
        return None;
    }
    let (mut decoded, mut bits, mut count) = (String::new(), 0u32, 0);
    for character in characters {
        bits = bits << 6 | ALPHABET.iter().position(|&known| known == character)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(char::from((bits >> count) as u8));
        }
    }
    Some(decoded)
}

/// `Date.parse` of ISO 8601, in milliseconds; NaN for anything else. (Engines accept more; no wire format asks for more.)
pub fn parse_date(text: &str) -> f64 {
    read_date(text).unwrap_or(f64::NAN)
}

fn read_date(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00Z"));
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let zone = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let mut parts = clock.splitn(3, ':');
    let (hour, minute): (f64, f64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second: f64 = parts.next().unwrap_or("0").parse().ok()?;
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0.0..=24.0).contains(&hour)
        && (0.0..60.0).contains(&minute)
        && (0.0..60.0).contains(&second);
    let offset = read_offset(zone)?;
    valid.then(|| {
        days_since_1970(year, month, day) as f64 * 86_400_000.0
            + ((hour * 60.0 + minute - offset) * 60.0 + second) * 1000.0
    })
}

fn read_offset(zone: &str) -> Option<f64> {
    let Some(sign) = zone.chars().next().filter(|&sign| sign != 'Z') else {
        return (zone.len() <= 1).then_some(0.0);
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let minutes = hours.parse::<f64>().ok()? * 60.0 + minutes.parse::<f64>().ok()?;
    Some(if sign == '-' { -minutes } else { minutes })
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `new Date(milliseconds).toISOString()`.
pub fn format_date(milliseconds: f64) -> String {
    let (days, rest) = (
        (milliseconds as i64).div_euclid(86_400_000),
        (milliseconds as i64).rem_euclid(86_400_000),
    );
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let (day, month) = (
        of_year - (153 * shifted + 2) / 5 + 1,
        if shifted < 10 {
            shifted + 3
        } else {
            shifted - 9
        },
    );
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second, fraction) = (
        rest / 3_600_000,
        rest / 60_000 % 60,
        rest / 1000 % 60,
        rest % 1000,
    );
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
}
