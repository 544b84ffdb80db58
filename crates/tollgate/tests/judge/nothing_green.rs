//! What other tools let pass: each of these must not be green.

use tollgate::budget::parse::{Input, parse};
use tollgate::judge::{Finding, Outcome, Strictness, judge};
use tollgate::metric::Statistic;
use tollgate::quantity::Dimension;
use tollgate::report::{Format, Style, render};
use tollgate::run::{Data, Point, Resolution, RunState, Share, Stated, Summary};
use tollgate_stats::histogram::Histogram;

use super::build::{
    MS, against, around, baseline, case, is_red, judged, machine, of_a, only, run, same, verdict,
};

const RELATIVE: &str = "wall = \"<= baseline + 20%\"";

#[test]
fn case_a_three_times_slower_under_noise_is_exceeded() {
    let slower = [300.0, 300.0, 300.0, 300.0, 300.0, 300.0, 400.0].map(|ms| ms * MS);
    let before = case("a").values("wall", &same(100.0 * MS, 7));
    let found = against(&of_a(RELATIVE), before, case("a").values("wall", &slower));
    assert_eq!((found.finding, found.outcome), (Finding::Exceeded, Outcome::Exceeded));
}

#[test]
fn case_a2_noise_does_not_turn_a_breach_into_a_skip() {
    // Noise of 40 % on both sides: the effect is larger than it, and that is what counts.
    let noisy = [0.6, 0.8, 1.0, 1.0, 1.1, 1.4, 0.7, 1.3];
    let before = case("a").values("wall", &noisy.map(|x| x * 100.0 * MS));
    let now = case("a").values("wall", &noisy.map(|x| x * 310.0 * MS));
    let found = against(&of_a(RELATIVE), before, now);
    assert_eq!(found.outcome, Outcome::Exceeded, "{found:#?}");
    // A change that the noise does hide is undecided, and the estimate breaks the limit.
    let before = case("a").values("wall", &noisy.map(|x| x * 100.0 * MS));
    let now = case("a").values("wall", &noisy.map(|x| x * 130.0 * MS));
    let found = against(&of_a(RELATIVE), before, now);
    assert_eq!((found.finding, found.outcome), (Finding::CannotTell, Outcome::CannotTell));
}

#[test]
fn case_b_ten_times_slower_with_three_samples_is_not_within() {
    let before = case("a").values("wall", &around(100.0 * MS, 10));
    let now = case("a").values("wall", &around(1000.0 * MS, 3));
    let found = against(&of_a(RELATIVE), before.clone(), now);
    is_red(&found, Outcome::NotMeasured, "3 trials against 10; a comparison needs 4");
    // With four it is known.
    let found = against(&of_a(RELATIVE), before, case("a").values("wall", &around(1e9, 4)));
    assert_eq!(found.outcome, Outcome::Exceeded);
}

#[test]
fn case_c_a_baseline_of_zero_is_not_skipped() {
    let before = case("a").values("wall", &same(0.0, 10));
    let found = against(&of_a(RELATIVE), before, case("a").values("wall", &around(50.0 * MS, 10)));
    assert_eq!(found.outcome, Outcome::Exceeded, "{found:#?}");
    // One zero among others leaves no ratio, and says so.
    let mut values = around(9.0, 9);
    values.push(0.0);
    let before = case("a").values("wall", &values);
    let found = against(&of_a(RELATIVE), before, case("a").values("wall", &around(50.0 * MS, 10)));
    is_red(&found, Outcome::NotMeasured, "no ratio");
}

#[test]
fn case_d_go_bench_hundred_times_slower_is_exceeded() {
    let text = of_a("\"time median\" = \"<= baseline + 20%\"");
    let before = case("a").values("time", &around(500.0, 10));
    let now = case("a").values("time", &around(50_000.0, 10));
    let found = against(&text, before, now);
    assert_eq!(found.outcome, Outcome::Exceeded);
    let value = found.estimate.unwrap().value;
    assert!((value - 50_000.0).abs() < 600.0, "kept in nanoseconds, not rounded: {value}");
    let found = verdict(
        &of_a("\"time median\" = \"<= 1us\""),
        [case("a").values("time", &same(50_000.0, 10))],
    );
    assert_eq!(found.outcome, Outcome::Exceeded);
}

