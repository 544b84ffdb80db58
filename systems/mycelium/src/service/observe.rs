//! What happens around every request: a name for it, a line in the metrics and the log, and the
//! one shape of all failures.

use std::any::Any;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{self, ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::client::Client;
use super::clock::Stopwatch;
use super::failure::Failure;
use super::metrics::Metrics;
use super::{ENDPOINTS, State};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is known of a request before it is answered.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub client: Client,
    pub endpoint: &'static str,
    pub method: &'static str,
}

/// A request that is being answered. Where it is dropped first, its client did not wait.
struct AtHand<'a> {
    metrics: Option<&'a Metrics>,
    seen: Seen,
    id: &'a HeaderValue,
    stopwatch: Stopwatch,
    is_answered: bool,
}

/// What is counted where a client went away before its answer, as some servers write it.
const GONE: u16 = 499;

/// Around everything.
pub async fn observe(
    extract::State(state): extract::State<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let stopwatch = Stopwatch::start();
    let id = request_id(request.headers());
    let seen = seen(&request, &state);
    let metrics = state.options().metrics.then(|| state.metrics());
    let mut at_hand = AtHand { metrics, seen, id: &id, stopwatch, is_answered: false };
    at_hand.begin();
    request.extensions_mut().insert(seen);
    let mut response = told(next.run(request).await, &id);
    at_hand.answered(response.status());
    drop(at_hand);
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// The answer where a handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer calls it with the panic")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(exception = said, "a handler panicked");
    Failure::Internal.into_response()
}

impl AtHand<'_> {
    fn begin(&self) {
        if let Some(metrics) = self.metrics {
            metrics.begun(self.seen.endpoint, self.seen.method);
        }
    }

    fn answered(&mut self, status: StatusCode) {
        self.is_answered = true;
        self.end(status.as_u16());
    }

    fn end(&self, status: u16) {
        let Seen { client, endpoint, method } = self.seen;
        if let Some(metrics) = self.metrics {
            metrics.ended(endpoint, method, status, self.stopwatch.elapsed());
        }
        let request_id = self.id.to_str().unwrap_or("");
        let duration_ms = self.stopwatch.elapsed_ms();
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(
                    request_id,
                    endpoint,
                    method,
                    status,
                    duration_ms,
                    client_ip = %client.0,
                    "answered"
                )
            };
        }
        // The level of a line is a constant of its place.
        match status {
            500 => tell!(error),
            501.. => tell!(warn),
            _ => tell!(info),
        }
    }
}

impl Drop for AtHand<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            self.end(GONE);
        }
    }
}

/// Writes the body of a failure, now that the name of its request is known.
fn told(mut response: Response, id: &HeaderValue) -> Response {
    let status = response.status();
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        // What other parts refuse has the shape of every failure, too.
        None if is_foreign(&response) => Failure::Other(status),
        None => return response,
    };
    *response.body_mut() = Body::from(failure.body(id.to_str().unwrap_or("")));
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn is_foreign(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_json = kind.is_some_and(|kind| kind == "application/json");
    (response.status().is_client_error() || response.status().is_server_error()) && !is_json
}

/// The name that a client or a proxy gave, unless it could confuse a log.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_plain = |id: &&HeaderValue| {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain)
    };
    headers.get(REQUEST_ID).filter(is_plain).cloned().unwrap_or_else(|| {
        let id = Uuid::new_v4().hyphenated().to_string();
        HeaderValue::from_str(&id).expect("hex digits and dashes are a header")
    })
}

fn seen(request: &Request, state: &State) -> Seen {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let client = Client::of(peer, request.headers(), &state.options().trusted_proxies);
    Seen { client, endpoint: endpoint(request), method: method(request.method()) }
}

/// The route, never the path itself: clients could make up as many of those as they like.
fn endpoint(request: &Request) -> &'static str {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    ENDPOINTS.into_iter().find(|known| *known == path).unwrap_or("/other")
}

/// For the same reason.
fn method(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::OPTIONS,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
    ];
    const NAMES: [&str; 7] = ["GET", "POST", "OPTIONS", "HEAD", "PUT", "DELETE", "PATCH"];
    KNOWN.iter().zip(NAMES).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}
