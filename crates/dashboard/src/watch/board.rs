//! What the latest runs say, as series for rules to be held against.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tollgate::course::Subject;
use tollgate::judge::{Finding, Judgement, Verdict};
use tollgate::run::RunState;
use tollgate_alerts::board::Board;
use tollgate_alerts::labels::Labels;

/// What a number is called, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    pub name: &'static str,
    pub about: &'static str,
}

const fn metric(name: &'static str, about: &'static str) -> Metric {
    Metric { name, about }
}

/// All there are. Those of a budget have the labels `project`, `environment`, `case`, `operation`
/// and `budget`, those of a run the first two.
pub const METRICS: [Metric; 12] = [
    metric("tollgate_exceeded", "1 if a budget is exceeded, otherwise 0"),
    metric("tollgate_warned", "1 if only a soft limit is broken, or a breach is accepted"),
    metric("tollgate_cannot_tell", "1 if the measurements do not decide about a budget"),
    metric("tollgate_not_measured", "1 if a budget was not measured"),
    metric("tollgate_headroom", "the distance to the limit as a share of it; below 0 beyond it"),
    metric("tollgate_estimate", "what was measured, in nanoseconds, bytes, counts or shares"),
    metric(
        "tollgate_step",
        "how much worse it became in one of the last 20 runs and stayed, as a share; 1 where it \
         was zero before",
    ),
    metric("tollgate_run_age", "seconds since the latest run ended"),
    metric("tollgate_run_incomplete", "1 if the latest run was cut short"),
    metric("tollgate_run_budgets", "how many budgets the latest run was judged by"),
    metric("tollgate_run_exceeded", "how many of them are exceeded"),
    metric("tollgate_runs", "a counter of the runs that were judged since the watch began"),
];

/// What a project's runs in one environment came to.
#[derive(Clone, Debug)]
pub struct Latest {
    /// Of the latest run.
    pub judgement: Judgement,
    /// Of cases that it did not plan, from the last run that did.
    pub carried: Vec<Verdict>,
    /// What became worse lately and stayed so, and by what share.
    pub steps: Vec<(Subject, f64)>,
    /// Judged since the watch began.
    pub runs: u64,
}

/// Writes how all is at a time in milliseconds since 1970. What none of it says any more is missing
/// from the board.
pub fn show(latest: &[Latest], wall_ms: i64, board: &mut Board) {
    board.forget();
    for latest in latest {
        show_run(latest, wall_ms, board);
        show_budgets(latest, board);
        show_steps(latest, board);
    }
}

fn show_run(latest: &Latest, wall_ms: i64, board: &mut Board) {
    let Judgement { run, verdicts, .. } = &latest.judgement;
    let ended_ms = run.ended_ms.unwrap_or(run.started_ms);
    let exceeded = verdicts.iter().filter(|verdict| verdict.finding == Finding::Exceeded).count();
    let labels = Labels::new(place(&latest.judgement));
    let mut write = |metric, value| board.write(metric, &labels, value);
    write("tollgate_run_age", wall_ms.saturating_sub(ended_ms).max(0) as f64 / 1000.0);
    write("tollgate_run_incomplete", f64::from(run.state != RunState::Complete));
    write("tollgate_run_budgets", verdicts.len() as f64);
    write("tollgate_run_exceeded", exceeded as f64);
    write("tollgate_runs", latest.runs as f64);
}

fn show_budgets(latest: &Latest, board: &mut Board) {
    let mut worst: BTreeMap<Labels, &Verdict> = BTreeMap::new();
    for verdict in latest.judgement.verdicts.iter().chain(&latest.carried) {
        // A budget on a whole case and one on an operation of it may say the same twice.
        match worst.entry(labels(&latest.judgement, verdict)) {
            Entry::Vacant(free) => drop(free.insert(verdict)),
            Entry::Occupied(mut known) if rank(verdict) > rank(known.get()) => {
                known.insert(verdict);
            }
            Entry::Occupied(_) => {}
        }
    }
    for (labels, verdict) in &worst {
        let mut write = |metric, value| board.write(metric, labels, value);
        for (metric, finding) in [
            ("tollgate_exceeded", Finding::Exceeded),
            ("tollgate_warned", Finding::Warned),
            ("tollgate_cannot_tell", Finding::CannotTell),
            ("tollgate_not_measured", Finding::NotMeasured),
        ] {
            write(metric, f64::from(verdict.finding == finding));
        }
        if let Some(headroom) = verdict.headroom {
            write("tollgate_headroom", headroom);
        }
        if let Some(estimate) = &verdict.estimate {
            write("tollgate_estimate", estimate.value);
        }
    }
}

fn show_steps(latest: &Latest, board: &mut Board) {
    for (subject, by) in &latest.steps {
        let Subject { case, operation, metric, statistic, .. } = subject;
        let budget = format!("{metric} {statistic}");
        board.write("tollgate_step", &named(&latest.judgement, case, operation, &budget), *by);
    }
}

fn place(judgement: &Judgement) -> impl Iterator<Item = (&'static str, &str)> {
    let environment = judgement.run.environment.as_deref();
    let environment = environment.map(|environment| ("environment", environment));
    [("project", &*judgement.run.project)].into_iter().chain(environment)
}

fn labels(judgement: &Judgement, verdict: &Verdict) -> Labels {
    let budget = format!("{} {}", verdict.metric, verdict.statistic);
    named(judgement, &verdict.case, &verdict.operation, &budget)
}