#[test]
fn case_d_values_rounded_to_a_millisecond_cannot_tell_what_was_rounded_away() {
    let of = |value| {
        case("a").rounded(Resolution::Absolute(0.5 * MS)).values("wall", &same(value * MS, 10))
    };
    // 1 ms stored for 500 ns and for 1.4 ms alike.
    let found = against(&of_a(RELATIVE), of(1.0), of(1.0));
    assert_eq!(found.finding, Finding::CannotTell, "{found:#?}");
    let found = against(&of_a(RELATIVE), of(1.0), of(100.0));
    assert_eq!(found.finding, Finding::Exceeded);
}

#[test]
fn case_e_typing_errors_are_refused() {
    for text in [
        "[case.a]\nrun = [\"true\"]\nbugdets.wall = \"<= 1s\"\n",
        "[case.a]\nrun = [\"true\"]\n[case.a.budget]\nwall = { hard = \"<= 1s\", threshhold = 1 }\n",
        "[case.a]\nrun = [\"true\"]\nabsolute_max_ms = 100\n",
        "[case.a]\nrun = [\"true\"]\n[case.a.budget]\nwal = \"<= 1s\"\n",
        "[case.a]\nrun = [\"true\"]\n[case.a.budget]\nwall = \"<= 1 MB\"\n",
        "[case.a]\nrun = [\"true\"]\n[case.a.budget]\nwall = \"<= baselin + 5%\"\n",
    ] {
        let input = Input {
            path: "tollgate.toml",
            text,
            folder: "folder",
            environment: None,
            variables: &|_| None,
        };
        assert!(parse(&input).is_err(), "{text}");
    }
}

#[test]
fn case_f_two_points_are_no_trend() {
    let points: Vec<Point> = [(0.0, 100.0), (1e9, 101.0)]
        .map(|(at_ns, value)| Point { at_ns, value: value * 1e6 })
        .into();
    let now = case("a").unit(Dimension::BYTES).at(1, "heap", Data::Points(points));
    let found = verdict(&of_a("\"heap growth\" = \"<= 1MB/h\""), [now]);
    is_red(&found, Outcome::NotMeasured, "2 points in time; a growth needs 10");
}

#[test]
fn case_g_every_benchmark_of_a_file_is_judged() {
    let now = case("a")
        .of("fast")
        .values("time", &around(500.0, 10))
        .of("slow")
        .values("time", &around(50_000.0, 10));
    let judgement = judged(&run(&of_a("\"time median\" = \"<= 1us\""), [now]));
    let found: Vec<(Option<&str>, Finding)> =
        judgement.verdicts.iter().map(|v| (v.operation.as_deref(), v.finding)).collect();
    assert_eq!(
        found,
        [(Some("fast"), Finding::Within), (Some("slow"), Finding::Exceeded)],
        "each in nanoseconds, not only the first"
    );
    assert_eq!(judgement.outcome, Outcome::Exceeded);
}

#[test]
fn case_h_a_junit_report_counts_the_failure() {
    let before = case("a").values("wall", &same(100.0 * MS, 7));
    let slower = [300.0, 300.0, 300.0, 300.0, 300.0, 300.0, 400.0].map(|ms| ms * MS);
    let text = of_a(RELATIVE);
    let runs = baseline([run(&text, [before])]);
    let judgement =
        judge(&run(&text, [case("a").values("wall", &slower)]), &runs, Strictness::Usual);
    let style = Style { colour: false, width: 80, quiet: false };
    let report = render(&judgement, Format::Junit, &style);
    assert!(report.contains("tests=\"1\"") && report.contains("failures=\"1\""), "{report}");
    assert!(report.contains("<failure"), "{report}");
}

