//! Slopes and trends, against scipy and pymannkendall.

use tollgate_stats::rng::lcg;
use tollgate_stats::trend::{block_medians, growth, mann_kendall, theil_sen};

use crate::golden::{bell, close, numbers, rows, same, table};

#[test]
fn slopes_and_trends_are_those_of_the_references() {
    for case in rows(table("trends")) {
        let (t, y) = (numbers(&case["t"]), numbers(&case["y"]));
        let found = theil_sen(&t, &y, 0.95).unwrap();
        let parts = [found.slope, found.intercept, found.low, found.high];
        parts.into_iter().zip(numbers(&case["line"])).for_each(|(f, e)| same(f, e, "line"));
        if let Some(expected) = case.get("trend") {
            let found = mann_kendall(&y);
            let parts = [found.s, found.var, found.z, found.p, found.tau];
            // pymannkendall's p is 1 - cdf, which leaves few digits of a small one.
            parts.into_iter().zip(numbers(expected)).for_each(|(f, e)| close(f, e, "trend"));
        }
    }
}

#[test]
fn a_flat_series_has_no_trend() {
    assert_eq!(mann_kendall(&[4.0; 25]).p, 1.0);
    assert_eq!(mann_kendall(&[]).p, 1.0);
    assert_eq!(mann_kendall(&[1.0]).tau, 0.0);
    assert!(theil_sen(&[1.0, 1.0], &[1.0, 2.0], 0.95).is_none());
    assert!(theil_sen(&[], &[], 0.95).is_none());
    assert!(growth(&[], &[], 0.95).is_none());
}

#[test]
fn medians_of_blocks_are_those_of_each_part() {
    let (t, y) = block_medians(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 1.0, 3.0, 9.0, 9.0, 0.0], 2);
    assert_eq!((t, y), (vec![1.0, 4.0], vec![3.0, 9.0]));
}

#[test]
fn a_leak_of_ten_megabytes_an_hour_is_found_in_ten_minutes() {
    // One sample a second, noise of 1 MB: the budget is "at most 5 MB/h".
    let t: Vec<f64> = (0..600).map(f64::from).collect();
    for seed in 0..20 {
        let noise = bell(100 + 3 * seed, 600, 0.0, 2.0);
        let y: Vec<f64> = t.iter().zip(noise).map(|(t, e)| 200.0 + 10.0 * t / 3600.0 + e).collect();
        let found = growth(&t, &y, 0.95).unwrap();
        assert!(found.line.low * 3600.0 > 5.0, "{found:?}");
    }
}

#[test]
fn dependent_noise_is_rarely_taken_for_growth() {
    // 600 samples of AR(1) noise without a trend. Nominal 5 %; over 300 series the standard
    // error is 1.3 %. Theil-Sen on the samples themselves alarms in 68 % at rho = .9.
    let t: Vec<f64> = (0..600).map(f64::from).collect();
    for (rho, most) in [(0.0, 0.08), (0.5, 0.08), (0.9, 0.10)] {
        let alarms = (0..300).filter(|&seed| {
            let mut state = 0.0;
            let noise = bell(7 * seed, 700, 0.0, 2.0).into_iter().map(|e| {
                state = rho * state + e;
                state
            });
            let found = growth(&t, &noise.skip(100).collect::<Vec<_>>(), 0.95).unwrap();
            found.line.low > 0.0 || found.line.high < 0.0
        });
        let share = alarms.count() as f64 / 300.0;
        println!("growth, rho {rho}: {:.1} % alarms", 100.0 * share);
        assert!(share <= most, "rho {rho}: {share}");
    }
}

#[test]
fn a_long_series_is_laid_through_its_blocks() {
    let t: Vec<f64> = (0..100_000).map(f64::from).collect();
    let y: Vec<f64> = t.iter().zip(lcg(3, 100_000)).map(|(t, u)| 0.001 * t + u).collect();
    let found = theil_sen(&t, &y, 0.95).unwrap();
    assert!((found.slope - 0.001).abs() < 1e-6, "{found:?}");
}
