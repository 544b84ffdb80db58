//! Growth of simulated soaks: what must be found, and what must not alarm.

use std::sync::LazyLock;

use serde_json::Value;
use tollgate_stats::rng::{lcg, seeded};
use tollgate_stats::trend::{Growth, growth};

use crate::coverage::{Generator, autoregression, normal, uniform};
use crate::golden::{close, number, numbers, same};

const HOUR: f64 = 3600.0;

/// What scipy says; see `testdata/growth.py`.
static SCIPY: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../testdata/growth.json")).unwrap());

#[test]
fn warm_up_and_line_are_those_of_scipy() {
    let t: Vec<f64> = (0..600).map(f64::from).collect();
    let noise: Vec<f64> = lcg(11, 600).iter().map(|u| u - 0.5).collect();
    // Level, length of the warm-up, and growth after it.
    let shapes = [
        ("leak", 200.0, 0.0, 0.01),
        ("knee", 150.0, 90.0, 0.0),
        ("leak after a knee", 150.0, 60.0, 0.02),
    ];
    for (name, level, warm_up, slope) in shapes {
        let shape = |t: f64| level + 0.4 * t.min(warm_up) + slope * t;
        let y: Vec<f64> = t.iter().zip(&noise).map(|(&t, noise)| shape(t) + noise).collect();
        let found = growth(&t, &y, 0.95).unwrap();
        let expected = &SCIPY[name];
        same(found.warm_up, number(&expected["warm_up"]), name);
        let line = expected["lines"].get(found.points.to_string());
        let line = numbers(line.unwrap_or_else(|| panic!("{name}: {} blocks", found.points)));
        let parts = [found.line.slope, found.line.low, found.line.high];
        parts.into_iter().zip(line).for_each(|(found, expected)| close(found, expected, name));
    }
}

