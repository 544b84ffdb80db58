//! Limits against a baseline and against another case of the same run.

use tollgate::judge::{Difference, Finding, Outcome, Strictness, Verdict, judge};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::{Data, Resolution};

use super::build::{
    MS, against, around, baseline, case, is_red, of_a, of_a_beside_b, only, run, same, verdict,
};

fn median(factor: &str, before: &[f64], now: &[f64]) -> Verdict {
    let text = of_a(&format!("\"t\" = \"<= {factor}\""));
    against(&text, case("a").values("t", before), case("a").values("t", now))
}

#[test]
fn the_limit_is_shown_in_the_metrics_own_unit() {
    let found = median("baseline + 20%", &around(100.0, 10), &around(110.0, 10));
    assert_eq!(found.finding, Finding::Within);
    let limit = found.hard.unwrap().value.unwrap();
    let estimate = found.estimate.unwrap();
    assert!((limit / 120.0 - 1.0).abs() < 0.01, "{limit}");
    assert!(estimate.low.unwrap() <= estimate.value && estimate.value <= estimate.high.unwrap());
    let change = found.change.unwrap();
    assert!((change.value - 0.1).abs() < 0.001, "{change:?}");
}

#[test]
fn the_finding_is_that_of_the_ratio_where_pooled_and_single_trials_disagree() {
    // The trials hold different numbers of values: their pooled median is that of the first
    // trial, the middle of their own medians is not.
    let of = |factor: f64| {
        (1..=8).fold(case("a"), |case, trial| {
            let values =
                if trial == 1 { around(100.0 * factor, 900) } else { around(200.0 * factor, 9) };
            case.at(trial, "t", Data::Samples(values))
        })
    };
    let text = of_a("t = \"<= baseline + 20%\"");
    for (factor, outcome) in [(1.0, Outcome::Within), (2.5, Outcome::Exceeded)] {
        let found = against(&text, of(1.0), of(factor));
        assert!(
            found.outcome == outcome || found.finding == Finding::CannotTell,
            "{factor}: {found:#?}"
        );
        let (estimate, limit) = (found.estimate.unwrap(), found.hard.unwrap().value.unwrap());
        // Limit and interval tell the same story as the finding.
        let shown = match (estimate.high.unwrap() <= limit, estimate.low.unwrap() > limit) {
            (true, _) => Finding::Within,
            (_, true) => Finding::Exceeded,
            _ => Finding::CannotTell,
        };
        assert_eq!(shown, found.finding);
    }
}

#[test]
fn a_higher_is_better_limit_is_the_mirror_image() {
    let text = of_a("throughput = \">= baseline - 10%\"");
    let of = |rate| case("a").values("throughput", &around(rate, 10));
    for (rate, finding) in
        [(1000.0, Finding::Within), (2000.0, Finding::Within), (700.0, Finding::Exceeded)]
    {
        assert_eq!(against(&text, of(1000.0), of(rate)).finding, finding, "{rate}");
    }
}

#[test]
fn negative_values_have_no_ratio() {
    let found = median("baseline + 20%", &around(100.0, 10), &around(-100.0, 10));
    is_red(&found, Outcome::NotMeasured, "zero or negative");
    let found = median("baseline + 20%", &around(-100.0, 10), &around(-100.0, 10));
    is_red(&found, Outcome::NotMeasured, "zero or negative");
}

#[test]
fn a_baseline_in_another_dimension_is_not_measured_even_when_it_is_zero() {
    for value in [0.0, 100.0] {
        let before = case("a").unit(Dimension::BYTES).values("t", &same(value, 10));
        let now = case("a").values("t", &same(0.0, 10));
        let found = against(&of_a("t = \"<= baseline\""), before, now);
        is_red(&found, Outcome::NotMeasured, "one side is measured in bytes, the other in time");
    }
}

#[test]
fn several_baseline_runs_are_one_side() {
    let text = of_a("t = \"<= baseline + 5%\"");
    let of = |centre| run(&text, [case("a").values("t", &around(centre, 3))]);
    let runs = baseline((0..10).map(|i| of(100.0 + f64::from(i) * 0.1)));
    let now = run(&text, [case("a").values("t", &around(120.0, 4))]);
    let found = only(judge(&now, &runs, Strictness::Usual));
    assert_eq!(found.finding, Finding::Exceeded);
    assert_eq!(found.estimate.unwrap().n, 34);
}

#[test]
fn a_comparison_at_a_confidence_its_trials_cannot_reach_is_not_measured() {
    let text = of_a("t = { hard = \"<= baseline + 5%\", confidence = 0.999 }");
    let of = |centre| case("a").values("t", &around(centre, 4));
    let found = against(&text, of(100.0), of(100.0));
    is_red(&found, Outcome::NotMeasured, "too few at 99.9 % confidence");
}

