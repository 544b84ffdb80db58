//! One JUnit test case a budget, for the test pages of CI systems.
//!
//! A test case passes only when its budget was measured and kept; whatever else happened is a
//! failure, an error or a skip with its reason.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::escape::visible;
use super::phrase;
use crate::calendar;
use crate::judge::{Finding, Judgement, Outcome, Verdict};
use crate::quantity::{Dimension, show};

pub(super) fn render(judgement: &Judgement) -> String {
    let mut report = Report::new("tollgate");
    let mut suites: Vec<TestSuite> = Vec::new();
    let mut place = std::collections::HashMap::new();
    for verdict in &judgement.verdicts {
        let at = *place.entry(verdict.case.as_str()).or_insert_with(|| {
            suites.push(suite(&verdict.case, judgement));
            suites.len() - 1
        });
        suites[at].add_test_case(test_case(verdict));
    }
    if let Some(case) = whole_run(judgement) {
        let mut whole = suite("run", judgement);
        whole.add_test_case(case);
        suites.push(whole);
    }
    report.add_test_suites(suites);
    report.to_string().expect("writing to memory does not fail")
}

fn suite(name: &str, judgement: &Judgement) -> TestSuite {
    let run = &judgement.run;
    let mut suite = TestSuite::new(visible(name));
    let mut property = |name: &str, value: &str| {
        suite.add_property(Property::new(name, visible(value)));
    };
    property("run", &run.id);
    property("started", &calendar::rfc3339(run.started_ms));
    if let Some(commit) = &run.commit {
        property("commit", &commit.hash);
    }
    property("machine", &run.machine.fingerprint());
    property("seed", &run.seed.to_string());
    suite
}

fn test_case(verdict: &Verdict) -> TestCase {
    // Without what a relative limit came to: CI systems know a test case by its name.
    let limits = phrase::limits(verdict, true, |held, _| phrase::written_limit(held));
    let name = format!("{} {limits}", phrase::subject(verdict));
    let mut case = TestCase::new(visible(name.trim_end()), status(verdict));
    case.set_classname(visible(&match &verdict.operation {
        Some(operation) => format!("{} / {operation}", verdict.case),
        None => verdict.case.clone(),
    }));
    if let Some(seconds) = seconds(verdict) {
        case.set_time(seconds);
    }
    case.set_system_out(output(verdict));
    case
}

/// The estimate as the duration of the test case, so that CI systems chart it.
fn seconds(verdict: &Verdict) -> Option<Duration> {
    let estimate = verdict.estimate.as_ref()?;
    (verdict.dimension == Some(Dimension::TIME))
        .then(|| Duration::try_from_secs_f64(estimate.value / 1e9).ok())
        .flatten()
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let message = match (&verdict.accepted, &verdict.reason) {
        (Some(accepted), _) => format!("{}; accepted: {accepted}", phrase::sentence(verdict)),
        (None, Some(reason)) => format!("{}; {reason}", phrase::sentence(verdict)),
        (None, None) => phrase::sentence(verdict),
    };
    let passes = verdict.outcome == Outcome::Within;
    match verdict.finding {
        Finding::Within | Finding::Warned if passes && verdict.accepted.is_none() => {
            TestCaseStatus::success()
        }
        _ if passes => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(visible(&message));
            status
        }
        Finding::Exceeded => broken(NonSuccessKind::Failure, "BudgetExceeded", &message),
        Finding::NotMeasured => broken(NonSuccessKind::Error, "NotMeasured", &message),
        Finding::CannotTell => broken(NonSuccessKind::Failure, "CannotTell", &message),
        Finding::Within | Finding::Warned => of_outcome(verdict.outcome, &message),
    }
}

fn of_outcome(outcome: Outcome, message: &str) -> TestCaseStatus {
    match outcome {
        Outcome::Exceeded => broken(NonSuccessKind::Failure, "BudgetExceeded", message),
        Outcome::CannotTell => broken(NonSuccessKind::Failure, "CannotTell", message),
        Outcome::NotMeasured | Outcome::Within => {
            broken(NonSuccessKind::Error, "NotMeasured", message)
        }
    }
}

fn broken(kind: NonSuccessKind, type_name: &str, message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(type_name).set_message(visible(message));
    status
}

