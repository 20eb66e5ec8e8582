//! The options of `open()` and `authorize()`: what every protocol takes, and `exchange`, whose kind is checked whoever gives it. What
//! else only one takes is read in its own file.

use crate::error::{Failure, check};
use crate::flow::mode::Mode;
use crate::text::trim;
use crate::value::Value;
use crate::world::{Url, World};

/// The app's options, read one by one.
pub trait Fields {
    /// The property `name`, copied; [`Value::Absent`] where there is none.
    fn get(&self, name: &str) -> Value;
}

/// The options that every protocol has.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonOptions {
    /// The mode that was asked for; none is `auto`.
    pub mode: Option<Mode>,
    /// Whether the app brings a window of its own.
    pub brings_window: bool,
    /// Whether a blocked window becomes a redirect.
    pub redirects_if_blocked: bool,
    /// Milliseconds until the app is told that it took too long; a result may still come after that.
    pub timeout: Option<f64>,
    /// Whether the app's backend can be asked for the result.
    pub verifies: bool,
}

/// Which of them are functions.
const FUNCTIONS: &[&str] = &[
    "onSuccess",
    "onError",
    "onExit",
    "onEvent",
    "verify",
    "exchange",
];

impl CommonOptions {
    /// Reads and checks them.
    pub fn read(options: &dyn Fields) -> Result<CommonOptions, Box<Failure>> {
        for name in FUNCTIONS {
            optional_function(options, name)?;
        }
        optional_signal(options)?;
        // `null` is what a blocked window.open() answers.
        let popup = options.get("popup");
        check(!popup.is_given() || matches!(popup, Value::Window), "popup")?;
        let timeout = match options.get("timeout") {
            // 0 is none, as that of an XMLHttpRequest is.
            Value::Number(timeout) if timeout >= 0.0 => (timeout > 0.0).then_some(timeout),
            value => {
                check(!value.is_given(), "timeout")?;
                None
            }
        };
        Ok(CommonOptions {
            mode: Mode::named(word(options, "mode", &["auto", "popup", "redirect"])?),
            brings_window: !matches!(popup, Value::Absent),
            redirects_if_blocked: word(options, "whenBlocked", &["error", "redirect"])?
                == "redirect",
            timeout,
            verifies: options.get("verify").is_given(),
        })
    }
}

/// An option that is one of these words; the first is the default.
pub fn word(
    options: &dyn Fields,
    name: &'static str,
    words: &[&'static str],
) -> Result<&'static str, Box<Failure>> {
    let value = options.get(name);
    if !value.is_given() {
        return Ok(words[0]);
    }
    let text = value.as_str();
    let known = words.iter().find(|word| text == Some(**word));
    known.copied().ok_or_else(|| Failure::of_option(name))
}

/// A text that must be there.
pub fn required_text(options: &dyn Fields, name: &'static str) -> Result<String, Box<Failure>> {
    let text = optional_text(options, name)?.unwrap_or_default();
    check(!text.is_empty(), name)?;
    Ok(text)
}

/// A text, perhaps the empty one, or none. Servers compare it to the letter, and a setting may end in a line break, which no such text has.
pub fn optional_text(
    options: &dyn Fields,
    name: &'static str,
) -> Result<Option<String>, Box<Failure>> {
    match options.get(name) {
        Value::Text(text) => Ok(Some(trim(&text).to_owned())),
        value => check(!value.is_given(), name).map(|()| None),
    }
}

/// A function, or none.
pub fn optional_function(options: &dyn Fields, name: &'static str) -> Result<(), Box<Failure>> {
    let value = options.get(name);
    check(!value.is_given() || matches!(value, Value::Function), name)
}

/// The app's signal, or none.
pub fn optional_signal(options: &dyn Fields) -> Result<(), Box<Failure>> {
    let signal = options.get("signal");
    let is_signal = matches!(signal, Value::Signal);
    check(!signal.is_given() || is_signal, "signal")
}

/// What URLs of the app's are judged by.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The world that takes them apart.
    pub world: &'a dyn World,
    /// The origin of the app's page.
    pub own_origin: &'a str,
    /// Whether plain http to another machine is let through.
    pub allow_insecure: bool,
}

const INSECURE: &str = "must be https (in tests: create({ allowInsecureRequests: true })).";

const ELSEWHERE: &str =
    "must be a whole URL on this page's origin: only there can the answer be read.";

impl Rules<'_> {
    /// An absolute http(s) URL, secure unless the app says that it need not be.
    pub fn check_url(self, text: &str, name: &'static str) -> Result<Box<Url>, Box<Failure>> {
        let url = self
            .world
            .parse_url(text)
            .filter(|url| url.is_web())
            .ok_or_else(|| Failure::of_option(name))?;
        if url.is_insecure() && !self.allow_insecure {
            return Err(Failure::of_option_that(name, INSECURE));
        }
        Ok(url)
    }

    /// An endpoint has no fragment (RFC 6749 sections 3.1 and 3.2).
    pub fn check_endpoint(
        self,
        options: &dyn Fields,
        name: &'static str,
    ) -> Result<String, Box<Failure>> {
        let text = required_text(options, name)?;
        let url = self.check_url(&text, name)?;
        check(!url.has_fragment, name)?;
        Ok(text)
    }

    /// A page that answers come to. Only on the app's own origin can they be read. Answers its origin and path.
    pub fn check_landing(self, text: &str, name: &'static str) -> Result<String, Box<Failure>> {
        let url = self.world.parse_url(text);
        match url.filter(|url| url.origin == self.own_origin) {
            Some(url) => Ok(url.origin + &url.path),
            None => Err(Failure::of_option_that(name, ELSEWHERE)),
        }
    }
}
