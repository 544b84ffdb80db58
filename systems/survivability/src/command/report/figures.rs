//! The figures of one simulation by name, as one line of a table.

use serde_json::{Map, Value, json};
use survivability::failure::Failure;
use survivability::outcome::{Share, percentile};

use super::{Run, policy};

/// Names with values. The names and their order are those of the tables that FUSION describes, with
/// more behind.
pub fn figures(run: &Run) -> Vec<(&'static str, Value)> {
    let outcome = run.outcome;
    let shares = outcome.windows.iter().filter_map(|window| window.from_failure);
    let mut windows: Vec<f64> = shares.map(Share::value).collect();
    windows.sort_unstable_by(f64::total_cmp);
    // A sum of nothing would be a negative zero.
    let sum = windows.iter().fold(0.0, |sum, share| sum + share);
    let mean = sum / windows.len().max(1) as f64;
    let recoveries = &outcome.recoveries;
    vec![
        ("seed", json!(outcome.seed)),
        ("topology", json!(run.network.topology().name())),
        ("load", json!(outcome.erlang)),
        ("policy", json!(policy(run))),
        ("failure_type", json!(failures(run))),
        ("bp_overall", json!(outcome.blocking())),
        ("bit_rate_bp", json!(outcome.bit_rate_blocking())),
        ("bp_window_fail_mean", json!(mean)),
        ("bp_window_fail_p95", json!(percentile(&windows, 95.0))),
        ("frag_proxy_mean", json!(outcome.fragmentation.mean)),
        ("frag_proxy_p95", json!(outcome.fragmentation.p95)),
        ("k_paths", json!(run.network.paths().k())),
        ("recovery_time_max_ms", json!(recoveries.percentile_ms(100.0))),
        ("recovery_time_mean_ms", json!(recoveries.mean_ms())),
        ("recovery_time_p95_ms", json!(recoveries.percentile_ms(95.0))),
        ("recovery_event_count", json!(recoveries.ms.len())),
        ("failure_count", json!(outcome.failures)),
        ("offered", json!(outcome.totals.offered)),
        ("blocked", json!(outcome.totals.blocked())),
        ("dropped", json!(outcome.totals.dropped)),
        ("mean_hops", json!(outcome.served.mean_hops())),
        ("mean_km", json!(outcome.served.mean_km())),
        ("utilisation", json!(outcome.utilisation)),
        ("is_complete", json!(outcome.is_complete)),
    ]
}

pub fn object(run: &Run) -> Map<String, Value> {
    figures(run).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A header and a line.
pub fn csv(run: &Run) -> String {
    let figures = figures(run);
    let names: Vec<&str> = figures.iter().map(|(name, _)| *name).collect();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), quoted);
    let values: Vec<String> = figures.iter().map(|(_, value)| text(value)).collect();
    format!("{}\n{}\n", names.join(","), values.join(","))
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

fn failures(run: &Run) -> String {
    let planned = run.setup.failures.iter().map(|planned| planned.failure.kind());
    let random = run.setup.random_failures.iter().flat_map(|random| &random.among);
    let mut kinds: Vec<&str> = planned.chain(random.map(Failure::kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() { "none".to_owned() } else { kinds.join("+") }
}
