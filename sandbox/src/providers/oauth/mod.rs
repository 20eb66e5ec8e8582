//! OAuth 2.0 authorization servers: AniAPI's implicit grant, anny's code grant with PKCE, and a strict one.
//!
//! The three differ in data only (a [`Profile`] each); `authorize` and `token` are the two endpoints, `clients` knows
//! who may call them, `resource` is what the tokens open.

mod aniapi;
mod anny;
mod authorize;
mod clients;
mod id_token;
mod resource;
mod response;
mod standard;
mod token;

use axum::Router;
use time::OffsetDateTime;

use crate::config::{Config, Origins};
use crate::pages::Brand;
use crate::people::Person;
use crate::store::Bounded;
use crate::switches::Switches;
use crate::{Shared, crypto};

pub use id_token::make_key;

/// Where the servers stand: on the providers' origin, or on the app's own, as many apps have theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// The providers' origin.
    Providers,
    /// The app's origin.
    App,
}

impl Seat {
    /// What stands before every path.
    pub fn base(self) -> &'static str {
        match self {
            Self::Providers => "",
            Self::App => "/same-origin",
        }
    }

    /// The origin.
    pub fn origin(self, origins: &Origins) -> &str {
        match self {
            Self::Providers => &origins.providers,
            Self::App => &origins.app,
        }
    }

    /// Origin and base.
    pub fn url(self, origins: &Origins) -> String {
        format!("{}{}", self.origin(origins), self.base())
    }
}

/// What makes one server differ from another.
#[derive(Debug, PartialEq, Eq)]
struct Profile {
    id: &'static str,
    brand: Brand,
    authorize_path: &'static str,
    /// Path of the issuer identifier under the seat's URL.
    issuer_path: &'static str,
    response_types: &'static [&'static str],
    /// Values of the request's `response_mode` that are honoured; where there are none, the parameter is ignored.
    response_modes: &'static [&'static str],
    style: TokenStyle,
    /// Does every response carry `iss` (RFC 9207)?
    sends_iss: bool,
    /// Life of an access token, in seconds.
    access_life: u64,
}

/// How a server writes its token responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenStyle {
    /// AniAPI: a bare `access_token` and the state as it came, not escaped.
    Bare,
    /// anny: camelCase, no `token_type`; takes JSON and forms.
    Camel,
    /// RFC 6749: snake_case; takes forms only.
    Rfc6749,
}

static PROFILES: [&Profile; 3] = [&aniapi::PROFILE, &anny::PROFILE, &standard::PROFILE];

impl Profile {
    fn find(id: &str) -> Option<&'static Self> {
        PROFILES.into_iter().find(|profile| profile.id == id)
    }

    fn issuer(&self, seat: Seat, origins: &Origins) -> String {
        format!("{}{}", seat.url(origins), self.issuer_path)
    }
}

/// A registered client.
#[derive(Debug, Clone)]
struct Client {
    id: String,
    profile: &'static Profile,
    name: String,
    secret: Option<String>,
    redirect_uris: Vec<String>,
}

/// Everything the authorization servers remember.
#[derive(Debug, Default)]
pub struct Store {
    clients: Bounded<Client, 500>,
    flows: Bounded<Flow, 2_000>,
    codes: Bounded<Code, 2_000>,
    access: Bounded<Access, 10_000>,
    refresh: Bounded<Refresh, 10_000>,
}

impl Store {
    /// A store that knows the built-in clients, with redirect URIs on the app's real origin.
    pub fn new(origins: &Origins, config: &Config) -> Self {
        let mut store = Self::default();
        for client in clients::built_in(origins, config) {
            store.clients.insert(client.id.clone(), client);
        }
        store
    }

    /// Revokes everything that came out of one authorization.
    fn revoke_family(&mut self, family: &str) {
        for access in self
            .access
            .values_mut()
            .filter(|access| access.family == family)
        {
            access.revoked = true;
        }
        for refresh in self
            .refresh
            .values_mut()
            .filter(|refresh| refresh.family == family)
        {
            refresh.revoked = true;
        }
    }

    /// A new access token for that authorization.
    fn issue_access(
        &mut self,
        granted: &Granted,
        family: &str,
        expires_at: OffsetDateTime,
    ) -> String {
        let token = crypto::random_token("access_");
        let access = Access {
            granted: granted.clone(),
            family: family.to_owned(),
            expires_at,
            revoked: false,
        };
        self.access.insert(token.clone(), access);
        token
    }

    /// A new refresh token for that authorization.
    fn issue_refresh(&mut self, granted: &Granted, family: &str) -> String {
        let token = crypto::random_token("refresh_");
        let refresh = Refresh {
            granted: granted.clone(),
            family: family.to_owned(),
            used: false,
            revoked: false,
        };
        self.refresh.insert(token.clone(), refresh);
        token
    }
}

/// An authorization request that passed every check.
#[derive(Debug, Clone)]
struct AuthorizationRequest {
    client_id: String,
    client_name: String,
    profile: &'static Profile,
    seat: Seat,
    redirect_uri: String,
    response_type: String,
    response_mode: Option<String>,
    state: Option<String>,
    scopes: Vec<String>,
    code_challenge: Option<String>,
    nonce: Option<String>,
    switches: Switches,
}

/// One visit to the login and consent pages.
#[derive(Debug, Clone)]
struct Flow {
    id: String,
    request: AuthorizationRequest,
    /// What the login page's URL has for a query; empty but where that page uses the widget itself.
    login_query: String,
    signed_in: Option<Person>,
    /// Whether the app was answered already.
    answered: bool,
}

impl Flow {
    fn path(&self) -> String {
        format!("{}/oauth/flow/{}", self.request.seat.base(), self.id)
    }
}

/// What a user allowed a client.
#[derive(Debug, Clone)]
struct Granted {
    client_id: String,
    profile: &'static Profile,
    seat: Seat,
    person: Person,
    scopes: Vec<String>,
    nonce: Option<String>,
    /// When the user signed in, in seconds since 1970.
    auth_time: i64,
    switches: Switches,
}

/// An authorization code.
#[derive(Debug, Clone)]
struct Code {
    granted: Granted,
    redirect_uri: String,
    code_challenge: Option<String>,
    family: String,
    expires_at: OffsetDateTime,
    used: bool,
}

/// An access token.
#[derive(Debug, Clone)]
struct Access {
    granted: Granted,
    family: String,
    expires_at: OffsetDateTime,
    revoked: bool,
}

/// A refresh token.
#[derive(Debug, Clone)]
struct Refresh {
    granted: Granted,
    family: String,
    used: bool,
    revoked: bool,
}

/// The routes of the three servers at that seat, without its base.
pub fn router(seat: Seat) -> Router<Shared> {
    Router::new()
        .merge(authorize::router(seat))
        .merge(token::router())
        .merge(resource::router())
        .merge(standard::router(seat))
}

/// The metadata of the strict server at that seat, on the root of its origin (RFC 8414 section 3.1).
pub fn well_known(seat: Seat) -> Router<Shared> {
    standard::well_known(seat)
}

/// The route by which tests register clients, known at every seat.
pub fn registration() -> Router<Shared> {
    clients::router()
}
