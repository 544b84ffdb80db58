//! oha's `--output-format json` and `csv`.
//!
//! oha calls every answer a success, whatever its status; here an answer of 400 and above failed.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::Data;

use super::collect::{Collector, Requests, summary};
use super::fault::Fault;
use super::json::{self, Node};
use super::number;
use super::table::Table;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    if !text.trim_start().starts_with('{') {
        return rows(text, out);
    }
    let json = json::parse(text)?;
    let root = json.root();
    let head = root.member("summary")?;
    let (answers, refused) = statuses(&root.member("statusCodeDistribution")?)?;
    let lost = errors(&root.member("errorDistribution")?, out)?;
    let requests =
        Requests { attempted: answers.saturating_add(lost), failed: refused.saturating_add(lost) };
    if requests.attempted == 0 {
        return Err(Fault::empty());
    }
    let worth = out.push_requests(None, requests);
    let seconds = head.member("total")?.number()?;
    if seconds > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / seconds);
    }
    if worth {
        let mut values = Vec::new();
        for (key, statistic) in
            [("fastest", Statistic::Min), ("average", Statistic::Mean), ("slowest", Statistic::Max)]
        {
            values.push((statistic, head.member(key)?.number()?));
        }
        for (key, node) in root.member("latencyPercentiles")?.members()? {
            if let Some(statistic) = key.strip_prefix('p').and_then(number::percentile)
                && *node.json != json::Json::Null
            {
                values.push((statistic, node.number()?));
            }
        }
        out.push(None, "latency", Dimension::TIME, summary(Some(answers), 1e9, values));
    }
    Ok(())
}

/// All answers, and those with a status of 400 and above.
fn statuses(node: &Node<'_>) -> Result<(u64, u64), Fault> {
    let (mut all, mut failed) = (0_u64, 0_u64);
    for (status, count) in node.members()? {
        let count = count.count()?;
        all = all.saturating_add(count);
        if is_failure(status)? {
            failed = failed.saturating_add(count);
        }
    }
    Ok((all, failed))
}

fn is_failure(status: &str) -> Result<bool, Fault> {
    let status: u16 = status
        .parse()
        .map_err(|_| Fault::expected("`statusCodeDistribution`", "an HTTP status", status))?;
    Ok(!(100..400).contains(&status))
}

/// Requests that got no answer. Those that the end of the run cut off were not lost.
fn errors(node: &Node<'_>, out: &mut Collector) -> Result<u64, Fault> {
    let mut lost = 0_u64;
    for (error, count) in node.members()? {
        let count = count.count()?;
        if error == "aborted due to deadline" {
            out.note(format!("{count} requests were under way at the end and are not counted"));
        } else {
            lost = lost.saturating_add(count);
        }
    }
    Ok(lost)
}

fn rows(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let (start, duration) = (table.column("request-start")?, table.column("request-duration")?);
    let status = table.column("status")?;
    let mut requests = Requests { attempted: 0, failed: 0 };
    let mut times = Vec::new();
    let mut end: f64 = 0.0;
    for row in &table.rows {
        let (at, took) = (table.number(row, start)?, table.number(row, duration)?);
        requests.attempted += 1;
        let failed = is_failure(row.text(status)).map_err(|fault| fault.at_line(row.line))?;
        requests.failed += u64::from(failed);
        end = end.max(at + took);
        times.push((at, took * 1e9));
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    out.note("oha's CSV leaves out requests that got no answer");
    if out.push_requests(None, requests) {
        let samples = times.into_iter().map(|(_, took)| took).collect();
        out.push(None, "latency", Dimension::TIME, Data::Samples(samples));
    }
    if end > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / end);
    }
    Ok(())
}
