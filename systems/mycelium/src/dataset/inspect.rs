//! What a dataset looks like: each column in a few numbers, what goes together, and what cannot be.

mod check;
mod shown;

use serde::Serialize;

use super::table::{Column, Table};

pub use check::Violation;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    pub rows: usize,
    pub columns: Vec<Described>,
    /// The strongest first.
    pub correlations: Vec<Correlation>,
    pub violations: Vec<Violation>,
}

/// A column of numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Described {
    pub name: String,
    pub count: usize,
    pub mean: f64,
    /// Of a sample: divided by one less than there are.
    pub deviation: f64,
    pub min: f64,
    pub lower_quartile: f64,
    pub median: f64,
    pub upper_quartile: f64,
    pub max: f64,
}

/// Pearson's of two columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Correlation {
    pub one: String,
    pub other: String,
    pub coefficient: f64,
}

/// Those weaker than this, and more than so many, are left out.
const WEAK: f64 = 0.5;
const SHOWN: usize = 12;

/// Looks at all of it.
#[must_use]
pub fn inspect(table: &Table) -> Inspection {
    let numbers: Vec<(&str, Vec<f64>)> = table
        .columns
        .iter()
        .filter(|(_, column)| !matches!(column, Column::Bool(_)))
        .filter_map(|(name, column)| Some((name.as_str(), column.numbers()?)))
        .collect();
    Inspection {
        rows: table.rows(),
        columns: numbers.iter().map(|(name, values)| describe(name, values)).collect(),
        correlations: correlations(&numbers),
        violations: check::violations(table),
    }
}

fn describe(name: &str, values: &[f64]) -> Described {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    let mean = sorted.iter().sum::<f64>() / count as f64;
    let squares: f64 = sorted.iter().map(|value| (value - mean) * (value - mean)).sum();
    Described {
        name: name.to_owned(),
        count,
        mean,
        deviation: (squares / (count as f64 - 1.0)).sqrt(),
        min: quantile(&sorted, 0.0),
        lower_quartile: quantile(&sorted, 0.25),
        median: quantile(&sorted, 0.5),
        upper_quartile: quantile(&sorted, 0.75),
        max: quantile(&sorted, 1.0),
    }
}

/// On the line between the two nearest values, as pandas has it.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let at = share * last as f64;
    let (below, part) = (at.floor() as usize, at.fract());
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * part
}

fn correlations(columns: &[(&str, Vec<f64>)]) -> Vec<Correlation> {
    let mut all = Vec::new();
    for (at, (one, values)) in columns.iter().enumerate() {
        for (other, others) in &columns[at + 1..] {
            if let Some(coefficient) = correlation(values, others).filter(|r| r.abs() >= WEAK) {
                let (one, other) = ((*one).to_owned(), (*other).to_owned());
                all.push(Correlation { one, other, coefficient });
            }
        }
    }
    all.sort_by(|a, b| b.coefficient.abs().total_cmp(&a.coefficient.abs()));
    all.truncate(SHOWN);
    all
}

/// None where one of them does not vary.
fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (a, b) = (mean(one), mean(other));
    let sum = |of: fn(f64, f64) -> f64| -> f64 {
        one.iter().zip(other).map(|(x, y)| of(x - a, y - b)).sum()
    };
    let (xx, yy, xy) = (sum(|x, _| x * x), sum(|_, y| y * y), sum(|x, y| x * y));
    let coefficient = xy / (xx * yy).sqrt();
    // Sums of rounding errors are no variation.
    let varies = |squares: f64, mean: f64| squares > 1e-20 * one.len() as f64 * mean * mean;
    (varies(xx, a) && varies(yy, b) && coefficient.is_finite()).then_some(coefficient)
}
