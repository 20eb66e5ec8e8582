//! Starts the sandbox and says where it is.

use std::io::IsTerminal as _;

use clap::Parser as _;
use sandbox::{Config, start};
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let config = Config::parse();
    let stderr = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry()
        .with(stderr.with_filter(config.log.clone()))
        .init();
    let running = start(config).await?;
    println!(
        "{}",
        serde_json::json!({
            "ready": true,
            "app": running.sandbox.origins.app,
            "providers": running.sandbox.origins.providers,
        })
    );
    running.until_told_to_stop().await
}
