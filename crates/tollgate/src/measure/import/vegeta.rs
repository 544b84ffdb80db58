//! `vegeta report -type=json`: times in nanoseconds, percentiles approximated by a t-digest.

use crate::metric::Statistic;
use crate::quantity::Dimension;

use super::collect::{Collector, Requests, summary};
use super::fault::Fault;
use super::json;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let root = json.root();
    let attempted = root.member("requests")?.count()?;
    let (mut seen, mut failed) = (0_u64, 0_u64);
    for (status, count) in root.member("status_codes")?.members()? {
        let count = count.count()?;
        let code: u16 = status
            .parse()
            .map_err(|_| Fault::expected("`status_codes`", "an HTTP status", status))?;
        seen = seen.saturating_add(count);
        // 0 stands for a request without an answer.
        if !(200..400).contains(&code) {
            failed = failed.saturating_add(count);
        }
    }
    if seen != attempted {
        return Err(Fault::impossible(format!("{attempted} requests have {seen} status codes")));
    }
    let requests = Requests { attempted, failed };
    if !out.push_requests(None, requests) && attempted == 0 {
        return Err(Fault::empty());
    }
    let seconds = (root.member("duration")?.number()? + root.member("wait")?.number()?) / 1e9;
    if seconds > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / seconds);
    }
    if requests.succeeded() > 0 {
        let latencies = root.member("latencies")?;
        let mut values = Vec::new();
        for (key, statistic) in [
            ("min", Statistic::Min),
            ("mean", Statistic::Mean),
            ("50th", Statistic::MEDIAN),
            ("90th", Statistic::Quantile(900_000)),
            ("95th", Statistic::Quantile(950_000)),
            ("99th", Statistic::Quantile(990_000)),
            ("max", Statistic::Max),
        ] {
            if let Some(value) = latencies.find(key) {
                values.push((statistic, value.number()?));
            }
        }
        out.note("vegeta's percentiles are approximations by a t-digest");
        let data = summary(Some(attempted), 1.0, values);
        out.push(None, "latency", Dimension::TIME, data);
    }
    Ok(())
}
