//! The HTTP service: which address does what, and what all requests have in common.

mod accept;
pub mod access;
mod batch;
mod body;
mod challenge;
mod clock;
mod enroll;
mod failure;
mod limit;
mod listen;
mod manage;
mod memory;
mod metrics;
mod observe;
mod proof;
mod single;
mod status;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use self::access::Access;
use self::limit::Limit;
use self::memory::Memory;
use self::metrics::Metrics;
use self::observe::RequestIds;
use crate::audit::{Audit, Recovered};
use crate::verify::Verifier;
use crate::webauthn::{ChallengeSecret, RelyingParty};

pub use self::clock::{Clock, Stopwatch, timestamp};
pub use self::failure::Failure;
pub use self::listen::{Connections, listen};
pub use self::memory::BadCredential;

/// What an operator chooses.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether the shapes from before there were envelopes are taken, too.
    pub legacy: bool,
    pub relying_party: RelyingParty,
    /// With a secret, challenges that it sealed are taken beside those that the service issued.
    pub challenge_secret: Option<ChallengeSecret>,
    /// Requests a second of each client; zero for no limit.
    pub rate_limit: u32,
    /// Proxies that are believed where a request came from.
    pub trusted_proxies: Vec<IpAddr>,
    /// Accepted proofs that are remembered at most.
    pub remembered: usize,
    /// How long a request may take in all, and its body alone.
    pub request_time: Duration,
    pub body_time: Duration,
    /// How long a challenge may be answered.
    pub challenge_ms: u64,
}

/// Everything that requests share.
pub struct Service {
    settings: Settings,
    verifier: Verifier,
    memory: Memory,
    audit: Audit,
    access: Access,
    limit: Limit,
    metrics: Metrics,
    clock: Clock,
    ids: RequestIds,
    started_ms: u64,
    is_draining: AtomicBool,
}

impl Service {
    /// A service that remembers what earlier ones had written down.
    pub fn new(
        settings: Settings,
        verifier: Verifier,
        access: Access,
        clock: Clock,
        (audit, recovered): (Audit, Recovered),
    ) -> Result<Arc<Service>, BadCredential> {
        let started_ms = clock.now_ms();
        let skew_ms = verifier.settings().skew_ms;
        Ok(Arc::new(Service {
            memory: Memory::new(settings.remembered, recovered, skew_ms, started_ms)?,
            limit: Limit::new(settings.rate_limit),
            metrics: Metrics::new(),
            ids: RequestIds::new(),
            is_draining: AtomicBool::new(false),
            settings,
            verifier,
            audit,
            access,
            clock,
            started_ms,
        }))
    }

    /// Says from now on that no more requests should be sent here.
    pub fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }

    /// Commits what was accepted and closes the audit log.
    pub fn close(&self) {
        self.audit.close();
    }

    /// Forgets what is over: to be called now and then.
    pub fn tidy(&self) {
        self.limit.forget_idle();
        self.memory.purge(self.clock.now_ms());
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            legacy: false,
            relying_party: RelyingParty::new("localhost", ["http://localhost:8000".to_owned()]),
            challenge_secret: None,
            rate_limit: 0,
            trusted_proxies: Vec::new(),
            remembered: 4_000_000,
            request_time: Duration::from_secs(10),
            body_time: Duration::from_secs(5),
            challenge_ms: 120_000,
        }
    }
}

/// Every address, as it is written in the routes and in the metrics.
pub const ENDPOINTS: [&str; 12] = [
    "/api/verify-proof",
    "/api/verify-biometric-proof",
    "/api/batch-verify-proofs",
    "/api/challenges",
    "/api/revocations",
    "/api/revocations/{id}",
    "/api/credentials",
    "/api/health",
    "/health",
    "/ready",
    "/metrics",
    "/openapi.json",
];

/// The service as a router.
pub fn app(service: &Arc<Service>) -> Router {
    let state = || Arc::clone(service);
    let router = |routes: Vec<Route>| {
        let add = |router: Router<_>, (path, methods)| router.route(path, methods);
        routes.into_iter().fold(Router::new(), add)
    };
    router(status_routes())
        .merge(router(client_routes()).route_layer(from_fn_with_state(state(), observe::admit)))
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::MethodNotAllowed)
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(from_fn_with_state(state(), observe::observe))
        .with_state(state())
}

type Route = (&'static str, MethodRouter<Arc<Service>>);

/// What clients ask for: they may have to authenticate, and are limited.
fn client_routes() -> Vec<Route> {
    vec![
        ("/api/verify-proof", post(single::verify_proof)),
        ("/api/verify-biometric-proof", post(single::verify_biometric_proof)),
        ("/api/batch-verify-proofs", post(batch::verify_proofs)),
        ("/api/challenges", post(manage::issue_challenge)),
        ("/api/revocations", post(manage::revoke)),
        ("/api/revocations/{id}", get(manage::revocation)),
        ("/api/credentials", post(manage::register)),
    ]
}

/// What those ask for who watch the service.
fn status_routes() -> Vec<Route> {
    vec![
        ("/api/health", get(status::health)),
        ("/health", get(status::health)),
        ("/ready", get(status::ready)),
        ("/metrics", get(status::metrics)),
        ("/openapi.json", get(status::openapi)),
    ]
}
