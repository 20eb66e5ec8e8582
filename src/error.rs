//! The only list of error codes.
//!
//! Every failure that this library itself reports is a [`Code`]: a stable snake_case fact and a sentence that says what
//! to do. What a provider reports keeps the provider's own code (`oauth_error` where it gives none). The TypeScript union
//! and the table in the README are held equal to this list by `tests/native/contract.rs`.

use crate::text::Text;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        /// A failure that this library reports by itself.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)* }

        /// Each code with its default sentence, in the order of [`Code`].
        pub const CODES: &[(&str, &str)] = &[$(($code, $sentence),)*];
    };
}

codes! {
    /// An option is missing or of the wrong kind; no window was opened.
    InvalidOptions = "invalid_options", "is missing or not valid";
    /// The browser refused to open the window.
    PopupBlocked = "popup_blocked", "The browser blocked the window. Allow popups for this site (in a frame: sandbox=\"allow-popups\") and click again.";
    /// The page could not be redirected: its transaction cannot be remembered, or it is a frame.
    RedirectError = "redirect_error", "Cannot redirect: sessionStorage is refused or the page is in a frame. Use mode \"popup\".";
    /// The token or link that the app promised did not come.
    SourceFailed = "source_failed", "The app's token or link failed; see cause.";
    /// The provider's answer is not what its protocol says.
    InvalidResponse = "invalid_response", "The provider's response is malformed.";
    /// The answer belongs to another attempt (RFC 6749 section 10.12).
    StateMismatch = "state_mismatch", "The response's state is not this attempt's. Start again.";
    /// The answer comes from another authorization server (RFC 9207 section 2.4).
    IssuerMismatch = "issuer_mismatch", "The response's iss is missing or not the issuer.";
    /// The ID token was made for another attempt (OpenID Connect Core section 3.2.2.11).
    NonceMismatch = "nonce_mismatch", "The ID token's nonce is not this attempt's.";
    /// The token endpoint could not be reached, or its answer could not be read.
    NetworkError = "network_error", "The token endpoint did not answer, or CORS forbids it; see cause.";
    /// The app's `exchange` rejected.
    ExchangeFailed = "exchange_failed", "The app's exchange failed; see cause.";
    /// The window was closed and the app's `verify` rejected, so the outcome is unknown.
    VerifyFailed = "verify_failed", "The app's verify failed; see cause.";
    /// The time that the app allowed is over; a late result is still delivered.
    Timeout = "timeout", "No result within the timeout.";
    /// The app's signal was aborted, or `close()` ended the flow.
    Aborted = "aborted", "The app ended the flow.";
}

impl Code {
    /// The stable snake_case name; its sentence says what to do.
    pub fn text(self) -> Text {
        Text::code(self as usize)
    }
}

/// An option that is missing or of the wrong kind; `invalid_options` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidOption(pub Text);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_snake_case_fact_with_a_sentence() {
        for (code, sentence) in CODES {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{code}"
            );
            assert!(!sentence.is_empty());
        }
        assert_eq!(Code::Aborted.text().as_str(), "aborted");
        assert_eq!(
            Code::Aborted.text().sentence().as_str(),
            CODES[CODES.len() - 1].1
        );
    }
}
