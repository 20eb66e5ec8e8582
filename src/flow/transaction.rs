//! The remembered attempt: what must survive a redirect or a reload so that the response can be checked and used.
//!
//! One record for each state, single use, expiring. It holds the code verifier (RFC 7636 section 4.1) but never a token. The
//! return page and the shell read it too, before the core is there (`pkg-template/owner.js`).

use super::mode::Mode;
use crate::secret::Secret;
use crate::value::{Entries, Value};

/// What binds an answer to its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The protocol's own `state`, always: an answer without it is a failure (RFC 6749 section 10.12).
    State,
    /// The app's backend put the attempt's state into the return URL: an answer without it is none.
    Bound,
    /// The app's backend gave the provider a state of its own: an answer without that is none.
    BoundTo(Secret),
    /// Nothing, as far as anybody said: the window or the tab that an answer comes from must do.
    Optional,
}

impl Binding {
    /// By its name in records, and the state that the backend gave.
    fn parse(name: &str, bound: Option<&str>) -> Option<Binding> {
        match (name, bound) {
            ("state", _) => Some(Binding::State),
            ("bound", None) => Some(Binding::Bound),
            ("bound", Some(state)) => Some(Binding::BoundTo(Secret::new(state))),
            ("optional", _) => Some(Binding::Optional),
            _ => None,
        }
    }

    /// What records call it.
    fn name(&self) -> &'static str {
        match self {
            Binding::State => "state",
            Binding::Bound | Binding::BoundTo(_) => "bound",
            Binding::Optional => "optional",
        }
    }

    /// The state that the app's backend gave to the provider by itself.
    pub fn bound_to(&self) -> Option<&str> {
        match self {
            Binding::BoundTo(state) => Some(state.expose()),
            _ => None,
        }
    }
}

/// What the other pages of the origin are told of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is a redirect's: until when it may be answered, and nothing else.
    Flag,
    /// Its answer may come to any of them.
    UnderWay,
    /// Its result is here: its window, out of reach, has only to close when it comes back.
    Ended,
}

/// The member of a record that says that the app's `verify` may bring the result.
pub const VERIFIES: &str = "verifies";

/// What is remembered of one attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// This attempt's fresh random value, and the record's key.
    pub state: Secret,
    /// The protocol's name.
    pub protocol: String,
    /// How the provider's page is shown.
    pub mode: Mode,
    /// When the attempt can no longer be answered: milliseconds since 1970.
    pub expires: f64,
    /// Whether the page that the user left was a frame. It has the same store as the pages around it, and their attempts are none of its.
    pub is_framed: bool,
    /// What binds an answer to the attempt.
    pub binding: Binding,
    /// Origin and path of the page that answers come to, where they are known.
    pub landing: Option<String>,
    /// What makes a URL an answer: all parameters that one of these names, with spaces between, are there. A parameter is a name or
    /// `name=value`, with `#` before it in the fragment.
    pub answers: Vec<String>,
    /// The origin whose messages are the provider's.
    pub provider_origin: Option<String>,
    /// Whether the app was given the state, so that another one is a mismatch.
    pub handed_out: bool,
    /// Whether the app's `verify` may bring the result.
    pub verifies: bool,
    /// The authorization request, where the protocol is a grant of OAuth 2.0.
    pub oauth: Option<Box<OauthTransaction>>,
}

/// A token endpoint, and how it is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenEndpoint {
    /// Where requests go.
    pub url: String,
    /// How their body is written.
    pub format: BodyFormat,
}

/// How the body of a token request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// `application/x-www-form-urlencoded`, the standard.
    Form,
    /// JSON, which anny takes.
    Json,
}

impl BodyFormat {
    /// By its name in options and records; what is not `json` is a form.
    pub fn named(name: &str) -> BodyFormat {
        if name == "json" {
            BodyFormat::Json
        } else {
            BodyFormat::Form
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            BodyFormat::Form => "form",
            BodyFormat::Json => "json",
        }
    }
}

/// What an OAuth grant must remember of its authorization request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OauthTransaction {
    /// The client's identifier.
    pub client_id: String,
    /// The redirection endpoint, exactly as it was requested.
    pub redirect_uri: String,
    /// Whether the answer was asked for in the fragment.
    pub in_fragment: bool,
    /// The authorization server's issuer identifier.
    pub issuer: Option<String>,
    /// OpenID Connect's nonce.
    pub nonce: Option<Secret>,
    /// PKCE's code verifier.
    pub code_verifier: Option<Secret>,
    /// The token endpoint; none where the app exchanges the code itself.
    pub token_endpoint: Option<TokenEndpoint>,
}

