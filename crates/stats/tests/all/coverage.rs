//! How often 95 % intervals hold the truth, by simulation with fixed seeds.
//!
//! Each case prints its figures: `cargo test -p tollgate-stats coverage -- --nocapture`. With
//! 1,000 sets the standard error of a share of 95 % is 0.7 %.

use rand::Rng;
use rand::rngs::Xoshiro256PlusPlus;
use tollgate_stats::bootstrap::bca;
use tollgate_stats::compare::{hodges_lehmann, paired_shift};
use tollgate_stats::dependence::{
    independent_quantile_interval, mean_interval, mean_interval_of_trials, quantile_interval,
    quantile_interval_of_trials, quantile_interval_of_windows, share_interval,
};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::interval::Interval;
use tollgate_stats::rng::seeded;

pub(crate) type Generator = Xoshiro256PlusPlus;

/// Uniform in (0, 1), never an end.
pub(crate) fn uniform(rng: &mut Generator) -> f64 {
    ((rng.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

pub(crate) fn exponential(rng: &mut Generator) -> f64 {
    -uniform(rng).ln()
}

pub(crate) fn normal(rng: &mut Generator) -> f64 {
    (-2.0 * uniform(rng).ln()).sqrt() * (std::f64::consts::TAU * uniform(rng)).cos()
}

/// A first-order autoregression with standard normal values.
pub(crate) fn autoregression(rng: &mut Generator, n: usize, rho: f64) -> Vec<f64> {
    let mut state = normal(rng);
    let scale = (1.0 - rho * rho).sqrt();
    let step = || {
        state = rho * state + scale * normal(rng);
        state
    };
    std::iter::repeat_with(step).take(n).collect()
}

/// Sojourn times of successive customers of an M/M/1 queue with service rate 1 and the given
/// load, from a stationary start (Lindley's recursion). Their distribution is exponential with
/// rate 1 - load.
pub(crate) fn queue(rng: &mut Generator, n: usize, load: f64) -> Vec<f64> {
    let mut waiting = if uniform(rng) < load { exponential(rng) / (1.0 - load) } else { 0.0 };
    let customer = || {
        let sojourn = waiting + exponential(rng);
        waiting = (sojourn - exponential(rng) / load).max(0.0);
        sojourn
    };
    std::iter::repeat_with(customer).take(n).collect()
}

/// The share of `sets` whose interval holds the truth, printed, and held within the bounds.
#[track_caller]
fn check(
    what: &str,
    sets: u64,
    truth: f64,
    bounds: (f64, f64),
    interval: impl Fn(&mut Generator) -> Interval,
) {
    check_all(&[(what.to_string(), truth)], sets, bounds, |rng| vec![interval(rng)]);
}

/// The same for several intervals of each set, each with its own name and truth.
#[track_caller]
#[expect(clippy::print_stdout, reason = "the figures are the point; the harness captures them")]
fn check_all(
    cases: &[(String, f64)],
    sets: u64,
    bounds: (f64, f64),
    intervals: impl Fn(&mut Generator) -> Vec<Interval>,
) {
    let mut held = vec![0; cases.len()];
    for set in 0..sets {
        let found = intervals(&mut seeded(1_000_000 + set));
        for (held, (interval, (_, truth))) in held.iter_mut().zip(found.iter().zip(cases)) {
            *held += u64::from(interval.contains(*truth));
        }
    }
    for (held, (what, _)) in held.into_iter().zip(cases) {
        let share = held as f64 / sets as f64;
        println!("coverage, {what}: {:.1} %", 100.0 * share);
        assert!((bounds.0..=bounds.1).contains(&share), "{what}: {share}");
    }
}

const BOUNDS: (f64, f64) = (0.93, 0.97);
const NORMAL_QUANTILES: [(f64, f64); 3] =
    [(0.5, 0.0), (0.9, 1.281_551_565_544_600_4), (0.99, 2.326_347_874_040_840_8)];

/// Checks p50, p90 and p99 of a process whose quantiles are known, and its mean.
#[track_caller]
fn check_process(
    name: &str,
    sets: u64,
    truth: [(f64, f64); 3],
    mean: f64,
    bounds: (f64, f64),
    draw: impl Fn(&mut Generator) -> Vec<f64>,
) {
    let quantile = |(q, value): (f64, f64)| (format!("{name}, p{}", 100.0 * q), value);
    let mut cases: Vec<(String, f64)> = truth.into_iter().map(quantile).collect();
    cases.push((format!("{name}, mean"), mean));
    check_all(&cases, sets, bounds, |rng| {
        let values = draw(rng);
        let quantile = |(q, _)| quantile_interval(&values, q, 0.95).unwrap().interval;
        let mut found: Vec<Interval> = truth.into_iter().map(quantile).collect();
        found.push(mean_interval(&values, 0.95).unwrap().interval);
        found
    });
}

#[test]
fn coverage_holds_for_normal_values() {
    check_process("2,000 normal values", 1000, NORMAL_QUANTILES, 0.0, BOUNDS, |rng| {
        (0..2000).map(|_| normal(rng)).collect()
    });
}

#[test]
fn coverage_holds_for_log_normal_values() {
    let truth = NORMAL_QUANTILES.map(|(q, z)| (q, (0.6 * z).exp()));
    check_process("2,000 log-normal values", 1000, truth, 0.18_f64.exp(), BOUNDS, |rng| {
        (0..2000).map(|_| (0.6 * normal(rng)).exp()).collect()
    });
}

#[test]
fn coverage_holds_for_an_autoregression() {
    check_process("4,000 values of AR(1), rho 0.8", 1000, NORMAL_QUANTILES, 0.0, BOUNDS, |rng| {
        autoregression(rng, 4000, 0.8)
    });
}

#[test]
fn coverage_holds_for_a_queue() {
    let truth = [0.5, 0.9, 0.99].map(|q: f64| (q, -(1.0 - q).ln() / 0.5));
    check_process("6,000 customers of M/M/1, load 0.5", 1000, truth, 2.0, BOUNDS, |rng| {
        queue(rng, 6000, 0.5)
    });
}

/// A thousand values with a memory of 39 steps are worth 26, and hardly reach for twenty blocks.
/// The figures state what is left; a reader of the budget sees it as the effective n.
#[test]
fn coverage_falls_short_when_a_run_holds_few_independent_values() {
    let name = "1,000 values of AR(1), rho 0.95";
    check_process(name, 1000, NORMAL_QUANTILES, 0.0, (0.91, 0.97), |rng| {
        autoregression(rng, 1000, 0.95)
    });
    let truth = [0.5, 0.9, 0.99].map(|q: f64| (q, -(1.0 - q).ln() / 0.2));
    let name = "6,000 customers of M/M/1, load 0.8";
    check_process(name, 300, truth, 5.0, (0.89, 0.97), |rng| queue(rng, 6000, 0.8));
}

/// With few values the steps of the binomial distribution and the noise of the design effect,
/// which is never taken below 1, both err on the safe side.
#[test]
fn coverage_of_a_few_hundred_values_is_conservative() {
    for n in [100, 500] {
        let name = format!("{n} normal values");
        check_process(&name, 1000, NORMAL_QUANTILES, 0.0, (0.93, 0.995), |rng| {
            (0..n).map(|_| normal(rng)).collect()
        });
    }
}

/// A tenth of the values about 5, the others about 0: neither mode is the mean.
#[test]
fn coverage_holds_for_two_modes() {
    let draw = |rng: &mut Generator| -> Vec<f64> {
        (0..2000).map(|_| normal(rng) + if uniform(rng) < 0.1 { 5.0 } else { 0.0 }).collect()
    };
    check("2,000 bimodal values, mean", 1000, 0.5, BOUNDS, |rng| {
        mean_interval(&draw(rng), 0.95).unwrap().interval
    });
}

/// Windows of 40 values of a multiple of the autoregression, kept as histograms.
#[test]
fn coverage_holds_for_windows_of_histograms() {
    let windows = |rng: &mut Generator| -> Vec<Histogram> {
        let values: Vec<u64> =
            autoregression(rng, 4000, 0.8).iter().map(|v| (1e6 * (0.6 * v).exp()) as u64).collect();
        values.chunks(40).map(|w| Histogram::from_values(w.iter().copied())).collect()
    };
    let levels = [(0.5, 0.0), (0.99, 2.326_347_874_040_840_8)];
    let cases = levels.map(|(q, z): (f64, f64)| {
        let name = format!("100 windows of 40 values of AR(1), rho 0.8, p{}", 100.0 * q);
        (name, 1e6 * (0.6 * z).exp())
    });
    check_all(&cases, 400, BOUNDS, |rng| {
        let windows = windows(rng);
        let interval = |(q, _)| quantile_interval_of_windows(&windows, q, 0.95).unwrap().interval;
        levels.into_iter().map(interval).collect()
    });
}

/// Attempts fail while an autoregression is high: 1 % of them, in bursts.
#[test]
fn coverage_holds_for_an_error_rate_in_bursts() {
    let blocks = |rng: &mut Generator| -> Vec<(u64, u64)> {
        let fails = |w: &[f64]| w.iter().filter(|&&v| v > 2.326_347_874_040_840_8).count() as u64;
        autoregression(rng, 6000, 0.8).chunks(60).map(|w| (fails(w), w.len() as u64)).collect()
    };
    check("errors in bursts, 1 % of 6,000", 1000, 0.01, BOUNDS, |rng| {
        share_interval(&blocks(rng), 0.95).unwrap().interval
    });
}

/// Exact intervals are conservative by what the steps of the binomial distribution leave.
#[test]
fn coverage_of_few_independent_values_is_never_below_the_nominal() {
    for (n, q, truth) in [(10, 0.5, 0.0), (30, 0.5, 0.0), (400, 0.99, 2.326_347_874_040_840_8)] {
        check(&format!("{n} values, p{}", 100.0 * q), 1000, truth, (0.94, 1.0), |rng| {
            let values: Vec<f64> = (0..n).map(|_| normal(rng)).collect();
            independent_quantile_interval(&values, q, 0.95).unwrap().interval
        });
    }
}

/// Five trials of an autoregression, each shifted by its own normal offset.
fn trials(rng: &mut Generator, offset: f64) -> Vec<Vec<f64>> {
    let trial = |_| {
        let shift = offset * normal(rng);
        autoregression(rng, 600, 0.5).into_iter().map(|v| v + shift).collect()
    };
    (0..5).map(trial).collect()
}

#[test]
fn coverage_holds_over_trials_that_differ_or_do_not() {
    for offset in [0.0, 0.5] {
        let name = format!("5 trials of 600, offsets {offset}");
        let cases = [(format!("{name}, mean"), 0.0), (format!("{name}, p50"), 0.0)];
        check_all(&cases, 1000, BOUNDS, |rng| {
            let trials = trials(rng, offset);
            let slices: Vec<&[f64]> = trials.iter().map(Vec::as_slice).collect();
            vec![
                mean_interval_of_trials(&slices, 0.95).unwrap().interval,
                quantile_interval_of_trials(&slices, 0.5, 0.95).unwrap().interval,
            ]
        });
    }
}

#[test]
fn coverage_of_the_bootstrap_holds() {
    let mean = |values: &mut [f64]| values.iter().sum::<f64>() / values.len() as f64;
    check("BCa of the mean, 50 normal values", 500, 0.0, BOUNDS, |rng| {
        let values: Vec<f64> = (0..50).map(|_| normal(rng)).collect();
        bca(&values, mean, 0.95, 999, 1).unwrap().interval
    });
    // Skewness costs the bootstrap some coverage at this size; it is known and stated.
    check("BCa of the mean, 50 exponential values", 500, 1.0, (0.91, 0.97), |rng| {
        let values: Vec<f64> = (0..50).map(|_| exponential(rng)).collect();
        bca(&values, mean, 0.95, 999, 1).unwrap().interval
    });
}

#[test]
fn coverage_of_shifts_holds() {
    check("Hodges-Lehmann, 20 against 20", 1000, 0.3, BOUNDS, |rng| {
        let x: Vec<f64> = (0..20).map(|_| normal(rng).exp()).collect();
        let y: Vec<f64> = (0..20).map(|_| normal(rng).exp() + 0.3).collect();
        hodges_lehmann(&x, &y, 0.95).unwrap().interval.unwrap()
    });
    check("paired shift, 12 pairs", 1000, 0.3, BOUNDS, |rng| {
        let d: Vec<f64> = (0..12).map(|_| normal(rng) + 0.3).collect();
        paired_shift(&d, 0.95).unwrap().interval.unwrap()
    });
}