#[test]
fn a_standard_deviation_is_not_compared_by_the_values_themselves() {
    // The same centre, ten times the spread.
    let of = |spread: f64| {
        let values: Vec<f64> = around(0.0, 0);
        let values: Vec<f64> = values
            .into_iter()
            .chain((0..10).map(|i| 100.0 + spread * (f64::from(i) - 4.5)))
            .collect();
        case("a").values("t", &values)
    };
    let found = against(&of_a("\"t stddev\" = \"<= baseline + 20%\""), of(0.1), of(1.0));
    is_red(&found, Outcome::NotMeasured, "trial 1 alone");
}

#[test]
fn a_tail_of_single_values_is_not_compared_by_its_middle() {
    let text = of_a("\"t p95\" = \"<= baseline + 20%\"");
    // One value in ten a hundred times as large: the medians agree.
    let of = |tail: f64, n: u32| {
        let values: Vec<f64> =
            (0..n).map(|i| if i % 10 == 0 { tail } else { 1.0 } + f64::from(i) * 1e-6).collect();
        case("a").values("t", &values)
    };
    let found = against(&text, of(1.0, 10), of(100.0, 10));
    is_red(&found, Outcome::NotMeasured, "10 observations; a comparison of p95 needs 72");
    let found = against(&text, of(1.0, 200), of(100.0, 200));
    assert_eq!(found.finding, Finding::Exceeded);
    let found = against(&text, of(1.0, 200), of(1.0, 200));
    assert_eq!(found.finding, Finding::Within);
}

#[test]
fn a_tail_of_few_observations_is_not_compared_with_one_of_many() {
    // The p99 of seven is their largest, which is mostly below the p99 of a thousand.
    let of = |n: usize| {
        (1..=6).fold(case("a"), |case, trial| {
            case.at(trial, "latency", Data::Samples(around(100.0, n)))
        })
    };
    let text = of_a("\"latency p99\" = \"<= baseline + 20%\"");
    let found = against(&text, of(1000), of(7));
    is_red(&found, Outcome::NotMeasured, "42 observations; a comparison of p99 needs 368");
    assert_eq!(against(&text, of(1000), of(100)).finding, Finding::Within);
}

#[test]
fn rounding_widens_a_ratio_by_what_it_may_hide() {
    let of = |value: f64, by: f64| {
        case("a").rounded(Resolution::Relative(by)).values("t", &around(value, 10))
    };
    let text = of_a("t = \"<= baseline + 5%\"");
    assert_eq!(against(&text, of(100.0, 0.001), of(101.0, 0.001)).finding, Finding::Within);
    assert_eq!(against(&text, of(100.0, 0.05), of(101.0, 0.05)).finding, Finding::CannotTell);
}

fn beside(limit: &str, own: &[f64], other: &[f64]) -> Verdict {
    let text = of_a_beside_b(&format!("t = \"{limit}\""));
    verdict(&text, [case("a").values("t", own), case("b").values("t", other)])
}

#[test]
fn a_drift_that_both_cases_share_cancels() {
    // The machine slows down to a third; the pair's ratio stays.
    let drift: Vec<f64> = (0..12).map(|i| 100.0 * (1.0 + 2.0 * f64::from(i) / 11.0)).collect();
    let of = |factor: f64| -> Vec<f64> {
        drift.iter().enumerate().map(|(i, v)| v * factor * (1.0 + 1e-4 * i as f64)).collect()
    };
    for (factor, finding) in [(1.02, Finding::Within), (1.10, Finding::Exceeded)] {
        let found = beside("<= case b + 5%", &of(factor), &of(1.0));
        assert_eq!(found.finding, finding, "{factor}: {found:#?}");
        assert_eq!(found.estimate.unwrap().method, "Hodges-Lehmann over pairs of trials");
    }
}

#[test]
fn too_few_pairs_are_not_measured() {
    let found = beside("<= case b", &around(100.0, 10), &around(100.0, 3));
    is_red(&found, Outcome::NotMeasured, "3 pairs of trials; a paired comparison needs 6");
    let found = beside("<= case b + 5%", &around(100.0, 20), &around(100.0, 8));
    assert_eq!(found.estimate.unwrap().n, 8, "what has no partner stays out");
}

#[test]
fn a_pair_with_a_zero_is_not_left_out() {
    let mut other = around(100.0, 10);
    other[3] = 0.0;
    let found = beside("<= case b + 5%", &around(100.0, 10), &other);
    is_red(&found, Outcome::NotMeasured, "zero or negative");
    let found = beside("<= case b + 5%", &around(100.0, 10), &same(0.0, 10));
    assert_eq!(found.outcome, Outcome::Exceeded, "any multiple of nothing is nothing");
}

