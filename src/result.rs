//! What the app gets.

use crate::error::Failure;
use crate::secret::Secret;
use crate::value::Value;
use serde::Serialize;

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
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Success {
    /// Accounts connected through Alter.
    Grants(Vec<Grant>),
    /// An object in the system's own shape.
    Object(Value),
    /// Tokens of an authorization server.
    Tokens(TokenResponse),
    /// Whatever the app's `verify` or `exchange` answered last; it never leaves the browser floor.
    Given,
}

/// One account that the user connected through Alter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grant {
    /// The grant's id.
    pub grant_id: String,
    /// The provider's id, such as `google`.
    pub provider: String,
    /// The provider's name; its id where it has none.
    pub provider_name: String,
    /// Which account, such as an email address; may be empty.
    pub account_identifier: String,
    /// When, in ISO 8601.
    pub timestamp: String,
    /// `creation` or `reauth`.
    pub operation: &'static str,
    /// The scopes that the user granted.
    pub scopes: Vec<Value>,
    /// `active`, `pending` or `error`.
    pub status: &'static str,
    /// More about the account, where the provider says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// A token response (RFC 6749 sections 4.2.2 and 5.1), normalised.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: Secret,
    /// Usually `Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// The access token's life in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<f64>,
    /// When the access token expires: Unix time in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<f64>,
    /// What a new access token can be asked for with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The OpenID Connect ID token, its signature unchecked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// The response as it came.
    pub raw: Value,
}
