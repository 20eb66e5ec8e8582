//! What the app gets.

use crate::error::Failure;
use crate::secret::Secret;
use crate::value::{Entries, Value};

/// How a flow ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With a result.
    Success(Success),
    /// With an error.
    Failure(Failure),
    /// The user closed the window, or came back without an answer.
    Exit,
}

/// The result of a flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Success {
    /// In the system's own shape.
    Value(Value),
    /// Whatever the app's `verify` or `exchange` answered last; it never leaves the browser floor.
    Given,
}

/// A token response (RFC 6749 sections 4.2.2 and 5.1), normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// Usually `Bearer`.
    pub token_type: Option<String>,
    /// The access token's life in seconds.
    pub expires_in: Option<f64>,
    /// When the access token expires: Unix time in seconds.
    pub expires_at: Option<f64>,
    /// What a new access token can be asked for with.
    pub refresh_token: Option<Secret>,
    /// What was granted.
    pub scope: Option<String>,
    /// The OpenID Connect ID token, its signature unchecked.
    pub id_token: Option<Secret>,
    /// The response as it came.
    pub raw: Value,
}

impl TokenResponse {
    /// As the app gets it.
    pub fn to_value(&self) -> Value {
        let mut tokens = Entries::default();
        tokens.add_text("access_token", self.access_token.expose());
        tokens.add_text("token_type", self.token_type.as_deref());
        tokens.add_number("expires_in", self.expires_in);
        tokens.add_number("expires_at", self.expires_at);
        tokens.add_text(
            "refresh_token",
            self.refresh_token.as_ref().map(Secret::expose),
        );
        tokens.add_text("scope", self.scope.as_deref());
        tokens.add_text("id_token", self.id_token.as_ref().map(Secret::expose));
        tokens.add("raw", self.raw.clone());
        tokens.build()
    }
}
