//! Draws how cost grows: reads what `survivability-bench growth` prints and writes four figures
//! into the folder that is named.

use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use survivability::plot::{Figure, Panel, Point, Scale, Series, Shape};
use tollgate_harness::{Record, Values};

/// What is varied, and the axis it is drawn on.
const FIGURES: [(&str, &str, &str); 4] = [
    ("k", "Candidate paths of a pair", "Cost with the number of candidate paths"),
    ("nodes", "Nodes", "Cost with the size of the network"),
    ("slots", "Slots of a link", "Cost with the width of the spectrum"),
    ("erlang", "Offered load (Erlang)", "Cost with the load"),
];

/// Microseconds by what is measured and by the value of what is varied.
type Costs = BTreeMap<String, BTreeMap<u32, Vec<f64>>>;

fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.context("usage: survivability-bench growth | growth FOLDER")?;
    let mut by_variable: BTreeMap<String, Costs> = BTreeMap::new();
    for line in std::io::stdin().lock().lines() {
        let Some(record) = Record::parse_line(&line?)? else { continue };
        let operation = record.operation.as_deref().unwrap_or_default();
        let parts: Vec<&str> = operation.split(" / ").collect();
        let ["growth", setting, what] = parts[..] else { continue };
        let (variable, value) =
            setting.split_once('=').context("a growth operation has a value")?;
        let Some(times) = microseconds(&record) else { continue };
        let costs = by_variable.entry(variable.to_owned()).or_default();
        costs.entry(what.to_owned()).or_default().entry(value.parse()?).or_default().extend(times);
    }
    for (variable, x_label, title) in FIGURES {
        let Some(costs) = by_variable.get(variable) else {
            bail!("nothing was told of growth with {variable}");
        };
        draw(&folder.join(format!("growth-{variable}.svg")), title, x_label, costs)?;
    }
    Ok(())
}

/// Times of a record in microseconds; none if it tells of something else.
fn microseconds(record: &Record) -> Option<Vec<f64>> {
    if !record.metric.starts_with("time") || record.unit != "ns" {
        return None;
    }
    match &record.values {
        Values::Samples(samples) => Some(samples.iter().map(|ns| ns / 1000.0).collect()),
        Values::Batches(batches) => {
            Some(batches.iter().map(|(total, runs)| total / *runs as f64 / 1000.0).collect())
        }
        _ => None,
    }
}

fn draw(file: &Path, title: &str, x_label: &str, costs: &Costs) -> Result<()> {
    // What is measured, the unit it is drawn in, and how many microseconds that is.
    let labels = [("simulate", "a request (\u{b5}s)", 1.0), ("cache", "path cache (ms)", 1000.0)];
    let panels = labels.iter().filter_map(|(what, y_label, unit)| {
        let points = costs.get(*what)?.iter().map(|(value, times)| point(*value, times, *unit));
        let points = points.collect();
        let label = "median and middle half".to_owned();
        let series = vec![Series { label, shape: Shape::Markers, points }];
        let y = if *what == "cache" { Scale::Logarithmic } else { Scale::FromZero };
        Some(Panel { y, y_label: (*y_label).to_owned(), weight: 1.0, series })
    });
    let figure = Figure {
        title: title.to_owned(),
        description: format!("{title}: medians, with the middle half of the timings."),
        x: Scale::Linear,
        x_label: x_label.to_owned(),
        panels: panels.collect(),
        spans: Vec::new(),
    };
    std::fs::write(file, figure.svg()?)
        .with_context(|| format!("could not write {}", file.display()))
}

/// The median with the middle half, in another unit.
fn point(value: u32, times: &[f64], unit: f64) -> Point {
    let mut sorted: Vec<f64> = times.iter().map(|time| time / unit).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sorted[(share * (sorted.len() - 1) as f64).round() as usize];
    Point { x: f64::from(value), y: at(0.5), interval: Some([at(0.25), at(0.75)]) }
}