fn named(judgement: &Judgement, case: &str, operation: &Option<String>, budget: &str) -> Labels {
    let operation = operation.as_deref().map(|operation| ("operation", operation));
    let own = [("case", case), ("budget", budget)].into_iter().chain(operation);
    Labels::new(place(judgement).chain(own))
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict.finding {
        Finding::Within => 0,
        Finding::Warned => 1,
        Finding::CannotTell => 2,
        Finding::NotMeasured => 3,
        Finding::Exceeded => 4,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tollgate::metric::Statistic;

    use super::*;
    use crate::watch::sample::{judgement, verdict};

    fn latest(verdicts: Vec<Verdict>) -> Latest {
        let steps = vec![(
            Subject {
                project: "shop".to_owned(),
                environment: None,
                case: "pay".to_owned(),
                operation: None,
                metric: "latency".to_owned(),
                statistic: Statistic::Quantile(990_000),
            },
            0.2,
        )];
        Latest { judgement: judgement("shop", verdicts), carried: Vec::new(), steps, runs: 3 }
    }

    /// All that is not missing, as Prometheus would write it.
    fn written(board: &Board) -> BTreeMap<String, f64> {
        let there = board.series().map(|(place, series)| {
            (format!("{}{}", series.metric, series.labels), board.value(place))
        });
        there.filter(|(_, value)| !value.is_nan()).collect()
    }

    #[test]
    fn a_run_and_each_of_its_budgets_have_the_metrics_of_the_table_and_no_others() {
        let mut board = Board::new();
        show(&[latest(vec![verdict("pay", Finding::Exceeded)])], 70_000, &mut board);
        let names: BTreeSet<&str> = board.series().map(|(_, series)| &*series.metric).collect();
        assert_eq!(names, METRICS.iter().map(|metric| metric.name).collect());
        let written = written(&board);
        let budget = r#"{budget="latency p99",case="pay",project="shop"}"#;
        let value = |name: &str, labels: &str| written.get(&format!("{name}{labels}")).copied();
        assert_eq!(value("tollgate_exceeded", budget), Some(1.0));
        assert_eq!(value("tollgate_not_measured", budget), Some(0.0));
        assert_eq!(value("tollgate_headroom", budget), Some(-0.25));
        assert_eq!(value("tollgate_estimate", budget), Some(5.0));
        assert_eq!(value("tollgate_step", budget), Some(0.2));
        let run = r#"{project="shop"}"#;
        assert_eq!(value("tollgate_run_age", run), Some(10.0));
        assert_eq!(value("tollgate_run_exceeded", run), Some(1.0));
        assert_eq!(value("tollgate_runs", run), Some(3.0));
    }

    #[test]
    fn what_the_latest_run_no_longer_says_is_missing() {
        let mut board = Board::new();
        let both = vec![verdict("pay", Finding::Within), verdict("list", Finding::Within)];
        show(&[latest(both)], 0, &mut board);
        let before = written(&board).len();
        show(&[latest(vec![verdict("pay", Finding::Within)])], 0, &mut board);
        let written = written(&board);
        assert_eq!(before - written.len(), 6);
        assert!(written.keys().all(|series| !series.contains("list")));
        show(&[], 0, &mut board);
        assert!(self::written(&board).is_empty());
    }

    #[test]
    fn of_two_budgets_that_are_called_the_same_the_worse_is_shown_in_either_order() {
        let (good, bad) = (verdict("pay", Finding::Within), verdict("pay", Finding::NotMeasured));
        for verdicts in [[good.clone(), bad.clone()], [bad, good]] {
            let mut board = Board::new();
            show(&[latest(verdicts.to_vec())], 0, &mut board);
            let budget = r#"tollgate_not_measured{budget="latency p99",case="pay",project="shop"}"#;
            assert_eq!(written(&board).get(budget), Some(&1.0));
        }
    }

    #[test]
    fn what_there_is_no_number_for_is_missing() {
        let mut board = Board::new();
        let mut unknown = verdict("pay", Finding::NotMeasured);
        (unknown.headroom, unknown.estimate) = (None, None);
        show(&[latest(vec![unknown])], 0, &mut board);
        let written = written(&board);
        let has = |name| written.keys().any(|series| series.starts_with(name));
        assert!(
            has("tollgate_exceeded{") && !has("tollgate_headroom") && !has("tollgate_estimate")
        );
    }

    #[test]
    fn environments_operations_and_carried_cases_have_series_of_their_own() {
        let mut board = Board::new();
        let mut one = latest(vec![verdict("pay", Finding::Within)]);
        one.judgement.run.environment = Some("lab".to_owned());
        one.judgement.verdicts[0].operation = Some("POST /pay".to_owned());
        one.carried = vec![verdict("list", Finding::Exceeded)];
        show(&[one, latest(vec![verdict("pay", Finding::Within)])], 0, &mut board);
        let written = written(&board);
        for (series, value) in [
            (
                concat!(
                    r#"{budget="latency p99",case="pay",environment="lab","#,
                    r#"operation="POST /pay",project="shop"}"#
                ),
                0.0,
            ),
            (r#"{budget="latency p99",case="list",environment="lab",project="shop"}"#, 1.0),
            (r#"{budget="latency p99",case="pay",project="shop"}"#, 0.0),
        ] {
            assert_eq!(written.get(&format!("tollgate_exceeded{series}")), Some(&value));
        }
        let run = r#"tollgate_run_exceeded{environment="lab",project="shop"}"#;
        assert_eq!(written.get(run), Some(&0.0), "a run counts only its own");
    }
}
