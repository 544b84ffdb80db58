//! A topology as the files that `read` reads.

use std::fmt::Write;

use thiserror::Error;

use crate::topology::csv::{LINKS_HEADER, NODES_HEADER};
use crate::topology::{Fibre, Topology};

/// The texts of a list of links and, if any node has a position, of `*_nodes.csv` beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    pub links: String,
    pub nodes: Option<String>,
    /// Whether nodes come back in their order. A list of links cannot always express it, and what
    /// depends on the order, as a stream of requests does, changes with it.
    pub keeps_order: bool,
}

#[derive(Debug, Error, PartialEq)]
#[error("could not write the name `{0}` as a field of CSV")]
pub struct NameError(pub String);

/// Fails for a name that a file with commas cannot hold.
pub fn to_csv(topology: &Topology) -> Result<Csv, NameError> {
    for place in topology.nodes() {
        let name = &place.name;
        let plain = |sign: char| sign != ',' && sign != '"' && !sign.is_control();
        if name.trim() != name || name.is_empty() || !name.chars().all(plain) {
            return Err(NameError(name.clone()));
        }
    }
    let links = in_order(topology);
    let keeps_order = keeps_order(topology, &links);
    let mut text = format!("{LINKS_HEADER}\n");
    for Fibre { ends, metres } in &links {
        let [from, to] = ends.map(|node| &topology.place(node).name);
        writeln!(text, "{from},{to},{}", km(*metres)).expect("a string takes any text");
    }
    Ok(Csv { links: text, nodes: positions(topology), keeps_order })
}

/// Every link after those that lead to nodes before its later end, so that its line names this one
/// first. A node without an earlier neighbour can only be named together with the next one, and
/// has to come first on that one's lines.
fn in_order(topology: &Topology) -> Vec<Fibre> {
    let mut links = topology.links().to_vec();
    links.iter_mut().for_each(|link| link.ends.sort_unstable());
    links.sort_by_key(|link| {
        let [earlier, later] = link.ends;
        let named = topology.neighbours(earlier).first().is_some_and(|first| first.0 < earlier);
        (later, named, earlier)
    });
    links
}

fn keeps_order(topology: &Topology, links: &[Fibre]) -> bool {
    let mut named = vec![false; topology.nodes().len()];
    let ends = links.iter().flat_map(|link| link.ends);
    let firsts = ends.filter(|node| !std::mem::replace(&mut named[node.index()], true));
    firsts.is_sorted()
}

fn km(metres: u32) -> String {
    let text = format!("{}.{:03}", metres / 1000, metres % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn positions(topology: &Topology) -> Option<String> {
    let mut text = format!("{NODES_HEADER}\n");
    let header = text.len();
    for place in topology.nodes() {
        if let Some(position) = place.position {
            let (latitude, longitude) = (position.latitude, position.longitude);
            writeln!(text, "{},{latitude},{longitude}", place.name)
                .expect("a string takes any text");
        }
    }
    (text.len() > header).then_some(text)
}