fn output(verdict: &Verdict) -> String {
    let mut lines = vec![phrase::sentence(verdict)];
    if let Some(estimate) = &verdict.estimate {
        let confidence = show(estimate.confidence, Dimension::SHARE);
        lines.push(format!(
            "{}, {confidence} interval, n {}",
            estimate.method,
            phrase::observations(estimate)
        ));
    }
    if let Some(change) = &verdict.change {
        lines.push(format!("change against the baseline: {}", phrase::change(change)));
    }
    for (word, text) in
        [("reason", &verdict.reason), ("hint", &verdict.hint), ("accepted", &verdict.accepted)]
    {
        lines.extend(text.as_ref().map(|text| format!("{word}: {text}")));
    }
    lines.iter().map(|line| visible(line)).collect::<Vec<_>>().join("\n")
}

/// What no single budget carries: a run that failed as a whole, or judged nothing.
fn whole_run(judgement: &Judgement) -> Option<TestCase> {
    let mut notes = judgement.notes.clone();
    let carried = judgement.verdicts.iter().any(|v| v.outcome == judgement.outcome);
    if judgement.verdicts.is_empty() {
        notes.insert(0, phrase::NOTHING_JUDGED.to_owned());
    } else if carried || judgement.outcome == Outcome::Within {
        return None;
    }
    if let Some(state) = phrase::unfinished(&judgement.run) {
        notes.insert(0, format!("the run was {state}"));
    }
    let message = if notes.is_empty() {
        phrase::outcome(judgement.outcome).to_owned()
    } else {
        notes.join("; ")
    };
    let mut case = TestCase::new("run", of_outcome(judgement.outcome, &message));
    case.set_classname("run");
    Some(case)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sample_as_junit() {
        insta::assert_snapshot!(render(&sample::judgement()));
    }

    #[test]
    fn every_report_parses_as_xml() {
        for judgement in [sample::judgement(), sample::hostile(), sample::empty()] {
            let text = render(&judgement);
            let allowed = |c: char| !c.is_control() || c == '\n';
            assert!(text.chars().all(|c| allowed(c) && c != '\u{fffe}'), "{text:?}");
            let parsed = Report::deserialize_from_str(&text).unwrap();
            let cases: usize = parsed.test_suites.iter().map(|s| s.test_cases.len()).sum();
            assert_eq!(cases, judgement.verdicts.len().max(1));
        }
    }

    #[test]
    fn a_regression_is_never_a_passing_test_case() {
        let mut verdict = sample::verdict(Finding::Exceeded);
        let estimate = verdict.estimate.as_mut().unwrap();
        estimate.value *= 3.0;
        verdict.headroom = Some(-2.0);
        for outcome in
            [Outcome::Within, Outcome::CannotTell, Outcome::NotMeasured, Outcome::Exceeded]
        {
            verdict.outcome = outcome;
            for accepted in [None, Some("until 2027-01-31: known".to_owned())] {
                verdict.accepted = accepted;
                assert!(!passes(&status(&verdict)), "{outcome:?}");
            }
        }
        verdict.outcome = Outcome::Exceeded;
        verdict.accepted = None;
        assert!(matches!(
            status(&verdict),
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. }
        ));
    }

    #[test]
    fn only_a_kept_budget_passes() {
        for finding in [Finding::Within, Finding::Warned, Finding::CannotTell, Finding::NotMeasured]
        {
            for outcome in
                [Outcome::Within, Outcome::CannotTell, Outcome::NotMeasured, Outcome::Exceeded]
            {
                let mut verdict = sample::verdict(finding);
                verdict.outcome = outcome;
                let kept = matches!(finding, Finding::Within | Finding::Warned)
                    && outcome == Outcome::Within;
                assert_eq!(passes(&status(&verdict)), kept, "{finding:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn a_run_that_failed_as_a_whole_is_an_error_even_if_its_budgets_passed() {
        let mut judgement = sample::judgement();
        judgement.verdicts.retain(phrase::is_plainly_within);
        judgement.outcome = Outcome::NotMeasured;
        assert!(render(&judgement).contains("errors=\"1\""));
    }

    fn passes(status: &TestCaseStatus) -> bool {
        matches!(status, TestCaseStatus::Success { .. })
    }
}
