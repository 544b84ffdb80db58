//! Reports made up for the tests: what was seen of loads that never were.

use std::time::Duration;

use tollgate_load::report::{Ended, Failure, Generator, Operation, Report, Window};
use tollgate_stats::histogram::Histogram;

/// A window of so many requests of about so many microseconds, with a tail, sent so late.
pub fn window(requests: u64, micros: u64, failed: u64, late_micros: u64) -> Window {
    let time =
        |i: u64| micros * 1_000 + (i * i % 97) * micros * 5 + (i % 200 / 199) * micros * 9_000;
    let service = Histogram::from_values((0..requests).map(time));
    let latency = Histogram::from_values((0..requests).map(|i| time(i) + late_micros * 1_000));
    Window {
        latency,
        service,
        lateness: Histogram::from_values((0..requests).map(|_| late_micros * 1_000)),
        succeeded: requests,
        failed,
        in_time: requests,
        received: requests * 1_250,
    }
}

fn operation(name: &str, windows: Vec<Window>) -> Operation {
    let method = name.split(' ').next().unwrap_or("GET").to_owned();
    Operation { name: name.to_owned(), method, windows }
}

fn generator() -> Generator {
    Generator {
        threads: 2,
        cpu: Duration::from_millis(700),
        connects: 50,
        users: 50,
        ..Generator::default()
    }
}

/// Two seconds of a service in good health.
pub fn healthy() -> Report {
    let windows = vec![window(12_000, 800, 0, 0), window(12_345, 820, 0, 0)];
    Report {
        operations: vec![operation("GET /", windows)],
        window: Duration::from_secs(1),
        measured: Duration::from_secs(2),
        ended: Ended::Complete,
        failures: Vec::new(),
        deliveries: None,
        generator: generator(),
    }
}

/// A person stopped an open loop that could not keep up and partly failed.
pub fn troubled() -> Report {
    let failure = |operation: &str, reason: &str, count| Failure {
        operation: operation.to_owned(),
        reason: reason.to_owned(),
        count,
    };
    Report {
        operations: vec![
            operation("GET /list", vec![window(900, 4_000, 3, 25_000)]),
            operation("POST /item\x1b[2J", vec![window(150, 9_000, 12, 25_000)]),
        ],
        window: Duration::from_secs(5),
        measured: Duration::from_millis(3_200),
        ended: Ended::Interrupted,
        failures: vec![
            failure("GET /list", "timeout after 30 s", 3),
            failure("POST /item\x1b[2J", "status 503", 12),
        ],
        deliveries: None,
        generator: Generator {
            cpu: Duration::from_secs(6),
            due: 1_500,
            begun: 1_065,
            ..generator()
        },
    }
}

/// Nothing answered.
pub fn dead() -> Report {
    let reason = "connect: connection refused".to_owned();
    Report {
        operations: vec![operation("GET /", vec![Window { failed: 70, ..Window::default() }])],
        failures: vec![Failure { operation: "GET /".to_owned(), reason, count: 70 }],
        ..healthy()
    }
}
