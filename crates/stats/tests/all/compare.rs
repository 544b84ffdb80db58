//! Comparisons of two sets of measurements, against scipy and brute force.

use proptest::prelude::*;
use serde_json::Value;
use tollgate_stats::compare::Shift;
use tollgate_stats::compare::{
    Alternative, hodges_lehmann, mann_whitney, mann_whitney_asymptotic, mann_whitney_exact,
    paired_shift, paired_t, permutation_mean_difference, sign_flip, welch, wilcoxon_signed_rank,
};
use tollgate_stats::rng::lcg;

use crate::golden::{bell, number, numbers, rows, same, table};

const ALTERNATIVES: [(Alternative, &str); 3] = [
    (Alternative::TwoSided, "two-sided"),
    (Alternative::Less, "less"),
    (Alternative::Greater, "greater"),
];

fn tied(x: &[f64], y: &[f64]) -> bool {
    let mut all = [x, y].concat();
    all.sort_unstable_by(f64::total_cmp);
    all.windows(2).any(|w| w[0] == w[1])
}

#[test]
fn mann_whitney_is_that_of_scipy() {
    for case in rows(table("rank_tests")) {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        for (alternative, name) in ALTERNATIVES {
            let found = mann_whitney_asymptotic(&x, &y, alternative);
            let expected = &case[format!("asymptotic {name}").as_str()];
            same(found.u, number(&expected[0]), name);
            same(found.p, number(&expected[1]), name);
            let found = mann_whitney(&x, &y, alternative);
            assert_eq!(found.exact, !tied(&x, &y) && x.len() * y.len() <= 2500);
            if found.exact {
                let expected = &case[format!("exact {name}").as_str()];
                same(found.p, number(&expected[1]), name);
                assert_eq!(found, mann_whitney_exact(&x, &y, alternative));
            }
        }
    }
}

#[test]
fn three_against_three_cannot_be_significant() {
    let found = mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], Alternative::TwoSided);
    same(found.p, 0.1, "n = m = 3");
    let found = mann_whitney(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0], Alternative::TwoSided);
    same(found.p, 2.0 / 70.0, "n = m = 4");
}

#[track_caller]
fn same_shift(found: Option<Shift>, expected: &Value) {
    let found = found.unwrap();
    same(found.estimate, number(&expected["estimate"]), "estimate");
    match (found.interval, expected["interval"].as_array()) {
        (Some(found), Some(ends)) => {
            same(found.low, number(&ends[0]), "low");
            same(found.high, number(&ends[1]), "high");
        }
        (found, expected) => assert!(found.is_none() && expected.is_none(), "{found:?}"),
    }
}

#[test]
fn shifts_are_those_of_brute_force() {
    for case in rows(table("shifts")) {
        same_shift(hodges_lehmann(&numbers(&case["x"]), &numbers(&case["y"]), 0.95), case);
    }
    for case in rows(table("walsh")) {
        same_shift(paired_shift(&numbers(&case["d"]), 0.95), case);
    }
}

#[test]
fn a_paired_shift_has_an_interval_from_six_on() {
    let d = bell(1, 6, 1.0, 1.0);
    assert!(paired_shift(&d[..5], 0.95).unwrap().interval.is_none());
    assert!(paired_shift(&d, 0.95).unwrap().interval.is_some());
}

#[test]
fn wilcoxon_is_that_of_scipy() {
    for case in rows(table("signed_ranks")) {
        let d = numbers(&case["d"]);
        for (alternative, name) in ALTERNATIVES {
            let found = wilcoxon_signed_rank(&d, alternative);
            same(found.w, number(&case[name][0]), &format!("w {name} of {d:?}"));
            same(found.p, number(&case[name][1]), &format!("p {name} of {d:?}"));
            assert_eq!(found.exact, d.len() <= 50);
        }
    }
}

#[test]
fn permutation_tests_are_those_of_scipy() {
    let cases = table("permutations");
    for case in rows(&cases["means"]) {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        let found = permutation_mean_difference(&x, &y, 1, 0).unwrap();
        assert!(found.exact);
        same(found.difference, number(&case["difference"]), "difference");
        same(found.p, number(&case["p"]), "p");
    }
    for case in rows(&cases["signs"]) {
        same(sign_flip(&numbers(&case["d"]), 1, 0), number(&case["p"]), "signs");
    }
}

