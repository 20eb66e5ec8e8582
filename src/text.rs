//! Every text that the core knows, by number: names, words and sentences.
//!
//! A text never lies in the core's memory. `text!("state")` is its number, found by the compiler; the build takes the list
//! out of a section of the module, and `host.js` looks the number up there.

use crate::error::CODES;
use crate::protocol::ERRORS;
use core::num::NonZeroU8;

/// A text of [`ALL`], by its number; never 0, so that having none takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(NonZeroU8);

/// The number of a text, which must stand in [`WORDS`].
macro_rules! text {
    ($words:literal) => {
        const { $crate::text::Text::of($words) }
    };
}
pub(crate) use text;

/// The most frequent ones first: small numbers are shorter. The first is no text.
const WORDS: &[&str] = &[
    "",
    "",
    "state",
    "error",
    "redirect",
    "error_description",
    "code",
    "access_token",
    "scope",
    "client_id",
    "redirect_uri",
    "error_code",
    "id_token",
    "nonce",
    "code_verifier",
    "refresh_token",
    "expires_in",
    "connect_state",
    "scopes",
    "token",
    "type",
    "verify",
    "mode",
    "iss",
    "params",
    "clientId",
    "exchange",
    "link",
    "popup",
    "protocol",
    "timeout",
    "whenBlocked",
    "metadata",
    "alter_connect_error",
    "alter_connect_success",
    "timestamp",
    "token_type",
    "tokenRequest",
    "tokenEndpoint",
    "responseType",
    "redirectUrl",
    "redirectUri",
    "refreshToken",
    "reauth",
    "raw",
    "1",
    "?",
    "#",
    "url",
    "bound",
    "expires",
    "origin",
    "handed_out",
    "token_endpoint",
    "token_request",
    "auto",
    "onSuccess",
    "onError",
    "onExit",
    "onEvent",
    "success",
    "true",
    "grants",
    "grant_id",
    "provider",
    "provider_name",
    "account_identifier",
    "operation",
    "creation",
    "status",
    "active",
    "pending",
    "session",
    "baseURL",
    "https://api.alterauth.com",
    "/sdk/oauth/connect#",
    "auth_link_url",
    "authorizationEndpoint",
    "redirectUri (it must be on this page's origin)",
    "issuer",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "S256",
    "grant_type",
    "authorization_code",
    "form",
    "json",
    "error_uri",
    "expires_at",
    "expiresAt",
    "id_token token",
    "alter-connect",
    "anon-link",
    "stackone-link",
    "implicit",
];

/// All texts: [`WORDS`], then the pairs of [`ERRORS`] and of [`CODES`].
pub const ALL: [&str; WORDS.len() + 2 * (ERRORS.len() + CODES.len())] = {
    let mut all = [""; WORDS.len() + 2 * (ERRORS.len() + CODES.len())];
    let mut at = 0;
    while at < all.len() {
        all[at] = match at {
            _ if at < WORDS.len() => WORDS[at],
            _ if at < FIRST_CODE => half(ERRORS, at - WORDS.len()),
            _ => half(CODES, at - FIRST_CODE),
        };
        at += 1;
    }
    all
};

const FIRST_CODE: usize = WORDS.len() + 2 * ERRORS.len();

const fn half(pairs: &[(&'static str, &'static str)], at: usize) -> &'static str {
    let (first, second) = pairs[at / 2];
    if at % 2 == 0 { first } else { second }
}

impl Text {
    /// The number of a text that is known to the compiler.
    pub const fn of(words: &str) -> Text {
        let mut at = 1;
        while at < WORDS.len() {
            if equal(WORDS[at].as_bytes(), words.as_bytes()) {
                return Text::at(at);
            }
            at += 1;
        }
        panic!("this text does not stand in WORDS of text.rs: add it")
    }

    const fn at(index: usize) -> Text {
        match NonZeroU8::new(index as u8) {
            Some(number) => Text(number),
            None => panic!("0 is no text"),
        }
    }

    /// The code of one of [`CODES`].
    pub const fn code(index: usize) -> Text {
        Text::at(FIRST_CODE + 2 * index)
    }

    /// The codes of [`ERRORS`].
    pub fn errors() -> impl Iterator<Item = Text> {
        (0..ERRORS.len()).map(|index| Text::at(WORDS.len() + 2 * index))
    }

    /// The sentence of one of these codes.
    pub fn sentence(self) -> Text {
        Text(self.0.saturating_add(1))
    }

    /// Its number.
    pub fn number(self) -> i32 {
        i32::from(self.0.get())
    }

    /// The text itself, for a page that has no list of its own.
    pub fn as_str(self) -> &'static str {
        ALL[usize::from(self.0.get())]
    }
}

const fn equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// What stands between two texts in the module's section, and in none of them.
#[cfg(any(test, target_arch = "wasm32"))]
const SEPARATOR: u8 = b'|';

#[cfg(any(test, target_arch = "wasm32"))]
const LENGTH: usize = {
    let (mut length, mut at) = (ALL.len() - 1, 0);
    while at < ALL.len() {
        length += ALL[at].len();
        at += 1;
    }
    length
};

#[cfg(any(test, target_arch = "wasm32"))]
const fn joined() -> [u8; LENGTH] {
    let mut bytes = [SEPARATOR; LENGTH];
    let (mut end, mut at) = (0, 0);
    while at < ALL.len() {
        let text = ALL[at].as_bytes();
        let mut from = 0;
        while from < text.len() {
            bytes[end] = text[from];
            end += 1;
            from += 1;
        }
        end += 1;
        at += 1;
    }
    bytes
}

/// The list for the build, which takes it out of the module.
#[cfg(target_arch = "wasm32")]
#[unsafe(link_section = "connect_widget_texts")]
static SECTION: [u8; LENGTH] = joined();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_can_be_taken_apart() {
        let joined = joined();
        let texts = core::str::from_utf8(&joined).unwrap();
        assert!(
            texts.is_ascii(),
            "the build writes them into files of any encoding"
        );
        assert_eq!(texts.split(char::from(SEPARATOR)).collect::<Vec<_>>(), ALL);
    }

    #[test]
    fn no_text_stands_twice_and_none_is_unused() {
        let sources = [
            include_str!("flow/machine.rs"),
            include_str!("flow/transaction.rs"),
            include_str!("protocol/mod.rs"),
            include_str!("protocol/alter_connect.rs"),
            include_str!("protocol/anon_link.rs"),
            include_str!("protocol/oauth_code.rs"),
            include_str!("protocol/oauth_implicit.rs"),
            include_str!("protocol/oauth_request.rs"),
            include_str!("protocol/stackone_link.rs"),
        ]
        .concat();
        for (at, word) in WORDS.iter().enumerate().skip(1) {
            assert!(!WORDS[1..at].contains(word), "{word} stands twice");
            assert!(
                sources.contains(&format!("text!(\"{word}\")")),
                "{word} is not used"
            );
        }
    }
}
