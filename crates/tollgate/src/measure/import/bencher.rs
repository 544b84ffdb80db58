//! Bencher Metric Format: measures by benchmark, a value and maybe its bounds each.

use std::collections::BTreeMap;

use crate::metric::{Key, Statistic};
use crate::quantity::Dimension;
use crate::run::{Data, Stated, Summary};

use super::collect::Collector;
use super::fault::Fault;
use super::json::{self, Node};

pub(super) fn read(text: &str, out: &mut Collector) -> Result<(), Fault> {
    let json = json::parse(text)?;
    for (benchmark, measures) in json.root().members()? {
        for (measure, node) in measures.members()? {
            push(benchmark, measure, &node, out)?;
        }
    }
    Ok(())
}

fn push(benchmark: &str, measure: &str, node: &Node<'_>, out: &mut Collector) -> Result<(), Fault> {
    let (dimension, factor) = match measure {
        "latency" => (Dimension::TIME, 1.0),
        "build-time" => (Dimension::TIME, 1e9),
        "throughput" => (Dimension::RATE, 1.0),
        "file-size" => (Dimension::BYTES, 1.0),
        _ => (Dimension::COUNT, 1.0),
    };
    let number = |name: &str| -> Result<Option<f64>, Fault> {
        node.find(name).map(|node| Ok(node.number()? * factor)).transpose()
    };
    let value = node.member("value")?.number()? * factor;
    let (low, high) = (number("lower_value")?, number("upper_value")?);
    if low.is_some_and(|low| low > value) || high.is_some_and(|high| high < value) {
        let message = format!("`{measure}` of `{benchmark}` lies outside its own bounds");
        return Err(Fault::impossible(message));
    }
    let Key { metric, statistic } = Key::parse(measure);
    let data = match (statistic, low.or(high)) {
        (None, None) => Data::Total(value),
        (named, _) => {
            // The format does not say which statistic the value is.
            let names = named.map_or(vec![Statistic::Mean, Statistic::MEDIAN], |name| vec![name]);
            let stated = Stated { value, low, high };
            let values: BTreeMap<_, _> = names.into_iter().map(|name| (name, stated)).collect();
            Data::Summary(Summary { n: None, values })
        }
    };
    out.push(Some(benchmark), &metric, dimension, data);
    Ok(())
}
