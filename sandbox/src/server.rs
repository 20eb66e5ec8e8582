//! Binding the ports, serving both origins, and stopping.

use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{Config, Origins, Sandbox, Shared, app_backend, providers};

/// A sandbox that serves.
#[derive(Debug)]
pub struct Running {
    /// Its state, origins included.
    pub sandbox: Shared,
    servers: JoinSet<io::Result<()>>,
}

/// Binds both origins and begins to serve.
///
/// # Errors
/// When a port is taken.
pub async fn start(config: Config) -> io::Result<Running> {
    let (app, app_v6) = bind_app(config.app_port).await?;
    let app_port = app.local_addr()?.port();
    let providers = bind(Ipv4Addr::LOCALHOST.into(), config.provider_port).await?;
    let provider_port = providers.local_addr()?.port();

    // On the side: nothing before the first ID token waits for it.
    std::thread::spawn(providers::oauth::make_key);
    let sandbox = Sandbox::new(config, Origins::new(app_port, provider_port));
    let app_router = app_backend::router(sandbox.clone());
    let provider_router = providers::router(sandbox.clone());
    let mut servers = JoinSet::new();
    serve(&mut servers, app, app_router.clone());
    serve(&mut servers, providers, provider_router);
    if let Some(listener) = app_v6 {
        serve(&mut servers, listener, app_router);
    }
    tracing::info!("app's origin: {}", sandbox.origins.app);
    tracing::info!("providers' origin: {}", sandbox.origins.providers);
    Ok(Running { sandbox, servers })
}

/// How often a free port is picked anew because another program has it on `[::1]`.
const PICKS: u32 = 20;

/// The app's port on both addresses that browsers try for `localhost`; a machine without IPv6 does without the second.
async fn bind_app(port: u16) -> io::Result<(TcpListener, Option<TcpListener>)> {
    let mut picks = 1;
    loop {
        let v4 = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, v4.local_addr()?.port()));
        match TcpListener::bind(address).await {
            Ok(v6) => return Ok((v4, Some(v6))),
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                tracing::info!("{address} is left out: {error}");
                return Ok((v4, None));
            }
            Err(_) if port == 0 && picks < PICKS => picks += 1,
            Err(error) => {
                // Said past the log's filter: whoever opens `localhost` may be talking to that other program.
                eprintln!(
                    "sandbox: {address} cannot be used ({error}). Another program answers there, and browsers may reach it \
                     instead of the app at http://localhost:{}. Stop it, or choose another port with --app-port.",
                    address.port()
                );
                return Ok((v4, None));
            }
        }
    }
}

async fn bind(address: std::net::IpAddr, port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::new(address, port))
        .await
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("port {port} cannot be used ({error}); choose another with --app-port or --provider-port"),
            )
        })
}

fn serve(servers: &mut JoinSet<io::Result<()>>, listener: TcpListener, router: Router) {
    servers.spawn(async move { axum::serve(listener, router).await });
}

impl Running {
    /// Serves until Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// When a server fails.
    pub async fn until_told_to_stop(mut self) -> io::Result<()> {
        tokio::select! {
            signal = tokio::signal::ctrl_c() => signal?,
            () = terminated() => {}
            Some(ended) = self.servers.join_next() => ended.map_err(io::Error::other)??,
        }
        tracing::info!("stopping");
        // Pages keep connections open, so waiting for them to drain could take for ever.
        self.servers.shutdown().await;
        Ok(())
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    pending().await
}
