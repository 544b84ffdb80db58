//! Google Benchmark's `--benchmark_out` in JSON.

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Batch, Data};

use super::collect::{BYTES_PER_TIME, Collector, summary};
use super::fault::{Fault, excerpt};
use super::json::{self, Node};
use super::number;

/// Members of a row that are not counters of the user's.
const FIXED: [&str; 24] = [
    "name",
    "family_index",
    "per_family_instance_index",
    "run_name",
    "run_type",
    "repetitions",
    "repetition_index",
    "threads",
    "iterations",
    "real_time",
    "cpu_time",
    "time_unit",
    "label",
    "error_occurred",
    "error_message",
    "skipped",
    "skip_message",
    "aggregate_name",
    "aggregate_unit",
    "cpu_coefficient",
    "real_coefficient",
    "big_o",
    "rms",
    "memory_iterations",
];

/// What the repetitions of one benchmark measured.
#[derive(Default)]
struct Benchmark {
    name: String,
    real: Vec<Batch>,
    cpu: Vec<Batch>,
    counters: Vec<(String, Vec<f64>)>,
    /// Used when there are no single repetitions.
    aggregates: Vec<(Statistic, f64)>,
    repetitions: Option<u64>,
}

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    let root = json.root();
    if let Some(context) = root.find("context") {
        machine(&context, out)?;
    }
    let mut benchmarks: Vec<Benchmark> = Vec::new();
    for row in root.member("benchmarks")?.items()? {
        let name = row.find("run_name").map_or_else(|| row.member("name"), Ok)?.text()?;
        let place = match benchmarks.iter().position(|benchmark| benchmark.name == name) {
            Some(place) => place,
            None => {
                benchmarks.push(Benchmark { name: name.to_owned(), ..Benchmark::default() });
                benchmarks.len() - 1
            }
        };
        match row.find("run_type").map_or(Ok("iteration"), |kind| kind.text())? {
            "iteration" => repetition(&row, &mut benchmarks[place], out)?,
            "aggregate" => aggregate(&row, &mut benchmarks[place])?,
            other => return Err(Fault::expected("`run_type`", "iteration or aggregate", other)),
        }
    }
    benchmarks.into_iter().for_each(|benchmark| push(benchmark, out));
    Ok(())
}

fn machine(context: &Node<'_>, out: &mut Collector) -> Result<(), Fault> {
    if let Some(build) = context.find("library_build_type")
        && build.text()? == "debug"
    {
        out.note("Google Benchmark itself was built for debugging, which slows short benchmarks");
    }
    if let Some(scaling) = context.find("cpu_scaling_enabled")
        && scaling.bool()?
    {
        out.note("the processor's frequency was not fixed");
    }
    Ok(())
}

fn repetition(row: &Node<'_>, benchmark: &mut Benchmark, out: &mut Collector) -> Result<(), Fault> {
    if row.find("error_occurred").map_or(Ok(false), |error| error.bool())? {
        let message = row.find("error_message").map_or(Ok(""), |message| message.text())?;
        let reason = format!("`{}` failed: {}", excerpt(&benchmark.name), excerpt(message));
        out.fail(reason);
        return Ok(());
    }
    if row.find("skipped").is_some_and(|skipped| *skipped.json != json::Json::Bool(false)) {
        out.note(format!("`{}` was skipped", excerpt(&benchmark.name)));
        return Ok(());
    }
    let unit = unit(row)?;
    let iterations = row.member("iterations")?.count()? as f64;
    // The time is that of one iteration, the mean of them all.
    for (key, batches) in [("real_time", &mut benchmark.real), ("cpu_time", &mut benchmark.cpu)] {
        let time = row.member(key)?;
        if time.is_non_finite() {
            out.fail(format!("the {key} of `{}` is not a number", excerpt(&benchmark.name)));
        } else {
            batches.push(Batch { total: time.number()? * unit * iterations, iterations });
        }
    }
    for (name, value) in row.members()? {
        if FIXED.contains(&name) {
            continue;
        }
        if value.is_non_finite() {
            out.note(format!(
                "`{}` of `{}` is not a number and is left out",
                excerpt(name),
                excerpt(&benchmark.name)
            ));
            continue;
        }
        let value = value.number()?;
        match benchmark.counters.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value),
            None => benchmark.counters.push((name.to_owned(), vec![value])),
        }
    }
    Ok(())
}

fn unit(row: &Node<'_>) -> Result<f64, Fault> {
    let unit = row.member("time_unit")?.text()?;
    number::time_unit(unit).ok_or_else(|| Fault::expected("`time_unit`", "ns, us, ms or s", unit))
}

/// `cv` is a ratio whatever its unit says, and complexities are no measurements: neither counts.
fn aggregate(row: &Node<'_>, benchmark: &mut Benchmark) -> Result<(), Fault> {
    let statistic = match row.member("aggregate_name")?.text()? {
        "mean" => Statistic::Mean,
        "median" => Statistic::MEDIAN,
        "stddev" => Statistic::Stddev,
        "min" => Statistic::Min,
        "max" => Statistic::Max,
        _ => return Ok(()),
    };
    // An errored benchmark's aggregates are zeros or missing.
    let time = row.member("real_time")?;
    if !time.is_non_finite() {
        benchmark.aggregates.push((statistic, time.number()? * unit(row)?));
    }
    benchmark.repetitions = row.find("repetitions").map(|count| count.count()).transpose()?;
    Ok(())
}

fn push(benchmark: Benchmark, out: &mut Collector) {
    let Benchmark { name, real, cpu, counters, aggregates, repetitions } = benchmark;
    let name = Some(name.as_str());
    if !real.is_empty() {
        out.push(name, "time", Dimension::TIME, Data::Batches(real));
    } else if !aggregates.is_empty() {
        let data = summary(repetitions, 1.0, aggregates);
        out.push(name, "time", Dimension::TIME, data);
    }
    if !cpu.is_empty() {
        out.push(name, "cpu time", Dimension::TIME, Data::Batches(cpu));
    }
    for (counter, values) in counters {
        let (metric, dimension) = match counter.as_str() {
            "items_per_second" => ("throughput", Dimension::RATE),
            "bytes_per_second" => ("bytes per second", BYTES_PER_TIME),
            "allocs_per_iter" => ("allocations per op", Dimension::COUNT),
            "max_bytes_used" => ("peak memory", Dimension::BYTES),
            other => (other, Dimension::COUNT),
        };
        out.push(name, metric, dimension, Data::Samples(values));
    }
}