#[test]
fn the_other_case_must_be_measured_in_the_same_dimension() {
    let text = of_a_beside_b("t = \"<= case b + 5%\"");
    let own = || case("a").values("t", &around(100.0, 10));
    let other = case("b").unit(Dimension::BYTES).values("t", &around(100.0, 10));
    is_red(&verdict(&text, [own(), other]), Outcome::NotMeasured, "measured in bytes");
    let crashed = case("b").values("t", &around(100.0, 10)).crash(1);
    is_red(&verdict(&text, [own(), crashed]), Outcome::NotMeasured, "case `b`: 1 of 10 trials");
    is_red(&verdict(&text, [own()]), Outcome::NotMeasured, "case `b`: no trial of case `b`");
}

#[test]
fn several_limits_on_one_metric_are_judged_apart() {
    let text = of_a("t = [\"<= 1s\", \"<= baseline + 20%\"]");
    let of = |ms: f64| case("a").values("t", &around(ms * MS, 10));
    let runs = baseline([run(&text, [of(100.0)])]);
    let judgement = judge(&run(&text, [of(300.0)]), &runs, Strictness::Usual);
    let findings: Vec<Finding> = judgement.verdicts.iter().map(|v| v.finding).collect();
    assert_eq!(findings, [Finding::Within, Finding::Exceeded]);
    assert_eq!(judgement.verdicts[0].statistic, Statistic::MEDIAN);
    assert!(judgement.verdicts[0].change.is_some(), "shown beside an absolute limit as well");
}

#[test]
fn an_operation_that_the_baseline_had_and_the_run_lost_is_noted() {
    let text = of_a("t = \"<= 10s\"");
    let has = |names: &[&str]| {
        names.iter().fold(case("a"), |case, name| case.of(name).values("t", &around(MS, 8)))
    };
    let before = baseline([run(&text, [has(&["sort", "search"])])]);
    let judged =
        |names: &[&str]| judge(&run(&text, [has(names)]), &before, Strictness::Usual).notes;
    assert_eq!(
        judged(&["search"]),
        ["operation `sort` of case `a` was in the baseline and is gone"]
    );
    assert!(judged(&["sort", "search", "more"]).is_empty());
}

#[test]
fn counts_of_nothing_are_compared_by_ranks() {
    let text = of_a("t = \"<= 10s\"");
    let of = |values: &[f64]| run(&text, [case("a").values("t", values)]);
    let found = |left: &[f64], right: &[f64]| {
        tollgate::judge::compare(&of(left), &of(right), 0.95).rows[0].finding
    };
    let (none, some) = (vec![0.0; 10], around(MS, 10));
    assert_eq!(found(&none, &none), Difference::Same);
    assert_eq!(found(&none, &some), Difference::Worse);
    assert_eq!(found(&some, &none), Difference::Better);
    assert_eq!(found(&none[..2], &some[..2]), Difference::CannotTell);
}

#[test]
fn an_open_interval_says_how_many_observations_would_close_it() {
    let text = of_a("\"t p99\" = \"<= 10s\"");
    let found = verdict(&text, [case("a").values("t", &[MS])]);
    assert!(found.reason.unwrap().starts_with("1 observation is too few"));
    assert!(found.hint.unwrap().contains("p99 needs 368"));
}

#[test]
fn a_case_that_measures_one_operation_alone_is_compared_whatever_that_is_called() {
    let text = of_a_beside_b("\"t median\" = \"<= case b + 50%\"");
    let ours = || case("a").of("proof").values("t", &around(110.0, 10));
    let floor = case("b").of("floor").values("t", &around(100.0, 10));
    let verdict = verdict(&text, [ours(), floor.clone()]);
    assert_eq!(verdict.finding, Finding::Within, "{verdict:?}");
    let two = floor.of("other").values("t", &around(1.0, 10));
    assert_eq!(super::build::verdict(&text, [ours(), two]).finding, Finding::NotMeasured);
}

#[test]
fn a_limit_against_another_case_shows_the_ratio_as_the_change() {
    let cases = |factor: f64| {
        let own: Vec<f64> = (0..10).map(|i| factor * (100.0 + f64::from(i))).collect();
        let other: Vec<f64> = (0..10).map(|i| 100.0 + f64::from(i)).collect();
        [case("a").values("t", &own), case("b").values("t", &other)]
    };
    let found = verdict(&of_a_beside_b("t = \"<= case b + 5%\""), cases(1.03));
    let change = found.change.unwrap();
    assert!((change.value - 0.03).abs() < 1e-9, "{change:?}");
    assert!(change.low.unwrap() <= change.value && change.value <= change.high.unwrap());
    assert_eq!(change.method, "Hodges-Lehmann over pairs of trials");
    // Limits that are no ratio have none.
    let found = verdict(&of_a_beside_b("t = \"<= 5s\""), cases(1.03));
    assert_eq!(found.change, None);
}
