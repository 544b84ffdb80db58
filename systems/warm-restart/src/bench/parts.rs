//! What an evaluation is made of, what rules hold in memory, and a whole look at a fleet.

use std::hint::black_box;

use tollgate_alerts::engine::Engine;
use tollgate_alerts::moment::Moment;
use tollgate_harness::Bench;

use super::evaluation::rule;
use crate::core::{Core, Settings};
use crate::event::{Event, Report, Subject};
use crate::metrics::WarmRestartMetrics;
use crate::series::METRICS;

const PORTS: usize = 1000;

pub(super) fn measure(bench: &mut Bench) {
    let metrics = WarmRestartMetrics {
        warm_restarts: 50,
        cold_starts: 25,
        syncs_ended: 100,
        sync_timeouts: 50,
        recoveries: 50,
        corruptions: 10,
        ..WarmRestartMetrics::default()
    };
    let own = metrics.clone();
    bench.run("health score", move || black_box(&own).health_score());
    bench.operation("extract all metrics").elements(METRICS.len() as u64).run(move || {
        METRICS.iter().filter_map(|metric| (metric.value)(black_box(&metrics), 1000)).sum::<f64>()
    });
    for rules in [1, 1000] {
        let make = move || Engine::new((0..rules).map(|number| rule(number, 50.0)).collect());
        bench.operation(format!("make / {rules} rules")).elements(rules).run(make);
    }
    if bench.chooses("look / 1000 ports") {
        let mut core = fleet();
        let mut now_ms = 1_700_000_000_000;
        let look = move || {
            now_ms += 1000;
            core.tick(Moment { steady_ms: now_ms, wall_ms: now_ms }).changes.len()
        };
        bench.operation("look / 1000 ports").elements(PORTS as u64).run(look);
    }
}

/// Ports that start once each and are well, under the default rules.
fn fleet() -> Core {
    let mut core = Core::new(Settings::defaults());
    let report = |number: usize| Report {
        subject: Subject { device: "leaf-1".to_owned(), port: Some(format!("Ethernet{number}")) },
        event: Event::WarmStart,
        times: 1,
    };
    let reports: Vec<Report> = (0..PORTS).map(report).collect();
    let now = Moment { steady_ms: 1_700_000_000_000, wall_ms: 1_700_000_000_000 };
    core.record(&reports, now).expect("there is room for them");
    core
}
