//! The simulator over HTTP: which address does what, and what all requests have in common.

pub mod access;
mod aggregate;
mod asked;
mod body;
mod client;
pub mod clock;
mod docs;
mod drain;
mod failure;
mod features;
mod fields;
mod guard;
mod limit;
mod listen;
mod log;
mod metrics;
mod nernst;
mod observe;
mod options;
pub mod page;
mod pool;
mod simulate;
mod status;
pub mod stream;
#[cfg(test)]
mod tests;
mod validate;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

use self::limit::Limits;

pub use self::access::Keys;
pub use self::client::Client;
pub use self::drain::{Drain, Guest};
pub use self::failure::{Failure, Mistake};
pub use self::fields::{Fields, Numbers};
pub use self::listen::{bind, listen, runtime, serve};
pub use self::log::{LogFormat, start as start_log};
pub use self::metrics::Metrics;
pub use self::options::{Environment, Options, OptionsError, Origins, Rates, UnknownEnvironment};
pub use self::pool::{Load, Pool, Stop, Unfinished};

/// Everything that requests share.
#[derive(Clone)]
pub struct State(Arc<Shared>);

struct Shared {
    options: Options,
    pool: Pool,
    drain: Drain,
    metrics: Metrics,
    limits: Option<Limits>,
    large_bodies: Semaphore,
}

/// Every address, as it is written in the routes and in the metrics.
pub const ENDPOINTS: [&str; 14] = [
    "/nernst",
    "/simulate",
    "/features",
    "/validate",
    "/federated/aggregate",
    "/health",
    "/ready",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/",
    "/live/{part}",
    "/ws/stream_features",
    "/ws/simulation_live",
];

impl State {
    /// Begins the threads that compute.
    pub fn new(mut options: Options) -> Result<State, OptionsError> {
        options.check()?;
        if options.keys_required && options.keys.is_empty() {
            options.keys = Keys::for_dev();
        }
        let room = options.compute_threads.saturating_mul(options.queue_per_thread);
        Ok(State(Arc::new(Shared {
            pool: Pool::new(options.compute_threads, room, options.compute_nice),
            limits: options.rates.map(Limits::new),
            large_bodies: Semaphore::new(body::LARGE_AT_A_TIME),
            metrics: Metrics::new(),
            drain: Drain::new(),
            options,
        })))
    }

    #[must_use]
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Where everything is computed that takes longer than a moment.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// Tells the end of the service, and keeps it waiting for guests.
    #[must_use]
    pub fn drain(&self) -> &Drain {
        &self.0.drain
    }

    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether a request with this key may be answered.
    #[must_use]
    pub fn lets_in(&self, key: Option<&[u8]>) -> bool {
        !self.0.options.keys_required || key.is_some_and(|key| self.0.options.keys.know(key))
    }

    fn limits(&self) -> Option<&Limits> {
        self.0.limits.as_ref()
    }

    fn large_bodies(&self) -> &Semaphore {
        &self.0.large_bodies
    }

    /// Has a pool's thread compute, for as long as a request may take.
    async fn compute<T, J>(&self, job: J) -> Result<T, Failure>
    where
        T: Send + 'static,
        J: FnOnce(&Stop) -> Result<T, Failure> + Send + 'static,
    {
        self.pool().run(self.options().request_time, job).await?
    }
}

/// The service as a router. Whatever is refused has a name, is counted and logged, and can be read
/// by the pages that may ask.
pub fn app(state: &State) -> Router {
    let add = |router: Router<State>, (path, methods)| router.route(path, methods);
    let routes = routes().into_iter().fold(Router::new(), add);
    let router = routes
        .merge(stream::routes())
        .merge(page::routes())
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(from_fn_with_state(state.clone(), guard::authenticate))
        .layer(from_fn_with_state(state.clone(), guard::limit));
    let router = match guard::cors(&state.options().origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(from_fn_with_state(state.clone(), observe::observe)).with_state(state.clone())
}

type Route = (&'static str, MethodRouter<State>);

/// What the document describes.
fn routes() -> Vec<Route> {
    vec![
        ("/nernst", post(nernst::nernst)),
        ("/simulate", post(simulate::simulate)),
        ("/features", post(features::features)),
        ("/validate", post(validate::validate)),
        ("/federated/aggregate", post(aggregate::aggregate)),
        ("/health", get(status::health)),
        ("/ready", get(status::ready)),
        ("/metrics", get(status::metrics)),
        ("/openapi.json", get(status::openapi)),
        ("/docs", get(docs::docs)),
    ]
}