#[test]
fn random_permutations_agree_with_all_of_them() {
    let d = bell(30, 20, 0.35, 1.0);
    let exact = sign_flip(&d, 1, 0);
    // A copy beyond the limit of enumeration whose extra difference can change nothing.
    let more = [d.as_slice(), &[0.0]].concat();
    let sampled = sign_flip(&more, 7, 40_000);
    let error = (exact * (1.0 - exact) / 40_000.0).sqrt();
    assert!((sampled - exact).abs() < 4.0 * error, "{sampled} against {exact}");
    assert_eq!(sampled, sign_flip(&more, 7, 40_000));

    let (x, y) = (bell(3, 12, 0.0, 1.0), bell(6, 12, 0.25, 1.0));
    let sampled = permutation_mean_difference(&x, &y, 7, 20_000).unwrap();
    let student = welch(&x, &y, 0.95).unwrap();
    assert!(!sampled.exact);
    assert!((sampled.p - student.p).abs() < 0.03, "{sampled:?} against {student:?}");
}

#[test]
fn t_tests_are_those_of_scipy() {
    let (x, y) = (bell(1, 12, 100.0, 10.0), bell(4, 14, 104.0, 10.0));
    let d: Vec<f64> = y.iter().zip(&x).map(|(y, x)| y - x).collect();
    let tests = [(welch(&x, &y, 0.95).unwrap(), "welch"), (paired_t(&d, 0.95).unwrap(), "paired")];
    for (found, key) in tests {
        let expected = numbers(&table("student")[key]);
        let ends = [found.t, found.df, found.p, found.interval.low, found.interval.high];
        ends.into_iter().zip(expected).for_each(|(f, e)| same(f, e, key));
    }
}

#[test]
fn a_shift_of_long_samples_is_selected_not_listed() {
    let x = lcg(1, 100_000);
    let y: Vec<f64> = lcg(2, 100_000).iter().map(|u| u + 0.25).collect();
    let found = hodges_lehmann(&x, &y, 0.95).unwrap();
    assert!((found.estimate - 0.25).abs() < 0.01);
    assert!(found.interval.unwrap().contains(0.25));
    let d: Vec<f64> = x.iter().map(|u| u - 0.3).collect();
    assert!((paired_shift(&d, 0.95).unwrap().estimate - 0.2).abs() < 0.01);
}

fn brute_median(mut all: Vec<f64>) -> f64 {
    all.sort_unstable_by(f64::total_cmp);
    let half = all.len() / 2;
    if all.len() % 2 == 1 { all[half] } else { f64::midpoint(all[half - 1], all[half]) }
}

proptest! {
    /// The selected median is the median of the list of all differences, ties and signs included.
    #[test]
    fn selected_medians_are_those_of_the_whole_list(
        x in prop::collection::vec((-40_i32..40).prop_map(|v| f64::from(v) / 4.0), 1..30),
        y in prop::collection::vec((-40_i32..40).prop_map(|v| f64::from(v) / 4.0), 1..30),
    ) {
        let all = x.iter().flat_map(|x| y.iter().map(move |y| y - x)).collect();
        let found = hodges_lehmann(&x, &y, 0.9).unwrap();
        prop_assert_eq!(found.estimate, brute_median(all));
        prop_assert!(found.interval.is_none_or(|i| i.contains(found.estimate)));
        let all = (0..x.len()).flat_map(|i| (0..=i).map(move |j| (i, j)));
        let all = all.map(|(i, j)| f64::midpoint(x[i], x[j])).collect();
        let found = paired_shift(&x, 0.9).unwrap();
        prop_assert_eq!(found.estimate, brute_median(all));
        prop_assert!(found.interval.is_none_or(|i| i.contains(found.estimate)));
    }

    /// Exchanging the sides exchanges the alternatives and turns the shift round.
    #[test]
    fn exchanging_the_sides_mirrors_the_outcome(
        x in prop::collection::vec(-1e3..1e3_f64, 1..60),
        y in prop::collection::vec(-1e3..1e3_f64, 1..60),
    ) {
        let less = mann_whitney(&x, &y, Alternative::Less);
        let greater = mann_whitney(&y, &x, Alternative::Greater);
        prop_assert!((less.p - greater.p).abs() < 1e-12);
        let to = hodges_lehmann(&x, &y, 0.9).unwrap();
        let fro = hodges_lehmann(&y, &x, 0.9).unwrap();
        prop_assert!((to.estimate + fro.estimate).abs() < 1e-9);
    }
}
