//! One row a budget after RFC 4180, numbers in base units.
//!
//! Cells hold the raw names, quoted: a program reads this. A spreadsheet may take a cell that
//! starts with `=` for a formula.

use crate::calendar;
use crate::judge::{Estimate, Held, Judgement, Verdict};
use crate::quantity::{Dimension, Kind};

const HEADER: &[&str] = &[
    "run",
    "project",
    "environment",
    "started",
    "commit",
    "branch",
    "modified",
    "machine",
    "seed",
    "baseline",
    "case",
    "operation",
    "metric",
    "statistic",
    "finding",
    "outcome",
    "unit",
    "estimate",
    "low",
    "high",
    "confidence",
    "method",
    "n",
    "n_effective",
    "hard_limit",
    "hard_op",
    "hard_value",
    "soft_limit",
    "soft_op",
    "soft_value",
    "headroom",
    "change",
    "change_low",
    "change_high",
    "accepted",
    "reason",
    "hint",
    "file",
    "line",
    "column",
];

pub(super) fn render(judgement: &Judgement) -> String {
    let mut out = HEADER.join(",");
    out.push_str("\r\n");
    for verdict in &judgement.verdicts {
        let cells = [run_cells(judgement), verdict_cells(verdict)].concat();
        debug_assert_eq!(cells.len(), HEADER.len(), "one cell a column");
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn run_cells(judgement: &Judgement) -> Vec<String> {
    let run = &judgement.run;
    let commit = run.commit.as_ref();
    vec![
        quoted(&run.id),
        quoted(&run.project),
        quoted(run.environment.as_deref().unwrap_or_default()),
        calendar::rfc3339(run.started_ms),
        quoted(commit.map_or("", |commit| &commit.hash)),
        quoted(commit.and_then(|commit| commit.branch.as_deref()).unwrap_or_default()),
        commit.map_or(String::new(), |commit| commit.dirty.to_string()),
        quoted(&run.machine.fingerprint()),
        run.seed.to_string(),
        quoted(judgement.baseline.as_ref().map_or("", |baseline| &baseline.name)),
    ]
}

fn verdict_cells(verdict: &Verdict) -> Vec<String> {
    let estimate = verdict.estimate.as_ref();
    let change = verdict.change.as_ref();
    let of =
        |value: fn(&Estimate) -> Option<f64>, from: Option<&Estimate>| number(from.and_then(value));
    let mut cells = vec![
        quoted(&verdict.case),
        quoted(verdict.operation.as_deref().unwrap_or_default()),
        quoted(&verdict.metric),
        verdict.statistic.to_string(),
        verdict.finding.words().to_owned(),
        super::phrase::outcome(verdict.outcome).to_owned(),
        verdict.dimension.map_or("", unit).to_owned(),
        of(|e| Some(e.value), estimate),
        of(|e| e.low, estimate),
        of(|e| e.high, estimate),
        of(|e| Some(e.confidence), estimate),
        quoted(estimate.map_or("", |e| &e.method)),
        estimate.map_or(String::new(), |e| e.n.to_string()),
        of(|e| Some(e.n_effective), estimate),
    ];
    cells.extend(held(verdict.hard.as_ref()));
    cells.extend(held(verdict.soft.as_ref()));
    cells.extend([
        number(verdict.headroom),
        of(|e| Some(e.value), change),
        of(|e| e.low, change),
        of(|e| e.high, change),
        quoted(verdict.accepted.as_deref().unwrap_or_default()),
        quoted(verdict.reason.as_deref().unwrap_or_default()),
        quoted(verdict.hint.as_deref().unwrap_or_default()),
        quoted(&verdict.place.file),
        verdict.place.line.to_string(),
        verdict.place.column.to_string(),
    ]);
    cells
}

fn held(held: Option<&Held>) -> [String; 3] {
    match held {
        Some(held) => {
            [quoted(&held.limit.text), held.limit.op.symbol().to_owned(), number(held.value)]
        }
        None => Default::default(),
    }
}

/// The shortest digits that read back to the same number; empty when there is none.
fn number(value: Option<f64>) -> String {
    value.filter(|value| !value.is_nan()).map_or(String::new(), |value| value.to_string())
}

fn unit(dimension: Dimension) -> &'static str {
    match (dimension.kind, dimension.per_time) {
        (Kind::Time, false) => "ns",
        (Kind::Bytes, false) => "B",
        (Kind::Count, false) => "1",
        (Kind::Share, false) => "share",
        (Kind::Time, true) => "ns/s",
        (Kind::Bytes, true) => "B/s",
        (Kind::Count, true) => "1/s",
        (Kind::Share, true) => "share/s",
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_sample_as_rows() {
        insta::assert_snapshot!(render(&sample::judgement()));
    }

    /// A reader of its own, so that the writer is not checked against itself.
    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
        let mut chars = text.chars().peekable();
        let mut inside = false;
        while let Some(c) = chars.next() {
            match (inside, c) {
                (true, '"') if chars.peek() == Some(&'"') => cell.extend(chars.next()),
                (_, '"') => inside = !inside,
                (false, ',') => row.push(std::mem::take(&mut cell)),
                (false, '\r') => {
                    assert_eq!(chars.next(), Some('\n'));
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                _ => cell.push(c),
            }
        }
        assert!(!inside && row.is_empty() && cell.is_empty());
        rows
    }

    #[test]
    fn hostile_names_come_back_as_they_were() {
        let judgement = sample::hostile();
        let rows = rows(&render(&judgement));
        assert_eq!(rows.len(), judgement.verdicts.len() + 1);
        for (row, verdict) in rows[1..].iter().zip(&judgement.verdicts) {
            assert_eq!(row.len(), HEADER.len());
            assert_eq!(row[10], verdict.case);
            assert_eq!(row[11], verdict.operation.clone().unwrap_or_default());
        }
    }

    #[test]
    fn nothing_judged_is_the_header_alone() {
        assert_eq!(rows(&render(&sample::empty())).len(), 1);
    }
}
