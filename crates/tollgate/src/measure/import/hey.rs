//! hey's `-o csv`: one line a request, in seconds with four decimals.

use crate::quantity::Dimension;
use crate::run::{Data, Resolution};

use super::collect::{Collector, Requests};
use super::fault::{Fault, Problem};
use super::table::Table;

const HINT: &str = "hey leaves requests without an answer out of its CSV";

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let (time, status) = (table.column("response-time")?, table.column("status-code")?);
    let offset = table.column("offset")?;
    if table.rows.is_empty() {
        return Err(Problem::Empty { hint: Some(HINT) }.into());
    }
    let mut requests = Requests { attempted: 0, failed: 0 };
    let mut times = Vec::new();
    let mut end: f64 = 0.0;
    for row in &table.rows {
        let (at, took) = (table.number(row, offset)?, table.number(row, time)?);
        requests.attempted += 1;
        requests.failed += u64::from(!(100..400).contains(&table.count(row, status)?));
        end = end.max(at + took);
        times.push((at, took * 1e9));
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    out.note(HINT);
    if out.push_requests(None, requests) {
        let samples = times.into_iter().map(|(_, took)| took).collect();
        let rounding = Resolution::Absolute(50e3);
        out.push_rounded(None, "latency", Dimension::TIME, Data::Samples(samples), rounding);
    }
    if end > 0.0 {
        out.push_throughput(None, requests.succeeded() as f64 / end);
    }
    Ok(())
}
