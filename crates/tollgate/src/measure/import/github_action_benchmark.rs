//! github-action-benchmark: its input for custom tools, and the newest entry of its `data.js`.

use crate::quantity::{Dimension, Kind};
use crate::run::Data;

use super::collect::Collector;
use super::fault::Fault;
use super::json::{self, Node};
use super::number;

const STORE: &str = "window.BENCHMARK_DATA";

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let Some(store) = text.trim_start().strip_prefix(STORE) else {
        let json = json::parse(text)?;
        return json.root().items()?.iter().try_for_each(|bench| push(bench, None, out));
    };
    let store = store.trim_start().strip_prefix('=').unwrap_or(store);
    let json = json::parse(store.trim().trim_end_matches(';'))?;
    let suites = json.root().member("entries")?;
    let suites = suites.members()?;
    for (suite, entries) in &suites {
        let Some(newest) = entries.items()?.pop() else { continue };
        let suite = (suites.len() > 1).then_some(*suite);
        let benches = newest.member("benches")?.items()?;
        benches.iter().try_for_each(|bench| push(bench, suite, out))?;
    }
    out.note("only the newest entry of each suite is imported");
    Ok(())
}

fn push(bench: &Node<'_>, suite: Option<&str>, out: &mut Collector) -> Result<(), Fault> {
    let name = bench.member("name")?.text()?;
    let name = suite.map_or_else(|| name.to_owned(), |suite| format!("{suite} / {name}"));
    let value = bench.member("value")?;
    let value = match value.text() {
        // The action accepts numbers as strings.
        Ok(text) => {
            number::finite(text).ok_or_else(|| Fault::expected("`value`", "a number", text))?
        }
        Err(_) => value.number()?,
    };
    let unit = bench.find("unit").map_or(Ok(""), |unit| unit.text())?;
    let (dimension, factor) = number::unit(unit);
    let metric = match (dimension.kind, dimension.per_time) {
        (Kind::Time, false) => "time",
        (Kind::Bytes, false) => "size",
        (Kind::Bytes, true) => "bytes per second",
        _ if dimension == Dimension::RATE => "throughput",
        _ => "value",
    };
    out.push(Some(&name), metric, dimension, Data::Total(value * factor));
    Ok(())
}
