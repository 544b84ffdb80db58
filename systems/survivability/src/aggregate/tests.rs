use super::*;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Made by the script beside it with numpy and scipy.
#[derive(Deserialize)]
struct Golden {
    samples: Vec<Sample>,
    outcomes: Vec<Outcome>,
    metrics: BTreeMap<String, Estimate>,
    pooled: BTreeMap<String, serde_json::Value>,
    bins: Vec<Stretch>,
    failures: Vec<Mark>,
}

#[derive(Deserialize)]
struct Sample {
    values: Vec<f64>,
    estimate: Estimate,
}

fn golden<T: DeserializeOwned>() -> T {
    serde_json::from_str(include_str!("../../tests/oracle/aggregate.json")).unwrap()
}

/// Both are rounded to twelve digits, and the quantile of Student's t is right to eleven. What a
/// value is the end of an interval around may be larger than itself.
fn check_close(found: f64, expected: f64, size: f64, what: &str) {
    let is_close = (found - expected).abs() <= 1e-10 * size.abs();
    assert!(is_close, "{what}: {found}, by the oracle {expected}");
}

fn check_estimate(found: &Estimate, expected: &Estimate, what: &str) {
    assert_eq!(found.n, expected.n, "{what}");
    check_close(found.mean, expected.mean, expected.mean, what);
    check_close(found.std, expected.std, expected.std, what);
    for (found, expected) in [(found.ci95, expected.ci95), (found.ci95_t, expected.ci95_t)] {
        assert_eq!(found.is_some(), expected.is_some(), "{what}");
        if let (Some(found), Some([low, high])) = (found, expected) {
            check_close(found[0], low, high, what);
            check_close(found[1], high, high, what);
        }
    }
}

#[test]
fn means_and_intervals_are_those_of_scipy() {
    let Golden { samples, .. } = golden();
    assert!(samples.len() > 5);
    for Sample { values, estimate } in samples {
        let what = format!("{} values", values.len());
        check_estimate(&Estimate::of(&values).unwrap(), &estimate, &what);
    }
}

#[test]
fn the_figures_of_a_load_are_those_of_numpy() {
    let golden: Golden = golden();
    let summary = LoadSummary::of(250.0, &golden.outcomes);
    assert_eq!(summary.seeds, [1, 2, 3, 4]);
    assert_eq!(summary.warnings, ["a warning"]);
    for (name, expected) in &golden.metrics {
        check_estimate(summary.metric(name).unwrap_or_else(|| panic!("{name}")), expected, name);
    }
    for (name, expected) in &golden.pooled {
        let found = summary.pooled(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(Some(found.n as u64), expected["n"].as_u64(), "{name}");
        for (figure, value) in found.figures() {
            let expected = expected[figure].as_f64().unwrap();
            check_close(value, expected, expected, &format!("{name} {figure}"));
        }
    }
}

#[test]
fn the_course_is_averaged_over_seeds_and_marks_the_failures_they_share() {
    let golden: Golden = golden();
    let course = LoadSummary::of(250.0, &golden.outcomes).course;
    assert_eq!(course.failures, golden.failures);
    // A failure that is not repaired shows everything after the room before the first.
    assert_eq!(course.stretches.len(), 40);
    for (found, expected) in course.stretches.iter().zip(&golden.bins) {
        assert_eq!([found.from, found.to], [expected.from, expected.to]);
        check_estimate(&found.blocked, &expected.blocked, "blocked");
        check_estimate(&found.dropped, &expected.dropped, "dropped");
        check_estimate(&found.utilisation, &expected.utilisation, "utilisation");
    }
}

#[test]
fn many_bins_are_put_together_from_the_first_failure_on() {
    let Golden { mut outcomes, .. } = golden();
    for run in &mut outcomes {
        run.windows.truncate(1);
        run.windows[0].fail_arrival = 10_240;
        run.windows[0].repair_arrival = Some(17_000);
        run.series = run.series.iter().cycle().take(200).copied().collect();
        run.arrivals = 20_200;
    }
    let course = LoadSummary::of(250.0, &outcomes).course;
    // From 68 bins before the failure to the end are 168, in threes: 56 and none in two.
    let starts: Vec<u64> = course.stretches.iter().map(|stretch| stretch.from).collect();
    assert!(starts.contains(&10_200), "{starts:?}");
    let widths = course.stretches.iter().map(|stretch| stretch.to - stretch.from);
    assert!(widths.clone().take(50).all(|width| width == 300), "{:?}", widths.collect::<Vec<_>>());
    assert_eq!(course.stretches.last().unwrap().to, 20_200);
}

#[test]
fn failures_that_seeds_do_not_share_are_not_marked() {
    let marks = |change: fn(&mut Outcome)| {
        let Golden { mut outcomes, .. } = golden();
        change(&mut outcomes[1]);
        LoadSummary::of(250.0, &outcomes).course.failures.len()
    };
    assert_eq!(marks(|_| ()), 2);
    assert_eq!(marks(|run| run.windows[0].fail_arrival += 200), 0);
    assert_eq!(marks(|run| run.windows[1].repair_arrival = Some(4000)), 0);
    assert_eq!(marks(|run| run.windows.clear()), 0);
}

#[test]
fn what_no_simulation_has_is_not_in_the_summary() {
    let Golden { mut outcomes, .. } = golden();
    for run in &mut outcomes {
        run.windows.clear();
        run.recoveries.ms.clear();
    }
    let summary = LoadSummary::of(250.0, &outcomes);
    assert_eq!(summary.metric("bp_window_fail_mean"), None);
    assert_eq!(summary.metric("recovery_time_p95_ms"), None);
    assert_eq!(summary.pooled, []);
    let nothing = LoadSummary::of(250.0, &[]);
    assert_eq!((nothing.metrics.len(), nothing.course.stretches.len()), (0, 0));
}
