//! What a budget makes of an imported file: the traps must not end as "within".

use super::*;
use crate::budget::parse::{Input, parse};
use crate::judge::{Finding, Strictness, judge};
use crate::run::{FORMAT, Machine, Outcome, PlannedTrials, Run, RunHead, RunState, Trial};

/// The finding on one budget line for a sample that was imported without a failure.
fn finding(name: &str, budget: &str) -> Finding {
    let text = format!("[case.x]\nimport = \"x\"\n{budget}\n");
    let input = Input {
        path: "tollgate.toml",
        text: &text,
        folder: "x",
        environment: None,
        variables: &|_| None,
    };
    let file = parse(&input).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let imported = sample(name);
    assert_eq!(imported.failures, [] as [&str; 0]);
    let run = Run {
        head: RunHead {
            format: FORMAT,
            id: "1".into(),
            project: "x".into(),
            started_ms: 0,
            ended_ms: Some(1),
            state: RunState::Complete,
            environment: None,
            seed: 1,
            commit: None,
            machine: Machine::default(),
            planned: vec![PlannedTrials { case: "x".into(), operation: None, trials: 1 }],
            budgets: file.cases[0].budgets.clone(),
            tool: "test".into(),
        },
        trials: vec![Trial {
            case: "x".into(),
            operation: None,
            number: 1,
            position: 0,
            started_ms: 0,
            elapsed_ns: 1,
            outcome: Outcome::Complete,
            series: imported.series,
        }],
    };
    let judgement = judge(&run, &[], Strictness::Usual);
    assert_eq!(judgement.verdicts.len(), 1);
    judgement.verdicts[0].finding
}

#[test]
fn a_limit_inside_the_rounding_of_locust_cannot_be_told() {
    // 150 ms is printed for anything from 145 ms to 155 ms.
    for (limit, expected) in [
        ("< 140ms", Finding::Exceeded),
        ("< 145ms", Finding::Exceeded),
        ("< 146ms", Finding::CannotTell),
        ("< 150ms", Finding::CannotTell),
        ("< 155ms", Finding::CannotTell),
        ("<= 155ms", Finding::Within),
        ("< 160ms", Finding::Within),
    ] {
        let budget = format!("operation.\"GET /slow\".budget.\"latency median\" = \"{limit}\"");
        assert_eq!(finding("locust/mixed_stats.csv", &budget), expected, "{limit}");
    }
}

#[test]
fn what_a_file_does_not_state_is_not_measured() {
    for (name, budget) in [
        ("wrk/plain.txt", "budget.\"latency p99\" = \"< 1s\""),
        ("oha/refused.json", "budget.\"latency p99\" = \"< 1s\""),
        ("wrk/timeout.txt", "budget.\"latency p50\" = \"< 1s\""),
        ("nats-bench/request.csv", "budget.\"latency p99\" = \"< 1s\""),
        ("go/count6.txt", "operation.\"Renamed\".budget.\"time median\" = \"< 1s\""),
        ("k6/points.jsonl", "operation.\"nobody\".budget.\"latency p50\" = \"< 1s\""),
        (
            "locust/failures_stats.csv",
            "operation.\"GET /failing\".budget.\"latency p50\" = \"< 1s\"",
        ),
        ("criterion", "operation.\"sort/1024\".budget.\"time p99\" = \"< 1s\""),
    ] {
        assert_eq!(finding(name, budget), Finding::NotMeasured, "{name}: {budget}");
    }
}

#[test]
fn a_service_that_answers_503_breaks_its_budget_whatever_the_tool_says() {
    for name in [
        "oha/flaky.json",
        "wrk/non-2xx.txt",
        "hey/flaky.csv",
        "ab/flaky.txt",
        "autocannon/flaky.json",
        "locust/failures_stats.csv",
        "k6/points.jsonl",
    ] {
        assert_eq!(finding(name, "budget.errors = \"< 1%\""), Finding::Exceeded, "{name}");
    }
}

#[test]
fn a_hundred_times_slower_is_seen_below_a_microsecond() {
    let budget =
        |limit: &str| format!("operation.\"Nothing\".budget.\"time median\" = \"< {limit}\"");
    assert_eq!(finding("go/count6.txt", &budget("30ns")), Finding::Within);
    assert_eq!(finding("go/count6.txt", &budget("0.2ns")), Finding::Exceeded);
}
