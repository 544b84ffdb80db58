//! The table that a terminal shows at the end of a sweep.

use crate::aggregate::{LoadSummary, Summary};
use crate::number::significant;

type Column = (&'static str, fn(&LoadSummary) -> String);

/// A line for each load, with half the width of the 95 % interval behind a mean. Columns that hold
/// nothing are left out.
#[must_use]
pub fn table(summary: &Summary) -> String {
    let columns: [Column; 9] = [
        ("load", |load| significant(load.erlang, 6)),
        ("seeds", |load| load.seeds.len().to_string()),
        ("blocking", |load| mean(load, "bp_overall")),
        ("of bit rate", |load| mean(load, "bit_rate_bp")),
        ("before", |load| mean(load, "bp_window_before_mean")),
        ("from failure", |load| mean(load, "bp_window_fail_mean")),
        ("after repair", |load| mean(load, "bp_window_repair_mean")),
        ("recovery p95", recovery),
        ("slots taken", |load| mean(load, "utilisation")),
    ];
    let filled = columns.iter().map(|(name, cell)| {
        let cells = summary.loads.iter().map(*cell);
        std::iter::once((*name).to_owned()).chain(cells).collect::<Vec<String>>()
    });
    let filled: Vec<Vec<String>> =
        filled.filter(|cells| cells.iter().skip(1).any(|cell| !cell.is_empty())).collect();
    let mut text = String::new();
    for line in 0..=summary.loads.len() {
        let cells = filled.iter().map(|cells| {
            let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
            format!("{:>width$}", cells[line])
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn mean(load: &LoadSummary, name: &str) -> String {
    let Some(estimate) = load.metric(name) else { return String::new() };
    match estimate.half_width() {
        Some(half) => format!("{:.5} \u{b1} {half:.5}", estimate.mean),
        None => format!("{:.5}", estimate.mean),
    }
}

fn recovery(load: &LoadSummary) -> String {
    let pooled = load.pooled("recovery_time_ms");
    pooled.map_or_else(String::new, |pooled| format!("{} ms", significant(pooled.p95, 4)))
}
