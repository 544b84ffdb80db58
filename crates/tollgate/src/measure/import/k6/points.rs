//! The raw points of k6, which keep what a summary loses.

use std::collections::BTreeMap;

use crate::quantity::Dimension;
use crate::run::{Data, Point, Share};

use super::super::collect::{Collector, of};
use super::super::fault::Fault;
use super::super::json;
use super::super::number;
use super::super::table::Table;
use super::{Type, dimension, kind_of, known};

/// The longest run whose seconds are counted one by one.
const LONGEST_S: i64 = 1_000_000;

/// The metrics whose endpoint is kept.
const REQUESTS: [&str; 3] = ["http_req_duration", "http_req_failed", "http_reqs"];

/// One metric, or the part of it that one endpoint saw: nanoseconds and values.
type Samples = Vec<(i64, f64)>;

#[derive(Default)]
struct Gathered {
    types: BTreeMap<String, (Type, Dimension, f64)>,
    all: BTreeMap<String, Samples>,
    by_name: BTreeMap<(String, String), Samples>,
}

impl Gathered {
    fn add(&mut self, metric: &str, at_ns: i64, value: f64, name: Option<&str>) {
        self.all.entry(metric.to_owned()).or_default().push((at_ns, value));
        // The endpoint matters for the metrics of requests; others would only be doubled.
        if let Some(name) = name.filter(|_| REQUESTS.contains(&metric)) {
            let key = (name.to_owned(), metric.to_owned());
            self.by_name.entry(key).or_default().push((at_ns, value));
        }
    }

    fn push(mut self, out: &mut Collector) -> Result<(), Fault> {
        for ((name, metric), samples) in std::mem::take(&mut self.by_name) {
            self.all.insert(format!("{metric}\u{1f}{name}"), samples);
        }
        for samples in self.all.values_mut() {
            samples.sort_by_key(|&(at, _)| at);
        }
        for (key, samples) in &self.all {
            let (metric, operation) = match key.split_once('\u{1f}') {
                Some((metric, name)) => (metric, Some(name)),
                None => (key.as_str(), None),
            };
            let Some(&(kind, dimension, factor)) = self.types.get(metric) else {
                return Err(Fault::syntax(format!("the metric `{metric}` was never announced")));
            };
            let failed = key.replacen(metric, "http_req_failed", 1);
            let failed = self.all.get(&failed);
            let all_failed = failed.is_some_and(|samples| samples.iter().all(|&(_, v)| v != 0.0));
            if metric == "http_req_duration" && all_failed {
                let whose = of(operation);
                out.note(format!("all requests{whose} failed: their latencies are not imported"));
                continue;
            }
            let data = data(kind, factor, samples);
            let dimension = if kind == Type::Rate { Dimension::SHARE } else { dimension };
            out.push(operation, known(metric), dimension, data);
            if metric == "http_req_failed" {
                let rates = rates(samples)?;
                if !rates.is_empty() {
                    out.push(operation, "throughput", Dimension::RATE, Data::Samples(rates));
                }
            }
        }
        Ok(())
    }
}

fn data(kind: Type, factor: f64, samples: &Samples) -> Data {
    match kind {
        Type::Trend => Data::Samples(samples.iter().map(|&(_, value)| value * factor).collect()),
        Type::Counter => Data::Total(samples.iter().map(|&(_, value)| value * factor).sum()),
        Type::Rate => Data::Shares(shares(samples)),
        Type::Gauge => {
            let start = samples.first().map_or(0, |&(at, _)| at);
            let point = |&(at, value): &(i64, f64)| Point {
                at_ns: at.saturating_sub(start) as f64,
                value: value * factor,
            };
            Data::Points(samples.iter().map(point).collect())
        }
    }
}

