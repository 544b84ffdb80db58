//! The report on a terminal: what a performance engineer reads in ten seconds.

use std::collections::{HashMap, HashSet};

use super::phrase;
use super::table::{self, Align, Cell, Column, Keep, Layout};
use super::{Style, escape};
use crate::judge::{Finding, Judgement, Outcome, Verdict};

const COLUMNS: [Column; 8] = [
    column("finding", Keep::Always, None),
    column("metric", Keep::Always, Some(11)),
    column("estimate", Keep::Always, None),
    column("limit", Keep::Always, Some(16)),
    Column { align: Align::Right, ..column("headroom", Keep::UntilShort, None) },
    column("n", Keep::UntilTight(1), None),
    column("change", Keep::UntilTight(2), None),
    column("0 .. limit .. 2x", Keep::UntilTight(0), None),
];

const fn column(title: &'static str, keep: Keep, cut_to: Option<usize>) -> Column {
    Column { title, align: Align::Left, keep, cut_to }
}

/// The width from which the interval is drawn against its limit.
const BAR_FROM: usize = 120;

pub(super) fn render(judgement: &Judgement, style: Style) -> String {
    let shown: Vec<&Verdict> = judgement
        .verdicts
        .iter()
        .filter(|verdict| {
            !style.quiet || verdict.finding != Finding::Within || verdict.outcome != Outcome::Within
        })
        .collect();
    let rows: Vec<Vec<Cell>> = shown.iter().map(|verdict| cells(verdict, style)).collect();
    let layout = table::fit(&COLUMNS, &rows, style.width, style.colour);
    let mut out = String::new();
    if !rows.is_empty() {
        out.push_str(&layout.titles());
        out.push('\n');
        lines(&mut out, &shown, &rows, &layout, style);
        out.push('\n');
    }
    if !style.quiet {
        remarks(&mut out, judgement, style);
    }
    summary(&mut out, judgement, style);
    out
}

/// The verdicts below their cases and operations, both in the order of their first appearance. What
/// can be done about several of them is said below the first.
fn lines(out: &mut String, shown: &[&Verdict], rows: &[Vec<Cell>], layout: &Layout, style: Style) {
    let mut hints = HashSet::new();
    for (case, members) in grouped((0..shown.len()).collect(), |i| Some(shown[i].case.as_str())) {
        let case = heading(case.unwrap_or_default());
        out.push_str(&table::paint(&case, "1", style.colour));
        out.push('\n');
        for (operation, members) in grouped(members, |i| shown[i].operation.as_deref()) {
            if let Some(operation) = operation {
                out.push_str(&format!("  {}\n", heading(operation)));
            }
            for index in members {
                out.push_str(&layout.row(&rows[index]));
                out.push('\n');
                if shown[index].finding != Finding::Within {
                    let hint = shown[index].hint.as_deref();
                    explain(out, shown[index], hint.filter(|hint| hints.insert(*hint)), style);
                }
            }
        }
    }
}

fn heading(name: &str) -> String {
    if name.is_empty() { "(no name)".to_owned() } else { escape::visible(name) }
}

