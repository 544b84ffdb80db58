//! The connections: how many there may be, how long a client may be silent, and how they end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{ServiceExt, service_fn};

use super::{Service, app};

/// What a client may do with connections.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// At a time; who comes then waits.
    pub most: usize,
    /// How long a connection may be silent before a request, or take to send the head of one.
    pub silence: Duration,
    /// How long the requests at hand have once the service is to end.
    pub patience: Duration,
}

/// Serves until `ended`, and then until the requests at hand are answered or time is up.
pub async fn listen(
    service: &Arc<Service>,
    listener: TcpListener,
    connections: Connections,
    ended: impl Future<Output = ()>,
) {
    let router = app(service);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(connections.silence);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections.most));
    let mut ended = std::pin::pin!(ended);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut ended => break,
        };
        let router = router.clone();
        let with_peer = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let answers = TowerToHyperService::new(with_peer);
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), answers));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection broke");
            }
            drop(place);
        });
    }
    // Who connects from now on is refused at once.
    drop(listener);
    service.drain();
    tracing::info!(connections = graceful.count(), "draining");
    if tokio::time::timeout(connections.patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were not answered in time");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    // Without files to open, for example, it would fail again and again.
    const PAUSE: Duration = Duration::from_millis(100);
    let place = Arc::clone(places).acquire_owned().await.expect("nobody closes the semaphore");
    loop {
        match listener.accept().await.and_then(prompt) {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Small answers must not wait for more to be sent.
fn prompt((stream, peer): (TcpStream, SocketAddr)) -> io::Result<(TcpStream, SocketAddr)> {
    stream.set_nodelay(true)?;
    Ok((stream, peer))
}
