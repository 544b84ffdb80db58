//! Simulations and features as they happen, over WebSockets: who may connect, and how many.
//! What is said is described in `docs/streams.md`.

mod counters;
mod envelope;
mod heart;
mod hub;
mod login;
mod model;
mod origin;
mod outbox;
mod queue;
mod readings;
mod request;
mod run;
mod session;
#[cfg(test)]
mod tests;
mod told;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, extract::ws::WebSocket};

use self::hub::Hub;
use self::session::Session;
use super::State;
use super::failure::Failure;

pub use self::counters::Counters;

/// What all connections may take together, and each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; who comes then is answered with 503.
    pub connections: usize,
    /// Streams of one connection at a time.
    pub streams: usize,
    /// Bytes of a message from a client.
    pub message: usize,
    /// Messages of streams that may wait for a client that reads slowly, and their bytes.
    pub waiting: usize,
    pub waiting_bytes: usize,
    /// From one sign of life of the server to the next.
    pub heartbeat: Duration,
    /// How long a client may be silent.
    pub silence: Duration,
    /// How long a client may take to say who it is.
    pub login: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 512,
            streams: 4,
            message: 16 << 10,
            waiting: 1000,
            waiting_bytes: 2 << 20,
            heartbeat: Duration::from_secs(30),
            silence: Duration::from_secs(60),
            login: Duration::from_secs(10),
        }
    }
}

/// What an address streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Simulation,
    Features,
}

pub fn routes() -> Router<State> {
    limited(Limits::default())
}

fn limited(limits: Limits) -> Router<State> {
    Router::new()
        .route("/ws/simulation_live", get(simulation))
        .route("/ws/stream_features", get(features))
        .layer(Extension(Arc::new(Hub::new(limits))))
}

async fn simulation(
    Shared(state): Shared<State>,
    Extension(hub): Extension<Arc<Hub>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    opened(Kind::Simulation, state, hub, &headers, upgrade)
}

async fn features(
    Shared(state): Shared<State>,
    Extension(hub): Extension<Arc<Hub>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    opened(Kind::Features, state, hub, &headers, upgrade)
}

/// Takes a connection if it may be taken. A key is not needed yet: browsers send no headers of
/// their own here, so it may come as the first message.
fn opened(
    kind: Kind,
    state: State,
    hub: Arc<Hub>,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::may_ask(headers, &state.options().origins) {
        return Failure::Other(StatusCode::FORBIDDEN).into_response();
    }
    let Some(place) = hub.place() else {
        state.metrics().streams().refused();
        return Failure::NoPlace.into_response();
    };
    let is_known = state.lets_in(headers.get("x-api-key").map(HeaderValue::as_bytes));
    let limit = hub.limits().message;
    upgrade.max_message_size(limit).max_frame_size(limit).on_upgrade(
        move |socket: WebSocket| async move {
            let _open = state.metrics().streams().opened();
            Session::new(kind, state, hub, is_known).serve(socket).await;
            drop(place);
        },
    )
}

impl Kind {
    /// As clients name it.
    fn name(self) -> &'static str {
        match self {
            Kind::Simulation => "simulation_live",
            Kind::Features => "stream_features",
        }
    }
}
