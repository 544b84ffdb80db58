//! Time per value of the statistics, from a thousand values to ten million.
//!
//! Prints one record a line, as Tollgate reads them. `cargo bench` measures every size;
//! `--quick`, or a run under the test command, stops at 100,000 values.

use std::hint::black_box;
use std::time::{Duration, Instant};

use tollgate_stats::compare::{Alternative, hodges_lehmann, mann_whitney};
use tollgate_stats::dependence::{mean_interval, quantile_interval};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::rng::lcg;

const SAMPLES: usize = 7;
const SHORTEST: Duration = Duration::from_millis(1);
/// A rank shift walks along the samples some sixty times a bound: ten million values would take
/// half of the whole minute.
const SHIFT_MAX: usize = 1_000_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|a| a == name);
    // Cargo passes `--bench` from `cargo bench` only.
    let quick = has("--quick") || has("--test") || !has("--bench");
    let sizes = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    for size in sizes.into_iter().take_while(|&size| !quick || size <= 100_000) {
        values(size);
        histograms(size);
        comparisons(size);
    }
    stored_histograms(if quick { 100 } else { 1_000 });
}

fn exponential(seed: u64, n: usize) -> Vec<f64> {
    lcg(seed, n).into_iter().map(|u| -(-u).ln_1p() * 30_000.0).collect()
}

fn values(size: usize) {
    let values = exponential(1, size);
    record(&format!("quantile interval {size}"), size, || {
        quantile_interval(black_box(&values), 0.99, 0.95).map(|e| e.interval)
    });
    record(&format!("mean interval {size}"), size, || {
        mean_interval(black_box(&values), 0.95).map(|e| e.interval)
    });
}

fn histograms(size: usize) {
    let values: Vec<u64> = exponential(2, size).into_iter().map(|v| v as u64).collect();
    record(&format!("histogram from values {size}"), size, || {
        Histogram::from_values(black_box(&values).iter().copied())
    });
    let histogram = Histogram::from_values(values);
    record(&format!("histogram quantile {size}"), size, || black_box(&histogram).quantile(0.99));
}

/// Half of the values on each side.
fn comparisons(size: usize) {
    let (x, y) = (exponential(3, size / 2), exponential(4, size / 2));
    record(&format!("mann whitney {size}"), size, || {
        mann_whitney(black_box(&x), black_box(&y), Alternative::TwoSided)
    });
    if size <= SHIFT_MAX {
        record(&format!("hodges lehmann {size}"), size, || {
            hodges_lehmann(black_box(&x), black_box(&y), 0.95)
        });
    }
}

/// A long history is read back at once: 1,000 histograms of 2,524 buckets.
fn stored_histograms(count: usize) {
    let bytes = Histogram::from_values((0..200_000).map(|i| (i * 37) % 3_000 + 1)).encode();
    measured("time per histogram", &format!("histogram decode {count}"), count, || {
        (0..count).map(|_| Histogram::decode(black_box(&bytes))).filter(Result::is_ok).count()
    });
}

fn record<T>(operation: &str, values: usize, run: impl FnMut() -> T) {
    measured("time per value", operation, values, run);
}

#[expect(clippy::print_stdout, reason = "the records are the output")]
fn measured<T>(metric: &str, operation: &str, values: usize, mut run: impl FnMut() -> T) {
    let repetitions = repetitions(&mut run);
    let per_value = 1.0 / (repetitions * values) as f64;
    let sample = |_| time(repetitions, &mut run).as_nanos() as f64 * per_value;
    let samples: Vec<f64> = (0..SAMPLES).map(sample).collect();
    println!(
        "{}",
        serde_json::json!({
            "tollgate": 1,
            "operation": operation,
            "metric": metric,
            "unit": "ns",
            "samples": samples,
        })
    );
}

/// As many repetitions as a millisecond takes, found by doubling; the first runs warm the caches.
fn repetitions<T>(run: &mut impl FnMut() -> T) -> usize {
    let mut repetitions = 1;
    while time(repetitions, run) < SHORTEST {
        repetitions *= 2;
    }
    repetitions
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn time<T>(repetitions: usize, run: &mut impl FnMut() -> T) -> Duration {
    let start = Instant::now();
    for _ in 0..repetitions {
        black_box(run());
    }
    start.elapsed()
}
