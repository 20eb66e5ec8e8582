//! Texts that must not be seen in a log: how they are made, and what may be seen in their place.

use crate::world::World;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use std::fmt;

/// A code, a code verifier, a token or a state: whatever lets its holder act as the user. It prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// A fresh one: 256 random bits in base64url, 43 characters that no server escapes. States, nonces and code verifiers
    /// (RFC 7636 section 4.1) are such.
    pub fn generate(world: &dyn World) -> Secret {
        Secret(base64url(&world.random()))
    }

    /// The text itself: for the wire, the store and the app, never for a message.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// SHA-256 in base64url: what may be seen in a secret's place. PKCE's challenge is one, and a lock is named by one.
pub fn hash(text: &str) -> String {
    base64url(&Sha256::digest(text).into())
}

fn base64url(bits: &[u8; 32]) -> String {
    let mut text = [0; 43];
    let text = Base64UrlUnpadded::encode(bits, &mut text);
    text.unwrap_or_default().to_owned()
}
