//! What was seen of a load: counts and histograms by operation and window, in the order of time.

use std::ops::ControlFlow;
use std::time::Duration;

use tollgate_stats::histogram::Histogram;

/// The measured part of a load; what was sent during the warm-up is not in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub operations: Vec<Operation>,
    /// How long a window is.
    pub window: Duration,
    /// From the end of the warm-up to the end of the schedule, or to where it was cut short.
    pub measured: Duration,
    pub ended: Ended,
    pub failures: Vec<Failure>,
    /// What became of the messages that the load's own subscribers were to have; nothing where it
    /// publishes none, or has no subscribers.
    pub deliveries: Option<Deliveries>,
    pub generator: Generator,
}

/// Deliveries that went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    /// They came neither in time nor later.
    pub lost: u64,
    /// They came again.
    pub duplicates: u64,
}

/// A named request: an endpoint, a step of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub name: String,
    pub method: String,
    pub windows: Vec<Window>,
}

/// What ended within a stretch of time. Times are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// From the scheduled start to the end, of successes and time-outs alike: a request that is
    /// given up took at least that long. Other failures are left out, being often quick.
    pub latency: Histogram,
    /// From the actual start to the end, of the same requests.
    pub service: Histogram,
    /// From the scheduled to the actual start, of all requests, without what they queued because
    /// every user was busy: how far the generator itself fell behind.
    pub lateness: Histogram,
    pub succeeded: u64,
    pub failed: u64,
    /// Successes that ended before the schedule did: what counts for throughput.
    pub in_time: u64,
    /// Bytes of the answers, heads included.
    pub received: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The schedule was done.
    Complete,
    /// So many requests were sent as were asked for.
    Count,
    /// Whoever watched had seen enough.
    Decided,
    /// A person stopped it; the report is partial.
    Interrupted,
    /// A feed had no rows left.
    Exhausted,
}

/// One kind of failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub operation: String,
    /// Without anything secret.
    pub reason: String,
    pub count: u64,
}

/// What the load generator itself did and needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generator {
    pub threads: u32,
    /// Processor time of the measured part, of all threads of the load.
    pub cpu: Duration,
    /// Connections opened.
    pub connects: u64,
    /// The most users at the same time.
    pub users: u64,
    /// Tasks that should have begun by the schedule (open loop), and those that did.
    pub due: u64,
    pub begun: u64,
}

/// How a load stands while it runs.
#[derive(Debug)]
pub struct Progress<'a> {
    pub elapsed: Duration,
    /// The length of the schedule.
    pub total: Duration,
    pub warming: bool,
    pub users: u64,
    /// The measured part so far.
    pub report: &'a Report,
    /// What happened since the last time, by operation in the report's order; warm-up included.
    pub latest: &'a [Window],
}

/// Watches a load a few times a second, and may end it.
pub type Watcher<'w> = dyn FnMut(&Progress<'_>) -> ControlFlow<()> + 'w;

impl Window {
    pub fn merge(&mut self, other: &Window) {
        self.latency.merge(&other.latency);
        self.service.merge(&other.service);
        self.lateness.merge(&other.lateness);
        self.succeeded += other.succeeded;
        self.failed += other.failed;
        self.in_time += other.in_time;
        self.received += other.received;
    }

    /// Requests that ended.
    #[must_use]
    pub fn attempts(&self) -> u64 {
        self.succeeded + self.failed
    }
}

impl Operation {
    /// All windows together.
    #[must_use]
    pub fn total(&self) -> Window {
        together(&self.windows.iter().collect::<Vec<_>>())
    }
}

impl Report {
    /// All operations together, window by window.
    #[must_use]
    pub fn windows(&self) -> Vec<Window> {
        let count = self.operations.iter().map(|operation| operation.windows.len()).max();
        (0..count.unwrap_or(0))
            .map(|at| {
                let all = self.operations.iter().filter_map(|o| o.windows.get(at));
                together(&all.collect::<Vec<_>>())
            })
            .collect()
    }

    /// Everything together.
    #[must_use]
    pub fn total(&self) -> Window {
        let all = self.operations.iter().flat_map(|operation| &operation.windows);
        together(&all.collect::<Vec<_>>())
    }
}

fn together(windows: &[&Window]) -> Window {
    let merged = |of: fn(&Window) -> &Histogram| {
        Histogram::merged(&windows.iter().map(|window| of(window)).collect::<Vec<_>>())
    };
    let sum = |of: fn(&Window) -> u64| windows.iter().map(|window| of(window)).sum();
    Window {
        latency: merged(|window| &window.latency),
        service: merged(|window| &window.service),
        lateness: merged(|window| &window.lateness),
        succeeded: sum(|window| window.succeeded),
        failed: sum(|window| window.failed),
        in_time: sum(|window| window.in_time),
        received: sum(|window| window.received),
    }
}
