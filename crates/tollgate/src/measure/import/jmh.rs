//! JMH's `-rf json`.
//!
//! What is not a finite number is written as a string: `"NaN"`, `"+INF"` or `"-INF"`.

use std::collections::BTreeMap;

use tollgate_stats::histogram::Histogram;

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Stated, Summary};

use super::collect::Collector;
use super::fault::{Fault, excerpt};
use super::json::{self, Node};
use super::number;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let results = json.root().items()?;
    let mut names = Vec::new();
    for result in &results {
        let mode = result.member("mode")?.text()?;
        if !matches!(mode, "thrpt" | "avgt" | "sample" | "ss") {
            return Err(Fault::expected("`mode`", "thrpt, avgt, sample or ss", mode));
        }
        names.push((name(result)?, if mode == "thrpt" { "throughput" } else { "time" }, mode));
    }
    for (result, (name, metric, mode)) in results.iter().zip(&names) {
        // A benchmark may be measured in several modes that all state a time.
        let others = names.iter().filter(|(other, kind, _)| other == name && kind == metric);
        let name = if others.count() > 1 { &format!("{name} / {mode}") } else { name };
        primary(result, name, metric, out)?;
        if let Some(metrics) = result.find("secondaryMetrics") {
            for (metric, node) in metrics.members()? {
                secondary(&node, name, metric.trim_start_matches('·'), out)?;
            }
        }
    }
    Ok(())
}

fn name(result: &Node<'_>) -> Result<String, Fault> {
    let benchmark = result.member("benchmark")?.text()?;
    let Some(params) = result.find("params") else { return Ok(benchmark.to_owned()) };
    let shown = params
        .members()?
        .into_iter()
        .map(|(name, value)| Ok(format!("{name}={}", value.text()?)))
        .collect::<Result<Vec<_>, Fault>>()?;
    let shown = shown.join(", ");
    Ok(if shown.is_empty() { benchmark.to_owned() } else { format!("{benchmark} / {shown}") })
}

fn primary(result: &Node<'_>, name: &str, metric: &str, out: &mut Collector) -> Result<(), Fault> {
    let node = result.member("primaryMetric")?;
    let (dimension, factor) = number::unit(node.member("scoreUnit")?.text()?);
    let wanted = if metric == "time" { Dimension::TIME } else { Dimension::RATE };
    if dimension != wanted {
        let unit = node.member("scoreUnit")?.text()?;
        return Err(Fault::expected("`scoreUnit`", "a unit that fits the mode", unit));
    }
    let data = if let Some(histogram) = node.find("rawDataHistogram") {
        Some(Data::Histograms(histograms(&histogram, factor)?))
    } else {
        values(&node, factor)?
    };
    match data {
        Some(Data::Histograms(windows)) if windows.is_empty() => {
            out.push(Some(name), metric, dimension, stated(&node, factor)?);
        }
        Some(data) => out.push(Some(name), metric, dimension, data),
        None => out.fail(format!("a result of `{}` is not a number", excerpt(name))),
    }
    Ok(())
}

fn secondary(node: &Node<'_>, name: &str, metric: &str, out: &mut Collector) -> Result<(), Fault> {
    let (dimension, factor) = number::unit(node.member("scoreUnit")?.text()?);
    match values(node, factor)? {
        Some(data) => out.push(Some(name), metric, dimension, data),
        None => out.note(format!(
            "`{}` of `{}` is not a number and is left out",
            excerpt(metric),
            excerpt(name)
        )),
    }
    Ok(())
}

/// The score of every iteration of every fork, or the stated score without them; none when one of
/// them is not a number.
fn values(node: &Node<'_>, factor: f64) -> Result<Option<Data>, Fault> {
    if node.member("score")?.is_non_finite() {
        return Ok(None);
    }
    let mut values = Vec::new();
    if let Some(forks) = node.find("rawData") {
        for fork in forks.items()? {
            for iteration in fork.items()? {
                if iteration.is_non_finite() {
                    return Ok(None);
                }
                values.push(iteration.number()? * factor);
            }
        }
    }
    let data = if values.is_empty() { stated(node, factor)? } else { Data::Samples(values) };
    Ok(Some(data))
}

fn stated(node: &Node<'_>, factor: f64) -> Result<Data, Fault> {
    let value = node.member("score")?.number()? * factor;
    let mut interval = (None, None);
    if let Some(bounds) = node.find("scoreConfidence")
        && let [low, high] = bounds.items()?.as_slice()
        && !low.is_non_finite()
        && !high.is_non_finite()
    {
        // The normal approximation may reach below zero, which no time does.
        interval = (Some((low.number()? * factor).max(0.0)), Some(high.number()? * factor));
    }
    let mut values = BTreeMap::new();
    values.insert(Statistic::Mean, Stated { value, low: interval.0, high: interval.1 });
    if let Some(percentiles) = node.find("scorePercentiles") {
        for (key, node) in percentiles.members()? {
            if let Some(statistic) = number::percentile(key)
                && !node.is_non_finite()
            {
                let value = node.number()? * factor;
                values.insert(statistic, Stated { value, low: None, high: None });
            }
        }
    }
    Ok(Data::Summary(Summary { n: None, values }))
}

/// One histogram an iteration: pairs of a time and how often it was seen.
fn histograms(node: &Node<'_>, factor: f64) -> Result<Vec<Histogram>, Fault> {
    let mut windows = Vec::new();
    for fork in node.items()? {
        for iteration in fork.items()? {
            let mut counts = Vec::new();
            for pair in iteration.items()? {
                let [value, count] = &pair.items()?[..] else {
                    return Err(Fault::expected(
                        "`rawDataHistogram`",
                        "pairs of value and count",
                        &format!("{} values", pair.items()?.len()),
                    ));
                };
                let nanoseconds = value.number()? * factor;
                if !(0.0..1.8e19).contains(&nanoseconds) {
                    let found = nanoseconds.to_string();
                    return Err(Fault::expected("`rawDataHistogram`", "a time", &found));
                }
                counts.push((nanoseconds.round() as u64, count.count()?));
            }
            let histogram = Histogram::from_counts(counts);
            if !histogram.is_empty() {
                windows.push(histogram);
            }
        }
    }
    Ok(windows)
}
