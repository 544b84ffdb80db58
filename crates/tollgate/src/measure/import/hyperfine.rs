//! hyperfine's `--export-json`: version 1 (one block of statistics a command) and version 2 (one
//! block of metrics a run).

use std::collections::BTreeMap;

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Data, Share};

use super::collect::{Collector, single, summary};
use super::fault::{Fault, excerpt};
use super::json::{self, Node};
use super::number;

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let root = json.root();
    let second = match root.find("schema_version") {
        None => false,
        Some(version) if version.count()? == 2 => true,
        Some(version) => {
            let found = version.count()?.to_string();
            return Err(Fault::expected("`schema_version`", "version 2, or none at all", &found));
        }
    };
    let results = root.member("results")?.items()?;
    for (result, name) in results.iter().zip(names(&results)?) {
        if second { runs(result, &name, out) } else { block(result, &name, out) }?;
    }
    Ok(())
}

/// Commands, told apart by their parameters where `--command-name` made them equal.
fn names(results: &[Node<'_>]) -> Result<Vec<String>, Fault> {
    let commands = results.iter().map(|result| result.member("command")?.text());
    let commands: Vec<&str> = commands.collect::<Result<_, _>>()?;
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    commands.iter().for_each(|command| *seen.entry(command).or_default() += 1);
    results
        .iter()
        .zip(&commands)
        .map(|(result, command)| match result.find("parameters") {
            Some(parameters) if seen[command] > 1 => {
                let shown = parameters
                    .members()?
                    .into_iter()
                    .map(|(name, value)| {
                        // Version 2 wraps the value.
                        let value = value.find("value").unwrap_or(value);
                        Ok(format!("{name}={}", value.text()?))
                    })
                    .collect::<Result<Vec<_>, Fault>>()?;
                Ok(format!("{command} / {}", shown.join(", ")))
            }
            _ => Ok((*command).to_owned()),
        })
        .collect()
}

fn block(result: &Node<'_>, name: &str, out: &mut Collector) -> Result<(), Fault> {
    let operation = Some(name);
    let times = result.find("times").map_or(Ok(Vec::new()), |times| times.numbers())?;
    if times.is_empty() {
        let mut stated = Vec::new();
        for (key, statistic) in [
            ("mean", Statistic::Mean),
            ("stddev", Statistic::Stddev),
            ("median", Statistic::MEDIAN),
            ("min", Statistic::Min),
            ("max", Statistic::Max),
        ] {
            if let Some(value) = result.find(key) {
                stated.push((statistic, value.number()?));
            }
        }
        out.push(operation, "wall", Dimension::TIME, summary(None, 1e9, stated));
    } else {
        wall(operation, times.iter().map(|time| time * 1e9).collect(), out);
    }
    let mut cpu = 0.0;
    for key in ["user", "system"] {
        let mean = result.member(key)?.number()? * 1e9;
        cpu += mean;
        out.push(operation, key, Dimension::TIME, single(Statistic::Mean, mean));
    }
    out.push(operation, "cpu", Dimension::TIME, single(Statistic::Mean, cpu));
    if let Some(memory) = result.find("memory_usage_byte") {
        out.push(operation, "peak memory", Dimension::BYTES, Data::Samples(memory.numbers()?));
    }
    if let Some(codes) = result.find("exit_codes") {
        let codes = codes.items()?;
        let codes: Vec<_> = codes.iter().map(|code| code.count().ok()).collect();
        exits(operation, &codes, out);
    }
    Ok(())
}

fn runs(result: &Node<'_>, name: &str, out: &mut Collector) -> Result<(), Fault> {
    let mut metrics: BTreeMap<&str, (Dimension, Vec<f64>)> = BTreeMap::new();
    let mut codes = Vec::new();
    for run in result.member("measurements")?.items()? {
        codes.push(run.find("exit_code").and_then(|code| code.count().ok()));
        for (key, value) in run.members()? {
            if key == "exit_code" {
                continue;
            }
            let Some(number) = value.find("value") else { continue };
            let (dimension, factor) = match value.member("unit")?.text()? {
                "second" => (Dimension::TIME, 1e9),
                "byte" => (Dimension::BYTES, 1.0),
                "count" => (Dimension::COUNT, 1.0),
                unit => number::unit(unit),
            };
            let values = &mut metrics.entry(key).or_insert((dimension, Vec::new())).1;
            values.push(number.number()? * factor);
        }
    }
    for (key, (dimension, values)) in metrics {
        let metric = match key {
            "time_wall_clock" => {
                wall(Some(name), values, out);
                continue;
            }
            "time_user" => "user",
            "time_system" => "system",
            "time_cpu" => "cpu",
            "memory_peak_resident" => "peak memory",
            other => &other.replace('_', " "),
        };
        out.push(Some(name), metric, dimension, Data::Samples(values));
    }
    exits(Some(name), &codes, out);
    Ok(())
}

fn wall(operation: Option<&str>, times: Vec<f64>, out: &mut Collector) {
    if times.contains(&0.0) {
        out.note(format!(
            "some times{} are 0: hyperfine subtracted the start of the shell, which took longer",
            super::collect::of(operation)
        ));
    }
    out.push(operation, "wall", Dimension::TIME, Data::Samples(times));
}

/// A run without a code was ended by a signal.
fn exits(operation: Option<&str>, codes: &[Option<u64>], out: &mut Collector) {
    if codes.is_empty() {
        return;
    }
    let failed: Vec<_> = codes.iter().filter(|&&code| code != Some(0)).collect();
    if let Some(first) = failed.first() {
        let code = first.map_or_else(|| "no exit code".into(), |code| format!("exit code {code}"));
        out.fail(format!(
            "`{}` ended with {code} in {} of {} runs",
            excerpt(operation.unwrap_or_default()),
            failed.len(),
            codes.len()
        ));
    }
    let share = Share { hits: failed.len() as u64, of: codes.len() as u64 };
    out.push(operation, "exit failures", Dimension::SHARE, Data::Shares(vec![share]));
}
