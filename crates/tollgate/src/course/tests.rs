use super::*;
use crate::budget::{Bound, Limit, Place};
use crate::judge::{FORMAT, Outcome};
use crate::quantity::Quantity;
use crate::run::{Machine, RunHead, RunState};

fn judgement(number: u32, verdicts: Vec<Verdict>) -> Judgement {
    let run = RunHead {
        format: crate::run::FORMAT,
        id: format!("run-{number:03}"),
        project: "shop".to_owned(),
        started_ms: i64::from(number) * 1000,
        ended_ms: None,
        state: RunState::Complete,
        environment: None,
        seed: 0,
        commit: None,
        machine: Machine::default(),
        planned: Vec::new(),
        budgets: Vec::new(),
        tool: String::new(),
    };
    let (baseline, notes, outcome) = (None, Vec::new(), Outcome::Within);
    Judgement { format: FORMAT, run, baseline, verdicts, notes, outcome }
}

fn verdict(metric: &str, limit: &str, finding: Finding, value: Option<f64>) -> Verdict {
    let (op, number) = match limit.strip_prefix(">= ") {
        Some(number) => (Op::AtLeast, number),
        None => (Op::AtMost, limit.trim_start_matches("<= ")),
    };
    let quantity = Quantity::parse(number).unwrap();
    let held = Held {
        value: Some(quantity.value),
        limit: Limit { op, bound: Bound::Absolute(quantity), text: limit.to_owned() },
    };
    let estimate = value.map(|value| Estimate {
        value,
        low: None,
        high: None,
        confidence: 0.95,
        method: String::new(),
        n: 1,
        n_effective: 1.0,
    });
    Verdict {
        case: "pay".to_owned(),
        operation: None,
        metric: metric.to_owned(),
        statistic: Statistic::MEDIAN,
        dimension: None,
        finding,
        outcome: Outcome::Within,
        hard: Some(held),
        soft: None,
        estimate,
        headroom: None,
        change: None,
        reason: None,
        hint: None,
        accepted: None,
        place: Place { file: String::new(), line: 1, column: 1 },
    }
}

/// Twenty runs at 100 and ten at another level, each a little off.
fn stepped(metric: &str, limit: &str, to: f64) -> Vec<Judgement> {
    let value = |number: u32| {
        let level = if number < 20 { 100.0 } else { to };
        level + f64::from(number * 7 % 5)
    };
    let verdict = |number| verdict(metric, limit, Finding::Within, Some(value(number)));
    (0..30).map(|number| judgement(number, vec![verdict(number)])).collect()
}

#[test]
fn runs_come_in_the_order_of_time_and_budgets_in_that_of_the_latest_file() {
    let of = |metric| verdict(metric, "<= 5", Finding::Within, Some(1.0));
    let judgements = [
        judgement(2, vec![of("b"), of("a")]),
        judgement(1, vec![of("a"), of("gone"), of("b")]),
        judgement(3, vec![of("b")]),
    ];
    let courses = courses(&judgements);
    let shown: Vec<(&str, Vec<&str>)> = courses
        .iter()
        .map(|course| {
            let runs = course.points.iter().map(|point| point.run.as_str());
            (course.subject.metric.as_str(), runs.collect())
        })
        .collect();
    let expected = [
        ("b", vec!["run-001", "run-002", "run-003"]),
        ("a", vec!["run-001", "run-002"]),
        ("gone", vec!["run-001"]),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn several_budgets_on_one_figure_are_one_point_with_the_worst_finding() {
    let verdicts = vec![
        verdict("size", "<= 5", Finding::NotMeasured, None),
        verdict("size", "<= 9", Finding::Exceeded, Some(11.0)),
        verdict("size", "<= 20", Finding::Within, Some(11.0)),
    ];
    let courses = courses(&[judgement(1, verdicts)]);
    assert_eq!(courses.len(), 1);
    let point = &courses[0].points[0];
    assert_eq!(courses[0].points.len(), 1);
    assert_eq!((point.finding, point.hard), (Finding::Exceeded, Some(5.0)));
    assert_eq!(point.estimate.as_ref().map(|estimate| estimate.value), Some(11.0));
}

#[test]
fn a_step_names_the_run_from_which_it_is_there_and_whether_it_is_worse() {
    let table = [
        ("size", "<= 500", 120.0, true),
        ("size", "<= 500", 80.0, false),
        ("share", ">= 5", 80.0, true),
        // What is known to be better counts, not how the limit is written.
        ("throughput", "<= 500", 120.0, false),
    ];
    for (metric, limit, to, is_worse) in table {
        let steps = courses(&stepped(metric, limit, to))[0].steps();
        assert_eq!(steps.len(), 1, "{metric} {limit} {to}");
        let step = &steps[0];
        let place = (step.run.as_str(), step.point, step.runs_since, step.is_worse);
        assert_eq!(place, ("run-020", 20, 10, is_worse), "{metric} {limit} {to}");
        let change = step.change.unwrap();
        assert!((change - (to - 100.0) / 102.0).abs() < 0.02, "{change}");
    }
}

#[test]
fn another_machine_is_no_step() {
    let mut judgements = stepped("size", "<= 500", 120.0);
    for judgement in &mut judgements[20..] {
        judgement.run.machine.cpu_model = "another".to_owned();
    }
    assert_eq!(courses(&judgements)[0].steps(), []);
}

#[test]
fn runs_without_a_figure_are_passed_over() {
    let mut judgements = stepped("size", "<= 500", 120.0);
    for number in [3, 19, 20, 29] {
        judgements[number].verdicts[0].estimate = None;
    }
    let steps = courses(&judgements)[0].steps();
    assert_eq!(steps[0].run, "run-021");
    assert_eq!(steps[0].runs_since, 8);
}

#[test]
fn of_no_runs_there_are_no_courses() {
    assert_eq!(courses(&[]), []);
}
