//! The output of `go test -bench`, as text or with `-json`.

use std::collections::{BTreeMap, BTreeSet};

use crate::quantity::Dimension;
use crate::run::{Batch, Data, Resolution};

use super::collect::Collector;
use super::fault::{Fault, excerpt};
use super::json;
use super::number;
use super::table;

/// The testing package prints times with four significant digits.
const ROUNDING: Resolution = Resolution::Relative(5e-4);

/// One line of results.
struct Line<'a> {
    package: &'a str,
    name: &'a str,
    iterations: f64,
    /// Unit and value.
    values: Vec<(&'a str, f64)>,
}

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    if text.trim_start().starts_with('{') {
        let printed = printed(text)?;
        gather(&lines(&printed, out)?, out);
    } else {
        table::ended(text)?;
        gather(&lines(text, out)?, out);
    }
    Ok(())
}

/// What was printed, from the events of `go test -json`: package by package, since packages run at
/// the same time and a line comes in several events.
fn printed(text: &str) -> Result<String, Fault> {
    let mut packages: Vec<(String, String)> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let at = |fault: Fault| fault.at_line(index + 1);
        let json = json::parse(line).map_err(at)?;
        let root = json.root();
        let Some(output) = root.find("Output") else { continue };
        let package = root.find("Package").map_or(Ok(""), |package| package.text()).map_err(at)?;
        let output = output.text().map_err(at)?;
        match packages.iter_mut().find(|(name, _)| name == package) {
            Some((_, text)) => text.push_str(output),
            None => packages.push((package.to_owned(), output.to_owned())),
        }
    }
    Ok(packages.into_iter().map(|(_, text)| text + "\n").collect())
}

fn lines<'a>(text: &'a str, out: &mut Collector) -> Result<Vec<Line<'a>>, Fault> {
    let mut package = "";
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(name) = line.strip_prefix("pkg: ") {
            package = name.trim();
        } else if line.starts_with("--- FAIL: ") || line.starts_with("panic: ") {
            out.fail(excerpt(line.trim_start_matches("--- ")));
        } else if let Some(rest) = line.strip_prefix("FAIL\t") {
            let name = rest.split_whitespace().next().unwrap_or_default();
            out.fail(format!("the tests of `{}` failed", excerpt(name)));
        } else if let Some(name) = line.trim_start().strip_prefix("--- SKIP: ") {
            out.note(format!("skipped: {}", excerpt(name)));
        } else if line.starts_with("Benchmark") {
            let line = result(line, package).map_err(|fault| fault.at_line(index + 1))?;
            found.extend(line);
        }
    }
    Ok(found)
}

/// A line that starts like a result; a benchmark may also print its name alone, or log anything.
fn result<'a>(line: &'a str, package: &'a str) -> Result<Option<Line<'a>>, Fault> {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let Some(iterations) = words.next().and_then(|word| word.parse::<u64>().ok()) else {
        return Ok(None);
    };
    let mut values = Vec::new();
    while let Some(word) = words.next() {
        let value = number::finite(word)
            .ok_or_else(|| Fault::expected(&format!("`{name}`"), "a value and its unit", word))?;
        let unit = words
            .next()
            .ok_or_else(|| Fault::expected(&format!("`{name}`"), "a unit after the value", word))?;
        if values.iter().any(|&(known, _)| known == unit) {
            return Err(Fault::impossible(format!("`{name}` states `{}` twice", excerpt(unit))));
        }
        values.push((unit, value));
    }
    if values.is_empty() {
        return Err(Fault::expected(&format!("`{name}`"), "values", "the end of the line"));
    }
    Ok(Some(Line { package, name, iterations: iterations as f64, values }))
}

/// Gathers the repeats of `-count`.
fn gather(lines: &[Line<'_>], out: &mut Collector) {
    let suffix = processors(lines);
    let packages: BTreeSet<&str> = lines.iter().map(|line| line.package).collect();
    let mut found: BTreeMap<(String, &str), Vec<(f64, f64)>> = BTreeMap::new();
    let mut order = Vec::new();
    for line in lines {
        let name = line.name.strip_suffix(suffix.as_str()).unwrap_or(line.name);
        let name = name.strip_prefix("Benchmark").filter(|rest| !rest.is_empty()).unwrap_or(name);
        let name = match packages.len() {
            1 => name.to_owned(),
            _ => format!("{}.{name}", line.package),
        };
        for &(unit, value) in &line.values {
            let key = (name.clone(), unit);
            if !found.contains_key(&key) {
                order.push(key.clone());
            }
            found.entry(key).or_default().push((value, line.iterations));
        }
    }
    for key in order {
        let values = &found[&key];
        push(&key.0, key.1, values, out);
    }
}

/// The suffix `-8` that names the processors, when all results carry the same: under
/// `GOMAXPROCS=1` there is none, and a name may end like one of itself.
fn processors(lines: &[Line<'_>]) -> String {
    let suffix = |name: &str| {
        let (_, digits) = name.rsplit_once('-')?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| format!("-{digits}"))
    };
    let mut all = lines.iter().map(|line| suffix(line.name));
    let first = all.next().flatten().unwrap_or_default();
    if all.all(|other| other.as_deref() == Some(&first)) { first } else { String::new() }
}

fn push(name: &str, unit: &str, values: &[(f64, f64)], out: &mut Collector) {
    let (dimension, factor) = number::unit(unit);
    let metric = match unit {
        "ns/op" => "time",
        "B/op" => "bytes per op",
        "allocs/op" => "allocations per op",
        "MB/s" => "bytes per second",
        other => other,
    };
    // The time is a mean over the iterations, whose single times are gone.
    if unit == "ns/op" {
        let batch =
            |&(value, iterations): &(f64, f64)| Batch { total: value * iterations, iterations };
        let data = Data::Batches(values.iter().map(batch).collect());
        out.push_rounded(Some(name), metric, Dimension::TIME, data, ROUNDING);
    } else {
        let data = Data::Samples(values.iter().map(|&(value, _)| value * factor).collect());
        out.push(Some(name), metric, dimension, data);
    }
}
