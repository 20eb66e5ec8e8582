//! StackOne: connect sessions with an auth link, the Hub behind it, accounts, and webhooks that tell the backend.
//!
//! `api` is what backends call, `hub` what users see, `admin` the dashboard's link maker, `webhook` the deliveries.

mod admin;
mod api;
mod hub;
mod webhook;

use axum::Router;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::Shared;
use crate::clock::iso;
use crate::pages::Brand;
use crate::people::Person;
use crate::store::Bounded;
use crate::switches::Switches;

pub use webhook::{SIGNATURE_HEADER, sign};

/// The API key of the sandbox's only customer.
pub const API_KEY: &str = "stackone_sandbox_api_key";
/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "stackone_sandbox_webhook_secret";

const BRAND: Brand = Brand {
    id: "stackone",
    name: "StackOne Hub",
};

/// Everything StackOne remembers.
#[derive(Debug, Default)]
pub struct Store {
    sessions: Bounded<Session, 2_000>,
    accounts: Bounded<Account, 5_000>,
    deliveries: Bounded<Value, 2_000>,
}

/// How a connector is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// The user pastes an API key.
    ApiKey,
    /// The user signs in.
    OAuth,
}

/// Something that can be connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Connector {
    id: &'static str,
    name: &'static str,
    category: &'static str,
    method: Method,
}

const fn connector(
    id: &'static str,
    name: &'static str,
    category: &'static str,
    method: Method,
) -> Connector {
    Connector {
        id,
        name,
        category,
        method,
    }
}

const CONNECTORS: [Connector; 12] = [
    connector("bamboohr", "BambooHR", "hris", Method::ApiKey),
    connector("personio", "Personio", "hris", Method::ApiKey),
    connector("workday", "Workday", "hris", Method::OAuth),
    connector("greenhouse", "Greenhouse", "ats", Method::ApiKey),
    connector("lever", "Lever", "ats", Method::ApiKey),
    connector("ashby", "Ashby", "ats", Method::ApiKey),
    connector("hubspot", "HubSpot", "crm", Method::OAuth),
    connector("salesforce", "Salesforce", "crm", Method::OAuth),
    connector("pipedrive", "Pipedrive", "crm", Method::ApiKey),
    connector("mailchimp", "Mailchimp", "marketing", Method::ApiKey),
    connector("notion", "Notion", "documents", Method::OAuth),
    connector("google_drive", "Google Drive", "documents", Method::OAuth),
];

/// Categories: id and name.
const CATEGORIES: [(&str, &str); 5] = [
    ("hris", "HRIS"),
    ("ats", "ATS"),
    ("crm", "CRM"),
    ("marketing", "Marketing"),
    ("documents", "Documents"),
];

impl Connector {
    fn find(id: &str) -> Option<Self> {
        CONNECTORS.into_iter().find(|connector| connector.id == id)
    }

    /// The connector's own pages, in the Hub's colour.
    fn brand(&self) -> Brand {
        Brand {
            id: BRAND.id,
            name: self.name,
        }
    }

    fn category_name(&self) -> &'static str {
        CATEGORIES
            .iter()
            .find(|(id, _)| *id == self.category)
            .map_or("", |(_, name)| name)
    }
}

/// A connect session, from the backend's request to its end.
#[derive(Debug, Clone)]
struct Session {
    id: u32,
    token: String,
    origin_owner_id: String,
    origin_owner_name: String,
    origin_username: Option<String>,
    categories: Vec<&'static str>,
    provider: Option<Connector>,
    account_id: Option<String>,
    label: Option<String>,
    multiple: bool,
    metadata: Map<String, Value>,
    switches: Switches,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    used: bool,
    signed_in: Option<Person>,
}

impl Session {
    fn path(&self) -> String {
        format!("/auth-link/{}", self.token)
    }

    /// Is the connector offered by this link?
    fn offers(&self, connector: &Connector) -> bool {
        self.provider.is_none_or(|only| only == *connector)
            && (self.categories.is_empty() || self.categories.contains(&connector.category))
    }

    /// Where the app would like its user back; the format has no field for it, so metadata carries it.
    fn return_url(&self) -> Option<&str> {
        self.metadata
            .get("return_url")?
            .as_str()
            .filter(|url| url.starts_with("http://") || url.starts_with("https://"))
    }

    /// As `POST /connect_sessions` answers it.
    fn to_json(&self, providers_origin: &str) -> Value {
        json!({
            "id": self.id,
            "organization_id": 1000,
            "project_id": "sandbox-project",
            "origin_owner_id": self.origin_owner_id,
            "origin_owner_name": self.origin_owner_name,
            "origin_username": self.origin_username,
            "categories": self.categories,
            "provider": self.provider.map(|connector| connector.id),
            "account_id": self.account_id,
            "label": self.label,
            "multiple": self.multiple,
            "metadata": self.metadata,
            "created_at": iso(self.created_at),
            "token": self.token,
            "auth_link_url": format!("{providers_origin}{}", self.path()),
        })
    }
}

/// A connected account.
#[derive(Debug, Clone)]
struct Account {
    id: String,
    connector: Connector,
    origin_owner_id: String,
    origin_owner_name: String,
    origin_username: Option<String>,
    label: Option<String>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
}

impl Account {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "provider": self.connector.id,
            "provider_name": self.connector.name,
            "category": self.connector.category,
            "type": "production",
            "status": "active",
            "status_reasons": [],
            "origin_owner_id": self.origin_owner_id,
            "origin_owner_name": self.origin_owner_name,
            "origin_username": self.origin_username,
            "label": self.label,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
        })
    }
}

/// The routes of StackOne.
pub fn router() -> Router<Shared> {
    Router::new()
        .merge(api::router())
        .merge(hub::router())
        .merge(admin::router())
        .merge(webhook::router())
}
