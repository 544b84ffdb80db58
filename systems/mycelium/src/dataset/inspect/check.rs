//! What holds of every dataset that was made as it should be.

use serde::Serialize;

use super::super::table::{Column, Table};

/// Something that cannot be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    pub column: String,
    /// From 0; none of what concerns the whole column.
    pub row: Option<usize>,
    pub what: String,
}

/// Between which values a column lies. A field starts around -70 mV and is clamped to [-95, 40].
const RANGES: [(&str, f64, f64); 7] = [
    ("D_box", 0.0, 2.5),
    ("D_r2", 0.0, 1.0),
    ("V_min", -95.0, -50.0),
    ("V_max", -70.0, 40.0),
    ("f_active", 0.0, 1.0),
    ("alpha", 0.0, 0.25),
    ("V_std", 0.0, 67.5),
];
/// Columns that every dataset has.
const NEEDED: [&str; 3] = ["sim_id", "grid_size", "steps"];
/// Of one column so many rows are named.
const NAMED: usize = 3;

pub(super) fn violations(table: &Table) -> Vec<Violation> {
    let mut all = Vec::new();
    for name in NEEDED.iter().chain(&crate::features::NAMES) {
        if table.column(name).is_none() {
            let what = "it is missing".to_owned();
            all.push(Violation { column: (*name).to_owned(), row: None, what });
        }
    }
    for (name, column) in &table.columns {
        let Some(values) = column.numbers() else { continue };
        let broken = values.iter().enumerate().filter_map(|(row, &value)| {
            let what = wrong(name, value)?;
            Some(Violation { column: name.clone(), row: Some(row), what })
        });
        all.extend(broken.take(NAMED));
    }
    all.extend(repeated(table));
    all
}

fn wrong(name: &str, value: f64) -> Option<String> {
    if !value.is_finite() {
        return Some(format!("{value} is no number"));
    }
    let (_, least, most) = RANGES.iter().find(|(known, ..)| *known == name)?;
    (!(least..=most).contains(&&value)).then(|| format!("{value} is not within {least} and {most}"))
}

/// A run that stands there twice counts double in whatever is learned.
fn repeated(table: &Table) -> Option<Violation> {
    let Some(Column::Int(ids)) = table.column("sim_id") else { return None };
    let mut seen = std::collections::HashSet::new();
    let (row, id) = ids.iter().enumerate().find(|(_, id)| !seen.insert(**id))?;
    let what = format!("{id} is there more than once");
    Some(Violation { column: "sim_id".to_owned(), row: Some(row), what })
}
