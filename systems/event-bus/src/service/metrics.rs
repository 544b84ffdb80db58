//! What the service counts and times, in the text format of OpenMetrics.

mod mirror;

use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use self::mirror::{Mirror, Others};
use crate::bus::Bus;
use crate::writer::Counters;

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The kinds of events that have a name of their own here; producers could make up any number.
const KINDS: [&str; 9] = [
    "chat.message",
    "chat.private",
    "media.played",
    "media.queued",
    "media.removed",
    "user.joined",
    "user.left",
    "user.updated",
    "channel.counted",
];

const LATENCY_EDGES_MS: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0, 30_000.0, 300_000.0];

const REQUEST_EDGES_MS: [f64; 12] =
    [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 500.0, 5000.0];

#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    mirror: Mirror,
    events: Family<EventLabels, Counter>,
    dead: Family<DeadLabels, Counter>,
    redeliveries: Counter,
    heartbeats: Counter,
    latency: Histogram,
    requests: Family<RequestLabels, Counter>,
    durations: Family<OperationLabels, Histogram>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventOutcome {
    Stored,
    Duplicate,
    Unreadable,
    Refused,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeadLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: &'static str,
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: &'static str,
}

/// The name under which events of a kind are counted.
#[must_use]
pub fn label(kind: &str) -> &'static str {
    KINDS.into_iter().find(|known| *known == kind).unwrap_or("other")
}

impl Metrics {
    #[must_use]
    pub fn new() -> Metrics {
        let mut registry = Registry::with_prefix("event_bus");
        let events = Family::default();
        registry.register("events", "Events by what became of them", events.clone());
        let dead = Family::default();
        registry.register("dead_letters", "Messages that can never be stored", dead.clone());
        let redeliveries = Counter::default();
        let help = "Deliveries of a stream that were not the first";
        registry.register("redeliveries", help, redeliveries.clone());
        let heartbeats = Counter::default();
        let help = "Signs of life given for events that waited for a commit";
        registry.register("heartbeats", help, heartbeats.clone());
        let ms = || Unit::Other("milliseconds".to_owned());
        let latency = Histogram::new(LATENCY_EDGES_MS);
        let help = "From the time in an event, by the producer's clock, to its commit by ours";
        registry.register_with_unit("publish_to_commit", help, ms(), latency.clone());
        let requests = Family::default();
        registry.register("requests", "Answered requests", requests.clone());
        let durations: Family<OperationLabels, Histogram> =
            Family::new_with_constructor(|| Histogram::new(REQUEST_EDGES_MS));
        let help = "From taking a request to its answer";
        registry.register_with_unit("request_duration", help, ms(), durations.clone());
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What is running", build);
        let mirror = Mirror::default();
        registry.register_collector(Box::new(mirror.clone()));
        Metrics {
            registry,
            mirror,
            events,
            dead,
            redeliveries,
            heartbeats,
            latency,
            requests,
            durations,
        }
    }

    pub fn event(&self, kind: &'static str, outcome: EventOutcome) {
        self.events.get_or_create(&EventLabels { kind, outcome: outcome.name() }).inc();
    }

    pub fn dead(&self, reason: &'static str) {
        self.dead.get_or_create(&DeadLabels { reason }).inc();
    }

    /// A stream delivered an event, so many times by now.
    pub fn delivered(&self, deliveries: u64) {
        if deliveries > 1 {
            self.redeliveries.inc();
        }
    }

    pub fn heartbeat(&self) {
        self.heartbeats.inc();
    }

    pub fn latency(&self, ms: f64) {
        // A producer's clock may be ahead of ours.
        self.latency.observe(ms.max(0.0));
    }

    pub fn request(&self, operation: &'static str, code: &'static str, took: Duration) {
        self.requests.get_or_create(&RequestLabels { operation, code }).inc();
        let durations = self.durations.get_or_create(&OperationLabels { operation });
        durations.observe(took.as_secs_f64() * 1e3);
    }

    /// All of it as text, with what others count.
    #[must_use]
    pub fn text(&self, writer: &Counters, bus: &Bus, in_flight: usize) -> String {
        self.mirror.set(Others {
            writer: writer.clone(),
            traffic: bus.traffic(),
            is_connected: bus.is_connected(),
            in_flight: in_flight as u64,
        });
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

impl EventOutcome {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            EventOutcome::Stored => "stored",
            EventOutcome::Duplicate => "duplicate",
            EventOutcome::Unreadable => "unreadable",
            EventOutcome::Refused => "refused",
            EventOutcome::Failed => "failed",
        }
    }
}
