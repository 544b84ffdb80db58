//! `nats bench --csv`: one line a client, with latencies for requests and none for subscribers.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Resolution};

use super::collect::{BYTES_PER_TIME, Collector, single, summary};
use super::fault::Fault;
use super::table::{Row, Table};

const LATENCIES: [(&str, Statistic); 8] = [
    ("MinLatencyMicroSecs", Statistic::Min),
    ("AvgLatencyMicroSecs", Statistic::Mean),
    ("MaxLatencyMicroSecs", Statistic::Max),
    ("P50LatencyMicroSecs", Statistic::MEDIAN),
    ("P90LatencyMicroSecs", Statistic::Quantile(900_000)),
    ("P99LatencyMicroSecs", Statistic::Quantile(990_000)),
    ("P99.9LatencyMicroSecs", Statistic::Quantile(999_000)),
    ("StdDevLatencyMicroSecs", Statistic::Stddev),
];

struct Client {
    name: String,
    messages: u64,
    values: Vec<(Statistic, f64)>,
}

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let table = Table::parse(text, ',')?;
    let (id, messages) = (table.column("ClientID")?, table.column("MsgCount")?);
    let (bytes, seconds) = (table.column("MsgBytes")?, table.column("DurationSecs")?);
    let (mut total, mut volume, mut longest) = (0_u64, 0.0, 0.0_f64);
    let mut clients = Vec::new();
    for row in &table.rows {
        let count = table.count(row, messages)?;
        total = total.saturating_add(count);
        volume += table.number(row, bytes)?;
        longest = longest.max(table.number(row, seconds)?);
        let values = latencies(&table, row)?;
        clients.push(Client { name: row.text(id).to_owned(), messages: count, values });
    }
    if total == 0 {
        return Err(Fault::empty());
    }
    out.push(None, "messages", Dimension::COUNT, Data::Total(total as f64));
    if longest > 0.0 {
        // The clients run side by side: the run lasts as long as the slowest.
        out.push_throughput(None, total as f64 / longest);
        let rate = single(Statistic::Mean, volume / longest);
        out.push(None, "bytes per second", BYTES_PER_TIME, rate);
    }
    push_latencies(&clients, total, out);
    Ok(())
}

fn latencies(table: &Table, row: &Row) -> Result<Vec<(Statistic, f64)>, Fault> {
    LATENCIES
        .iter()
        .filter_map(|&(name, statistic)| Some((table.find(name)?, statistic)))
        .map(|(column, statistic)| Ok((statistic, table.number(row, column)?)))
        .collect()
}

fn push_latencies(clients: &[Client], total: u64, out: &mut Collector) {
    let mut push = |operation: Option<&str>, n: u64, values: Vec<(Statistic, f64)>| {
        if values.is_empty() {
            return;
        }
        // Whole numbers are microseconds cut or rounded; fractions are as precise as they look.
        let whole = values.iter().all(|(_, value)| value.fract() == 0.0);
        let resolution = if whole { Resolution::Absolute(1e3) } else { Resolution::Absolute(0.5) };
        let data = summary(Some(n), 1e3, values);
        out.push_rounded(operation, "latency", Dimension::TIME, data, resolution);
    };
    if let [client] = clients {
        push(None, client.messages, client.values.clone());
        return;
    }
    for client in clients.iter().filter(|client| client.messages > 0) {
        push(Some(&client.name), client.messages, client.values.clone());
    }
    // Percentiles of several clients cannot be put together; extremes and means can.
    let all = |statistic| -> Vec<(f64, f64)> {
        let of = |client: &Client| {
            let value = client.values.iter().find(|(name, _)| *name == statistic)?.1;
            Some((value, client.messages as f64))
        };
        clients.iter().filter(|client| client.messages > 0).filter_map(of).collect()
    };
    let (min, max, mean) = (all(Statistic::Min), all(Statistic::Max), all(Statistic::Mean));
    if min.is_empty() {
        return;
    }
    let weights: f64 = mean.iter().map(|(_, weight)| weight).sum();
    let sum: f64 = mean.iter().map(|(value, weight)| value * weight).sum();
    let least = min.iter().map(|(value, _)| *value).fold(f64::INFINITY, f64::min);
    let most = max.iter().map(|(value, _)| *value).fold(0.0, f64::max);
    let values =
        [(Statistic::Min, least), (Statistic::Mean, sum / weights), (Statistic::Max, most)];
    push(None, total, values.to_vec());
    out.note("percentiles of several clients cannot be put together: they stand by client");
}
