//! Which trials count, and what each form of data answers.

use tollgate::judge::{Finding, Outcome};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::run::{Batch, Data, Point, Share, Stated, Summary};
use tollgate_stats::histogram::Histogram;

use super::build::{MS, against, around, case, is_red, judged, of_a, run, same, verdict};

const STATISTICS: [&str; 11] =
    ["min", "mean", "median", "p1", "p90", "p99", "max", "stddev", "rate", "total", "growth"];

fn forms() -> Vec<(&'static str, Data)> {
    let values: Vec<f64> = around(100.0, 500);
    let points = values.iter().enumerate();
    let stated = |value| Stated { value, low: Some(value * 0.9), high: None };
    let all = STATISTICS.map(|name| (Statistic::parse(name).unwrap(), stated(100.0)));
    vec![
        ("samples", Data::Samples(values.clone())),
        (
            "histograms",
            Data::Histograms(
                values
                    .chunks(50)
                    .map(|w| Histogram::from_values(w.iter().map(|v| *v as u64)))
                    .collect(),
            ),
        ),
        (
            "batches",
            Data::Batches(
                values.iter().map(|v| Batch { total: v * 10.0, iterations: 10.0 }).collect(),
            ),
        ),
        (
            "points",
            Data::Points(points.map(|(i, v)| Point { at_ns: i as f64 * 1e9, value: *v }).collect()),
        ),
        ("shares", Data::Shares(vec![Share { hits: 1, of: 100 }; 20])),
        ("total", Data::Total(100.0)),
        ("summary", Data::Summary(Summary { n: Some(9000), values: all.into() })),
    ]
}