impl Transaction {
    /// An attempt by popup, of which nothing else is known yet.
    pub fn new(state: Secret, protocol: &str, expires: f64) -> Box<Transaction> {
        Box::new(Transaction {
            state,
            protocol: protocol.to_owned(),
            mode: Mode::Popup,
            expires,
            is_framed: false,
            binding: Binding::Optional,
            landing: None,
            answers: Vec::new(),
            provider_origin: None,
            handed_out: false,
            verifies: false,
            oauth: None,
        })
    }

    /// Whether the attempt can no longer be answered.
    pub fn has_expired(&self, time: f64) -> bool {
        time >= self.expires
    }

    /// Whether its answer is a code that only the app's `exchange` can use.
    pub fn needs_exchange(&self) -> bool {
        self.oauth
            .as_ref()
            .is_some_and(|oauth| oauth.code_verifier.is_some() && oauth.token_endpoint.is_none())
    }

    /// What is told to the other pages of the origin: of a popup enough to say whose a returned URL is, of a redirect until when alone.
    pub fn mark(&self, mark: Mark) -> Value {
        let mut entries = match mark {
            Mark::Flag => Entries::default(),
            _ => self.mark_entries(),
        };
        entries.add_number("expires", self.expires);
        if mark == Mark::Ended {
            entries.add("ended", Value::Bool(true));
        }
        entries.build()
    }

    /// What is stored.
    pub fn record(&self) -> Value {
        let mut record = self.mark_entries();
        record.add_number("expires", self.expires);
        record.add_text("state", self.state.expose());
        record.add_text("protocol", &*self.protocol);
        record.add_text("mode", self.mode.name());
        record.add("is_framed", Value::Bool(self.is_framed));
        record.add_text("origin", self.provider_origin.as_deref());
        record.add("handed_out", Value::Bool(self.handed_out));
        record.add(VERIFIES, Value::Bool(self.verifies));
        if let Some(oauth) = &self.oauth {
            record.add("oauth", oauth.record());
        }
        record.build()
    }

    /// By what a page tells whose a returned URL is.
    fn mark_entries(&self) -> Entries {
        let answers = self.answers.iter().map(|answer| answer.as_str().into());
        let mut entries = Entries::default();
        entries.add_text("binding", self.binding.name());
        entries.add_text("landing", self.landing.as_deref());
        entries.add("answers", Value::List(answers.collect()));
        entries.add_text("bound", self.binding.bound_to());
        entries
    }

    /// Reads a stored record. None where it is not one.
    pub fn parse(record: &Value) -> Option<Box<Transaction>> {
        let text = |name| record.get(name).text();
        let copy = |name| record.get(name).to_text();
        let is_set = |name| record.get(name).is_true();
        let (state, protocol) = (text("state")?, text("protocol")?);
        let mode = Mode::named(text("mode")?)?;
        let binding = Binding::parse(text("binding")?, text("bound"))?;
        let answers = record.get("answers").items()?.iter();
        let expires = record.get("expires").number()?;
        Some(Box::new(Transaction {
            state: Secret::new(state),
            protocol: protocol.to_owned(),
            mode,
            expires,
            is_framed: is_set("is_framed"),
            binding,
            landing: copy("landing"),
            answers: answers.filter_map(Value::to_text).collect(),
            provider_origin: copy("origin"),
            handed_out: is_set("handed_out"),
            verifies: is_set(VERIFIES),
            oauth: OauthTransaction::parse(record.get("oauth")),
        }))
    }
}

impl OauthTransaction {
    fn record(&self) -> Value {
        let mut record = Entries::default();
        record.add_text("client_id", &*self.client_id);
        record.add_text("redirect_uri", &*self.redirect_uri);
        record.add("in_fragment", Value::Bool(self.in_fragment));
        record.add_text("issuer", self.issuer.as_deref());
        record.add_text("nonce", self.nonce.as_ref().map(Secret::expose));
        record.add_text(
            "code_verifier",
            self.code_verifier.as_ref().map(Secret::expose),
        );
        if let Some(endpoint) = &self.token_endpoint {
            record.add_text("token_endpoint", &*endpoint.url);
            record.add_text("token_request", endpoint.format.name());
        }
        record.build()
    }

    fn parse(record: &Value) -> Option<Box<OauthTransaction>> {
        let text = |name| record.get(name).text();
        let copy = |name| record.get(name).to_text();
        let (client_id, redirect_uri) = (text("client_id")?, text("redirect_uri")?);
        Some(Box::new(OauthTransaction {
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            in_fragment: record.get("in_fragment").is_true(),
            issuer: copy("issuer"),
            nonce: copy("nonce").map(Secret::new),
            code_verifier: copy("code_verifier").map(Secret::new),
            token_endpoint: copy("token_endpoint").map(|url| TokenEndpoint {
                url,
                format: BodyFormat::named(text("token_request").unwrap_or_default()),
            }),
        }))
    }
}
