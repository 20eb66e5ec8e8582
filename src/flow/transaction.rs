//! The remembered attempt: what must survive a redirect or a reload so that the response can be checked and used.
//!
//! One record per state, single use, expiring. It holds the code verifier (RFC 7636 section 4.1) but never a token. The page
//! stores it; these are the names of its fields.

use super::page::Page;

/// This attempt's fresh random value, and the record's key.
pub const STATE: &str = "state";
/// The protocol's name.
pub const PROTOCOL: &str = "protocol";
/// `popup` or `redirect`.
pub const MODE: &str = "mode";
/// When the attempt can no longer be answered: milliseconds since 1970.
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
/// `json` where the token endpoint takes JSON.
pub const TOKEN_REQUEST: &str = "token_request";
/// Set where the app exchanges the code itself.
pub const EXCHANGE: &str = "exchange";

/// Whether the attempt can no longer be answered at `now`. A record without a time has expired.
pub fn has_expired(page: impl Page, now: f64) -> bool {
    // Written so that NaN counts as expired.
    !matches!(
        page.number(page.noted(EXPIRES)).partial_cmp(&now),
        Some(core::cmp::Ordering::Greater)
    )
}
