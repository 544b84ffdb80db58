//! How two runs side by side are written.

use serde::Deserialize;

use super::escape::{self, visible};
use super::json::{JsonError, known};
use super::table::{self, Align, Cell, Column, Keep};
use super::{Style, phrase};
use crate::judge::{Comparison, ComparisonRow as Row, Difference as Finding, Estimate, FORMAT};
use crate::run::RunHead;

const NOTHING_COMPARED: &str = "nothing could be compared";

#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let mut text = serde_json::to_string_pretty(comparison)
        .expect("a comparison has string keys only and writing to memory does not fail");
    text.push('\n');
    text
}

/// Reads what [`json`] wrote.
pub fn from_json(text: &str) -> Result<Comparison, JsonError> {
    #[derive(Deserialize)]
    struct Version {
        format: u64,
    }
    let version: Version = serde_json::from_str(text)?;
    known("comparison", version.format, FORMAT)?;
    Ok(serde_json::from_str(text)?)
}

const fn column(title: &'static str, keep: Keep, cut_to: Option<usize>) -> Column {
    Column { title, align: Align::Left, keep, cut_to }
}

const COLUMNS: [Column; 7] = [
    column("finding", Keep::Always, None),
    column("metric", Keep::Always, Some(11)),
    column("left", Keep::Always, None),
    column("right", Keep::Always, None),
    column("change", Keep::Always, None),
    column("p", Keep::UntilTight(1), None),
    column("n", Keep::UntilTight(0), None),
];

/// Aligned columns; `quiet` leaves out what is the same.
#[must_use]
pub fn terminal(comparison: &Comparison, style: &Style) -> String {
    let shown: Vec<&Row> =
        comparison.rows.iter().filter(|row| !style.quiet || row.finding != Finding::Same).collect();
    let rows: Vec<Vec<Cell>> = shown.iter().map(|row| cells(row)).collect();
    let layout = table::fit(&COLUMNS, &rows, style.width, style.colour);
    let mut out = String::new();
    for (name, run) in [("left", &comparison.left), ("right", &comparison.right)] {
        out.push_str(&table::wrap(&format!("{name}: {}", run_line(run)), "", style.width));
    }
    out.push('\n');
    let mut heading = None;
    if !rows.is_empty() {
        out.push_str(&layout.titles());
        out.push('\n');
    }
    for (row, cells) in shown.iter().zip(&rows) {
        let name = part(row);
        if heading.as_ref() != Some(&name) {
            out.push_str(&table::paint(&visible(&name), "1", style.colour));
            out.push('\n');
            heading = Some(name);
        }
        out.push_str(&layout.row(cells));
        out.push('\n');
    }
    if !rows.is_empty() {
        out.push('\n');
    }
    if !style.quiet {
        for note in &comparison.notes {
            out.push_str(&table::wrap(&format!("note: {note}"), "", style.width));
        }
    }
    out.push_str(&counts(comparison));
    out.push('\n');
    out
}

fn cells(row: &Row) -> Vec<Cell> {
    let point = |estimate: &Estimate| Estimate {
        low: Some(estimate.value),
        high: Some(estimate.value),
        ..estimate.clone()
    };
    let side = |estimate: &Estimate| {
        Cell::new(phrase::estimate(estimate, row.dimension))
            .or_short(phrase::estimate(&point(estimate), row.dimension))
    };
    let colour = match row.finding {
        Finding::Better => "32",
        Finding::Worse => "31",
        Finding::CannotTell => "35",
        Finding::Same => "0",
    };
    vec![
        Cell::new(format!("  {}", row.finding.words())).painted(colour),
        Cell::new(format!("{} {}", row.metric, row.statistic)),
        side(&row.left),
        side(&row.right),
        Cell::new(row.change.as_ref().map_or("-".into(), phrase::change)),
        Cell::new(row.p.map_or(String::new(), phrase::probability)),
        Cell::new(format!(
            "{}, {}",
            phrase::observations(&row.left),
            phrase::observations(&row.right)
        )),
    ]
}

fn part(row: &Row) -> String {
    match &row.operation {
        Some(operation) => format!("{} / {operation}", row.case),
        None => row.case.clone(),
    }
}

fn run_line(run: &RunHead) -> String {
    let mut parts = vec![format!("run {}", run.id)];
    parts.extend(run.commit.as_ref().map(|commit| format!("commit {}", phrase::commit(commit))));
    parts.push(phrase::machine(&run.machine));
    parts.extend(phrase::unfinished(run).map(str::to_owned));
    parts.join(" · ")
}

fn counts(comparison: &Comparison) -> String {
    let words: Vec<String> = Finding::WORST_FIRST
        .into_iter()
        .filter_map(|finding| {
            let n = comparison.rows.iter().filter(|row| row.finding == finding).count();
            (n > 0).then(|| format!("{} {}", phrase::count(n as u64), finding.words()))
        })
        .collect();
    if words.is_empty() { NOTHING_COMPARED.to_owned() } else { words.join(", ") }
}

