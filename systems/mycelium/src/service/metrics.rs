//! What the service counts and times of itself, in the text format of OpenMetrics.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::pool::Load;
use super::stream;

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const EDGES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    in_progress: Family<Route, Gauge>,
    simulations: Counter,
    steps: Counter,
    workers: Gauge,
    busy: Gauge,
    waiting: Gauge,
    room: Gauge,
    /// Of the pool, which counts it for itself.
    refused: Counter,
    streams: stream::Counters,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    endpoint: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    endpoint: &'static str,
    method: &'static str,
}

impl Metrics {
    #[must_use]
    pub fn new() -> Metrics {
        let metrics = Metrics {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(EDGES)),
            in_progress: Family::default(),
            simulations: Counter::default(),
            steps: Counter::default(),
            workers: Gauge::default(),
            busy: Gauge::default(),
            waiting: Gauge::default(),
            room: Gauge::default(),
            refused: Counter::default(),
            streams: stream::Counters::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Metrics {
        let registry = &mut self.registry;
        // The writer ends the names of counters with `_total`.
        registry.register("mfn_http_requests", "Answered requests", self.requests.clone());
        let help = "From the head of a request to the head of its answer";
        registry.register("mfn_http_request_duration_seconds", help, self.durations.clone());
        let help = "Requests that are being answered";
        registry.register("mfn_http_requests_in_progress", help, self.in_progress.clone());
        let help = "Simulations that were computed to their end";
        registry.register("mycelium_simulations", help, self.simulations.clone());
        let help = "Steps of these simulations";
        registry.register("mycelium_simulation_steps", help, self.steps.clone());
        registry.register("mycelium_pool_workers", "Threads that compute", self.workers.clone());
        registry.register("mycelium_pool_busy_workers", "Of them at work", self.busy.clone());
        registry.register("mycelium_pool_queue_depth", "Jobs that wait", self.waiting.clone());
        registry.register("mycelium_pool_queue_room", "Jobs that may wait", self.room.clone());
        let help = "Jobs that found the queue full";
        registry.register("mycelium_pool_refused", help, self.refused.clone());
        self.streams.register(registry);
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("mycelium_build", "What is running", build);
        self
    }

    pub fn begun(&self, endpoint: &'static str, method: &'static str) {
        self.in_progress.get_or_create(&Route { endpoint, method }).inc();
    }

    pub fn ended(&self, endpoint: &'static str, method: &'static str, status: u16, took: Duration) {
        let route = Route { endpoint, method };
        self.in_progress.get_or_create(&route).dec();
        self.durations.get_or_create(&route).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { endpoint, method, status }).inc();
    }

    pub fn simulated(&self, simulations: u64, steps: u64) {
        self.simulations.inc_by(simulations);
        self.steps.inc_by(steps);
    }

    /// What is counted of streams.
    #[must_use]
    pub fn streams(&self) -> &stream::Counters {
        &self.streams
    }

    /// All of it as text.
    #[must_use]
    pub fn text(&self, load: Load) -> String {
        let counted = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.workers.set(counted(load.workers));
        self.busy.set(counted(load.busy));
        self.waiting.set(counted(load.waiting));
        self.room.set(counted(load.room));
        self.refused.inner().store(load.refused, std::sync::atomic::Ordering::Relaxed);
        let mut written = String::new();
        // Writing to a string does not fail.
        let _ = text::encode(&mut written, &self.registry);
        written
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}
