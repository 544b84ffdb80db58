//! How the service is, over HTTP, for those who watch it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock;
use crate::service::{MEDIA_TYPE, Shared};

/// Answers until it is dropped.
pub struct Http {
    address: SocketAddr,
    task: JoinHandle<()>,
}

struct Watched {
    service: Arc<Shared>,
    started_ms: u64,
}

impl Http {
    pub async fn listen(address: SocketAddr, service: Arc<Shared>) -> io::Result<Http> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let started_ms = clock::now_ms();
        let task = tokio::spawn(serve(listener, app(Watched { service, started_ms })));
        Ok(Http { address, task })
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn app(watched: Watched) -> Router {
    let missing = async || (StatusCode::NOT_FOUND, "there is /health, /ready and /metrics\n");
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .fallback(missing)
        .with_state(Arc::new(watched))
}

async fn serve(listener: TcpListener, router: Router) {
    /// How long a client may be silent.
    const SILENCE: Duration = Duration::from_secs(30);
    /// Without files to open, for example, it would fail again and again.
    const PAUSE: Duration = Duration::from_millis(100);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SILENCE);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let answers = TowerToHyperService::new(router.clone());
                tokio::spawn(http.serve_connection(TokioIo::new(stream), answers));
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The process is there and answers.
async fn health(State(watched): State<Arc<Watched>>) -> Json<Value> {
    let uptime_ms = clock::now_ms().saturating_sub(watched.started_ms);
    let settings = watched.service.settings();
    Json(json!({
        "status": "healthy",
        "instance": settings.instance,
        "prefix": settings.prefix.as_str(),
        "uptime_seconds": uptime_ms / 1000,
    }))
}

/// Whether what is published now is stored.
async fn ready(State(watched): State<Arc<Watched>>) -> (StatusCode, Json<Value>) {
    let readiness = watched.service.readiness().await;
    let (code, status) = match readiness.is_ready() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
    };
    (code, Json(json!({ "status": status, "checks": readiness })))
}

async fn metrics(State(watched): State<Arc<Watched>>) -> impl IntoResponse {
    ([(CONTENT_TYPE, MEDIA_TYPE)], watched.service.metrics())
}
