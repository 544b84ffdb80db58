//! What the service counts and times of itself, in the text format of OpenMetrics.

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Each limit of the service's promises is an edge, so that keeping it can be read off exactly.
const DURATION_EDGES_MS: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 500.0, 1000.0];

const VERIFY_EDGES_US: [f64; 14] = [
    10.0, 20.0, 40.0, 50.0, 60.0, 80.0, 100.0, 150.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0,
    10_000.0,
];

const BATCH_EDGES: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    total: Counter,
    durations: Family<Endpoint, Histogram>,
    verify: Histogram,
    batch: Histogram,
    queue: Gauge,
    remembered: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    endpoint: &'static str,
    status: u16,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: &'static str,
}

impl Metrics {
    #[must_use]
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("proofs");
        let requests = Family::default();
        let durations: Family<Endpoint, Histogram> =
            Family::new_with_constructor(|| Histogram::new(DURATION_EDGES_MS));
        let verify = Histogram::new(VERIFY_EDGES_US);
        let batch = Histogram::new(BATCH_EDGES);
        let (queue, remembered) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Answered requests", requests.clone());
        let unit = Unit::Other("milliseconds".to_owned());
        let help = "From the head of a request to the head of its answer";
        registry.register_with_unit("request_duration", help, unit, durations.clone());
        let unit = Unit::Other("microseconds".to_owned());
        let help = "Time a thread was busy with the signatures of one request";
        registry.register_with_unit("verify", help, unit, verify.clone());
        registry.register("batch_size", "Proofs in a batch", batch.clone());
        registry.register("audit_queue", "Requests that wait for the audit log", queue.clone());
        let help = "Accepted proofs that have not expired";
        registry.register("replay_set", help, remembered.clone());
        let commit = option_env!("PROOFS_COMMIT").unwrap_or("unknown");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION")), ("commit", commit)]);
        registry.register("build", "What is running", build);
        Metrics {
            registry,
            requests,
            total: Counter::default(),
            durations,
            verify,
            batch,
            queue,
            remembered,
        }
    }

    pub fn answered(
        &self,
        endpoint: &'static str,
        status: u16,
        code: &'static str,
        took: Duration,
    ) {
        self.total.inc();
        self.requests.get_or_create(&Request { endpoint, status, code }).inc();
        self.durations.get_or_create(&Endpoint { endpoint }).observe(took.as_secs_f64() * 1e3);
    }

    /// Requests that were answered.
    pub fn total(&self) -> u64 {
        self.total.get()
    }

    pub fn verified(&self, took: Duration) {
        self.verify.observe(took.as_secs_f64() * 1e6);
    }

    pub fn batch(&self, size: usize) {
        self.batch.observe(size as f64);
    }

    /// All of it as text.
    #[must_use]
    pub fn text(&self, queue: usize, remembered: usize) -> String {
        self.queue.set(i64::try_from(queue).unwrap_or(i64::MAX));
        self.remembered.set(i64::try_from(remembered).unwrap_or(i64::MAX));
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
