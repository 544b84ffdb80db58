//! Steps in series: against Apache Otava's, and how often chance makes one.

use std::sync::LazyLock;

use serde_json::Value;
use tollgate_stats::change_point::{CONFIRMED_BY, Step, WINDOW, steps};
use tollgate_stats::rng::{lcg, seeded};

use crate::coverage::{Generator, autoregression, normal, uniform};
use crate::golden::{number, numbers, whole};

/// What Otava says; see `testdata/steps.py`.
static OTAVA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../testdata/steps.json")).unwrap());

/// The series of that script.
fn series(case: &Value) -> Vec<f64> {
    let levels = numbers(&case["levels"]);
    let (seed, n) = (whole(&case["seed"]), 25 * levels.len());
    let noise = lcg(seed, n).into_iter().zip(lcg(seed + 100, n));
    let noise = noise.map(|(one, other)| 4.0 * (one - 0.5) + 4.0 * (other - 0.5));
    noise.enumerate().map(|(i, noise)| levels[i / 25] + noise).collect()
}

fn places(values: &[f64]) -> Vec<usize> {
    steps(values).iter().map(|step| step.index).collect()
}

#[test]
fn clear_steps_are_those_of_apache_otava_and_go_from_level_to_level() {
    for (name, case) in OTAVA.as_object().unwrap() {
        let found = steps(&series(case));
        let expected: Vec<f64> = numbers(&case["otava"]);
        assert_eq!(
            found.iter().map(|step| step.index as f64).collect::<Vec<_>>(),
            expected,
            "{name}"
        );
        for (step, levels) in found.iter().zip(numbers(&case["levels"]).windows(2)) {
            let is_near = |found: f64, level: f64| (found - level).abs() < 1.5;
            assert!(is_near(step.before, levels[0]) && is_near(step.after, levels[1]), "{step:?}");
        }
    }
}

#[test]
fn what_cannot_have_a_step_has_none() {
    let spike = [vec![5.0; 20], vec![50.0], vec![5.0; 20]].concat();
    let unconfirmed = [lcg(3, 30), vec![9.0; CONFIRMED_BY - 2]].concat();
    let gap = [vec![1.0; 20], vec![f64::NAN], vec![2.0; 20]].concat();
    let endless = [vec![1.0; 20], vec![f64::INFINITY; 20]].concat();
    for values in
        [vec![], vec![1.0], vec![1.0, 9.0], vec![4.0; 100], spike, unconfirmed, gap, endless]
    {
        assert_eq!(steps(&values), [], "{values:?}");
    }
}

#[test]
fn a_step_of_what_never_varied_is_certain() {
    let found = steps(&[vec![7.0; 10], vec![8.0; CONFIRMED_BY]].concat());
    assert_eq!(found, [Step { index: 10, before: 7.0, after: 8.0, p: 0.0 }]);
}

#[test]
fn unit_and_direction_do_not_matter() {
    let case = &OTAVA["stairs"];
    let values = series(case);
    let expected = places(&values);
    for (scale, shift) in [(1e-9, 0.0), (1e9, 0.0), (-1.0, 0.0), (0.25, 4096.0)] {
        let other: Vec<f64> = values.iter().map(|value| value * scale + shift).collect();
        assert_eq!(places(&other), expected, "{scale} {shift}");
    }
}

#[test]
fn of_a_long_series_the_latest_values_are_looked_at() {
    let case = &OTAVA["up"];
    let recent = series(case);
    let level = number(&case["levels"][0]);
    let noise = lcg(9, 3 * WINDOW).into_iter().map(|u| level + 8.0 * (u - 0.5));
    let values: Vec<f64> = noise.chain(recent).collect();
    assert_eq!(places(&values), [3 * WINDOW + 25]);
}

/// Of `sets` series, the share for which something holds, in percent, printed.
#[expect(clippy::print_stdout, reason = "the figures are the point; the harness captures them")]
fn share(
    what: &str,
    sets: u64,
    draw: impl Fn(&mut Generator) -> Vec<f64>,
    holds: impl Fn(&[Step]) -> bool,
) -> f64 {
    let found = (0..sets).filter(|set| holds(&steps(&draw(&mut seeded(7_000_000 + set))))).count();
    let share = 100.0 * found as f64 / sets as f64;
    println!("{what}: {share:.1} %");
    share
}

fn noise(rng: &mut Generator, n: usize, deviation: f64) -> Vec<f64> {
    (0..n).map(|_| 100.0 + deviation * normal(rng)).collect()
}

#[test]
fn chance_makes_a_step_in_few_series() {
    let alike = |n| move |rng: &mut Generator| autoregression(rng, n, 0.5);
    let spiked = |rng: &mut Generator| {
        let mut values = noise(rng, 100, 2.0);
        values.iter_mut().for_each(|value| *value += if uniform(rng) < 0.02 { 30.0 } else { 0.0 });
        values
    };
    let skewed = |rng: &mut Generator| (0..100).map(|_| (0.3 * normal(rng)).exp()).collect();
    let shares = [
        share("independent, 30 runs", 500, |rng| noise(rng, 30, 2.0), |found| !found.is_empty()),
        share("independent, 100 runs", 500, |rng| noise(rng, 100, 2.0), |found| !found.is_empty()),
        share("log-normal, 100 runs", 500, skewed, |found| !found.is_empty()),
        share("one in 50 is 30 % up, 100 runs", 500, spiked, |found| !found.is_empty()),
        share("autoregression 0.5, 100 runs", 500, alike(100), |found| !found.is_empty()),
        share("autoregression 0.5, 30 runs", 500, alike(30), |found| !found.is_empty()),
    ];
    let (last, others) = shares.split_last().unwrap();
    assert!(others.iter().all(|share| *share <= 6.0), "{others:?}");
    assert!(*last <= 10.0, "{last}");
}

#[test]
fn a_step_is_found_soon() {
    let stepped = |deviation, by, since| {
        move |rng: &mut Generator| {
            let mut values = noise(rng, 50 + since, deviation);
            values[50..].iter_mut().for_each(|value| *value += by);
            values
        }
    };
    let is_there = |found: &[Step]| found.iter().any(|step| step.index.abs_diff(50) <= 2);
    let found = |deviation: f64, by: f64, since: usize| {
        let what = format!("+{by} % where runs vary by {deviation} %, after {since} runs");
        share(&what, 300, stepped(deviation, by, since), is_there)
    };
    assert!(found(2.0, 10.0, 3) >= 97.0);
    assert!(found(2.0, 5.0, 3) >= 60.0);
    assert!(found(2.0, 5.0, 5) >= 85.0);
    assert!(found(5.0, 10.0, 5) >= 65.0);
    assert!(found(5.0, 10.0, 20) >= 85.0);
}
