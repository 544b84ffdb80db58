//! Time per value of the statistics, from a thousand values to ten million.
//!
//! `cargo bench` measures every size; `--quick`, or a run under the test command, stops at 100,000
//! values.

use std::hint::black_box;
use std::time::Duration;

use tollgate_harness::Bench;
use tollgate_stats::compare::{Alternative, hodges_lehmann, mann_whitney};
use tollgate_stats::dependence::{mean_interval, quantile_interval};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::rng::lcg;

/// Of each operation; the longest take longer, for they run seven times.
const MEASURING: Duration = Duration::from_millis(100);
/// A rank shift walks along the samples some sixty times a bound: ten million values would take
/// half of the whole minute.
const SHIFT_MAX: usize = 1_000_000;

fn main() {
    tollgate_harness::main(|bench| {
        let quick = bench.is_quick() || !bench.is_measuring();
        let sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
        for size in sizes.into_iter().take_while(|&size| !quick || size <= 100_000) {
            values(bench, size);
            histograms(bench, size);
            comparisons(bench, size);
        }
        stored_histograms(bench, if quick { 100 } else { 1_000 });
    });
}

fn exponential(seed: u64, n: usize) -> Vec<f64> {
    lcg(seed, n).into_iter().map(|u| -(-u).ln_1p() * 30_000.0).collect()
}

fn values(bench: &mut Bench, size: usize) {
    let values = exponential(1, size);
    record(bench, &format!("quantile interval {size}"), size, || {
        quantile_interval(black_box(&values), 0.99, 0.95).map(|e| e.interval)
    });
    record(bench, &format!("mean interval {size}"), size, || {
        mean_interval(black_box(&values), 0.95).map(|e| e.interval)
    });
}

fn histograms(bench: &mut Bench, size: usize) {
    let values: Vec<u64> = exponential(2, size).into_iter().map(|v| v as u64).collect();
    record(bench, &format!("histogram from values {size}"), size, || {
        Histogram::from_values(black_box(&values).iter().copied())
    });
    let histogram = Histogram::from_values(values);
    record(bench, &format!("histogram quantile {size}"), size, || {
        black_box(&histogram).quantile(0.99)
    });
}

/// Half of the values on each side.
fn comparisons(bench: &mut Bench, size: usize) {
    let (x, y) = (exponential(3, size / 2), exponential(4, size / 2));
    record(bench, &format!("mann whitney {size}"), size, || {
        mann_whitney(black_box(&x), black_box(&y), Alternative::TwoSided)
    });
    if size <= SHIFT_MAX {
        record(bench, &format!("hodges lehmann {size}"), size, || {
            hodges_lehmann(black_box(&x), black_box(&y), 0.95)
        });
    }
}

/// A long history is read back at once: 1,000 histograms of 2,524 buckets.
fn stored_histograms(bench: &mut Bench, count: usize) {
    let bytes = Histogram::from_values((0..200_000).map(|i| (i * 37) % 3_000 + 1)).encode();
    measured(bench, "time per histogram", &format!("histogram decode {count}"), count, || {
        (0..count).map(|_| Histogram::decode(black_box(&bytes))).filter(Result::is_ok).count()
    });
}

fn record<T>(bench: &mut Bench, operation: &str, values: usize, run: impl FnMut() -> T) {
    measured(bench, "time per value", operation, values, run);
}

fn measured<T>(
    bench: &mut Bench,
    metric: &str,
    operation: &str,
    parts: usize,
    run: impl FnMut() -> T,
) {
    let operation = bench.operation(operation).measuring(MEASURING);
    operation.per_part(metric, parts as u64).run(run);
}
