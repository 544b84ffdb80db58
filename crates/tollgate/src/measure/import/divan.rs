//! divan's console table, the only thing it writes.
//!
//! The tree is drawn in the first column; the others are cut by `│`. Rows without a branch of the
//! tree continue the row above with rates or allocations.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::Resolution;

use super::collect::{BYTES_PER_TIME, Collector, summary};
use super::fault::{Fault, excerpt};
use super::number;

/// The digits divan prints; it cuts the rest off instead of rounding.
const DIGITS: i32 = 4;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let mut table = Table::default();
    for (index, line) in text.lines().enumerate() {
        table.line(line, out).map_err(|fault| fault.at_line(index + 1))?;
    }
    Ok(())
}

#[derive(Default)]
struct Table {
    /// Characters before the column `fastest`; none until a header was seen.
    first_column: Option<usize>,
    /// The names from the root to the last row.
    path: Vec<String>,
}

/// The cells of `fastest`, `slowest`, `median` and `mean`, then the counts.
type Cells<'a> = [&'a str; 6];

impl Table {
    fn line(&mut self, line: &str, out: &mut Collector) -> Result<(), Fault> {
        if let Some(at) = line.find("fastest ").filter(|_| line.contains("│ slowest ")) {
            *self = Table { first_column: Some(line[..at].chars().count()), path: Vec::new() };
            return Ok(());
        }
        let Some(first_column) = self.first_column else { return Ok(()) };
        if line.trim().is_empty() {
            self.first_column = None;
            return Ok(());
        }
        let split = line.char_indices().nth(first_column).map_or(line.len(), |(at, _)| at);
        let (tree, rest) = line.split_at(split);
        let cells: Vec<&str> = rest.split('│').map(str::trim).collect();
        let cells: Cells<'_> = cells.try_into().map_err(|_| {
            Fault::syntax(format!("expected a row of the table, found `{}`", excerpt(line)))
        })?;
        let Some(branch) = tree.find(['├', '╰']) else { return self.continued(cells, out) };
        self.path.truncate(tree[..branch].chars().count() / 3);
        self.path.push(tree[branch..].trim_start_matches(['├', '╰', '─', ' ']).trim().to_owned());
        match cells {
            ["(ignored)", ..] => out.note(format!("`{}` was ignored", self.name())),
            ["", ..] => {}
            _ => self.times(cells, out)?,
        }
        Ok(())
    }

    fn name(&self) -> String {
        self.path.join("/")
    }

    fn times(&self, cells: Cells<'_>, out: &mut Collector) -> Result<(), Fault> {
        let mut values = Vec::new();
        let mut off_by: f64 = 0.0;
        for (cell, statistic) in
            cells.iter().zip([Statistic::Min, Statistic::Max, Statistic::MEDIAN, Statistic::Mean])
        {
            let value = number::duration(cell).ok_or_else(|| {
                Fault::expected(&format!("`{}`", self.name()), "a time such as `1.25 ms`", cell)
            })?;
            off_by = off_by.max(last_digit(cell));
            values.push((statistic, value));
        }
        let samples = cells[4].parse().map_err(|_| {
            Fault::expected(&format!("`{}`", self.name()), "a count of samples", cells[4])
        })?;
        if cells[5].parse::<u64>().is_err() {
            let name = format!("`{}`", self.name());
            return Err(Fault::expected(&name, "a count of iterations", cells[5]));
        }
        let data = summary(Some(samples), 1.0, values);
        let resolution = Resolution::Relative(off_by);
        out.push_rounded(Some(&self.name()), "time", Dimension::TIME, data, resolution);
        Ok(())
    }

    fn continued(&self, cells: Cells<'_>, out: &mut Collector) -> Result<(), Fault> {
        let Some((_, unit)) = cells[0].split_once(' ').filter(|(_, unit)| unit.ends_with("/s"))
        else {
            out.note("allocation figures of divan are not imported");
            return Ok(());
        };
        let (metric, dimension) = if unit.ends_with("B/s") {
            ("bytes per second", BYTES_PER_TIME)
        } else if unit.ends_with("item/s") {
            ("throughput", Dimension::RATE)
        } else {
            ("characters per second", Dimension::RATE)
        };
        let mut values = Vec::new();
        let mut off_by: f64 = 0.0;
        for (cell, statistic) in
            cells.iter().zip([Statistic::Max, Statistic::Min, Statistic::MEDIAN, Statistic::Mean])
        {
            let value = rate(cell).ok_or_else(|| {
                Fault::expected(&format!("`{}`", self.name()), "a rate such as `827.8 MB/s`", cell)
            })?;
            off_by = off_by.max(last_digit(cell));
            values.push((statistic, value));
        }
        let resolution = Resolution::Relative(off_by);
        let data = summary(None, 1.0, values);
        out.push_rounded(Some(&self.name()), metric, dimension, data, resolution);
        Ok(())
    }
}

/// How far a cut number may lie below the truth, as a share of itself.
fn last_digit(cell: &str) -> f64 {
    let digits = cell.split(' ').next().unwrap_or_default();
    let whole = digits.split('.').next().map_or(0, str::len);
    let places = DIGITS - i32::try_from(whole).unwrap_or(DIGITS);
    let value = number::finite(digits).unwrap_or_default();
    let scale: f64 = (0..places).map(|_| 10.0).product();
    if value > 0.0 { 1.0 / scale / value } else { 0.0 }
}

fn rate(cell: &str) -> Option<f64> {
    let (value, unit) = cell.split_once(' ')?;
    let unit = unit.strip_suffix("/s")?;
    let base = ["item", "char", "B"].into_iter().find(|base| unit.ends_with(base))?;
    let factor = match &unit[..unit.len() - base.len()] {
        "" => 1.0,
        "K" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number::finite(value)? * factor)
}
