//! The tables of a sweep: a row for each simulation, and a row for each figure of each load.

use super::{Plan, Swept};
use crate::aggregate::{Estimate, LoadSummary, METRICS, Summary};
use crate::number::significant;
use crate::outcome::Outcome;
use crate::setup::Setup;

/// Of `summary.json`. Changes when a figure is renamed or means something else.
pub(super) const FORMAT: u32 = 1;

const DIGITS: usize = 12;

#[must_use]
pub fn summarize(plan: &Plan, swept: &Swept) -> Summary {
    let first = plan.setups.first();
    let loads = plan.setups.iter().zip(&swept.loads);
    Summary {
        format: FORMAT,
        experiment: format!("{:016x}", plan.fingerprint),
        topology: plan.network.topology().name().to_owned(),
        policy: first.map_or("none", policy).to_owned(),
        failure_type: first.map_or_else(|| "none".to_owned(), failure_type),
        k_paths: plan.network.paths().k(),
        loads: loads
            .map(|(setup, outcomes)| LoadSummary::of(setup.traffic.erlang, outcomes))
            .collect(),
    }
}

/// What decides on requests.
fn policy(setup: &Setup) -> &'static str {
    if setup.protection.is_some() { "protection" } else { setup.policy.name() }
}

/// The kinds of the failures, each once.
fn failure_type(setup: &Setup) -> String {
    let planned = setup.failures.iter().map(|planned| planned.failure.kind().to_owned());
    let among = setup.random_failures.iter().flat_map(|random| &random.among);
    let random = among.map(|failure| format!("random-{}", failure.kind()));
    let mut kinds: Vec<String> = Vec::new();
    for kind in planned.chain(random) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() { "none".to_owned() } else { kinds.join("+") }
}

/// What identifies a simulation first, then blocking, then all other figures by name.
#[must_use]
pub fn runs_csv(summary: &Summary, swept: &Swept) -> String {
    let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
    names.push(K_PATHS);
    names[1..].sort_unstable();
    let mut text = row(["seed", "topology", "load", "policy", "failure_type"].iter().chain(&names));
    for run in swept.loads.iter().flatten() {
        let figures = names.iter().map(|name| figure(summary, run, name));
        let Summary { topology, policy, failure_type, .. } = summary;
        let (seed, load) = (run.seed.to_string(), significant(run.erlang, DIGITS));
        let key = [seed, topology.clone(), load, policy.clone(), failure_type.clone()];
        text.push_str(&row(key.into_iter().chain(figures)));
    }
    text
}

/// A row for each load and figure. Figures over all failures of all seeds have no interval.
#[must_use]
pub fn summary_csv(summary: &Summary) -> String {
    let mut text = row(SUMMARY_COLUMNS.iter());
    for load in &summary.loads {
        let mut add = |name: &str, figures: [String; 7]| {
            let Summary { topology, policy, failure_type, .. } = summary;
            let erlang = significant(load.erlang, DIGITS);
            let key = [topology.clone(), erlang, policy.clone(), failure_type.clone()];
            text.push_str(&row(key.into_iter().chain([name.to_owned()]).chain(figures)));
        };
        for metric in &load.metrics {
            add(&metric.name, estimate(&metric.estimate));
        }
        for pooled in &load.pooled {
            for (end, value) in pooled.figures() {
                let name = format!("{}_pooled_{end}", pooled.name);
                let none = || String::new();
                let value = significant(value, DIGITS);
                add(&name, [pooled.n.to_string(), value, none(), none(), none(), none(), none()]);
            }
        }
    }
    text
}

const K_PATHS: &str = "k_paths";

const SUMMARY_COLUMNS: [&str; 12] = [
    "topology",
    "load",
    "policy",
    "failure_type",
    "metric",
    "n",
    "mean",
    "std",
    "ci95_lower",
    "ci95_upper",
    "ci95_t_lower",
    "ci95_t_upper",
];

fn figure(summary: &Summary, run: &Outcome, name: &str) -> String {
    if name == K_PATHS {
        return summary.k_paths.to_string();
    }
    let metric = METRICS.iter().find(|metric| metric.name == name);
    let value = metric.and_then(|metric| (metric.of)(run));
    value.map_or_else(String::new, |value| significant(value, DIGITS))
}

fn estimate(estimate: &Estimate) -> [String; 7] {
    let Estimate { n, mean, std, ci95, ci95_t } = *estimate;
    let end = |interval: Option<[f64; 2]>, end: usize| {
        interval.map_or_else(String::new, |interval| significant(interval[end], DIGITS))
    };
    let [mean, std] = [mean, std].map(|value| significant(value, DIGITS));
    [n.to_string(), mean, std, end(ci95, 0), end(ci95, 1), end(ci95_t, 0), end(ci95_t, 1)]
}

/// A row as RFC 4180 has it, but for the end of the line.
fn row(cells: impl Iterator<Item = impl AsRef<str>>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(cell.as_ref())).collect();
    cells.join(",") + "\n"
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_a_comma_a_quote_or_a_line_end_is_quoted() {
        let cells = ["plain", "a,b", "say \"hi\"", "two\nlines", "", "r\rn", "\u{e4} b"];
        let expected = "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,\"r\rn\",\u{e4} b\n";
        assert_eq!(row(cells.iter()), expected);
    }
}
