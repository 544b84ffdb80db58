//! criterion: its directory tree, single files of it, and the messages of cargo-criterion.
//!
//! The tree is private to criterion and may change; what is not as expected is an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Batch, Data, Stated, Summary};

use super::collect::Collector;
use super::fault::Fault;
use super::json::{self, Json, Node};
use super::number;

/// The deepest tree that is followed.
const DEEPEST: usize = 16;

/// The directories `new` below `path` that hold a result, in the order of their names.
pub(super) fn results(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(path, DEEPEST, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(directory: &Path, deeper: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if directory.file_name().is_some_and(|name| name == "new")
        && directory.join("benchmark.json").is_file()
    {
        found.push(directory.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        // A link could lead back up the tree.
        if deeper > 0 && entry.file_type()?.is_dir() {
            walk(&entry.path(), deeper - 1, found)?;
        }
    }
    Ok(())
}

/// One result of the tree: `benchmark.json`, and `sample.json` or else `estimates.json`.
pub(super) fn tree(benchmark: &str, measured: &str, out: &mut Collector) -> Result<(), Fault> {
    let benchmark = json::parse(benchmark)?;
    let root = benchmark.root();
    let name = root.member("full_id")?.text()?;
    time(&json::parse(measured)?, name, out)
}

/// A single file: the benchmark is named after the folders it lies in.
pub(super) fn file(text: &str, path: &str, out: &mut Collector) -> Result<(), Fault> {
    let folders: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let folders = match folders.as_slice() {
        [folders @ .., "new" | "base", _] => folders,
        [folders @ .., _] => folders,
        [] => &[],
    };
    let after = folders.iter().rposition(|&part| part == "criterion").map_or(0, |at| at + 1);
    let name = folders[after..].join("/");
    time(&json::parse(text)?, if name.is_empty() { path } else { &name }, out)
}

fn time(json: &Json, name: &str, out: &mut Collector) -> Result<(), Fault> {
    let root = json.root();
    let data = if json.has("iters") {
        let mode = root.member("sampling_mode")?;
        if !matches!(mode.text()?, "Linear" | "Flat" | "Auto") {
            return Err(Fault::expected("`sampling_mode`", "Linear or Flat", mode.text()?));
        }
        batches(&root.member("iters")?, &root.member("times")?, 1.0)?
    } else {
        let mut values = BTreeMap::new();
        for (key, statistic) in [
            ("mean", Statistic::Mean),
            ("median", Statistic::MEDIAN),
            ("std_dev", Statistic::Stddev),
        ] {
            let estimate = root.member(key)?;
            let interval = estimate.member("confidence_interval")?;
            let stated = Stated {
                value: estimate.member("point_estimate")?.number()?,
                low: Some(interval.member("lower_bound")?.number()?),
                high: Some(interval.member("upper_bound")?.number()?),
            };
            values.insert(statistic, stated);
        }
        Data::Summary(Summary { n: None, values })
    };
    out.push(Some(name), "time", Dimension::TIME, data);
    Ok(())
}

/// The times are those of whole samples: of all iterations together.
fn batches(iterations: &Node<'_>, totals: &Node<'_>, factor: f64) -> Result<Data, Fault> {
    let (iterations, totals) = (iterations.numbers()?, totals.numbers()?);
    if iterations.len() != totals.len() {
        return Err(Fault::impossible(format!(
            "there are {} counts of iterations for {} times",
            iterations.len(),
            totals.len()
        )));
    }
    let batch = |(&total, &iterations): (&f64, &f64)| Batch { total: total * factor, iterations };
    Ok(Data::Batches(totals.iter().zip(&iterations).map(batch).collect()))
}

/// The messages of `cargo criterion --message-format=json`, one a line.
pub(super) fn lines(text: &str, out: &mut Collector) -> Result<(), Fault> {
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |fault: Fault| fault.at_line(index + 1);
        let json = json::parse(line).map_err(at)?;
        let root = json.root();
        let reason = root.member("reason").map_err(at)?;
        if reason.text().map_err(at)? == "benchmark-complete" {
            message(&root, out).map_err(at)?;
        }
    }
    Ok(())
}

fn message(root: &Node<'_>, out: &mut Collector) -> Result<(), Fault> {
    let name = root.member("id")?.text()?;
    let unit = root.member("unit")?.text()?;
    let (dimension, factor) = number::unit(unit);
    // A custom measurement counts in a unit of its own, which is its best name.
    let metric = if dimension == Dimension::TIME { "time" } else { unit };
    let totals = root.member("measured_values")?;
    let data = if totals.items()?.is_empty() {
        let mut values = BTreeMap::new();
        for (key, statistic) in [("mean", Statistic::Mean), ("median", Statistic::MEDIAN)] {
            let estimate = root.member(key)?;
            let number = |name: &str| -> Result<f64, Fault> {
                Ok(estimate.member(name)?.number()? * factor)
            };
            let value = number("estimate")?;
            let (low, high) = (Some(number("lower_bound")?), Some(number("upper_bound")?));
            values.insert(statistic, Stated { value, low, high });
        }
        Data::Summary(Summary { n: None, values })
    } else {
        batches(&root.member("iteration_count")?, &totals, factor)?
    };
    out.push(Some(name), metric, dimension, data);
    Ok(())
}
