//! The connections: how many there may be, how long a client may be silent, and how they end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{ServiceExt, service_fn};

use super::drain::Guest;
use super::options::{Options, OptionsError};
use super::{State, app};

/// Threads that answer: each takes many thousand requests a second, and their memory adds up.
const MOST_THREADS: usize = 2;

/// As many may come at the same moment. Of more, and with the usual 128 of far fewer, some would
/// have to ask again, a second later.
const COMING: u32 = 4096;

/// Listens at an address.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A service that was ended may be started again at once.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(COMING)
}

/// The threads that answer requests, as few as will do.
pub fn runtime(options: &Options) -> io::Result<Runtime> {
    let threads = options.compute_threads.clamp(1, MOST_THREADS);
    runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

/// Serves until `shutdown`, and then until the requests at hand are answered or time is up.
pub async fn serve(
    options: Options,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), OptionsError> {
    let state = State::new(options)?;
    listen(&state, listener, shutdown).await;
    Ok(())
}

/// The same for a state that others hold as well.
pub async fn listen(state: &State, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let options = state.options();
    let router = app(state);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(options.silence);
    let places = Arc::new(Semaphore::new(options.connections));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, peer, place) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut shutdown => break,
        };
        let (http, router, guest) = (http.clone(), router.clone(), state.drain().guest());
        tokio::spawn(async move {
            connection(http, router, guest, (stream, peer)).await;
            drop(place);
        });
    }
    // Who connects from now on is refused at once.
    drop(listener);
    end(state, options.grace).await;
}

/// One connection, to its end or to that of the service.
async fn connection(
    http: http1::Builder,
    router: Router,
    mut guest: Guest,
    (stream, peer): (TcpStream, SocketAddr),
) {
    let with_peer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let answers = TowerToHyperService::new(with_peer);
    let connection = http.serve_connection(TokioIo::new(stream), answers).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = guest.draining() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection broke");
    }
}

async fn end(state: &State, grace: Duration) {
    let drain = state.drain();
    drain.begin();
    tracing::info!(connections = drain.guests(), "draining");
    if tokio::time::timeout(grace, drain.all_left()).await.is_err() {
        tracing::warn!(connections = drain.guests(), "some requests were not answered in time");
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
