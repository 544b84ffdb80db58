//! An inspection as text for people.

use std::fmt;

use super::{Described, Inspection};

impl fmt::Display for Inspection {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
        writeln!(to, "{} rows", self.rows)?;
        let heads = ["mean", "deviation", "min", "25 %", "median", "75 %", "max"];
        write!(to, "{:wide$}", "")?;
        for head in heads {
            write!(to, "  {head:>10}")?;
        }
        writeln!(to)?;
        for column in &self.columns {
            write!(to, "{:wide$}", column.name)?;
            for value in figures(column) {
                write!(to, "  {:>10}", figure(value))?;
            }
            writeln!(to)?;
        }
        if !self.correlations.is_empty() {
            writeln!(to, "\ngo together")?;
            for pair in &self.correlations {
                writeln!(to, "  {:>6.3}  {} and {}", pair.coefficient, pair.one, pair.other)?;
            }
        }
        match self.violations.as_slice() {
            [] => writeln!(to, "\nnothing is amiss"),
            violations => {
                writeln!(to, "\namiss")?;
                violations.iter().try_for_each(|violation| match violation.row {
                    Some(row) => {
                        writeln!(to, "  {}, row {row}: {}", violation.column, violation.what)
                    }
                    None => writeln!(to, "  {}: {}", violation.column, violation.what),
                })
            }
        }
    }
}

fn figures(column: &Described) -> [f64; 7] {
    let Described { mean, deviation, min, lower_quartile, median, upper_quartile, max, .. } =
        column;
    [*mean, *deviation, *min, *lower_quartile, *median, *upper_quartile, *max]
}

/// With about four digits that count.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size.fract() == 0.0 && size < 1e7 => format!("{value}"),
        size if size >= 1e6 || (size < 1e-3 && size > 0.0) => format!("{value:.3e}"),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}
