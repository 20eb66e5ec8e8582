//! The remembered attempt: what must survive a redirect or a reload so that the response can be checked and used.
//!
//! One record per state, single use, expiring. It holds the code verifier (RFC 7636 section 4.1) but never a token. The page
//! stores it; these are the names of its fields.

use super::page::Page;
use crate::text::{Text, text};

/// This attempt's fresh random value, and the record's key.
pub const STATE: Text = text!("state");
/// The protocol's name.
pub const PROTOCOL: Text = text!("protocol");
/// `popup` or `redirect`.
pub const MODE: Text = text!("mode");
/// When the attempt can no longer be answered: milliseconds since 1970.
pub const EXPIRES: Text = text!("expires");
/// The origin that may post messages to the page.
pub const ORIGIN: Text = text!("origin");
/// The state that the app bound into its link by itself.
pub const BOUND: Text = text!("bound");
/// Set once the state was given to the app, so that a different one is a mismatch.
pub const HANDED_OUT: Text = text!("handed_out");
/// OpenID Connect's nonce.
pub const NONCE: Text = text!("nonce");
/// PKCE's code verifier.
pub const CODE_VERIFIER: Text = text!("code_verifier");
/// The client's identifier.
pub const CLIENT_ID: Text = text!("client_id");
/// The redirection endpoint, exactly as it was requested.
pub const REDIRECT_URI: Text = text!("redirect_uri");
/// The authorization server's issuer identifier.
pub const ISSUER: Text = text!("iss");
/// The token endpoint.
pub const TOKEN_ENDPOINT: Text = text!("token_endpoint");
/// `json` where the token endpoint takes JSON.
pub const TOKEN_REQUEST: Text = text!("token_request");
/// Set where the app exchanges the code itself.
pub const EXCHANGE: Text = text!("exchange");

/// Whether the attempt can no longer be answered at `now`. A record without a time has expired.
pub fn has_expired(page: impl Page, now: f64) -> bool {
    // Written so that NaN counts as expired.
    !matches!(
        page.number(page.noted(EXPIRES)).partial_cmp(&now),
        Some(core::cmp::Ordering::Greater)
    )
}
