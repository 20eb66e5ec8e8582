//! Alter Connect: sessions minted by a backend, a hosted page, grants.
//!
//! `signature` knows who calls, `mint` answers backends, `flow` is the hosted page, `outcome` is how it ends.

mod flow;
mod mint;
mod outcome;
pub mod signature;

use axum::Router;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::with_bent_binding;
use crate::Shared;
use crate::clock::iso;
use crate::pages::Brand;
use crate::people::Person;
use crate::store::Bounded;
use crate::switches::Switches;

/// API key of the app `demo`, whose website is the app's origin.
pub const DEMO_KEY: &str = "alter_rk_sandboxdemoapp22222222_fnbyra";
/// API key of the app `no-website`.
pub const NO_WEBSITE_KEY: &str = "alter_rk_sandboxnowebsite222222_o6p3xv";
/// What end users' JWTs are signed with: the app's identity provider, as far as Alter is concerned.
pub const USER_TOKEN_KEY: &[u8] = b"sandbox-end-user-token-key";

/// Life of a session token, in seconds.
const SESSION_LIFE: u64 = 600;

const BRAND: Brand = Brand {
    id: "alter",
    name: "Alter Connect",
};

/// Everything Alter remembers.
#[derive(Debug, Default)]
pub struct Store {
    sessions: Bounded<Session, 2_000>,
    flows: Bounded<Flow, 2_000>,
    grants: Bounded<Grant, 5_000>,
    nonces: Bounded<(), 20_000>,
}

/// An app registered with Alter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct App {
    id: &'static str,
    key: &'static str,
    name: &'static str,
    has_website: bool,
}

const APPS: [App; 2] = [
    App {
        id: "demo",
        key: DEMO_KEY,
        name: "Demo App",
        has_website: true,
    },
    App {
        id: "no-website",
        key: NO_WEBSITE_KEY,
        name: "Demo App",
        has_website: false,
    },
];

/// A service that a user can connect through Alter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Provider {
    id: &'static str,
    name: &'static str,
    scopes: &'static [&'static str],
}

impl Provider {
    fn find(id: &str) -> Option<Self> {
        PROVIDERS.into_iter().find(|provider| provider.id == id)
    }

    fn brand(self) -> Brand {
        Brand {
            id: self.id,
            name: self.name,
        }
    }
}

const PROVIDERS: [Provider; 5] = [
    Provider {
        id: "google",
        name: "Google",
        scopes: &["openid", "email", "profile", "calendar.readonly"],
    },
    Provider {
        id: "slack",
        name: "Slack",
        scopes: &["users:read", "channels:read", "chat:write"],
    },
    Provider {
        id: "github",
        name: "GitHub",
        scopes: &["read:user", "user:email", "repo"],
    },
    Provider {
        id: "notion",
        name: "Notion",
        scopes: &["read_content"],
    },
    Provider {
        id: "hubspot",
        name: "HubSpot",
        scopes: &["crm.objects.contacts.read"],
    },
];

/// A minted session, from the backend's request to its end.
#[derive(Debug, Clone)]
struct Session {
    token: String,
    app: App,
    owner: Option<String>,
    allowed: Vec<Provider>,
    scopes: Vec<(Provider, Vec<String>)>,
    return_url: Option<String>,
    target_origin: Option<String>,
    direct: bool,
    repair: Option<String>,
    label: Option<String>,
    /// How long a grant of it lives; for good where that is not said.
    grant_life: Option<Duration>,
    switch_account: bool,
    switches: Switches,
    /// Life of the token, in seconds.
    expires_in: i64,
    expires_at: OffsetDateTime,
    status: Status,
    connected: Vec<Connected>,
    declined: Vec<(Provider, OffsetDateTime)>,
}

impl Session {
    fn scopes_of(&self, provider: Provider) -> Vec<String> {
        self.scopes
            .iter()
            .find(|(of, _)| *of == provider)
            .map_or_else(
                || {
                    provider
                        .scopes
                        .iter()
                        .map(|&scope| scope.to_owned())
                        .collect()
                },
                |(_, scopes)| scopes.clone(),
            )
    }

    /// The return URL, with the binding in it as the switches say.
    fn bent_return_url(&self) -> Option<String> {
        let url = self.return_url.as_deref()?;
        Some(with_bent_binding(url, &self.switches))
    }

    fn has_picker(&self) -> bool {
        self.allowed.len() > 1
    }
}

/// Where a session is.
#[derive(Debug, Clone, PartialEq)]
enum Status {
    Pending,
    Completed(Vec<Grant>),
    Failed { code: String, description: String },
}

/// What a user allowed in a session that is not finished yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Connected {
    provider: Provider,
    person: Person,
}

/// One visit to the hosted page.
#[derive(Debug, Clone)]
struct Flow {
    id: String,
    session: String,
    signed_in: Option<Connected>,
    /// Was the window sent past pages of the app already?
    detoured: bool,
    refusal: Option<(String, String)>,
}

impl Flow {
    fn path(&self) -> String {
        format!("/sdk/oauth/connect/flow/{}", self.id)
    }
}

/// A grant, as kept.
#[derive(Debug, Clone, PartialEq)]
struct Grant {
    id: String,
    app: &'static str,
    owner: Option<String>,
    provider: Provider,
    person: Person,
    scopes: Vec<String>,
    label: Option<String>,
    operation: &'static str,
    created_at: OffsetDateTime,
    authorized_at: OffsetDateTime,
    expires_at: Option<OffsetDateTime>,
    revoked: bool,
}

impl Grant {
    fn status(&self, now: OffsetDateTime) -> &'static str {
        if self.revoked {
            "revoked"
        } else if self.expires_at.is_some_and(|end| now >= end) {
            "expired"
        } else {
            "active"
        }
    }

    /// The policy that the app's backend set, if it did.
    fn policy(&self) -> Option<Value> {
        let policy = |end| {
            json!({
                "expires_at": iso(end),
                "created_by": "developer",
                "created_at": iso(self.authorized_at),
            })
        };
        self.expires_at.map(policy)
    }

    /// As the hosted page hands it to the browser.
    fn for_browser(&self) -> Value {
        json!({
            "grant_id": self.id,
            "provider": self.provider.id,
            "provider_name": self.provider.name,
            "account_identifier": self.person.email,
            "timestamp": iso(self.authorized_at),
            "operation": self.operation,
            "scopes": self.scopes,
            "status": "active",
            "metadata": {
                "account_display_name": self.person.name,
                "account_email": self.person.email,
            },
        })
    }

    /// As the poll answers it to the backend.
    fn for_poll(&self) -> Value {
        json!({
            "grant_id": self.id,
            "provider_id": self.provider.id,
            "account_identifier": self.person.email,
            "scopes": self.scopes,
            "operation": self.operation,
            "grant_policy": self.policy(),
        })
    }

    /// As `/sdk/grants/list` answers it to the backend.
    fn for_list(&self, now: OffsetDateTime) -> Value {
        json!({
            "grant_kind": "oauth",
            "grant_id": self.id,
            "provider_id": self.provider.id,
            "scopes": self.scopes,
            "account_identifier": self.person.email,
            "account_display_name": self.person.name,
            "status": self.status(now),
            "created_at": iso(self.created_at),
            "principal_type": if self.owner.is_some() { "user" } else { "system" },
            "access_via": "ownership",
            "label": self.label,
            "grant_policy": self.policy(),
            "grant_expires_at": self.expires_at.map(iso),
        })
    }
}

/// The routes of Alter Connect.
pub fn router() -> Router<Shared> {
    Router::new().merge(mint::router()).merge(flow::router())
}
