//! Workflow commands that put verdicts beside the lines of the budget file on GitHub.

use super::escape::{clip, visible, workflow_message, workflow_property};
use super::phrase;
use crate::judge::{Finding, Judgement, Outcome, Verdict};

/// What GitHub shows of one kind for one step.
const MOST: usize = 10;

/// Longer messages are cut by GitHub without a mark.
const LONGEST: usize = 2_000;

pub(super) fn annotations(judgement: &Judgement) -> String {
    let worst = phrase::worst_first(judgement);
    let errors: Vec<&Verdict> =
        worst.iter().copied().filter(|v| v.outcome != Outcome::Within).collect();
    let warnings: Vec<&Verdict> = worst
        .iter()
        .copied()
        .filter(|v| v.outcome == Outcome::Within && !phrase::is_plainly_within(v))
        .collect();
    let mut out = String::new();
    if judgement.verdicts.is_empty() {
        out.push_str(&format!("::error title=tollgate::{}\n", phrase::NOTHING_JUDGED));
    } else if errors.is_empty() && judgement.outcome != Outcome::Within {
        let state = phrase::unfinished(&judgement.run).map(|state| format!("run {state}"));
        let texts: Vec<String> = state.into_iter().chain(judgement.notes.clone()).collect();
        let text = format!("{}: {}", phrase::outcome(judgement.outcome), texts.join("; "));
        out.push_str(&format!("::error title=tollgate::{}\n", message(&text)));
    }
    for verdict in errors.iter().take(MOST) {
        out.push_str(&annotation("error", verdict));
    }
    for verdict in warnings.iter().take(MOST) {
        out.push_str(&annotation("warning", verdict));
    }
    let more = |all: &[&Verdict]| all.len().saturating_sub(MOST);
    if more(&errors) + more(&warnings) > 0 {
        out.push_str(&format!(
            "::notice title=tollgate::{} more errors and {} more warnings are in the report\n",
            more(&errors),
            more(&warnings)
        ));
    }
    out
}

fn annotation(level: &str, verdict: &Verdict) -> String {
    let mut properties = Vec::new();
    if !verdict.place.file.is_empty() {
        properties.push(format!("file={}", workflow_property(&verdict.place.file)));
        if verdict.place.line > 0 {
            properties.push(format!("line={}", verdict.place.line));
            if verdict.place.column > 0 {
                properties.push(format!("col={}", verdict.place.column));
            }
        }
    }
    let title = format!("{} {}", phrase::full_name(verdict), verdict.finding.words());
    properties.push(format!("title={}", workflow_property(&clip(&title, 200))));
    let mut text = phrase::sentence(verdict);
    let accepted = verdict.accepted.as_ref().map(|accepted| format!("accepted: {accepted}"));
    let hint = verdict.hint.as_ref().filter(|_| verdict.finding != Finding::Within);
    for part in accepted.iter().chain(&verdict.reason).chain(hint) {
        text.push_str("; ");
        text.push_str(part);
    }
    format!("::{level} {}::{}\n", properties.join(","), message(&text))
}

fn message(text: &str) -> String {
    workflow_message(&clip(&visible(text), LONGEST))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sample_as_annotations() {
        insta::assert_snapshot!(annotations(&sample::judgement()));
    }

    #[test]
    fn hostile_names_start_no_command_of_their_own() {
        let text = annotations(&sample::hostile());
        for line in text.lines() {
            assert!(["::error ", "::warning ", "::notice "].iter().any(|c| line.starts_with(c)));
            let properties = line.trim_start_matches(':').split("::").next().unwrap();
            assert!(!properties.contains(':'), "{line}");
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn more_than_ten_of_a_kind_are_counted() {
        let text = annotations(&sample::many(5_000));
        let count = |level: &str| text.lines().filter(|line| line.starts_with(level)).count();
        assert_eq!((count("::error"), count("::warning"), count("::notice")), (10, 10, 1));
        assert!(text.ends_with("are in the report\n"));
    }

    #[test]
    fn a_run_that_failed_as_a_whole_is_an_error() {
        let mut judgement = sample::judgement();
        judgement.verdicts.retain(phrase::is_plainly_within);
        judgement.outcome = Outcome::NotMeasured;
        assert!(annotations(&judgement).starts_with("::error title=tollgate::not measured"));
    }

    #[test]
    fn nothing_but_kept_budgets_is_silent() {
        let mut judgement = sample::judgement();
        judgement.verdicts.retain(phrase::is_plainly_within);
        judgement.outcome = Outcome::Within;
        assert_eq!(annotations(&judgement), "");
    }
}
