//! A traffic matrix: a line for each ordered pair of nodes with a weight.

use super::mistake::{Mistake, Mistakes, Place, Source};
use crate::topology::Topology;

const HEADER: &str = "src,dst,weight";

/// Weights by [`Topology::pair`]; pairs without a line have none.
pub(super) fn parse(source: &Source, topology: &Topology) -> Result<Vec<f64>, Mistakes> {
    let mut weights = vec![0.0; topology.pairs()];
    let mut set = vec![false; topology.pairs()];
    let mut mistakes = Vec::new();
    let mut start = 0;
    for (index, line) in source.text.split_inclusive('\n').enumerate() {
        let end = start + line.trim_end().len();
        let place = Place { source: 0, start, end };
        start += line.len();
        let line = line.trim();
        let mut fail = |title: String, label: &str| {
            mistakes.push(Mistake::new(Some(place), title, label));
        };
        if index == 0 {
            if line.trim_start_matches('\u{feff}') != HEADER {
                fail(format!("the first line is not `{HEADER}`"), "expected the header");
            }
            continue;
        }
        if line.is_empty() {
            continue;
        }
        match entry(line, topology) {
            Ok((pair, _)) if set[pair] => fail("a pair a second time".to_owned(), "again here"),
            Ok((pair, weight)) => {
                set[pair] = true;
                weights[pair] = weight;
            }
            Err(title) => fail(title, "this line"),
        }
    }
    if mistakes.is_empty() && weights.iter().all(|weight| *weight <= 0.0) {
        let title = format!("the traffic matrix {} has no weight above 0", source.name);
        mistakes.push(Mistake::new(None, title, "so there would be no traffic"));
    }
    if mistakes.is_empty() {
        return Ok(weights);
    }
    Err(Mistakes::new([source.clone()].into(), mistakes))
}

fn entry(line: &str, topology: &Topology) -> Result<(usize, f64), String> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [from, to, weight] = fields.as_slice() else {
        return Err(format!("{} fields, not 3", fields.len()));
    };
    let node = |name: &str| topology.node(name).ok_or_else(|| format!("there is no node `{name}`"));
    let (from, to) = (node(from)?, node(to)?);
    if from == to {
        return Err(format!("a pair from {} to itself", topology.place(from).name));
    }
    let number = weight.parse().ok().filter(|weight: &f64| *weight >= 0.0 && weight.is_finite());
    let weight =
        number.ok_or_else(|| format!("`{weight}` is no weight, which is a number from 0"))?;
    Ok((topology.pair(from, to), weight))
}
