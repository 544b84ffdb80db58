//! What happens around every request: an id, a time limit, the client and its rate, and a line in
//! the metrics and the log.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::access::{Caller, Scope};
use super::clock::Stopwatch;
use super::failure::{Code, Failure};
use super::limit::Client;
use super::{ENDPOINTS, Service};

const REQUEST_ID: &str = "x-request-id";

/// Names for requests that bring none: one prefix for each process, and a number.
pub struct RequestIds {
    prefix: u32,
    next: AtomicU64,
}

/// The id of the request at hand.
#[derive(Clone, Debug)]
pub struct RequestId(pub HeaderValue);

/// Who sent the request at hand, if that is known, or why it is not.
#[derive(Clone, Debug)]
pub struct Asking(Result<Option<Arc<Caller>>, &'static str>);

impl RequestIds {
    pub fn new() -> RequestIds {
        // Without randomness ids of two processes may be alike, which only confuses readers.
        RequestIds { prefix: getrandom::u32().unwrap_or(0), next: AtomicU64::new(1) }
    }

    /// The id that a client or a proxy gave, unless it could confuse a log.
    fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let is_plain = |id: &&HeaderValue| {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
            (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
        };
        headers.get(REQUEST_ID).filter(is_plain).cloned().unwrap_or_else(|| {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let id = format!("{:08x}-{number}", self.prefix);
            HeaderValue::from_str(&id).expect("hex digits, a dash and digits are a header")
        })
    }
}

impl RequestId {
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("")
    }
}

impl Asking {
    /// The name of the client for the audit log.
    pub fn name(&self) -> String {
        self.known().map(|caller| caller.name.clone()).unwrap_or_default()
    }

    /// Refuses who may not do it.
    pub fn may(&self, service: &Service, scope: Scope) -> Result<(), Failure> {
        if service.access.is_open(scope) {
            return Ok(());
        }
        let refused = |reason| Failure::Unauthenticated { reason };
        let caller = self.0.as_ref().map_err(|reason| refused(reason))?.as_ref();
        let caller = caller.ok_or(refused("an API key or a bearer token is needed"))?;
        if caller.scopes.contains(&scope) { Ok(()) } else { Err(Failure::Forbidden { scope }) }
    }

    fn known(&self) -> Option<&Caller> {
        self.0.as_ref().ok()?.as_deref()
    }
}

/// Around everything.
pub async fn observe(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let stopwatch = Stopwatch::start();
    let id = service.ids.of(request.headers());
    let endpoint = endpoint(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let answered = tokio::time::timeout(service.settings.request_time, next.run(request)).await;
    let mut response = answered.unwrap_or_else(|_| Failure::TimedOut.into_response());
    let code = response.extensions().get::<Code>().map_or("ok", |code| code.0);
    let status = response.status();
    let took = stopwatch.elapsed();
    service.metrics.answered(endpoint, status.as_u16(), code, took);
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    let name = id.to_str().unwrap_or("");
    if status >= 500 {
        tracing::error!(id = name, endpoint, status, code, us, "answered");
    } else {
        tracing::debug!(id = name, endpoint, status, code, us, "answered");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Before what clients ask for: who they are, and whether it is too much.
pub async fn admit(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let asking = Asking(service.access.caller(request.headers(), service.clock.now_ms()));
    let admitted = service.limit.check(|| match asking.known() {
        Some(caller) => Client::Name(caller.name.clone()),
        // Who failed to authenticate is counted by his address, too.
        None => {
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
            Client::of(peer, request.headers(), &service.settings.trusted_proxies)
        }
    });
    if let Err(failure) = admitted {
        return failure.into_response();
    }
    request.extensions_mut().insert(asking);
    next.run(request).await
}

/// The answer where a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer calls it with the panic")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(said, "a handler panicked");
    Failure::Internal.into_response()
}

/// The route, never the path itself: clients could make up as many of those as they like.
fn endpoint(request: &Request) -> &'static str {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    ENDPOINTS.into_iter().find(|known| *known == path).unwrap_or("unknown")
}
