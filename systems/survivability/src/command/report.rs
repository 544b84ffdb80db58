//! What a simulation came to, for people, programs and spreadsheets.

mod course;
mod figures;

use serde::Serialize;
use serde_json::{Map, Value};
use survivability::experiment::Experiment;
use survivability::network::Network;
use survivability::outcome::{Outcome, Share};
use survivability::paths::PathOrder;
use survivability::setup::Setup;

use super::output::{count, grouped};
use super::table::{Table, bar};
pub use course::svg;
pub use figures::csv;

pub struct Run<'a> {
    pub experiment: &'a Experiment,
    pub network: &'a Network,
    pub setup: &'a Setup,
    pub outcome: &'a Outcome,
}

/// How many failures are shown one by one.
const SHOWN: usize = 10;

#[derive(Serialize)]
struct Document<'a> {
    /// Of this layout.
    format: u32,
    experiment: &'a str,
    topology: &'a str,
    policy: &'a str,
    figures: Map<String, Value>,
    outcome: &'a Outcome,
}

pub fn json(run: &Run) -> serde_json::Result<String> {
    let document = Document {
        format: 1,
        experiment: &run.experiment.name,
        topology: run.network.topology().name(),
        policy: policy(run),
        figures: figures::object(run),
        outcome: run.outcome,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// Tables for a terminal of 80 columns.
pub fn text(run: &Run) -> String {
    let mut parts = vec![heading(run), blocking(run.outcome)];
    if run.outcome.failures > 0 {
        parts.push(windows(run));
        parts.push(recoveries(run));
    }
    parts.push(usage(run.outcome));
    if run.setup.protection.is_none() {
        parts.push(candidates(run.outcome));
    }
    parts.extend(run.outcome.warnings.iter().map(|warning| format!("warning: {warning}\n")));
    parts.join("\n")
}

/// What decides on requests.
fn policy(run: &Run) -> &'static str {
    if run.setup.protection.is_some() { "protection" } else { run.setup.policy.name() }
}

fn heading(run: &Run) -> String {
    let Run { network, setup, outcome, .. } = run;
    let topology = network.topology();
    let order = match network.paths().order() {
        PathOrder::Hops => "hops",
        PathOrder::Length => "length",
    };
    let cores = match setup.grid.cores {
        1 => String::new(),
        cores => format!(" on {cores} cores"),
    };
    let how = match setup.protection {
        Some(_) => "protection over two disjoint paths".to_owned(),
        None => format!("{} over {} paths", policy(run), network.paths().k()),
    };
    let mut text = format!(
        "{}: {}, {}, {} slots{cores}\n{how} by {order}\n{} Erlang, seed {}, {}",
        topology.name(),
        count(topology.nodes().len() as u64, "node"),
        count(topology.links().len() as u64, "link"),
        setup.grid.slots,
        outcome.erlang,
        outcome.seed,
        count(setup.traffic.requests, "request"),
    );
    if setup.warmup > 0 {
        text.push_str(&format!(", the first {} not counted", grouped(setup.warmup)));
    }
    text.push('\n');
    if !outcome.is_complete {
        let arrivals = grouped(outcome.arrivals);
        text.push_str(&format!("STOPPED after {arrivals} requests: what follows is of those\n"));
    }
    text
}

fn blocking(outcome: &Outcome) -> String {
    let totals = &outcome.totals;
    let mut table = Table::new(["Blocking", "share", "requests"]);
    let mut row = |name: &str, number: u64| {
        let share = Share { of: totals.offered, blocked: number };
        table.row(name, [fixed(share.value()), grouped(number)]);
    };
    row("overall", totals.blocked() + totals.dropped);
    row("  too far for its rate", totals.blocked_by_distance);
    row("  no room", totals.blocked_by_congestion);
    row("  every path down", totals.blocked_by_failure);
    row("  dropped by a failure", totals.dropped);
    table.row("of the bit rate", [fixed(outcome.bit_rate_blocking())]);
    table.render()
}

fn windows(run: &Run) -> String {
    let window = grouped(run.setup.window);
    let title = format!("Blocking in {window}");
    let mut table = Table::new([&title, "before", "failure", "repair"]);
    let shown = |share: Option<Share>| share.map_or("-".to_owned(), |share| fixed(share.value()));
    for failure in run.outcome.windows.iter().take(SHOWN) {
        let from = grouped(failure.fail_arrival);
        let name = match failure.repair_arrival {
            Some(to) => format!("requests {from} to {}", grouped(to)),
            None => format!("from request {from} on"),
        };
        let shares = [failure.before, failure.from_failure, failure.after_repair];
        table.row(&name, shares.map(shown));
    }
    let mut text = table.render();
    let more = run.outcome.failures.saturating_sub(SHOWN as u64);
    if more > 0 {
        text.push_str(&format!("  and {}\n", count(more, "more failure")));
    }
    text
}

fn recoveries(run: &Run) -> String {
    let Outcome { recoveries, totals, .. } = run.outcome;
    let mut table = Table::new(["Hit by a failure", "requests", "p50 ms", "p95 ms", "p99 ms"]);
    let times =
        || [50.0, 95.0, 99.0].map(|percent| format!("{:.1}", recoveries.percentile_ms(percent)));
    let none = || ["", "", ""].map(str::to_owned);
    let mut row = |name: &str, number: u64, has_times: bool| {
        let [p50, p95, p99] = if has_times { times() } else { none() };
        table.row(name, [grouped(number), p50, p95, p99]);
    };
    let (switched, restored) = (recoveries.switched, recoveries.restored);
    // One of the two is all there is, unless protection is restored as well.
    row("switched to backup", switched, switched > 0 && restored == 0);
    row("restored", restored, restored > 0 && switched == 0);
    if switched > 0 && restored > 0 {
        row("both", switched + restored, true);
    }
    row("dropped", totals.dropped, false);
    table.render()
}

fn usage(outcome: &Outcome) -> String {
    let mut table = Table::new(["Use", "mean", "p95"]);
    table.row("slots taken", [fixed(outcome.utilisation)]);
    table.row("requests held", [format!("{:.1}", outcome.mean_live)]);
    let fragmentation = &outcome.fragmentation;
    if fragmentation.count > 0 {
        let values = [fixed(fragmentation.mean), fixed(fragmentation.p95)];
        table.row("fragmentation of paths", values);
    }
    table.row("hops of a lightpath", [format!("{:.3}", outcome.served.mean_hops())]);
    table.row("km of a lightpath", [format!("{:.1}", outcome.served.mean_km())]);
    table.render()
}

fn candidates(outcome: &Outcome) -> String {
    let served = &outcome.served;
    let mut table = Table::new(["Served on", "share", "requests"]);
    let numbers = served.by_candidate.iter().zip(1..);
    let shown = numbers.clone().filter(|(number, _)| **number > 0).count().min(SHOWN);
    for (number, place) in numbers.filter(|(number, _)| **number > 0).take(shown) {
        let share = Share { of: served.requests, blocked: *number }.value();
        let cells = [fixed(share), grouped(*number)];
        table.row(&format!("path {place:<3} {}", bar(share * 0.5)), cells);
    }
    table.render()
}

fn fixed(share: f64) -> String {
    format!("{share:.5}")
}
