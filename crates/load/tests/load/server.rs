//! A small real server on this machine, which remembers what it was asked.

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tollgate_load::target::Target;

/// Stops when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    log: Arc<Log>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Log {
    asked: Mutex<Vec<Asked>>,
    connections: AtomicUsize,
}

/// A request as the server received it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub version: http::Version,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What it answers.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    pub after: Duration,
}

impl Reply {
    pub fn new(status: u16, body: impl Into<Bytes>) -> Reply {
        Reply { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    pub fn after(mut self, delay: Duration) -> Reply {
        self.after = delay;
        self
    }
}

type Handler = dyn Fn(&Asked) -> Reply + Send + Sync;

/// What a server speaks.
#[derive(Clone, Default)]
pub struct Speaks {
    pub tls: Option<Arc<ServerConfig>>,
    pub only_http1: bool,
    /// Says goodbye on a connection after that many requests.
    pub requests: Option<usize>,
}

impl Server {
    pub fn start(handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
        Server::speaking(Speaks::default(), handler)
    }

    /// Says `ok` to everything.
    pub fn ok() -> Server {
        Server::start(|_| Reply::new(200, "ok"))
    }

    pub fn speaking(
        speaks: Speaks,
        handler: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("it is open");
        let log = Arc::new(Log::default());
        let (stop, stopped) = oneshot::channel();
        let (seen, handler): (_, Arc<Handler>) = (Arc::clone(&log), Arc::new(handler));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("there are descriptors");
            runtime.block_on(async move {
                tokio::spawn(accept(listener, speaks, seen, handler));
                let _ = stopped.await;
            });
        });
        Server { address, log, stop: Some(stop), thread: Some(thread) }
    }

    pub fn target(&self) -> Target {
        target(self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.log.asked.lock().expect("no handler panics").clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }

    pub fn count(&self) -> u64 {
        self.log.asked.lock().expect("no handler panics").len() as u64
    }

    /// Connections that brought a request.
    pub fn connections(&self) -> usize {
        self.log.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub fn target(address: SocketAddr) -> Target {
    Target::parse(&format!("http://{address}"), &[]).expect("it is an address of this machine")
}

async fn accept(listener: TcpListener, speaks: Speaks, log: Arc<Log>, handler: Arc<Handler>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("it does not block");
    let acceptor = speaks.tls.clone().map(TlsAcceptor::from);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (acceptor, log, handler) = (acceptor.clone(), Arc::clone(&log), Arc::clone(&handler));
        let speaks = speaks.clone();
        tokio::spawn(async move {
            match acceptor {
                None => serve(stream, speaks, log, handler).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, speaks, log, handler).await;
                    }
                }
            }
        });
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    speaks: Speaks,
    log: Arc<Log>,
    handler: Arc<Handler>,
) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
        let first = counter.fetch_add(1, Ordering::SeqCst) == 0;
        log.connections.fetch_add(usize::from(first), Ordering::SeqCst);
        async move {
            let (head, body) = request.into_parts();
            let asked = Asked {
                method: head.method.to_string(),
                path: head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
                version: head.version,
                headers: head.headers,
                body: body.collect().await?.to_bytes(),
            };
            let mut reply = handler(&asked);
            if asked.method == "HEAD" {
                reply = reply.with("content-length", "1000");
                reply.body.clear();
            }
            log.asked.lock().expect("no handler panics").push(asked);
            if !reply.after.is_zero() {
                tokio::time::sleep(reply.after).await;
            }
            let mut answer = http::Response::builder().status(reply.status);
            for (name, value) in reply.headers {
                answer = answer.header(name, value);
            }
            let answer = answer.body(Full::new(reply.body));
            Ok::<_, hyper::Error>(answer.expect("tests answer with what can be sent"))
        }
    });
    let builder = Builder::new(TokioExecutor::new());
    let builder = if speaks.only_http1 { builder.http1_only() } else { builder };
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let most = speaks.requests.unwrap_or(usize::MAX);
    let mut leaving = false;
    let _ = std::future::poll_fn(|context| {
        if requests.load(Ordering::SeqCst) >= most && !std::mem::replace(&mut leaving, true) {
            connection.as_mut().graceful_shutdown();
        }
        connection.as_mut().poll(context)
    })
    .await;
}
