//! A sandbox for `connect-widget`: the five connect providers and a strict OAuth server on one local origin, and an app with its backend on another.
//!
//! `providers` plays the systems that the widget connects to, `app_backend` and `site` play the app, `pages` is what
//! users see. `sandbox/README.md` describes the whole HTTP interface.

pub mod app_backend;
mod assets;
pub mod clock;
pub mod config;
pub mod crypto;
mod error;
mod http;
pub mod pages;
pub mod people;
pub mod providers;
mod server;
pub mod site;
mod store;
mod switches;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use config::{Config, Origins};
pub use server::{Running, start};

use clock::Clock;

/// Everything that both origins share.
#[derive(Debug)]
pub struct Sandbox {
    /// The settings.
    pub config: Config,
    /// Where the two origins are.
    pub origins: Origins,
    /// The time.
    pub clock: Clock,
    http: reqwest::Client,
    alter: Mutex<providers::alter::Store>,
    anon: Mutex<providers::anon::Store>,
    stackone: Mutex<providers::stackone::Store>,
    oauth: Mutex<providers::oauth::Store>,
    app: Mutex<app_backend::Store>,
    detours: Mutex<app_backend::detour::Store>,
    beacons: app_backend::beacon::Beacons,
}

/// The state that handlers are given.
pub type Shared = Arc<Sandbox>;

impl Sandbox {
    /// A sandbox with empty memory.
    pub fn new(config: Config, origins: Origins) -> Shared {
        let oauth = providers::oauth::Store::new(&origins, &config);
        Arc::new(Self {
            config,
            origins,
            clock: Clock::default(),
            http: client(HTTP_LIMIT),
            alter: Mutex::default(),
            anon: Mutex::default(),
            stackone: Mutex::default(),
            oauth: Mutex::new(oauth),
            app: Mutex::default(),
            detours: Mutex::default(),
            beacons: app_backend::beacon::Beacons::default(),
        })
    }
}

/// How long a call from one origin to the other may take.
const HTTP_LIMIT: Duration = Duration::from_secs(15);

/// The client for calls between the origins: straight, whatever proxy the environment names, and never for ever.
fn client(limit: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(limit)
        .build()
        .unwrap_or_default()
}

/// The lock, also after a handler panicked while it held it: the sandbox's state has no invariants worth stopping for.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_never_answers_is_given_up() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}/", silent.local_addr().expect("its address"));
        let answer = client(Duration::from_millis(50)).get(url).send().await;
        assert!(answer.is_err_and(|error| error.is_timeout()));
    }
}
