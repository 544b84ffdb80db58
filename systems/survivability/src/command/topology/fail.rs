//! `topology fail`: the links that a failure takes down, and the pairs of nodes that it cuts off.

use clap::Args;
use survivability::failure::{AreaRule, Failure, Radius};
use survivability::topology::{Link, Node, Topology};

use super::Named;
use crate::command::BadInput;
use crate::command::output::{count, grouped};
use crate::command::paths::node;

#[derive(Debug, Args)]
pub struct Fail {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    what: What,
    /// With --geo: how many hops it reaches
    #[arg(long, value_name = "N", requires = "geo", conflicts_with = "radius_km")]
    radius_hops: Option<u16>,
    /// With --geo: how many kilometres it reaches
    #[arg(long, value_name = "KM", requires = "geo")]
    radius_km: Option<f64>,
    /// With --geo: only links with both ends in the area, not those that touch it
    #[arg(long, requires = "geo")]
    inside: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct What {
    /// A link by its two ends; several fail together
    #[arg(long, num_args = 2, action = clap::ArgAction::Append, value_names = ["NODE", "NODE"])]
    link: Vec<String>,
    /// A node with all its links
    #[arg(long, value_name = "NODE")]
    node: Option<String>,
    /// An area around a node
    #[arg(long, value_name = "NODE")]
    geo: Option<String>,
}

pub fn fail(args: &Fail) -> anyhow::Result<String> {
    let topology = args.named.read()?;
    let failure = failure(args, &topology)?;
    let down = failure.links(&topology).map_err(|error| BadInput(error.to_string()))?;
    let name = |node: Node| topology.place(node).name.as_str();
    let mut text = format!(
        "{}: {} of {} down\n\n",
        topology.name(),
        grouped(down.len() as u64),
        count(topology.links().len() as u64, "link"),
    );
    for link in &down {
        let fibre = topology.fibre(*link);
        let [from, to] = fibre.ends.map(name);
        let km = f64::from(fibre.metres) / 1000.0;
        text.push_str(&format!("  {:<20} {km:>8.1} km\n", format!("{from} - {to}")));
    }
    let parts = parts(&topology, &down);
    let pairs: usize = parts.iter().map(|part| part.len() * (part.len() - 1)).sum();
    let nodes = topology.nodes().len();
    let all = nodes * (nodes - 1);
    text.push_str(&match parts.as_slice() {
        [_] => "\nevery node can still reach every other\n".to_owned(),
        parts => format!(
            "\nthe network falls into {} parts: {} can no longer reach each other\n",
            parts.len(),
            count((all - pairs) as u64, "ordered pair"),
        ),
    });
    let mut parts = parts;
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    if let [largest, cut @ ..] = parts.as_slice()
        && !cut.is_empty()
    {
        for part in cut {
            let names: Vec<&str> = part.iter().map(|node| name(*node)).collect();
            text.push_str(&format!("  {}\n", names.join(" ")));
        }
        text.push_str(&format!("  the other {}\n", count(largest.len() as u64, "node")));
    }
    Ok(text)
}

fn failure(args: &Fail, topology: &Topology) -> anyhow::Result<Failure> {
    let What { link, node: failed, geo } = &args.what;
    if let Some(name) = failed {
        return Ok(Failure::Node(node(topology, name)?));
    }
    if let Some(centre) = geo {
        let radius = match (args.radius_hops, args.radius_km) {
            (_, Some(km)) => Radius::Km(km),
            (hops, None) => Radius::Hops(hops.unwrap_or(1)),
        };
        let rule = if args.inside { AreaRule::Inside } else { AreaRule::Touch };
        return Ok(Failure::Geographic { centre: node(topology, centre)?, radius, rule });
    }
    let ends = link.as_chunks().0.iter();
    let links: Result<Vec<Link>, BadInput> = ends
        .map(|[from, to]| {
            let ends = [node(topology, from)?, node(topology, to)?];
            topology.link_between(ends[0], ends[1]).ok_or_else(|| {
                BadInput(format!("there is no link from {from} to {to} in {}", topology.name()))
            })
        })
        .collect();
    Ok(Failure::SharedRisk(links?))
}

/// The nodes by what they can still reach.
fn parts(topology: &Topology, down: &[Link]) -> Vec<Vec<Node>> {
    let mut seen = vec![false; topology.nodes().len()];
    let mut parts = Vec::new();
    for start in (0..topology.nodes().len() as u16).map(Node) {
        if seen[start.index()] {
            continue;
        }
        seen[start.index()] = true;
        let mut part = vec![start];
        let mut next = 0;
        while let Some(node) = part.get(next).copied() {
            next += 1;
            for (neighbour, link) in topology.neighbours(node) {
                if !seen[neighbour.index()] && down.binary_search(link).is_err() {
                    seen[neighbour.index()] = true;
                    part.push(*neighbour);
                }
            }
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
}
