//! Which tool wrote a file, told from the file itself.

use std::collections::BTreeSet;

use super::Format;

/// How much of a file is looked at.
const HEAD: usize = 1 << 20;

/// The format of a file that starts with `head`, when exactly one fits.
///
/// The name is no evidence: tools let their users choose it.
#[must_use]
pub fn detect(_name: &str, head: &[u8]) -> Option<Format> {
    let mut all = candidates(head).into_iter();
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Every format that fits.
pub(super) fn candidates(head: &[u8]) -> Vec<Format> {
    let head = &head[..head.len().min(HEAD)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start();
    if text.starts_with(['{', '[']) { by_keys(&Keys::scan(text)) } else { by_lines(text) }
}

/// The names of members by how many objects enclose them.
struct Keys {
    list: bool,
    levels: [BTreeSet<String>; 5],
}

impl Keys {
    /// Works on the beginning of a document too, which no parser accepts.
    fn scan(text: &str) -> Keys {
        let mut keys = Keys { list: text.starts_with('['), levels: Default::default() };
        let (mut depth, mut start, mut last) = (0_usize, None, None);
        let mut escaped = false;
        for (at, c) in text.char_indices() {
            match (start, c) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), '\\') => escaped = true,
                (Some(from), '"') => {
                    last = Some(&text[from..at]);
                    start = None;
                }
                (Some(_), _) => {}
                (None, '"') => start = Some(at + 1),
                (None, '{') => depth += 1,
                (None, '}') => depth = depth.saturating_sub(1),
                (None, ':') => {
                    if let (Some(key), Some(level)) = (last.take(), depth.checked_sub(1))
                        && let Some(keys) = keys.levels.get_mut(level)
                        && keys.len() < 1000
                    {
                        keys.insert(key.to_owned());
                    }
                }
                (None, ',') => last = None,
                (None, _) => {}
            }
        }
        keys
    }

    fn has(&self, level: usize, names: &[&str]) -> bool {
        names.iter().all(|&name| self.levels[level].contains(name))
    }

    fn has_any(&self, level: usize, names: &[&str]) -> bool {
        names.iter().any(|&name| self.levels[level].contains(name))
    }
}

fn by_keys(keys: &Keys) -> Vec<Format> {
    let measures = ["value", "lower_value", "upper_value"];
    let only_measures = keys.has(2, &["value"])
        && keys.levels[2].iter().all(|name| measures.contains(&name.as_str()))
        && keys.levels[3].is_empty();
    let k6_metrics = ["iterations", "http_reqs", "data_received", "vus", "checks"];
    let k6_summary =
        keys.has(0, &["metrics"]) && (keys.has(0, &["root_group"]) || keys.has_any(1, &k6_metrics));
    let criterion_sample = keys.has(0, &["sampling_mode", "iters", "times"]);
    let criterion_estimates =
        keys.has(0, &["mean", "median_abs_dev"]) && keys.has(1, &["confidence_interval"]);
    let found = [
        (Format::Criterion, criterion_sample || criterion_estimates),
        (Format::CargoCriterion, keys.has(0, &["reason", "report_directory"])),
        (Format::Hyperfine, keys.has(0, &["results"]) && keys.has(1, &["command"])),
        (Format::PytestBenchmark, keys.has(0, &["machine_info", "benchmarks"])),
        (Format::LocustJson, keys.has(0, &["num_requests", "response_times"])),
        (Format::K6, k6_summary),
        (Format::K6, keys.has(0, &["type", "metric", "data"])),
        (Format::K6, keys.has(0, &["metadata", "results"]) && keys.has(1, &["k6Version"])),
        (Format::GoBench, keys.has(0, &["Time", "Action", "Package"])),
        (
            Format::GoogleBenchmark,
            keys.has(0, &["context"]) && keys.has_any(1, &["num_cpus", "run_name"]),
        ),
        (Format::Jmh, keys.list && keys.has(0, &["benchmark", "mode", "primaryMetric"])),
        (Format::Oha, keys.has(0, &["summary"]) && keys.has(1, &["successRate"])),
        (Format::Vegeta, keys.has(0, &["latencies"]) && keys.has(1, &["50th"])),
        (Format::Autocannon, keys.has(0, &["latency"]) && keys.has(1, &["p97_5"])),
        (Format::GithubActionBenchmark, keys.list && keys.has(0, &["name", "unit", "value"])),
        (Format::BencherMetricFormat, !keys.list && only_measures),
    ];
    found.into_iter().filter(|&(_, fits)| fits).map(|(format, _)| format).collect()
}

fn by_lines(text: &str) -> Vec<Format> {
    let first = text.lines().next().unwrap_or_default();
    let any = |fits: fn(&str) -> bool| text.lines().any(fits);
    let found = [
        (Format::LocustStats, first.starts_with("Type,Name,Request Count,")),
        (Format::LocustHistory, first.starts_with("Timestamp,User Count,Type,Name,")),
        (Format::K6, first.starts_with("metric_name,timestamp,metric_value,")),
        (Format::Oha, first.starts_with("request-start,DNS,")),
        (Format::Hey, first.starts_with("response-time,DNS+dialup,")),
        (Format::NatsBench, first.starts_with("#RunID,ClientID,")),
        (Format::Ab, first.starts_with("Percentage served,Time in ms")),
        (Format::Ab, first.starts_with("starttime\tseconds\t")),
        (Format::Ab, any(|line| line.starts_with("This is ApacheBench"))),
        (Format::Wrk, any(|line| line.starts_with("Running ") && line.contains(" test @ "))),
        (Format::Divan, any(|line| line.contains("fastest ") && line.contains("│ slowest "))),
        (Format::GoBench, any(is_go_result)),
        (Format::GithubActionBenchmark, first.starts_with("window.BENCHMARK_DATA")),
    ];
    found.into_iter().filter(|&(_, fits)| fits).map(|(format, _)| format).collect()
}

/// `BenchmarkName-8   123   45.6 ns/op`, or what a run says that has none.
fn is_go_result(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let result = name.starts_with("Benchmark")
        && words.next().is_some_and(|count| count.parse::<u64>().is_ok())
        && words.next().is_some_and(|value| value.parse::<f64>().is_ok())
        && words.next().is_some();
    result || line.starts_with("goos: ") || line.starts_with("--- FAIL: Benchmark")
}