/// Samples a second for so many seconds, in megabytes.
fn soak(seconds: usize, mut value: impl FnMut(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
    let t: Vec<f64> = (0..seconds).map(|s| s as f64).collect();
    let y = t.iter().map(|&t| value(t)).collect();
    (t, y)
}

/// Of `sets` soaks, the share whose interval lies above the limit, given in MB/h.
#[expect(clippy::print_stdout, reason = "the figures are the point; the harness captures them")]
fn exceeded(
    what: &str,
    sets: u64,
    limit: f64,
    draw: impl Fn(&mut Generator) -> (Vec<f64>, Vec<f64>),
) -> f64 {
    let mut found: Vec<Growth> = Vec::new();
    for set in 0..sets {
        let (t, y) = draw(&mut seeded(9_000_000 + set));
        found.push(growth(&t, &y, 0.95).unwrap());
    }
    let share = |count: usize| count as f64 / sets as f64;
    let alarms = share(found.iter().filter(|g| g.line.low * HOUR > limit).count());
    let falls = share(found.iter().filter(|g| g.line.high < 0.0).count());
    let floors = share(found.iter().filter(|g| g.at_floor).count());
    let mean = |of: fn(&Growth) -> f64| found.iter().map(of).sum::<f64>() / sets as f64;
    println!(
        "growth, {what}: {:.1} % over {limit} MB/h, {:.1} % falling, {:.1} % at the floor, \
         on average {:.2} MB/h [{:.1}, {:.1}], warm-up {:.0} s, {:.0} points",
        100.0 * alarms,
        100.0 * falls,
        100.0 * floors,
        mean(|g| g.line.slope * HOUR),
        mean(|g| g.line.low * HOUR),
        mean(|g| g.line.high * HOUR),
        mean(|g| g.warm_up),
        mean(|g| g.points as f64)
    );
    alarms
}

#[test]
fn a_leak_of_ten_megabytes_an_hour_is_found_in_a_soak_of_ten_minutes() {
    let found = exceeded("10 MB/h, noise 1 MB", 500, 5.0, |rng| {
        soak(600, |t| 200.0 + 10.0 * t / HOUR + normal(rng))
    });
    assert!(found >= 0.95, "{found}");
    let found = exceeded("10 MB/h after a warm-up", 500, 0.0, |rng| {
        soak(600, |t| 200.0 - 40.0 * (-t / 30.0).exp() + 10.0 * t / HOUR + normal(rng))
    });
    assert!(found >= 0.95, "{found}");
    let found =
        exceeded("sawtooth whose floor rises by 10 MB/h", 200, 5.0, |rng| saw(rng, 600, 10.0));
    assert!(found >= 0.95, "{found}");
}

/// Rises by a megabyte a second and falls by what a collector finds, about every 17 seconds.
fn saw(rng: &mut Generator, seconds: usize, leak: f64) -> (Vec<f64>, Vec<f64>) {
    let (mut above, mut next) = (0.0, 15.0);
    soak(seconds, |t| {
        above += 1.0 + 0.2 * normal(rng);
        if above > next {
            (above, next) = (0.0, 12.0 + 8.0 * uniform(rng));
        }
        100.0 + leak * t / HOUR + above + 0.1 * normal(rng)
    })
}

#[test]
fn what_does_not_grow_rarely_alarms() {
    let plateau = |rng: &mut Generator| soak(600, |_| 200.0 + normal(rng));
    let settling = |time: f64| {
        move |rng: &mut Generator| soak(600, |t| 200.0 - 60.0 * (-t / time).exp() + normal(rng))
    };
    let steady = |rho: f64| {
        move |rng: &mut Generator| {
            let noise = autoregression(rng, 600, rho);
            soak(600, |t| 200.0 + noise[t as usize])
        }
    };
    let cases = [
        exceeded("plateau", 1000, 0.0, plateau),
        exceeded("a warm-up of 10 s, then flat", 500, 0.0, settling(10.0)),
        exceeded("a warm-up of 40 s, then flat", 500, 0.0, settling(40.0)),
        exceeded("a line up for 120 s, then flat", 500, 0.0, |rng| {
            soak(600, |t| 150.0 + 0.4 * t.min(120.0) + normal(rng))
        }),
        exceeded("sawtooth with a flat floor", 500, 0.0, |rng| saw(rng, 600, 0.0)),
        exceeded("autoregression, rho 0.5", 1000, 0.0, steady(0.5)),
        exceeded("autoregression, rho 0.9", 1000, 0.0, steady(0.9)),
    ];
    assert!(cases.iter().all(|&share| share <= 0.07), "{cases:?}");
}

/// From 110 to 124 MB in 23 minutes, then flat for seven: steps of two megabytes, ever longer.
#[test]
fn memory_that_stayed_for_less_than_half_of_the_time_may_have_settled_or_not() {
    let steps = [100.0, 210.0, 340.0, 500.0, 700.0, 980.0, 1380.0];
    let draw = |rng: &mut Generator| {
        soak(1800, |t| {
            let taken = steps.iter().filter(|&&at| at <= t).count();
            110.0 + 2.0 * taken as f64 + 0.1 * normal(rng)
        })
    };
    assert!(exceeded("steps to a plateau", 300, 0.0, draw) <= 0.07);
    let (t, y) = draw(&mut seeded(1));
    let found = growth(&t, &y, 0.95).unwrap();
    assert!(!found.settled && found.line.low < 1.0 / HOUR && found.line.high > 10.0 / HOUR);
    // Twenty minutes more of the same decide.
    let long: Vec<f64> = (0..3600).map(f64::from).collect();
    let stays = |&t: &f64| y[(t as usize).min(1380 + t as usize % 420)];
    let found = growth(&long, &long.iter().map(stays).collect::<Vec<_>>(), 0.95).unwrap();
    assert!(found.settled && found.line.high < 1.0 / HOUR, "{found:?}");
}

/// A leak that takes memory in a few large steps pauses in between.
#[test]
fn a_leak_in_steps_is_never_bounded_below_its_rate() {
    for steps in [3, 4, 5, 8, 20] {
        let length = 600.0 / f64::from(steps);
        let rate = 8.0 * f64::from(steps) * 6.0;
        let mut low = 0;
        for set in 0..200 {
            let rng = &mut seeded(set);
            let start = uniform(rng) * length;
            let (t, y) =
                soak(600, |t| 100.0 + 8.0 * ((t + start) / length).floor() + 0.2 * normal(rng));
            low += u32::from(growth(&t, &y, 0.95).unwrap().line.high * HOUR < rate / 2.0);
        }
        assert!(low <= 10, "{steps} steps: {low} of 200 below half of the leak");
    }
}
