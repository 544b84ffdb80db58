//! What an evaluation is made of: the health of a device, conditions, and numbers taken from
//! counters.

use std::hint::black_box;

use tollgate_alerts::rule::Test;
use tollgate_harness::{Bench, Form};

use super::scene::{self, Scene};
use super::{MEASURING, percentiles};
use crate::metrics::WarmRestartMetrics;
use crate::series::METRICS;

const CALCULATIONS: usize = 10_000;
const EXTRACTIONS: usize = 100_000;
const CONDITIONS: usize = 50_000;

/// Conditions that are timed together. One takes a nanosecond or so, and a reading of the clock
/// some tens: what a single one takes cannot be read. So a percentile is one of means of a hundred,
/// in which the reading is some tenths of a nanosecond.
const TOGETHER: usize = 100;

pub(super) fn measure(bench: &mut Bench) {
    let well = WarmRestartMetrics { warm_restarts: 100, ..WarmRestartMetrics::default() };
    let worst = WarmRestartMetrics {
        cold_starts: 100,
        syncs_ended: 100,
        sync_timeouts: 100,
        corruptions: 100,
        ..WarmRestartMetrics::default()
    };
    for (name, metrics) in [("well", well), ("middling", scene::middling()), ("worst", worst)] {
        health_score(bench, &format!("health score / {name}"), &metrics);
    }
    conditions(bench);
    let metrics = scene::middling();
    bench.operation("extract / 100,000 numbers").measuring(MEASURING).run(|| {
        let numbers = METRICS.iter().cycle().take(EXTRACTIONS);
        numbers.filter_map(|metric| (metric.value)(black_box(&metrics), 1000)).sum::<f64>()
    });
    bench
        .operation("extract / 100,000 health scores")
        .measuring(MEASURING)
        .run(|| (0..EXTRACTIONS).map(|_| black_box(&metrics).health_score()).sum::<f64>());
}

/// Each of 10,000 timed by itself, with a reading of the clock; and without it, many together.
fn health_score(bench: &mut Bench, name: &str, metrics: &WarmRestartMetrics) {
    if bench.is_measuring() && bench.chooses(name) {
        percentiles(bench, name, (CALCULATIONS, 1), || black_box(metrics).health_score());
    }
    bench.operation(name).measuring(MEASURING).run(|| black_box(metrics).health_score());
}

/// Of every kind as many, on a number of which all are false, and on one of which all are true that
/// can be: whether a number is absent is true of none.
fn conditions(bench: &mut Bench) {
    let score = 76.67;
    let never = [
        Test::Above(90.0),
        Test::Below(50.0),
        Test::Between(10.0, 20.0),
        Test::Equals { value: 50.0, within: 0.5 },
        Test::Absent,
    ];
    let always = [
        Test::Above(50.0),
        Test::Below(90.0),
        Test::Between(70.0, 80.0),
        Test::Equals { value: score, within: 0.5 },
        Test::Absent,
    ];
    for (name, tests) in [("condition / false", never), ("condition / true", always)] {
        if !bench.chooses(name) {
            continue;
        }
        let rules = (0..).zip(tests.iter().cycle().take(TOGETHER));
        let rules = rules.map(|(number, test)| scene::rule(number, *test)).collect();
        let mut scene = Scene::of(rules, score);
        if bench.is_measuring() {
            percentiles(bench, name, (CONDITIONS / TOGETHER, TOGETHER), || scene.evaluate());
        }
        let operation = bench.operation(name).form(Form::Batches).measuring(MEASURING);
        operation.per_part("time per condition", TOGETHER as u64).run(|| scene.evaluate());
    }
}
