//! The clock, and how alike the same work takes time after time.

use std::hint::black_box;
use std::time::Instant;

use tollgate_stats::mean::variance;
use tollgate_stats::quantile::select;

use super::{Check, Rating, rate, unknown};
use crate::quantity::{Dimension, show};

const ROUNDS: usize = 200;
const READINGS: usize = 20_000;
/// A round that takes a few milliseconds on any machine of the last ten years.
const STEPS: u64 = 3_000_000;

/// Trials on either side of the comparison whose smallest visible difference is told.
const TRIALS: f64 = 10.0;

#[expect(clippy::disallowed_methods, reason = "the clock is what is examined")]
fn now() -> Instant {
    Instant::now()
}

/// Nanoseconds between readings of the clock that follow each other at once.
pub(super) fn clock_steps() -> Vec<f64> {
    let mut last = now();
    (0..READINGS)
        .map(|_| {
            let next = now();
            let step = next.duration_since(last).as_nanos() as f64;
            last = next;
            step
        })
        .collect()
}

/// Nanoseconds that the same instructions took, round by round. They stay within registers, so
/// that what varies is the processor and who else uses it.
pub(super) fn fixed_rounds() -> Vec<f64> {
    (0..ROUNDS)
        .map(|round| {
            let started = now();
            let mut state = black_box(round as u64);
            for _ in 0..STEPS {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            }
            black_box(state);
            started.elapsed().as_nanos() as f64
        })
        .collect()
}

pub(super) fn timer(steps: &[f64]) -> Check {
    let name = "timer";
    let Some(cost) = middle(steps) else { return unknown(name, "The clock could not be read.") };
    // A clock that never moved between readings steps by less than a reading takes.
    let step = steps.iter().copied().filter(|&step| step > 0.0).reduce(f64::min).unwrap_or(0.0);
    let time = |ns| show(ns, Dimension::TIME);
    // A hundred times the cost or the step keeps their share at one per cent.
    let shortest = 100.0 * cost.max(step);
    Check {
        name,
        value: format!("{} a reading, steps of {}", time(cost), time(step)),
        rating: rate(shortest, 10e3, 100e3),
        meaning: format!(
            "Work shorter than {} must be timed in batches, or reading the clock is more than a \
             per cent of the figure.",
            time(shortest)
        ),
    }
}

pub(super) fn clock_source(source: Option<&str>) -> Check {
    let name = "clock source";
    let Some(source) = source else {
        return unknown(name, "The kernel does not say what it reads the time from.");
    };
    let fast = ["tsc", "arch_sys_counter", "kvm-clock", "hyperv_clocksource_tsc_page"];
    let (rating, meaning) = if fast.contains(&source) {
        (Rating::Good, "The clock is read without entering the kernel, which is cheap and even.")
    } else {
        (
            Rating::Poor,
            "Every reading of this clock enters the kernel or asks a device, which is slow and \
             makes short timings uneven.",
        )
    };
    Check { name, value: source.to_owned(), rating, meaning: meaning.to_owned() }
}

pub(super) fn repeatability(rounds: &[f64]) -> Check {
    let name = "repeatability";
    let Some(spread) = Spread::of(rounds) else {
        return unknown(name, "The fixed work could not be timed.");
    };
    let difference = spread.smallest_difference();
    let percent = |share| show(share, Dimension::SHARE);
    Check {
        name,
        value: format!(
            "the same work varies by {} (worst round {} over the median)",
            percent(spread.deviation),
            percent(spread.worst)
        ),
        rating: rate(difference, 0.01, 0.05),
        meaning: format!(
            "With ten trials on each side, a change of the mean below {} of pure computing goes \
             unseen more often than one time in five; memory and disks add noise of their own.",
            percent(difference)
        ),
    }
}

/// How far rounds of the same work lie apart, as shares of their median.
#[derive(Debug, PartialEq)]
struct Spread {
    deviation: f64,
    worst: f64,
}

impl Spread {
    fn of(rounds: &[f64]) -> Option<Spread> {
        let median = middle(rounds).filter(|&median| median > 0.0)?;
        let worst = rounds.iter().copied().fold(0.0, f64::max);
        // The plain deviation and not a robust one: interrupted rounds are the noise that
        // measurements here will have.
        Some(Spread {
            deviation: variance(rounds).unwrap_or(0.0).sqrt() / median,
            worst: worst / median - 1.0,
        })
    }

    /// The difference of two means that is seen with a power of 80 % at a level of 5 %, by the
    /// normal approximation: (1.96 + 0.84) deviations of the difference.
    fn smallest_difference(&self) -> f64 {
        2.8 * self.deviation * (2.0 / TRIALS).sqrt()
    }
}

fn middle(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| select(&mut values.to_vec(), 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_clock_is_poor() {
        assert_eq!(timer(&[25.0, 24.0, 26.0]).rating, Rating::Good);
        let check = timer(&[0.0, 0.0, 4e6]);
        assert_eq!(
            (check.rating, check.value.as_str()),
            (Rating::Poor, "0 ns a reading, steps of 4 ms")
        );
        assert_eq!(timer(&[0.0, 0.0]).rating, Rating::Good);
        assert_eq!(timer(&[]).rating, Rating::Fair);
        assert_eq!(clock_source(Some("tsc")).rating, Rating::Good);
        assert_eq!(clock_source(Some("hpet")).rating, Rating::Poor);
        assert_eq!(clock_source(None).rating, Rating::Fair);
    }

    #[test]
    fn equal_rounds_are_repeatable_and_interrupted_ones_are_not() {
        assert_eq!(repeatability(&[100.0; 50]).rating, Rating::Good);
        let mut rounds = vec![100.0; 50];
        rounds[10] = 200.0;
        let check = repeatability(&rounds);
        assert_eq!(check.rating, Rating::Poor);
        assert!(check.value.contains("worst round 100 % over"), "{check:?}");
        assert_eq!(repeatability(&[]).rating, Rating::Fair);
        assert_eq!(repeatability(&[0.0]).rating, Rating::Fair);
    }

    #[test]
    fn the_spread_of_known_numbers_is_known() {
        let spread = Spread::of(&[90.0, 100.0, 110.0]).unwrap();
        assert!((spread.deviation - 0.1).abs() < 1e-12);
        assert!((spread.worst - 0.1).abs() < 1e-12);
        assert!((spread.smallest_difference() - 0.125_219_8).abs() < 1e-6);
    }
}
