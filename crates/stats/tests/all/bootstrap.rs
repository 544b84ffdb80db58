//! Bootstrap intervals: exactly from exported replicates, within Monte-Carlo error from our own.

use tollgate_stats::bootstrap::{
    bca, bca_from_replicates, clustered, clustered_two_sample_ratio, percentile, two_sample_ratio,
};

use crate::golden::{bell, close, latency, number, numbers, rows, same, table};

fn mean(values: &mut [f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    if values.len() % 2 == 1 { values[half] } else { f64::midpoint(values[half - 1], values[half]) }
}

/// Ends near those of scipy: a thirtieth of the interval, about three standard errors of an end
/// read from 9,999 replicates.
#[track_caller]
fn near(found: [f64; 2], expected: &[f64]) {
    let slack = (expected[1] - expected[0]) / 30.0;
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() < slack, "{found:?} against {expected:?}");
    }
}

#[test]
fn the_corrections_from_given_replicates_are_those_of_scipy() {
    for case in rows(&table("bootstrap")["exact"]) {
        let (replicates, jackknife) = (numbers(&case["replicates"]), numbers(&case["jackknife"]));
        let found =
            bca_from_replicates(&replicates, &jackknife, number(&case["estimate"]), 0.95).unwrap();
        same(found.z0, number(&case["z0"]), "z0");
        close(found.acceleration, number(&case["acceleration"]), "acceleration");
        same(found.levels.0, number(&case["levels"][0]), "lower level");
        same(found.levels.1, number(&case["levels"][1]), "upper level");
        same(found.interval.low, number(&case["interval"][0]), "low");
        same(found.interval.high, number(&case["interval"][1]), "high");
    }
}

#[test]
fn our_own_replicates_give_the_intervals_of_scipy() {
    let data = &latency()[..200];
    let found = bca(data, mean, 0.95, 9_999, 1).unwrap();
    same(found.acceleration, number(&table("bootstrap")["acceleration_mean200"]), "acceleration");
    near([found.interval.low, found.interval.high], &numbers(&table("bootstrap")["mean200"]));
    let found = bca(data, median, 0.95, 9_999, 1).unwrap();
    near([found.interval.low, found.interval.high], &numbers(&table("bootstrap")["median200"]));
    let (x, y) = (bell(1, 12, 100.0, 10.0), bell(4, 14, 104.0, 10.0));
    let found = two_sample_ratio(&x, &y, mean, 0.95, 9_999, 1).unwrap();
    near([found.low, found.high], &numbers(&table("bootstrap")["ratio"]));
}

#[test]
fn the_same_seed_gives_the_same_interval_and_another_seed_another() {
    let data = &latency()[..50];
    assert_eq!(bca(data, mean, 0.95, 999, 5), bca(data, mean, 0.95, 999, 5));
    assert_ne!(bca(data, mean, 0.95, 999, 5), bca(data, mean, 0.95, 999, 6));
}

#[test]
fn whole_clusters_are_resampled() {
    // Within a cluster nothing varies: the information is that of ten values, not of 1,000.
    let centres = bell(20, 10, 100.0, 10.0);
    let clusters: Vec<Vec<f64>> = centres.iter().map(|c| vec![*c; 100]).collect();
    let whole = clustered(&clusters, mean, 0.95, 2_000, 1).unwrap();
    let ten = percentile(&centres, mean, 0.95, 2_000, 1).unwrap();
    assert!((whole.width() / ten.width() - 1.0).abs() < 0.05, "{whole:?} against {ten:?}");
    let faster: Vec<Vec<f64>> =
        clusters.iter().map(|c| c.iter().map(|v| v * 0.5).collect()).collect();
    let ratio = clustered_two_sample_ratio(&clusters, &faster, median, 0.95, 2_000, 1).unwrap();
    assert!(ratio.contains(0.5) && ratio.low > 0.4 && ratio.high < 0.6, "{ratio:?}");
}

#[test]
fn what_cannot_be_resampled_has_no_interval() {
    assert!(bca(&[], mean, 0.95, 99, 1).is_none());
    assert!(bca(&[1.0], mean, 0.95, 99, 1).is_none());
    assert!(bca(&[1.0, 2.0], mean, 0.95, 0, 1).is_none());
    assert!(bca(&[1.0, f64::NAN], mean, 0.95, 99, 1).is_none());
    assert!(two_sample_ratio(&[], &[1.0], mean, 0.95, 99, 1).is_none());
    assert!(two_sample_ratio(&[0.0, 0.0], &[1.0], mean, 0.95, 99, 1).is_none());
    assert!(clustered(&[vec![1.0]], mean, 0.95, 99, 1).is_none());
    assert!(clustered(&[vec![], vec![]], mean, 0.95, 99, 1).is_none());
    let equal = bca(&[3.0; 8], mean, 0.95, 99, 1).unwrap();
    assert_eq!((equal.interval.low, equal.interval.high, equal.acceleration), (3.0, 3.0, 0.0));
}