/// Indices with equal names together, names in the order of their first appearance.
fn grouped<'a>(
    indices: Vec<usize>,
    name: impl Fn(usize) -> Option<&'a str>,
) -> Vec<(Option<&'a str>, Vec<usize>)> {
    let mut groups: Vec<(Option<&str>, Vec<usize>)> = Vec::new();
    let mut place = HashMap::new();
    for index in indices {
        let name = name(index);
        let at = *place.entry(name).or_insert_with(|| {
            groups.push((name, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(index);
    }
    groups
}

fn cells(verdict: &Verdict, style: Style) -> Vec<Cell> {
    let indent = if verdict.operation.is_some() { "    " } else { "  " };
    let soft_too = verdict.finding == Finding::Warned;
    let bar = if style.width >= BAR_FROM { bar(verdict) } else { None };
    vec![
        Cell::new(format!("{indent}{}", verdict.finding.words())).painted(colour(verdict.finding)),
        Cell::new(phrase::subject(verdict)),
        Cell::new(
            verdict
                .estimate
                .as_ref()
                .map_or("-".into(), |e| phrase::estimate(e, verdict.dimension)),
        ),
        Cell::new(phrase::limits(verdict, soft_too, phrase::limit))
            .or_short(phrase::deciding_limit(verdict)),
        Cell::new(verdict.headroom.map_or(String::new(), phrase::percent)),
        Cell::new(verdict.estimate.as_ref().map_or(String::new(), phrase::observations)),
        Cell::new(verdict.change.as_ref().map_or(String::new(), phrase::change)),
        Cell::new(bar.unwrap_or_default()),
    ]
}

fn colour(finding: Finding) -> &'static str {
    match finding {
        Finding::Within => "32",
        Finding::Warned => "33",
        Finding::Exceeded => "31",
        Finding::CannotTell => "35",
        Finding::NotMeasured => "2;31",
    }
}

/// Reason and hint, where the numbers alone do not settle the matter.
fn explain(out: &mut String, verdict: &Verdict, hint: Option<&str>, style: Style) {
    let indent = if verdict.operation.is_some() { "      " } else { "    " };
    if let Some(reason) = &verdict.reason {
        out.push_str(&table::wrap(reason, indent, style.width));
    }
    if let Some(hint) = hint {
        out.push_str(&table::wrap(&format!("hint: {hint}"), indent, style.width));
    }
}

/// The interval on a scale from zero over the limit in the middle to twice the limit.
fn bar(verdict: &Verdict) -> Option<String> {
    const HALF: f64 = 10.0;
    let estimate = verdict.estimate.as_ref()?;
    let limit = verdict.hard.as_ref().or(verdict.soft.as_ref())?.value?;
    if !(limit > 0.0 && limit.is_finite() && estimate.value.is_finite()) {
        return None;
    }
    let last = (2.0 * HALF) as usize;
    let column = |value: f64| ((value / limit * HALF).round().max(0.0) as usize).min(last);
    let mut cells = vec![' '; last + 1];
    let low = estimate.low.map_or(0, column);
    let high = estimate.high.map_or(last, column);
    cells[low.min(high)..=high.max(low)].fill('-');
    cells[last / 2] = '|';
    cells[column(estimate.value)] = '*';
    if estimate.high.is_none_or(|high| high > 2.0 * limit) {
        cells[last] = '>';
    }
    Some(cells.into_iter().collect::<String>().trim_end().to_owned())
}

fn remarks(out: &mut String, judgement: &Judgement, style: Style) {
    let accepted: Vec<String> = judgement
        .verdicts
        .iter()
        .filter_map(|v| v.accepted.as_ref().map(|a| format!("{}: {a}", phrase::full_name(v))))
        .collect();
    for (title, texts) in [("accepted breaches", &accepted), ("notes", &judgement.notes)] {
        if texts.is_empty() {
            continue;
        }
        out.push_str(&table::paint(title, "1", style.colour));
        out.push('\n');
        for text in texts {
            out.push_str(&table::wrap(text, "  ", style.width));
        }
        out.push('\n');
    }
}

fn summary(out: &mut String, judgement: &Judgement, style: Style) {
    let status = phrase::status(judgement);
    let counts = phrase::counts(judgement);
    let colour = match judgement.outcome {
        _ if judgement.verdicts.is_empty() => "31",
        Outcome::Within => "32",
        Outcome::CannotTell => "35",
        Outcome::NotMeasured | Outcome::Exceeded => "31",
    };
    let line = if counts == status { counts } else { format!("{counts} · {status}") };
    out.push_str(&table::paint(&line, colour, style.colour));
    out.push('\n');
    let run = &judgement.run;
    let mut parts = vec![match phrase::unfinished(run) {
        Some(state) => format!("run {}, {state}", run.id),
        None => format!("run {}", run.id),
    }];
    parts.push(phrase::machine(&run.machine));
    if let Some(commit) = &run.commit {
        parts.push(format!("commit {}", phrase::commit(commit)));
    }
    if let Some(baseline) = &judgement.baseline {
        parts.push(format!("baseline {}", baseline.name));
    }
    parts.push(format!("seed {}", run.seed));
    out.push_str(&table::wrap_parts(&parts, style.width));
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn at(width: usize, colour: bool, quiet: bool) -> String {
        render(&sample::judgement(), Style { colour, width, quiet })
    }

    #[test]
    fn eighty_columns_show_what_matters_most() {
        insta::assert_snapshot!(at(80, false, false));
    }

    #[test]
    fn a_hundred_columns() {
        insta::assert_snapshot!(at(100, false, false));
    }

    #[test]
    fn wide_terminals_draw_the_interval_against_the_limit() {
        insta::assert_snapshot!(at(160, false, false));
    }

    #[test]
    fn a_hundred_and_forty_columns() {
        insta::assert_snapshot!(at(140, false, false));
    }

    #[test]
    fn colour_paints_the_finding_and_the_summary() {
        insta::assert_snapshot!(at(100, true, false).replace('\x1b', "ESC"));
    }

    #[test]
    fn quiet_leaves_out_what_is_within() {
        insta::assert_snapshot!(at(100, false, true));
    }

    #[test]
    fn hostile_names_become_visible() {
        insta::assert_snapshot!(
            render(&sample::hostile(), Style { colour: true, width: 100, quiet: false })
                .replace('\x1b', "ESC")
        );
    }

    #[test]
    fn nothing_judged_says_so() {
        insta::assert_snapshot!(render(
            &sample::empty(),
            Style { colour: false, width: 80, quiet: false }
        ));
    }

    #[test]
    fn no_line_but_a_heading_is_wider_than_the_terminal() {
        use unicode_width::UnicodeWidthStr;
        for width in [80, 100, 120, 140, 200] {
            for line in at(width, false, false).lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn what_can_be_done_about_several_verdicts_is_said_once() {
        let mut judgement = sample::judgement();
        let open = judgement.verdicts.iter().find(|v| v.hint.is_some()).unwrap().clone();
        let hint = open.hint.clone().unwrap();
        judgement.verdicts = vec![open.clone(), open];
        let text = render(&judgement, Style { colour: false, width: 200, quiet: false });
        assert_eq!(text.matches(&hint).count(), 1, "{text}");
    }

    #[test]
    fn no_width_is_too_small() {
        for width in 0..80 {
            assert!(!at(width, true, false).is_empty());
        }
    }

    #[test]
    fn no_line_ends_in_spaces() {
        for width in [80, 100, 140, 160] {
            for line in at(width, false, false).lines() {
                assert_eq!(line.trim_end(), line);
            }
        }
    }

    #[test]
    fn an_unbounded_interval_reaches_the_end_of_its_bar() {
        let judgement = sample::judgement();
        let open = judgement.verdicts.iter().find(|v| v.finding == Finding::CannotTell).unwrap();
        assert!(bar(open).unwrap().ends_with('>'));
    }
}