#[test]
fn a_threshold_without_samples_is_not_measured() {
    // k6: a threshold on a metric that no request fed passes.
    let text = of_a("\"latency p99\" = \"< 150ms\"");
    for data in [
        Data::Samples(Vec::new()),
        Data::Histograms(Vec::new()),
        Data::Histograms(vec![Histogram::new(), Histogram::new()]),
        Data::Points(Vec::new()),
        Data::Batches(Vec::new()),
        Data::Summary(Summary::default()),
    ] {
        let found = verdict(&text, [case("a").at(1, "latency", data.clone())]);
        assert_eq!(found.outcome, Outcome::NotMeasured, "{data:?}");
        assert_eq!(found.estimate, None);
    }
    let found = verdict(&text, [case("a").trials(1)]);
    is_red(&found, Outcome::NotMeasured, "no trial of case `a` is in this run");
}

#[test]
fn a_load_test_without_requests_is_not_measured() {
    // Locust ends with 0 when it sent nothing.
    for shares in [vec![], vec![Share { hits: 0, of: 0 }]] {
        let found =
            verdict(&of_a("errors = \"< 1%\""), [case("a").at(1, "errors", Data::Shares(shares))]);
        is_red(&found, Outcome::NotMeasured, "holds no observation");
    }
    let found =
        verdict(&of_a("requests = \">= 1\""), [case("a").at(1, "requests", Data::Total(0.0))]);
    assert_eq!(found.outcome, Outcome::Exceeded);
}

#[test]
fn one_empty_trial_among_full_ones_is_not_passed_over() {
    let now = case("a").at(1, "latency", Data::Samples(same(MS, 500))).at(
        2,
        "latency",
        Data::Samples(Vec::new()),
    );
    let found = verdict(&of_a("\"latency p99\" = \"< 150ms\""), [now]);
    is_red(&found, Outcome::NotMeasured, "trial 2 of `latency` holds no observation");
}

