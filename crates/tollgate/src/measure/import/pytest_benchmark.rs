//! pytest-benchmark's JSON, with the single rounds (`--benchmark-json`) or without
//! (`--benchmark-save`).

use crate::metric::Statistic;
use crate::quantity::Dimension;
use crate::run::{Batch, Data};

use super::collect::{Collector, summary};
use super::fault::Fault;
use super::json::{self, Node};

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    for benchmark in json.root().member("benchmarks")?.items()? {
        let name = benchmark.member("fullname")?.text()?;
        let data = time(&benchmark.member("stats")?)?;
        out.push(Some(name), "time", Dimension::TIME, data);
    }
    Ok(())
}

fn time(stats: &Node<'_>) -> Result<Data, Fault> {
    let rounds = stats.find("data").map_or(Ok(Vec::new()), |data| data.numbers())?;
    if rounds.is_empty() {
        return stated(stats);
    }
    // A round's value is the mean of its iterations.
    let iterations = stats.find("iterations").map_or(Ok(1), |count| count.count())? as f64;
    if iterations <= 1.0 {
        return Ok(Data::Samples(rounds.iter().map(|seconds| seconds * 1e9).collect()));
    }
    let batch = |seconds: &f64| Batch { total: seconds * 1e9 * iterations, iterations };
    Ok(Data::Batches(rounds.iter().map(batch).collect()))
}

fn stated(stats: &Node<'_>) -> Result<Data, Fault> {
    let rounds = stats.member("rounds")?.count()?;
    let mut values = Vec::new();
    for (key, statistic) in [
        ("min", Statistic::Min),
        ("q1", Statistic::Quantile(250_000)),
        ("median", Statistic::MEDIAN),
        ("mean", Statistic::Mean),
        ("q3", Statistic::Quantile(750_000)),
        ("max", Statistic::Max),
        ("stddev", Statistic::Stddev),
    ] {
        // The spread of one round is written as 0, which it is not.
        let known = statistic != Statistic::Stddev || rounds > 1;
        if let Some(value) = stats.find(key).filter(|_| known) {
            values.push((statistic, value.number()?));
        }
    }
    if rounds == 0 { Ok(Data::Samples(Vec::new())) } else { Ok(summary(Some(rounds), 1e9, values)) }
}