/// How many of how many, second by second.
fn shares(samples: &Samples) -> Vec<Share> {
    let mut shares: Vec<(i64, Share)> = Vec::new();
    for &(at, value) in samples {
        let (second, hit) = (at.div_euclid(1_000_000_000), u64::from(value != 0.0));
        match shares.last_mut() {
            Some((last, share)) if *last == second => {
                share.hits += hit;
                share.of += 1;
            }
            _ => shares.push((second, Share { hits: hit, of: 1 })),
        }
    }
    shares.into_iter().map(|(_, share)| share).collect()
}

/// Requests of each full second that did not fail; the first and the last second were cut.
fn rates(samples: &Samples) -> Result<Vec<f64>, Fault> {
    let second = |at: i64| at.div_euclid(1_000_000_000);
    let (Some(&(first, _)), Some(&(last, _))) = (samples.first(), samples.last()) else {
        return Ok(Vec::new());
    };
    let (first, last) = (second(first), second(last));
    if last - first > LONGEST_S {
        return Err(Fault::impossible("its points span more than eleven days"));
    }
    let mut counts = vec![0.0; usize::try_from(last - first).unwrap_or_default() + 1];
    for &(at, value) in samples.iter().filter(|&&(_, value)| value == 0.0) {
        let place = usize::try_from(second(at) - first).unwrap_or_default();
        counts[place] += 1.0 - value;
    }
    Ok(counts.get(1..counts.len() - 1).map_or_else(Vec::new, <[f64]>::to_vec))
}

pub(super) fn lines(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let mut gathered = Gathered::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        read_line(line, &mut gathered).map_err(|fault| fault.at_line(index + 1))?;
    }
    gathered.push(out)
}

fn read_line(line: &str, gathered: &mut Gathered) -> Result<(), Fault> {
    let json = json::parse(line)?;
    let root = json.root();
    let metric = root.member("metric")?.text()?;
    let data = root.member("data")?;
    match root.member("type")?.text()? {
        "Metric" => {
            let kind = kind_of(data.member("type")?.text()?)?;
            let contains = data.find("contains").map_or(Ok("default"), |node| node.text())?;
            let (dimension, factor) = dimension(metric, Some(contains));
            gathered.types.insert(metric.to_owned(), (kind, dimension, factor));
        }
        "Point" => {
            let time = data.member("time")?.text()?;
            let at = number::instant(time)
                .ok_or_else(|| Fault::expected("`data.time`", "a time with its zone", time))?;
            let value = data.member("value")?.number()?;
            let tags = data.find("tags");
            let name = tags.and_then(|tags| tags.find("name"));
            let name = name.as_ref().map(json::Node::text).transpose()?;
            gathered.add(metric, at, value, name.filter(|name| !name.is_empty()));
        }
        other => return Err(Fault::expected("`type`", "Metric or Point", other)),
    }
    Ok(())
}

/// The CSV does not say what kind a metric is; k6's own are known.
pub(super) fn csv(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let (metric, time) = (table.column("metric_name")?, table.column("timestamp")?);
    let (value, name) = (table.column("metric_value")?, table.find("name"));
    let mut gathered = Gathered::default();
    for row in &table.rows {
        let seconds = table.number(row, time)?;
        if !(0.0..9e9).contains(&seconds) {
            let found = row.text(time);
            return Err(Fault::expected("`timestamp`", "seconds", found).at_line(row.line));
        }
        let metric = row.text(metric);
        let at = (seconds * 1e9) as i64;
        let name = name.map(|name| row.text(name)).filter(|name| !name.is_empty());
        gathered.add(metric, at, table.number(row, value)?, name);
        if !gathered.types.contains_key(metric) {
            let kind = match metric {
                "http_req_failed" | "checks" | "grpc_req_failed" => Type::Rate,
                "vus" | "vus_max" => Type::Gauge,
                "http_reqs" | "iterations" | "dropped_iterations" | "data_sent"
                | "data_received" => Type::Counter,
                _ => Type::Trend,
            };
            let (dimension, factor) = dimension(metric, None);
            gathered.types.insert(metric.to_owned(), (kind, dimension, factor));
        }
    }
    gathered.push(out)
}