#[test]
fn a_renamed_metric_is_not_measured_and_the_new_name_is_told() {
    let now = case("a").values("decode time", &same(1.0, 10));
    let found = verdict(&of_a("\"parse time\" = \"<= 1s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "no trial measured `parse time`");
    assert_eq!(found.hint.as_deref(), Some("measured: decode time"));
}

#[test]
fn a_renamed_operation_is_not_measured() {
    let text =
        "[case.a]\nrun = [\"true\"]\n[case.a.operation.parse.budget]\n\"time\" = \"<= 1s\"\n";
    let found = verdict(text, [case("a").of("parse_all").values("time", &same(1.0, 10))]);
    is_red(&found, Outcome::NotMeasured, "was not measured for this operation");
    assert_eq!(found.hint.as_deref(), Some("it was for: parse_all"));
}

#[test]
fn one_crash_among_ten_trials_is_not_measured() {
    let now = case("a").values("wall", &same(1.0, 10)).crash(4);
    let found = verdict(&of_a("wall = \"<= 1s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "1 of 10 trials failed: exit code 101");
    assert_eq!(found.hint.as_deref(), Some("it said: boom"));
}

#[test]
fn fewer_trials_than_planned_are_not_measured() {
    let now = case("a").trials(10).values("wall", &same(1.0, 9));
    let found = verdict(&of_a("wall = \"<= 1s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "only 9 of 10 trials measured `wall`");
}

#[test]
fn a_run_that_did_not_end_is_never_within_but_may_be_exceeded() {
    for state in [RunState::Open, RunState::Interrupted] {
        for (values, outcome) in [
            (same(1.0, 10), Outcome::NotMeasured),
            (same(5e9, 10), Outcome::Exceeded),
            (same(1.0, 3), Outcome::NotMeasured),
        ] {
            let now = case("a").trials(10).values("wall", &values);
            let mut run = run(&of_a("wall = { hard = \"<= 1s\", soft = \"<= 1us\" }"), [now]);
            run.head.state = state;
            for strictness in [Strictness::Usual, Strictness::Strict] {
                let judgement = judge(&run, &[], strictness);
                assert_eq!(judgement.outcome, outcome, "{state:?} {values:?}");
                assert!(!judgement.notes.is_empty());
            }
        }
    }
}

#[test]
fn an_interrupted_run_says_how_far_it_came() {
    let now = case("a").trials(10).values("wall", &same(1.0, 3));
    let mut run = run(&of_a("wall = \"<= 1s\""), [now]);
    run.head.state = RunState::Interrupted;
    is_red(&only(judged(&run)), Outcome::NotMeasured, "the run ended after 3 of 10 trials");
}

#[test]
fn a_breach_by_chance_in_an_interrupted_run_is_not_passed_either() {
    // Four against four is just significant alone, and no longer so among many.
    let lines: String = (0..20)
        .map(|i| {
            format!("\"m{i}\" = {{ hard = \"<= baseline + 5%\", on-cannot-tell = \"pass\" }}\n")
        })
        .collect();
    let text = of_a(&lines);
    let of = |slow: f64| {
        (0..20).fold(case("a"), |case, i| {
            let centre = if i == 0 { slow } else { 100.0 };
            case.values(&format!("m{i}"), &around(centre, 4))
        })
    };
    let before = baseline([run(&text, [of(100.0)])]);
    let mut now = run(&text, [of(200.0)]);
    let judgement = judge(&now, &before, Strictness::Usual);
    assert_eq!(judgement.verdicts[0].finding, Finding::CannotTell);
    assert_eq!(judgement.verdicts[0].outcome, Outcome::Within, "as the budget asks");
    assert_eq!(judge(&now, &before, Strictness::Strict).outcome, Outcome::CannotTell);
    now.head.state = RunState::Interrupted;
    let judgement = judge(&now, &before, Strictness::Usual);
    assert_eq!(judgement.verdicts[0].outcome, Outcome::NotMeasured);
}

#[test]
fn a_metric_in_another_dimension_is_not_measured() {
    let now = case("a").unit(Dimension::BYTES).values("cost", &same(1.0, 10));
    let found = verdict(&of_a("cost = \"<= 1s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "measured in bytes, but the limit `<= 1s` is in time");
    let mixed = case("a").values("cost", &same(1.0, 9)).unit(Dimension::BYTES).at(
        10,
        "cost",
        Data::Samples(vec![1.0]),
    );
    let found = verdict(&of_a("cost = \"<= 1s\""), [mixed]);
    is_red(&found, Outcome::NotMeasured, "trial 1 gives time, trial 10 gives bytes");
}

#[test]
fn a_missing_baseline_is_not_measured() {
    let text = of_a(RELATIVE);
    let now = || case("a").values("wall", &around(MS, 10));
    let found = verdict(&text, [now()]);
    is_red(&found, Outcome::NotMeasured, "there is no baseline for the default branch yet");
    let judgement = judge(&run(&text, [now()]), &baseline([]), Strictness::Usual);
    is_red(&only(judgement), Outcome::NotMeasured, "there is no baseline");
    // A baseline that lacks the metric, or whose trials crashed, is none.
    let found = against(&text, case("a").values("user", &same(1.0, 10)), now());
    is_red(&found, Outcome::NotMeasured, "baseline `main`: no trial measured `wall`");
    let found = against(&text, now().crash(1), now());
    is_red(&found, Outcome::NotMeasured, "baseline `main`: 1 of 10 trials failed");
    // A name that is not the baseline given.
    let named = of_a("wall = { hard = \"<= baseline\", baseline = \"v1\" }");
    let found = against(&named, now(), now());
    is_red(&found, Outcome::NotMeasured, "there is no baseline named `v1` yet");
}

#[test]
fn a_baseline_from_another_machine_is_refused_unless_asked_for() {
    let now = || case("a").values("wall", &around(MS, 10));
    for (line, outcome) in [
        (RELATIVE, Outcome::NotMeasured),
        ("wall = { hard = \"<= baseline + 20%\", any-machine = true }", Outcome::Within),
    ] {
        let text = of_a(line);
        let mut before = run(&text, [now()]);
        before.head.machine = machine("elsewhere", 64);
        let found = only(judge(&run(&text, [now()]), &baseline([before]), Strictness::Usual));
        is_red(&found, outcome, "from another machine");
    }
    // Another host of the same kind is the same machine.
    let text = of_a(RELATIVE);
    let mut before = run(&text, [now()]);
    before.head.machine = machine("a sister", 4);
    let found = only(judge(&run(&text, [now()]), &baseline([before]), Strictness::Usual));
    assert_eq!(found.finding, Finding::Within);
}

#[test]
fn a_p99_of_a_hundred_samples_is_not_measured_unless_all_of_them_are_over() {
    let text = of_a("\"latency p99\" = \"< 150ms\"");
    let found = verdict(&text, [case("a").samples("latency", &same(MS, 100))]);
    is_red(&found, Outcome::NotMeasured, "100 observations are too few to bound it above");
    let found = verdict(&text, [case("a").samples("latency", &same(200.0 * MS, 100))]);
    assert_eq!(found.outcome, Outcome::Exceeded);
    let found = verdict(&text, [case("a").samples("latency", &same(MS, 400))]);
    assert_eq!(found.outcome, Outcome::Within);
}

fn summary(n: Option<u64>, values: &[(Statistic, f64)]) -> Data {
    let stated = |value| Stated { value, low: None, high: None };
    let values = values.iter().map(|&(statistic, value)| (statistic, stated(value))).collect();
    Data::Summary(Summary { n, values })
}

#[test]
fn a_summary_without_the_percentile_is_not_measured() {
    let text = of_a("\"latency p99\" = \"< 150ms\"");
    let found = verdict(
        &text,
        [case("a").at(1, "latency", summary(Some(9000), &[(Statistic::MEDIAN, MS)]))],
    );
    is_red(&found, Outcome::NotMeasured, "the file does not state the p99");
    assert_eq!(found.hint.as_deref(), Some("it states: median"));
    // Also where only one of two files lacks it.
    let p99 = Statistic::Quantile(990_000);
    let now = case("a").at(1, "latency", summary(Some(9000), &[(p99, MS)])).at(
        2,
        "latency",
        summary(Some(9000), &[(Statistic::MEDIAN, MS)]),
    );
    is_red(&verdict(&text, [now]), Outcome::NotMeasured, "does not state the p99");
}

#[test]
fn a_summary_of_too_few_requests_is_not_measured() {
    let text = of_a("\"latency p99\" = \"< 150ms\"");
    let p99 = Statistic::Quantile(990_000);
    let few = || summary(Some(7), &[(p99, MS)]);
    let found = verdict(&text, [case("a").at(1, "latency", few())]);
    is_red(&found, Outcome::NotMeasured, "7 observations; p99 needs 368");
    // Repeating it does not make seven requests show a p99.
    let now = (1..=5).fold(case("a"), |case, trial| case.at(trial, "latency", few()));
    is_red(&verdict(&text, [now]), Outcome::NotMeasured, "7 observations; p99 needs 368");
}

#[test]
fn a_limit_within_the_rounding_of_the_tool_is_undecided() {
    // Locust rounds 145 to 155 ms to 150.
    let steps = Resolution::Steps(vec![(100.0 * MS, 0.5 * MS), (1000.0 * MS, 5.0 * MS)]);
    let of = |ms: f64| {
        let data = summary(Some(9000), &[(Statistic::Quantile(990_000), ms * MS)]);
        case("a").rounded(steps.clone()).at(1, "latency", data)
    };
    let text = of_a("\"latency p99\" = \"<= 150ms\"");
    for (ms, finding) in
        [(140.0, Finding::Within), (150.0, Finding::CannotTell), (160.0, Finding::Exceeded)]
    {
        assert_eq!(verdict(&text, [of(ms)]).finding, finding, "{ms}");
    }
    let found = verdict(&of_a("\"latency p99\" = \"<= 148ms\""), [of(150.0)]);
    is_red(&found, Outcome::CannotTell, "lies inside the interval");
}

#[test]
fn a_run_without_budgets_is_not_measured() {
    let judgement = judged(&run("[case.a]\nrun = [\"true\"]\n", [case("a").trials(0)]));
    assert_eq!(judgement.outcome, Outcome::NotMeasured);
    assert!(judgement.notes[0].contains("no budget was judged"));
}

#[test]
fn numbers_that_are_none_are_not_passed_over() {
    for (line, data) in [
        ("\"x max\" = \"<= 1s\"", Data::Samples(vec![1.0, f64::NAN, 2.0])),
        ("\"x max\" = \"<= 1s\"", Data::Samples(vec![f64::NEG_INFINITY])),
        ("\"x total\" = \"<= 1s\"", Data::Total(f64::NAN)),
        ("\"x mean\" = \"<= 1s\"", Data::Points(vec![Point { at_ns: 0.0, value: f64::NAN }])),
        ("\"x mean\" = \"<= 1s\"", summary(None, &[(Statistic::Mean, f64::NAN)])),
    ] {
        let found = verdict(&of_a(line), [case("a").at(1, "x", data.clone())]);
        is_red(&found, Outcome::NotMeasured, "not a number");
    }
    let broken = Data::Shares(vec![Share { hits: 5, of: 3 }]);
    let found = verdict(&of_a("errors = \"< 1%\""), [case("a").at(1, "errors", broken)]);
    assert_eq!(found.outcome, Outcome::NotMeasured);
}

#[test]
fn a_rate_over_no_time_is_not_measured() {
    let now = case("a").elapsed_ns(0).unit(Dimension::COUNT).values("items", &same(5.0, 10));
    let found = verdict(&of_a("\"items rate\" = \">= 100/s\""), [now]);
    is_red(&found, Outcome::NotMeasured, "has no duration");
}

#[test]
fn a_load_generator_that_fell_behind_leaves_latency_undecided() {
    let of = |late: f64| {
        case("a").samples("latency", &same(MS, 400)).samples("lateness", &same(late * MS, 400))
    };
    let text = of_a("\"latency p99\" = \"<= 150ms\"");
    assert_eq!(verdict(&text, [of(1.0)]).finding, Finding::Within);
    let found = verdict(&text, [of(20.0)]);
    is_red(&found, Outcome::CannotTell, "the generator fell behind");
}

#[test]
fn a_few_late_requests_leave_a_mean_decided_but_no_other_statistic() {
    // Every twentieth request is 40 ms late: 2 ms in the mean, and 40 ms at p99.
    let few: Vec<f64> = (0..400).map(|at| if at % 20 == 0 { 40.0 * MS } else { 0.0 }).collect();
    let late = || case("a").samples("latency", &same(MS, 400)).samples("lateness", &few);
    let of = |budget: &str| verdict(&of_a(&format!("\"latency {budget}\"")), [late()]);
    for budget in ["p99\" = \"<= 150ms", "median\" = \"<= 150ms", "max\" = \"<= 150ms"] {
        is_red(&of(budget), Outcome::CannotTell, "p99 of its lateness is 40 ms");
    }
    assert_eq!(of("mean\" = \"<= 150ms").finding, Finding::Within);
    assert_eq!(of("mean\" = \"<= 21ms").finding, Finding::Within);
    is_red(&of("mean\" = \"<= 19ms"), Outcome::CannotTell, "the mean of its lateness is 2 ms");
}