#[test]
fn every_form_answers_each_statistic_or_says_why_not() {
    let mut table = String::new();
    for (name, data) in forms() {
        for statistic in STATISTICS {
            let text = of_a(&format!("\"x {statistic}\" = \"<= 0\""));
            let now = case("a").unit(Dimension::COUNT).at(1, "x", data.clone());
            let found = verdict(&text, [now]);
            let answer = match (&found.estimate, &found.reason) {
                (Some(estimate), _) => {
                    assert!(estimate.value.is_finite());
                    let end = |end: Option<f64>| end.map_or("-".into(), |end| format!("{end:.4}"));
                    format!(
                        "{:.4} [{}, {}] {}",
                        estimate.value,
                        end(estimate.low),
                        end(estimate.high),
                        estimate.method
                    )
                }
                (None, Some(reason)) => format!("not measured: {reason}"),
                (None, None) => panic!("{name} {statistic} has neither answer nor reason"),
            };
            table.push_str(&format!("{name} {statistic}: {answer}\n"));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_total_is_that_of_a_trial_whatever_the_form() {
    let histogram = || Data::Histograms(vec![Histogram::from_values([10, 20])]);
    let samples = || Data::Samples(vec![10.0, 20.0]);
    for data in [histogram(), samples(), Data::Total(30.0)] {
        let now = (1..=3).fold(case("a").unit(Dimension::COUNT), |case, trial| {
            case.at(trial, "x", data.clone())
        });
        let found = verdict(&of_a("\"x total\" = \"<= 40\""), [now]);
        assert!((found.estimate.unwrap().value - 30.0).abs() < 1e-9, "{data:?}");
        assert_eq!(found.finding, Finding::Within);
    }
}

#[test]
fn the_mean_of_windows_weighs_them_by_what_they_hold() {
    // A closed loop sends less while the server is slow.
    let windows: Vec<Histogram> = (0..30)
        .map(|i| {
            let (value, count) = if i % 3 == 0 { (1000 + i, 10) } else { (100 + i, 1000) };
            let mut window = Histogram::new();
            window.record_n(value, count);
            window
        })
        .collect();
    let mut all = Histogram::new();
    windows.iter().for_each(|window| all.merge(window));
    let now = case("a").at(1, "x", Data::Histograms(windows));
    let found = verdict(&of_a("\"x mean\" = \"<= 1s\""), [now]).estimate.unwrap();
    let mean = all.mean().unwrap();
    assert!((found.value - mean).abs() < 1e-9);
    assert!(found.low.unwrap() < mean && mean < found.high.unwrap(), "{found:?}");
    assert!(found.high.unwrap() < 2.0 * mean, "{found:?}");
}

#[test]
fn instructions_are_counted_in_a_trial_of_their_own() {
    let text = "[case.a]\nrun = [\"true\"]\ninstructions = true\n[case.a.budget]\n\
                instructions = \"<= 1000\"\nwall = \"<= 1s\"\n";
    let now = || case("a").trials(10).values("wall", &same(1.0, 10));
    let judgement = judged(&run(text, [now().extra("instructions", Data::Total(900.0))]));
    assert_eq!(judgement.outcome, Outcome::Within, "{judgement:#?}");
    let judgement = judged(&run(text, [now().extra("instructions", Data::Total(1100.0))]));
    let findings: Vec<Finding> = judgement.verdicts.iter().map(|v| v.finding).collect();
    assert_eq!(findings, [Finding::Exceeded, Finding::Within]);
    // Its failure spoils the instructions, not the times.
    let judgement = judged(&run(text, [now().failed_extra()]));
    is_red(&judgement.verdicts[0], Outcome::NotMeasured, "1 of 1 trials failed: exit code 101");
    assert_eq!(judgement.verdicts[1].finding, Finding::Within);
    // Nor does it stand in for a trial that is missing.
    let short = case("a").trials(10).values("wall", &same(1.0, 9));
    let judgement = judged(&run(text, [short.extra("instructions", Data::Total(900.0))]));
    is_red(&judgement.verdicts[1], Outcome::NotMeasured, "only 9 of 10");
    assert_eq!(judgement.verdicts[0].finding, Finding::Within);
}

#[test]
fn instructions_are_held_against_a_baseline_by_single_counts() {
    let text = "[case.a]\nrun = [\"true\"]\ninstructions = true\n[case.a.budget]\n\
                instructions = \"<= baseline + 1%\"\n";
    let of = |count: f64| {
        case("a").values("wall", &same(1.0, 3)).extra("instructions", Data::Total(count))
    };
    for (count, finding) in
        [(1e6, Finding::Within), (1.005e6, Finding::Within), (1.02e6, Finding::Exceeded)]
    {
        assert_eq!(against(text, of(1e6), of(count)).finding, finding, "{count}");
    }
}

#[test]
fn a_crash_of_one_parameter_spoils_its_own_operation_alone() {
    let text = "[case.a]\nrun = [\"true\", \"{size}\"]\nparams = { size = [1, 10] }\n\
                [case.a.budget]\nwall = \"<= 1s\"\n";
    let small = case("a").parameter("size=1").values("wall", &same(1.0, 10));
    let large = case("a").parameter("size=10").values("wall", &same(1.0, 10)).crash(3);
    let judgement = judged(&run(text, [small, large]));
    assert_eq!(judgement.verdicts[0].finding, Finding::Within);
    is_red(&judgement.verdicts[1], Outcome::NotMeasured, "1 of 10 trials failed");
}

#[test]
fn the_programs_own_operations_stand_under_the_parameters() {
    let text = "[case.a]\nrun = [\"true\", \"{size}\"]\nparams = { size = [1, 10] }\n\
                [case.a.operation.\"size=1 / parse\".budget]\n\"t\" = \"<= 1s\"\n";
    let small = || case("a").parameter("size=1").of("size=1 / parse").values("t", &same(1.0, 10));
    let large = || case("a").parameter("size=10").of("size=10 / parse").values("t", &same(9e9, 10));
    let judgement = judged(&run(text, [small(), large().crash(1)]));
    assert_eq!(judgement.outcome, Outcome::Within, "size=10 is another operation");
    let judgement = judged(&run(text, [small().crash(2), large()]));
    assert_eq!(judgement.outcome, Outcome::NotMeasured);
}

#[test]
fn exit_failures_count_the_trials_that_crashed() {
    let data = |hits| Data::Shares(vec![Share { hits, of: 1 }]);
    let now = (1..=10).fold(case("a"), |case, trial| {
        case.at(trial, "exit failures", data(u64::from(trial == 4)))
    });
    let mut failing = run(&of_a("\"exit failures\" = \"<= 0%\"\nwall = \"<= 1s\""), [now]);
    failing.trials[3].outcome =
        tollgate::run::Outcome::Failed { reason: "signal 11".into(), output: String::new() };
    let judgement = judged(&failing);
    assert_eq!(judgement.verdicts[0].finding, Finding::Exceeded);
    is_red(&judgement.verdicts[1], Outcome::NotMeasured, "1 of 10 trials failed: signal 11");
}

#[test]
fn forms_that_differ_between_trials_are_not_measured() {
    let now = case("a").at(1, "x", Data::Samples(vec![1.0])).at(2, "x", Data::Total(1.0));
    let found = verdict(&of_a("x = \"<= 1s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "in different forms");
}

#[test]
fn a_confidence_that_is_none_is_not_measured() {
    let mut bad = run(&of_a("wall = \"<= 1s\""), [case("a").values("wall", &same(MS, 10))]);
    for confidence in [0.0, 1.0, -3.0, f64::NAN] {
        bad.head.budgets[0].confidence = confidence;
        assert_eq!(judged(&bad).outcome, Outcome::NotMeasured);
    }
}

#[test]
fn a_rate_is_what_a_trial_counts_by_the_time_it_takes() {
    let of = |items: f64| {
        case("a").unit(Dimension::COUNT).elapsed_ns(500_000_000).values("items", &around(items, 10))
    };
    let text = of_a("\"items rate\" = \">= 100/s\"");
    for (items, finding) in
        [(60.0, Finding::Within), (50.0, Finding::CannotTell), (40.0, Finding::Exceeded)]
    {
        let found = verdict(&text, [of(items)]);
        assert_eq!((found.finding, found.dimension), (finding, Some(Dimension::RATE)), "{items}");
    }
    let found = verdict(&text, [case("a").unit(Dimension::RATE).values("items", &same(1.0, 10))]);
    is_red(&found, Outcome::NotMeasured, "is per time already; it has no rate");
    let text = of_a("\"items rate\" = \">= baseline - 10%\"");
    assert_eq!(against(&text, of(60.0), of(60.0)).finding, Finding::Within);
    assert_eq!(against(&text, of(60.0), of(40.0)).finding, Finding::Exceeded);
}

#[test]
fn values_at_the_end_of_the_range_are_not_measured_rather_than_fatal() {
    let mut values = vec![f64::MAX, f64::MIN, 1e300, -1e300];
    values.extend(same(1.0, 8));
    for statistic in ["mean", "stddev", "total"] {
        let text = of_a(&format!("\"x {statistic}\" = \"<= 0\""));
        let found = verdict(&text, [case("a").values("x", &values)]);
        assert_ne!(found.outcome, Outcome::Within, "{statistic}");
    }
}
