//! k6: the summaries of `--summary-export` and `handleSummary`, the machine-readable summary, and
//! the raw points of `--out json` and `--out csv`.
//!
//! The two older summaries spell thresholds with opposite meanings: a bare `true` is a threshold
//! that was missed, `{"ok": true}` one that was kept.

mod points;

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Share};

use super::collect::{BYTES_PER_TIME, Collector, Requests, of, single, summary};
use super::fault::{Fault, excerpt};
use super::json::{self, Node};
use super::number;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    if text.trim_start().starts_with("metric_name,") {
        return points::csv(text, out);
    }
    let first = text.trim_start().lines().next().unwrap_or_default();
    if json::parse(first).is_ok_and(|line| line.has("type") && line.has("metric")) {
        return points::lines(text, out);
    }
    let json = json::parse(text)?;
    let root = json.root();
    let mut metrics = Vec::new();
    if let Some(results) = root.find("results") {
        for node in results.member("metrics")?.items()? {
            metrics.push(metric(node.member("name")?.text()?, &node)?);
        }
    } else {
        for (name, node) in root.member("metrics")?.members()? {
            metrics.push(metric(name, &node)?);
        }
    }
    thresholds(&metrics, out)?;
    let failed: Vec<(Option<String>, Requests)> =
        metrics.iter().filter_map(Metric::failed).collect();
    for metric in &metrics {
        metric.push(&failed, out);
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Trend,
    Rate,
    Counter,
    Gauge,
}

/// A metric, or the part of it with certain tags.
struct Metric<'a> {
    name: &'a str,
    /// What stands in braces behind the name.
    tags: Option<&'a str>,
    kind: Type,
    dimension: Dimension,
    factor: f64,
    values: Vec<(&'a str, f64)>,
    node: Node<'a>,
}

fn metric<'a>(full: &'a str, node: &Node<'a>) -> Result<Metric<'a>, Fault> {
    let (name, tags) = match full.split_once('{') {
        Some((name, tags)) => (name, Some(tags.trim_end_matches('}'))),
        None => (full, None),
    };
    let mut values = Vec::new();
    for (key, value) in node.find("values").unwrap_or_else(|| node.clone()).members()? {
        if !matches!(key, "thresholds" | "type" | "contains" | "name") {
            values.push((key, value.number()?));
        }
    }
    let has = |key: &str| values.iter().any(|&(name, _)| name == key);
    let kind = match node.find("type") {
        Some(kind) => kind_of(kind.text()?)?,
        None if has("passes") || has("matches") => Type::Rate,
        None if has("value") => Type::Gauge,
        None if has("count") && has("rate") => Type::Counter,
        None => Type::Trend,
    };
    let contains = node.find("contains").map(|node| node.text()).transpose()?;
    let (dimension, factor) = dimension(name, contains);
    Ok(Metric { name, tags, kind, dimension, factor, values, node: node.clone() })
}

fn kind_of(kind: &str) -> Result<Type, Fault> {
    Ok(match kind {
        "trend" => Type::Trend,
        "rate" => Type::Rate,
        "counter" => Type::Counter,
        "gauge" => Type::Gauge,
        other => return Err(Fault::expected("`type`", "trend, rate, counter or gauge", other)),
    })
}

/// What the values are; where the file does not say, the names of k6's own metrics do.
fn dimension(name: &str, contains: Option<&str>) -> (Dimension, f64) {
    let own_time = (name.starts_with("http_req_") && name != "http_req_failed")
        || (name.starts_with("ws_") && !name.starts_with("ws_msgs") && name != "ws_sessions")
        || matches!(name, "iteration_duration" | "group_duration" | "grpc_req_duration");
    match contains {
        Some("time") => (Dimension::TIME, 1e6),
        Some("data") => (Dimension::BYTES, 1.0),
        None if own_time => (Dimension::TIME, 1e6),
        None if matches!(name, "data_received" | "data_sent") => (Dimension::BYTES, 1.0),
        _ => (Dimension::COUNT, 1.0),
    }
}

/// The name a budget knows a metric by.
fn known(name: &str) -> &str {
    match name {
        "http_req_duration" => "latency",
        "http_req_failed" => "errors",
        "http_reqs" => "requests",
        // A script's own metric of such a name is another one, and a common one at that.
        "latency" => "own latency",
        "errors" => "own errors",
        "requests" => "own requests",
        "throughput" => "own throughput",
        other => other,
    }
}

/// The tag `name` is the endpoint; any other set of tags stands as it is written.
fn operation(tags: &str) -> String {
    match tags.strip_prefix("name:") {
        Some(name) if !name.contains(',') => name.to_owned(),
        _ => tags.to_owned(),
    }
}

