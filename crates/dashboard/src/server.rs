//! The dashboard on a port: bound at once, so that a port which is taken is told before anything
//! else happens, and ended without cutting off who is being answered.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::dashboard::Dashboard;

/// Threads that answer; reading the history has its own.
const THREADS: usize = 2;

/// How long open connections have to end by themselves.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the address cannot be listened at, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error(
        "{address} is taken by another program, maybe another `tollgate serve`; \
         `--listen {}:0` finds a free port", address.ip()
    )]
    Taken { address: SocketAddr },
    #[error("this machine has no address {}; `--listen 127.0.0.1:{}` is always there", address.ip(), address.port())]
    NoAddress { address: SocketAddr },
    #[error("port {} needs rights this user has not; ports above 1023 do not", address.port())]
    Forbidden { address: SocketAddr },
    #[error("could not listen at {address}")]
    Other { address: SocketAddr, source: io::Error },
}

/// A bound port, not answering yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    runtime: Runtime,
    stop: watch::Sender<bool>,
}

/// Ends the server from anywhere, a signal's handler included.
#[derive(Clone, Debug)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Server {
    /// Listens at an address; port 0 is any that is free.
    pub fn bind(address: SocketAddr) -> Result<Server, BindError> {
        let other = |source| BindError::Other { address, source };
        let listener = TcpListener::bind(address).map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => BindError::Taken { address },
            io::ErrorKind::AddrNotAvailable => BindError::NoAddress { address },
            io::ErrorKind::PermissionDenied => BindError::Forbidden { address },
            _ => other(source),
        })?;
        listener.set_nonblocking(true).map_err(other)?;
        let address = listener.local_addr().map_err(other)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .map_err(other)?;
        Ok(Server { listener, address, runtime, stop: watch::Sender::new(false) })
    }

    /// Where it listens, with the port that was found.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    #[must_use]
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Answers until it is stopped, and until those who were connected then have their answers.
    pub fn run(self, dashboard: Dashboard) -> io::Result<()> {
        let Server { listener, runtime, stop, .. } = self;
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let serving = axum::serve(listener, dashboard.router())
                .with_graceful_shutdown(stopped(stop.subscribe()));
            let drained = async {
                stopped(stop.subscribe()).await;
                tokio::time::sleep(DRAIN).await;
            };
            tokio::select! {
                served = serving => served,
                () = drained => Ok(()),
            }
        });
        // A page that is still being computed is nobody's any more.
        runtime.shutdown_background();
        served
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // The sender lives as long as the server runs.
    let _ = stop.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_told_with_a_way_on() {
        let first = Server::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let error = Server::bind(first.address()).unwrap_err();
        assert!(matches!(error, BindError::Taken { .. }), "{error:?}");
        assert!(error.to_string().contains("`--listen 127.0.0.1:0`"), "{error}");
    }

    #[test]
    fn an_address_of_another_machine_is_told() {
        let error = Server::bind("192.0.2.1:0".parse().unwrap()).unwrap_err();
        assert!(matches!(error, BindError::NoAddress { .. }), "{error:?}");
    }
}
