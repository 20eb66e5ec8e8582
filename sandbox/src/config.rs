//! What the command line and the environment say.

use std::path::PathBuf;

use clap::Parser;
use tracing_subscriber::filter::Targets;

/// The sandbox: the five connect providers, a strict OAuth server and an app's backend, on two local origins.
#[derive(Debug, Clone, Parser)]
#[command(version, about)]
pub struct Config {
    /// Port of the app's origin (http://localhost:PORT); 0 picks a free one.
    #[arg(long, env = "SANDBOX_APP_PORT", default_value_t = 4400)]
    pub app_port: u16,

    /// Port of the providers' origin (http://127.0.0.1:PORT); 0 picks a free one.
    #[arg(long, env = "SANDBOX_PROVIDER_PORT", default_value_t = 4401)]
    pub provider_port: u16,

    /// A directory of the app's site; the first one that has the file serves it.
    #[arg(
        long,
        env = "SANDBOX_SITE",
        value_name = "DIR",
        value_delimiter = ':',
        default_values = ["www/dist", "www"]
    )]
    pub site: Vec<PathBuf>,

    /// The built package, served under /pkg/.
    #[arg(long, env = "SANDBOX_PKG", value_name = "DIR", default_value = "pkg")]
    pub pkg: PathBuf,

    /// A further redirect URI for every built-in OAuth client.
    #[arg(
        long = "redirect-uri",
        env = "SANDBOX_REDIRECT_URIS",
        value_name = "URL",
        value_delimiter = ' '
    )]
    pub redirect_uris: Vec<String>,

    /// What to log: levels, by target where they differ.
    #[arg(long, env = "SANDBOX_LOG", default_value = "info")]
    pub log: Targets,
}

/// The two origins as they really are, once the ports are bound.
#[derive(Debug, Clone)]
pub struct Origins {
    /// Origin of the app and its backend, e.g. `http://localhost:4400`.
    pub app: String,
    /// Origin of the providers, e.g. `http://127.0.0.1:4401`.
    pub providers: String,
}

impl Origins {
    /// The origins that these ports make.
    pub fn new(app_port: u16, provider_port: u16) -> Self {
        Self {
            app: format!("http://localhost:{app_port}"),
            providers: format!("http://127.0.0.1:{provider_port}"),
        }
    }
}