/// Missed thresholds, and those that were never put to the test: k6 calls them kept.
fn thresholds(metrics: &[Metric<'_>], out: &mut Collector) -> Result<(), Fault> {
    for metric in metrics {
        let Some(thresholds) = metric.node.find("thresholds") else { continue };
        for (expression, verdict) in thresholds.members()? {
            let missed = match verdict.find("ok") {
                Some(kept) => !kept.bool()?,
                None => verdict.bool()?,
            };
            let tags = metric.tags.map_or_else(String::new, |tags| format!("{{{tags}}}"));
            let threshold = excerpt(&format!("{}{tags}: {expression}", metric.name));
            if metric.is_sampleless() {
                out.fail(format!("the threshold `{threshold}` saw no samples"));
            } else if missed {
                out.fail(format!("the threshold `{threshold}` was missed"));
            }
        }
    }
    Ok(())
}

impl Metric<'_> {
    fn get(&self, key: &str) -> Option<f64> {
        self.values.iter().find(|&&(name, _)| name == key).map(|&(_, value)| value)
    }

    /// A metric without samples is printed as zeros; only a count tells them from measured ones,
    /// and a part of a metric that is all zeros is more likely to have seen nothing.
    fn is_sampleless(&self) -> bool {
        match self.kind {
            Type::Rate => self.share().is_none_or(|share| share.of == 0),
            Type::Counter => self.get("count").unwrap_or_default() == 0.0,
            Type::Gauge => self.values.is_empty(),
            Type::Trend => match self.get("count") {
                Some(count) => count == 0.0,
                None => self.tags.is_some() && self.values.iter().all(|&(_, value)| value == 0.0),
            },
        }
    }

    /// `passes` counts what the rate counts: for `http_req_failed` these are the failures.
    fn share(&self) -> Option<Share> {
        let count = |key: &str| {
            let value = self.get(key)?;
            ((0.0..9e15).contains(&value) && value.fract() == 0.0).then_some(value as u64)
        };
        if let (Some(hits), Some(of)) = (count("matches"), count("total")) {
            return Some(Share { hits, of });
        }
        let (hits, misses) = (count("passes")?, count("fails")?);
        Some(Share { hits, of: hits + misses })
    }

    fn failed(&self) -> Option<(Option<String>, Requests)> {
        let share = self.share().filter(|_| self.name == "http_req_failed")?;
        let requests = Requests { attempted: share.of, failed: share.hits };
        Some((self.tags.map(operation), requests))
    }

    fn push(&self, failed: &[(Option<String>, Requests)], out: &mut Collector) {
        let operation = self.tags.map(operation);
        let operation = operation.as_deref();
        if self.is_sampleless() {
            if self.tags.is_some() {
                out.note(format!("`{}`{} saw no samples", excerpt(self.name), of(operation)));
            }
            return;
        }
        let requests = failed.iter().find(|(name, _)| name.as_deref() == operation);
        let requests = requests.map(|&(_, requests)| requests);
        let all_failed = requests.is_some_and(|requests| requests.succeeded() == 0);
        match self.kind {
            Type::Rate => {
                let shares = self.share().into_iter().collect();
                out.push(operation, known(self.name), Dimension::SHARE, Data::Shares(shares));
            }
            Type::Counter => self.push_counter(operation, requests, out),
            Type::Gauge => {
                let values = self.statistics();
                if !values.is_empty() {
                    let data = summary(None, self.factor, values);
                    out.push(operation, known(self.name), self.dimension, data);
                }
            }
            Type::Trend if self.name == "http_req_duration" && all_failed => out.note(format!(
                "all requests{} failed: their latencies are not imported",
                of(operation)
            )),
            Type::Trend => self.push_trend(operation, requests, out),
        }
    }

    fn push_counter(
        &self,
        operation: Option<&str>,
        requests: Option<Requests>,
        out: &mut Collector,
    ) {
        let count = self.get("count").unwrap_or_default() * self.factor;
        out.push(operation, known(self.name), self.dimension, Data::Total(count));
        let Some(rate) = self.get("rate") else { return };
        match (self.name, requests) {
            ("http_reqs", Some(Requests { attempted, failed })) => {
                let succeeded = 1.0 - failed as f64 / attempted as f64;
                out.push_throughput(operation, rate * succeeded);
            }
            ("http_reqs", None) => out.push_throughput(operation, rate),
            ("data_received" | "data_sent", _) => {
                let metric = format!("{} per second", self.name);
                out.push(operation, &metric, BYTES_PER_TIME, single(Statistic::Mean, rate));
            }
            (name, _) => {
                let metric = format!("{name} per second");
                out.push(operation, &metric, Dimension::RATE, single(Statistic::Mean, rate));
            }
        }
    }

    fn push_trend(&self, operation: Option<&str>, requests: Option<Requests>, out: &mut Collector) {
        let counted = self.get("count").filter(|count| *count < 9e15).map(|count| count as u64);
        let same = self.name == "http_req_duration";
        let n = counted.or(requests.filter(|_| same).map(|requests| requests.attempted));
        let values = self.statistics();
        if values.is_empty() {
            out.note(format!("`{}`{} has no statistics", excerpt(self.name), of(operation)));
            return;
        }
        if self.dimension == Dimension::COUNT && self.node.find("contains").is_none() {
            let name = excerpt(self.name);
            out.note(format!("`{name}` does not say its unit: it is taken for a plain number"));
        }
        let data = summary(n, self.factor, values);
        out.push(operation, known(self.name), self.dimension, data);
    }

    fn statistics(&self) -> Vec<(Statistic, f64)> {
        let named = |&(key, value): &(&str, f64)| {
            let statistic = match key {
                "avg" => Statistic::Mean,
                "min" => Statistic::Min,
                "med" => Statistic::MEDIAN,
                "max" => Statistic::Max,
                _ => number::percentile(key.strip_prefix("p(")?.strip_suffix(')')?)?,
            };
            Some((statistic, value))
        };
        self.values.iter().filter_map(named).collect()
    }
}
