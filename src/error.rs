//! The only list of error codes.
//!
//! Every failure that this library itself reports is a [`Code`], or a [`ShellCode`] where there is no core to report it: a stable
//! snake_case fact and a sentence that says what to do. What a provider reports keeps the provider's own code. The TypeScript
//! union, the shell's sentences and the table in the README are held equal to this list by `tests/native/contract.rs`.

use crate::value::Value;

macro_rules! codes {
    ($(#[$about:meta])* $codes:ident: $($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $codes { $($(#[$doc])* $name,)* }

        impl $codes {
            /// All of them, in the order of their declaration.
            pub const ALL: &[$codes] = &[$($codes::$name,)*];

            /// The stable snake_case name.
            pub const fn name(self) -> &'static str {
                match self { $($codes::$name => $code,)* }
            }

            /// What happened, and what to do.
            pub const fn sentence(self) -> &'static str {
                match self { $($codes::$name => $sentence,)* }
            }
        }
    };
}

codes! {
    /// A failure that the core reports.
    Code:
    /// An option, or what the app's token or link turned out to be, is missing or of the wrong kind.
    InvalidOptions = "invalid_options", "is missing or invalid: see its type.";
    /// `destroy()` was called on this instance.
    SdkDestroyed = "sdk_destroyed", "Destroyed: create() a new one.";
    /// `authorize()` while a flow is live.
    AlreadyOpen = "already_open", "A window is open.";
    /// The app's signal was aborted, or `close()` ended the flow.
    Aborted = "aborted", "The app ended the flow.";
    /// The time that the app allowed is over; a late result is still delivered.
    Timeout = "timeout", "No result in time.";
    /// The browser refused to open the window.
    PopupBlocked = "popup_blocked", "The browser blocked the window. Call open() in the click, and allow popups (in a frame: sandbox=\"allow-popups allow-popups-to-escape-sandbox\").";
    /// The user closed the window (`authorize()` only; callbacks get `onExit`).
    PopupClosed = "popup_closed", "The user closed the window.";
    /// The page could not be redirected: its transaction cannot be remembered, or it is a frame.
    RedirectError = "redirect_error", "Cannot redirect: sessionStorage is refused, or this is a frame. Use mode \"popup\".";
    /// The token or link that the app promised did not come.
    SourceFailed = "source_failed", "The app's token or link failed; see cause.";
    /// The provider's answer is not what its protocol says.
    InvalidResponse = "invalid_response", "The provider's response is malformed.";
    /// The answer belongs to another attempt (RFC 6749 section 10.12).
    StateMismatch = "state_mismatch", "The response's state is not this attempt's. Start again.";
    /// The answer comes from another authorization server (RFC 9207 section 2.4).
    IssuerMismatch = "issuer_mismatch", "The response's iss is missing or not issuer: check that option.";
    /// The ID token was made for another attempt (OpenID Connect Core section 3.2.2.11).
    NonceMismatch = "nonce_mismatch", "The ID token's nonce is not this attempt's. Start again.";
    /// The answer to a redirect came after its attempt had expired.
    Expired = "expired", "The response came too late. Start again.";
    /// The token endpoint could not be reached, or its answer could not be read.
    NetworkError = "network_error", "The token endpoint is down or refuses this origin (CORS); see cause.";
    /// The app's `exchange` rejected.
    ExchangeFailed = "exchange_failed", "The app's exchange failed; see cause.";
    /// The window was closed and the app's `verify` rejected, so the outcome is unknown.
    VerifyFailed = "verify_failed", "The app's verify failed; see cause.";
    /// The provider reported an error without a code.
    OauthError = "oauth_error", "The provider named no error; see details.";
}

codes! {
    /// A failure that only the shell reports; the core has no word of it.
    ShellCode:
    /// There is no window: on a server, for example.
    NoWindow = "no_window", "This needs a browser.";
    /// The core could not be loaded.
    LoadFailed = "load_failed", "The core did not load. Click or reload.";
    /// The core stopped: out of memory, or a bug.
    CoreFailed = "core_failed", "The core stopped; see cause. The next click tries again.";
}

/// Every code and its sentence.
pub fn all_codes() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_core = Code::ALL.iter().map(|code| (code.name(), code.sentence()));
    let of_shell = ShellCode::ALL.iter();
    of_core.chain(of_shell.map(|code| (code.name(), code.sentence())))
}

/// `Ok` where a check holds, or else the option that it is about.
pub fn check(holds: bool, name: &'static str) -> Result<(), Box<Failure>> {
    if holds {
        Ok(())
    } else {
        Err(Failure::of_option(name))
    }
}

/// What a failure is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureCode {
    /// By us.
    Ours(Code),
    /// By the provider, or by another page that was told; perhaps by one of our own names.
    Theirs(String),
}

impl FailureCode {
    /// The name that the app sees.
    pub fn as_str(&self) -> &str {
        match self {
            FailureCode::Ours(code) => code.name(),
            FailureCode::Theirs(code) => code,
        }
    }
}

/// Why a flow failed: what becomes the app's `ConnectError`. Its `cause` stays in the browser floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Whose failure it is, and what it is called.
    pub code: FailureCode,
    /// What happened, and what to do; or the provider's description.
    pub message: String,
    /// The provider's own words, untouched, also where the failure is ours; absent where it said nothing.
    pub details: Value,
}

impl Failure {
    /// An option is missing or of the wrong kind.
    pub fn of_option(name: &str) -> Box<Failure> {
        Failure::of_option_that(name, Code::InvalidOptions.sentence())
    }

    /// An option cannot work, for a reason: a sentence without its subject.
    pub fn of_option_that(name: &str, reason: &str) -> Box<Failure> {
        let mut failure: Box<Failure> = Code::InvalidOptions.into();
        failure.message = ["Option ", name, " ", reason].concat();
        failure
    }

    /// What the provider reported: its code, its description where it gives one, and its words as they came.
    pub fn by_provider(
        code: Option<&str>,
        description: Option<&str>,
        details: Value,
    ) -> Box<Failure> {
        let given = |words: &&str| !words.is_empty();
        let code = code.filter(given);
        let message = description.filter(given).or(code);
        let message = message.unwrap_or(Code::OauthError.sentence());
        let code = code.unwrap_or(Code::OauthError.name());
        Box::new(Failure {
            code: FailureCode::Theirs(code.to_owned()),
            message: message.to_owned(),
            details,
        })
    }
}

impl From<Code> for Box<Failure> {
    fn from(code: Code) -> Box<Failure> {
        Box::new(Failure {
            code: FailureCode::Ours(code),
            message: code.sentence().to_owned(),
            details: Value::Absent,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_snake_case_fact_with_a_sentence() {
        for (code, sentence) in all_codes() {
            let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
            assert!(code.bytes().all(is_name), "{code:?}");
            assert!(!sentence.is_empty());
        }
    }

    #[test]
    fn an_invalid_option_is_named() {
        let failure = Failure::of_option("token");
        assert_eq!(
            (failure.code.as_str(), failure.message.as_str()),
            (
                "invalid_options",
                "Option token is missing or invalid: see its type."
            )
        );
    }
}
