//! The remembered attempt: what must survive a redirect or a reload so that the response can be checked and used.
//!
//! One record per state, single use, expiring. It holds the code verifier (RFC 7636 section 4.1) but never a token.

use super::encoding::{decimal, parse_decimal};
use super::params::Params;

/// The names of a record's fields.
pub mod field {
    /// The protocol's name.
    pub const PROTOCOL: &str = "protocol";
    /// `popup` or `redirect`.
    pub const MODE: &str = "mode";
    /// When the record stops being an answerable attempt: milliseconds since 1970.
    pub const EXPIRES: &str = "expires";
    /// The origin that may post messages to the page.
    pub const ORIGIN: &str = "origin";
    /// The state that the app bound into its link by itself.
    pub const BOUND: &str = "bound";
    /// Set once the state was given to the app, so that a different one is a mismatch.
    pub const HANDED_OUT: &str = "handed_out";
    /// OpenID Connect's nonce.
    pub const NONCE: &str = "nonce";
    /// PKCE's code verifier.
    pub const CODE_VERIFIER: &str = "code_verifier";
    /// The client's identifier.
    pub const CLIENT_ID: &str = "client_id";
    /// The redirection endpoint, exactly as it was requested.
    pub const REDIRECT_URI: &str = "redirect_uri";
    /// The authorization server's issuer identifier.
    pub const ISSUER: &str = "iss";
    /// The token endpoint.
    pub const TOKEN_ENDPOINT: &str = "token_endpoint";
    /// Set where the token endpoint takes JSON.
    pub const JSON: &str = "json";
    /// Set where the app exchanges the code itself.
    pub const EXCHANGE: &str = "exchange";
}

/// One remembered attempt.
#[derive(Clone, Default)]
pub struct Transaction {
    /// This attempt's fresh random value, and the record's key.
    pub state: String,
    /// The record.
    pub fields: Params,
}

impl Transaction {
    /// A record as [`Transaction::record`] wrote it.
    pub fn parse(state: &str, record: &str) -> Transaction {
        Transaction { state: state.into(), fields: Params::parse(record) }
    }

    /// The record's text; parsing it gives the same transaction.
    pub fn record(&self) -> String {
        self.fields.serialize()
    }

    /// A field's text, empty where it is not set.
    pub fn text(&self, name: &str) -> &str {
        self.fields.text(name)
    }

    /// Sets a field that is not set yet.
    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.push(name, value);
    }

    /// Sets a field anew.
    pub fn replace(&mut self, name: &str, value: &str) {
        self.fields.0.retain(|(key, _)| key != name);
        self.set(name, value);
    }

    /// Lets the attempt be answered until `time`, in milliseconds since 1970.
    pub fn expire_at(&mut self, time: f64) {
        self.set(field::EXPIRES, &decimal(time as u64));
    }

    /// Whether the attempt may no longer be answered at `now`. A record without a time has expired.
    pub fn has_expired(&self, now: f64) -> bool {
        parse_decimal(self.text(field::EXPIRES)).is_none_or(|time| now as u64 >= time)
    }
}