/// For a comment or a page; worst first, what is the same folded, never beyond `MOST_ROWS` rows.
#[must_use]
pub fn markdown(comparison: &Comparison) -> String {
    // A row has six bounded cells, so a table of these stays below GitHub's 65,536 characters.
    const MOST_BYTES: usize = 28_000;
    let mut out = format!("### Comparison: {}\n\n", counts(comparison));
    for (name, run) in [("left", &comparison.left), ("right", &comparison.right)] {
        out.push_str(&format!("- {name}: {}\n", safe(&run_line(run), 400)));
    }
    out.push('\n');
    let mut rows: Vec<&Row> = comparison.rows.iter().collect();
    rows.sort_by_key(|row| Finding::WORST_FIRST.iter().position(|f| *f == row.finding));
    let (same, differing): (Vec<&Row>, Vec<&Row>) =
        rows.into_iter().partition(|row| row.finding == Finding::Same);
    if !differing.is_empty() {
        out.push_str(&markdown_table(&differing, MOST_BYTES));
        out.push('\n');
    }
    if !same.is_empty() {
        let title = format!("{} the same", phrase::count(same.len() as u64));
        let table = markdown_table(&same, MOST_BYTES);
        out.push_str(&format!("<details><summary>{title}</summary>\n\n{table}\n</details>\n\n"));
    }
    for note in comparison.notes.iter().take(5) {
        out.push_str(&format!("- \u{200b}{}\n", safe(note, 300)));
    }
    out
}

fn markdown_table(rows: &[&Row], most: usize) -> String {
    let mut out = String::from(
        "| finding | metric | left | right | change | p |\n|---|---|---|---|---|---|\n",
    );
    for (index, row) in rows.iter().enumerate() {
        let line = format!(
            "| {} | {} | {} | {} | {} | {} |\n",
            row.finding.words(),
            safe(&format!("{} / {} {}", part(row), row.metric, row.statistic), 200),
            safe(&phrase::estimate(&row.left, row.dimension), 100),
            safe(&phrase::estimate(&row.right, row.dimension), 100),
            safe(&row.change.as_ref().map_or("-".into(), phrase::change), 100),
            safe(&row.p.map_or("-".into(), phrase::probability), 20),
        );
        if out.len() + line.len() > most {
            let more = phrase::count((rows.len() - index) as u64);
            out.push_str(&format!("\n{more} more rows left out here.\n"));
            break;
        }
        out.push_str(&line);
    }
    out
}

fn safe(text: &str, most: usize) -> String {
    escape::bounded_markdown(text, most)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::metric::Statistic;
    use crate::quantity::Dimension;

    fn comparison() -> Comparison {
        let row = |finding, left: f64, right: f64, p| Row {
            case: "verify".into(),
            operation: None,
            metric: "latency".into(),
            statistic: Statistic::Quantile(990_000),
            dimension: Some(Dimension::TIME),
            left: sample::estimate(left, Some(left * 0.98), Some(left * 1.02)),
            right: sample::estimate(right, Some(right * 0.98), Some(right * 1.02)),
            change: Some(sample::estimate(
                right / left - 1.0,
                Some(right / left - 1.03),
                Some(right / left - 0.97),
            )),
            p,
            finding,
        };
        let mut right = sample::head();
        right.id = "20261121-031500-0b1c".into();
        right.state = crate::run::RunState::Interrupted;
        Comparison {
            format: FORMAT,
            left: sample::head(),
            right,
            rows: vec![
                row(Finding::Same, 12e6, 12.1e6, Some(0.41)),
                Row {
                    operation: Some("GET /".into()),
                    ..row(Finding::Worse, 1e6, 1.3e6, Some(0.0002))
                },
                Row {
                    operation: Some("GET /".into()),
                    metric: "service time".into(),
                    ..row(Finding::Better, 2e6, 1.5e6, Some(0.013))
                },
                Row {
                    operation: Some("a|b @octocat\n".into()),
                    change: None,
                    ..row(Finding::CannotTell, 3e6, 3.2e6, None)
                },
            ],
            notes: vec!["the kernels differ: 6.1 and 6.6".into()],
        }
    }

    fn style(width: usize) -> Style {
        Style { colour: false, width, quiet: false }
    }

    #[test]
    fn a_comparison_on_a_wide_terminal() {
        insta::assert_snapshot!(terminal(&comparison(), &style(130)));
    }

    #[test]
    fn a_comparison_at_eighty_columns() {
        insta::assert_snapshot!(terminal(&comparison(), &style(80)));
    }

    #[test]
    fn a_quiet_comparison_in_colour() {
        let style = Style { colour: true, width: 100, quiet: true };
        insta::assert_snapshot!(terminal(&comparison(), &style).replace('\x1b', "ESC"));
    }

    #[test]
    fn a_comparison_as_markdown() {
        insta::assert_snapshot!(markdown(&comparison()));
    }

    #[test]
    fn nothing_in_common_is_said() {
        let empty = Comparison { rows: Vec::new(), ..comparison() };
        assert!(terminal(&empty, &style(80)).ends_with("nothing could be compared\n"));
        assert!(markdown(&empty).starts_with("### Comparison: nothing could be compared\n"));
    }

    #[test]
    fn thousands_of_rows_fit_a_comment() {
        let mut long = comparison();
        long.rows = long.rows.into_iter().cycle().take(5_000).collect();
        for row in &mut long.rows {
            row.case = "µ|".repeat(1_000);
        }
        let text = markdown(&long);
        assert!(text.len() < 65_536 && text.contains("more rows left out here"));
    }

    #[test]
    fn a_comparison_survives_a_round_trip_and_a_newer_one_is_refused() {
        let text = json(&comparison());
        assert_eq!(from_json(&text).unwrap(), comparison());
        let newer = text.replacen("\"format\": 1", "\"format\": 2", 1);
        assert!(matches!(from_json(&newer), Err(JsonError::Newer { found: 2, .. })));
        insta::assert_snapshot!(text);
    }
}
