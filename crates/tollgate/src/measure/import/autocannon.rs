//! autocannon's `--json`.
//!
//! Latencies are cut to whole milliseconds, so that the truth lies up to one above.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::Resolution;

use super::collect::{Collector, Requests, summary};
use super::fault::Fault;
use super::json::{self, Json, Node};
use super::number;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let root = json.root();
    let answers = root.member("requests")?.member("total")?.count()?;
    let count = |name: &str| root.find(name).map_or(Ok(0), |node| node.count());
    // `errors` holds the time-outs; a redirect is no failure.
    let unanswered = count("errors")?;
    let refused = count("4xx")?.saturating_add(count("5xx")?).saturating_add(count("mismatches")?);
    let requests = Requests {
        attempted: answers.saturating_add(unanswered),
        failed: refused.min(answers).saturating_add(unanswered),
    };
    if requests.attempted == 0 {
        return Err(Fault::empty());
    }
    let worth = out.push_requests(None, requests);
    let seconds = root.member("duration")?.number()?;
    if seconds > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / seconds);
    }
    let latency = root.member("latency")?;
    let n = latency.find("totalCount").map_or(Ok(answers), |count| count.count())?;
    // Without a single latency all are printed as 0.
    if worth && n > 0 {
        out.note("autocannon cuts latencies to whole milliseconds");
        let data = summary(Some(n), 1e6, statistics(&latency)?);
        let resolution = Resolution::Absolute(1e6);
        out.push_rounded(None, "latency", Dimension::TIME, data, resolution);
    }
    Ok(())
}

fn statistics(latency: &Node<'_>) -> Result<Vec<(Statistic, f64)>, Fault> {
    let mut values = Vec::new();
    for (key, node) in latency.members()? {
        let statistic = match key {
            "average" => Some(Statistic::Mean),
            "stddev" => Some(Statistic::Stddev),
            "min" => Some(Statistic::Min),
            "max" => Some(Statistic::Max),
            // `p97_5` is the percentile 97.5.
            _ => key.strip_prefix('p').and_then(|p| number::percentile(&p.replace('_', "."))),
        };
        if let Some(statistic) = statistic.filter(|_| *node.json != Json::Null) {
            values.push((statistic, node.number()?));
        }
    }
    Ok(values)
}
