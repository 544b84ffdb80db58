//! The list of stored runs, for `tollgate history list`.

use super::escape::{clip, visible};
use super::table::{self, Align, Cell, Column, Keep};
use super::{Style, phrase};
use crate::calendar;
use crate::judge::Outcome;
use crate::run::RunState;

/// What one line says about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    pub id: String,
    /// Milliseconds since 1970 in UTC.
    pub started_ms: i64,
    pub state: RunState,
    /// Absent for a run that was never judged.
    pub outcome: Option<Outcome>,
    pub branch: Option<String>,
    pub commit: Option<String>,
    pub dirty: bool,
    pub cases: usize,
    pub trials: usize,
    pub machine: String,
}

const fn column(title: &'static str, align: Align, keep: Keep, cut_to: Option<usize>) -> Column {
    Column { title, align, keep, cut_to }
}

const COLUMNS: [Column; 8] = [
    column("run", Align::Left, Keep::Always, None),
    column("started", Align::Left, Keep::UntilTight(2), None),
    column("outcome", Align::Left, Keep::Always, None),
    column("commit", Align::Left, Keep::Always, None),
    column("branch", Align::Left, Keep::Always, Some(8)),
    column("cases", Align::Right, Keep::UntilTight(1), None),
    column("trials", Align::Right, Keep::UntilTight(1), None),
    column("machine", Align::Left, Keep::UntilTight(0), None),
];

/// One line a run, in the order given; `quiet` prints the ids alone.
#[must_use]
pub fn list(runs: &[HistoryRow], style: &Style) -> String {
    if style.quiet {
        return runs.iter().map(|run| format!("{}\n", visible(&run.id))).collect();
    }
    if runs.is_empty() {
        return "no runs are stored\n".to_owned();
    }
    let rows: Vec<Vec<Cell>> = runs.iter().map(cells).collect();
    let layout = table::fit(&COLUMNS, &rows, style.width, style.colour);
    let mut out = layout.titles();
    out.push('\n');
    for row in &rows {
        out.push_str(&layout.row(row));
        out.push('\n');
    }
    out
}

fn cells(run: &HistoryRow) -> Vec<Cell> {
    let commit = run.commit.as_deref().map_or("-".to_owned(), |hash| {
        let short: String = hash.chars().take(12).collect();
        if run.dirty { format!("{short}+") } else { short }
    });
    let (outcome, colour) = match (run.state, run.outcome) {
        (RunState::Open, _) => ("not finished", "2"),
        (RunState::Interrupted, None) => ("interrupted", "33"),
        (RunState::Complete, None) => ("not judged", "2"),
        // No judge calls an interrupted run within; should a store say so, the state wins.
        (RunState::Interrupted, Some(Outcome::Within)) => ("interrupted", "33"),
        (_, Some(outcome)) => (
            phrase::outcome(outcome),
            match outcome {
                Outcome::Within => "32",
                Outcome::CannotTell => "35",
                Outcome::NotMeasured => "2;31",
                Outcome::Exceeded => "31",
            },
        ),
    };
    vec![
        Cell::new(&run.id),
        Cell::new(calendar::minutes(run.started_ms)),
        Cell::new(outcome).painted(colour),
        Cell::new(commit),
        Cell::new(clip(&visible(run.branch.as_deref().unwrap_or("-")), 32)),
        Cell::new(phrase::count(run.cases as u64)),
        Cell::new(phrase::count(run.trials as u64)),
        Cell::new(&run.machine),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs() -> Vec<HistoryRow> {
        let run = |id: &str, state, outcome| HistoryRow {
            id: id.into(),
            started_ms: 1_795_227_360_000,
            state,
            outcome,
            branch: Some("main".into()),
            commit: Some("3f2a91c0b1d2e3f405162738495a6b7c8d9e0f1a".into()),
            dirty: false,
            cases: 3,
            trials: 15,
            machine: "bench-1".into(),
        };
        vec![
            run("20261121-021600-7f3a", RunState::Complete, Some(Outcome::Within)),
            HistoryRow {
                dirty: true,
                branch: Some("feature/µ-a-rather-long-branch-name\x1b[31m".into()),
                ..run("20261121-021600-7f3b", RunState::Complete, Some(Outcome::Exceeded))
            },
            HistoryRow {
                branch: None,
                commit: None,
                trials: 12_345,
                ..run("20261121-021600-7f3c", RunState::Interrupted, Some(Outcome::Within))
            },
            run("20261121-021600-7f3d", RunState::Open, None),
            run("20261121-021600-7f3e", RunState::Complete, None),
        ]
    }

    fn at(width: usize, colour: bool, quiet: bool) -> String {
        list(&runs(), &Style { colour, width, quiet })
    }

    #[test]
    fn a_list_on_a_wide_terminal() {
        insta::assert_snapshot!(at(140, false, false));
    }

    #[test]
    fn a_list_at_eighty_columns() {
        insta::assert_snapshot!(at(80, false, false));
    }

    #[test]
    fn an_interrupted_run_is_never_listed_as_within() {
        let text = list(&runs()[2..3], &Style { colour: true, width: 140, quiet: false });
        assert!(text.contains("interrupted") && !text.contains("within"));
    }

    #[test]
    fn quiet_prints_ids_for_other_programs() {
        assert_eq!(at(80, true, true).lines().next(), Some("20261121-021600-7f3a"));
    }

    #[test]
    fn an_empty_history_says_so() {
        let style = Style { colour: false, width: 80, quiet: false };
        assert_eq!(list(&[], &style), "no runs are stored\n");
    }
}
