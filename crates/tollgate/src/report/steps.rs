//! The steps in the history, for `tollgate history steps`.

use super::table::{self, Align, Cell, Column, Keep};
use super::{Style, phrase};
use crate::calendar;
use crate::course::{Course, Step};
use crate::quantity::{Dimension, show};

const fn column(title: &'static str, align: Align, keep: Keep, cut_to: Option<usize>) -> Column {
    Column { title, align, keep, cut_to }
}

const COLUMNS: [Column; 7] = [
    column("budget", Align::Left, Keep::Always, Some(16)),
    column("change", Align::Right, Keep::Always, None),
    column("before", Align::Right, Keep::UntilTight(2), None),
    column("after", Align::Right, Keep::UntilTight(2), None),
    column("since run", Align::Left, Keep::Always, None),
    column("commit", Align::Left, Keep::UntilTight(1), None),
    column("runs since", Align::Right, Keep::UntilTight(0), None),
];

/// One line a step, the latest first; `quiet` leaves out what got better.
#[must_use]
pub fn terminal(courses: &[Course], style: &Style) -> String {
    let mut found: Vec<(&Course, Step)> = Vec::new();
    for course in courses {
        found.extend(course.steps().into_iter().map(|step| (course, step)));
    }
    found.retain(|(_, step)| step.is_worse || !style.quiet);
    found.sort_by(|(_, one), (_, other)| (other.at_ms, &other.run).cmp(&(one.at_ms, &one.run)));
    let rows: Vec<Vec<Cell>> = found.iter().map(|(course, step)| cells(course, step)).collect();
    let layout = table::fit(&COLUMNS, &rows, style.width, style.colour);
    let mut out = String::new();
    if !rows.is_empty() {
        out.push_str(&layout.titles());
        out.push('\n');
    }
    for row in &rows {
        out.push_str(&layout.row(row));
        out.push('\n');
    }
    if !style.quiet {
        let runs = courses.iter().map(|course| course.points.len()).max().unwrap_or(0);
        let steps = counted(rows.len(), "step");
        let (budgets, runs) = (counted(courses.len(), "budget"), counted(runs, "judged run"));
        out.push_str(&format!("{steps} in {budgets} of {runs} at most\n"));
    }
    out
}

fn cells(course: &Course, step: &Step) -> Vec<Cell> {
    let value = |value| show(value, course.dimension.unwrap_or(Dimension::COUNT));
    let word = if step.is_worse { "worse" } else { "better" };
    let change = step.change.map_or(word.to_owned(), |share| phrase::percent(share) + ", " + word);
    let commit = step.commit.as_ref().map_or("-".to_owned(), phrase::commit);
    vec![
        Cell::new(name(course)),
        Cell::new(change).painted(if step.is_worse { "31" } else { "32" }),
        Cell::new(value(step.before)),
        Cell::new(value(step.after)),
        Cell::new(format!("{} {}", step.run, calendar::minutes(step.at_ms))).or_short(&step.run),
        Cell::new(commit),
        Cell::new(phrase::count(step.runs_since as u64)),
    ]
}

fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", phrase::count(number as u64))
}

/// `staging: search / GET /find / latency p99`.
fn name(course: &Course) -> String {
    let subject = &course.subject;
    let mut parts = vec![subject.case.clone()];
    parts.extend(subject.operation.clone());
    parts.push(format!("{} {}", subject.metric, subject.statistic));
    let parts = parts.join(" / ");
    match &subject.environment {
        Some(environment) => format!("{environment}: {parts}"),
        None => parts,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::course::courses;
    use crate::judge::{Finding, Judgement};
    use crate::quantity::Dimension;

    /// Thirty runs of two budgets, of which one steps up at the twentieth.
    fn history() -> Vec<Course> {
        let run = |number: u32| {
            let off = f64::from(number * 7 % 5) * 1e4;
            let level = if number < 20 { 12.0e6 } else { 13.5e6 };
            let mut stepped = sample::verdict(Finding::Within);
            stepped.estimate = Some(sample::estimate(level + off, None, None));
            let mut steady = sample::verdict(Finding::Within);
            steady.operation = Some("feasibility\u{1b}[31m".to_owned());
            steady.dimension = Some(Dimension::TIME);
            steady.estimate = Some(sample::estimate(1e6 + off, None, None));
            let mut judgement =
                Judgement { verdicts: vec![stepped, steady], ..sample::judgement() };
            judgement.run.id = format!("20261121-0216{number:02}-7f3a");
            judgement.run.started_ms += i64::from(number) * 3_600_000;
            judgement
        };
        courses(&(0..30).map(run).collect::<Vec<_>>())
    }

    fn at(width: usize, quiet: bool) -> String {
        terminal(&history(), &Style { colour: false, width, quiet })
    }

    #[test]
    fn steps_on_a_wide_terminal() {
        insta::assert_snapshot!(at(160, false));
    }

    #[test]
    fn steps_at_eighty_columns() {
        insta::assert_snapshot!(at(80, false));
    }

    #[test]
    fn a_history_without_steps_says_how_much_was_looked_at() {
        let style = Style { colour: false, width: 80, quiet: false };
        let text = terminal(&history()[1..], &style);
        assert_eq!(text, "0 steps in 1 budget of 30 judged runs at most\n");
        assert_eq!(terminal(&history()[1..], &Style { quiet: true, ..style }), "");
    }
}
