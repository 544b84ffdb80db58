//! `topology`: what a network looks like, and what a failure takes down.

mod fail;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use survivability::disjoint::{Disjoint, DisjointPairs};
use survivability::experiment::{Experiment, ExperimentError};
use survivability::paths::{KPathCache, PathId, PathOrder};
use survivability::topology::{Node, Place, SHIPPED, Topology, shipped, to_csv};

use super::output::{count, grouped, note, result, write};
use super::table::Table;
use super::{BadInput, Exit};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// The topologies that come with the program
    List,
    /// Size, degrees, distances, and whether every pair can be protected
    Show(Named),
    /// The links that a failure takes down, and whom it cuts off
    Fail(fail::Fail),
    /// Read a file and tell the mistakes in it
    Check {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write a topology as a list of links
    Convert(Convert),
}

#[derive(Debug, Args)]
pub struct Named {
    /// A shipped topology, or a file: GraphML, CSV, or links with white space between
    #[arg(value_name = "NAME|FILE", default_value = "nsfnet")]
    name: String,
}

#[derive(Debug, Args)]
pub struct Convert {
    #[command(flatten)]
    named: Named,
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    to: Format,
    /// The file of the links; that of the positions lies beside it. By default links are printed
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
}

impl Named {
    pub fn read(&self) -> Result<Topology, ExperimentError> {
        let mut experiment = Experiment::default();
        experiment.network.topology.written.value.clone_from(&self.name);
        experiment.network.topology.path = PathBuf::from(&self.name);
        experiment.topology()
    }
}

pub fn topology(action: &Action) -> anyhow::Result<Exit> {
    match action {
        Action::List => list(),
        Action::Show(named) => result(&shown(&named.read()?)?),
        Action::Fail(fail) => result(&fail::fail(fail)?),
        Action::Check { file } => check(file)?,
        Action::Convert(convert) => self::convert(convert)?,
    }
    Ok(Exit::Done)
}

fn list() {
    let mut table = Table::new(["Topology", "nodes", "links", "km in all"]);
    for name in SHIPPED {
        let Some(topology) = shipped(name) else { continue };
        let cells = [topology.nodes().len() as u64, topology.links().len() as u64, km(&topology)];
        table.row(name, cells.map(grouped));
    }
    result(&table.render());
}

fn km(topology: &Topology) -> u64 {
    let metres: u64 = topology.links().iter().map(|fibre| u64::from(fibre.metres)).sum();
    metres / 1000
}

fn check(file: &Path) -> anyhow::Result<()> {
    let topology = survivability::topology::read(file)?;
    result(&format!("{}: {}\n", file.display(), in_short(&topology)));
    Ok(())
}

fn in_short(topology: &Topology) -> String {
    let (nodes, links) = (topology.nodes().len() as u64, topology.links().len() as u64);
    format!("{}, {}, {} km", count(nodes, "node"), count(links, "link"), grouped(km(topology)))
}

fn shown(topology: &Topology) -> anyhow::Result<String> {
    let placed = topology.nodes().iter().filter(|place| place.position.is_some()).count();
    let mut text = format!("{}: {}\n", topology.name(), in_short(topology));
    text.push_str(&match placed {
        0 => "no node has a position\n".to_owned(),
        all if all == topology.nodes().len() => "every node has a position\n".to_owned(),
        some => format!("{} a position\n", count(some as u64, "node")),
    });
    text.push('\n');
    text.push_str(&degrees_and_distances(topology)?);
    text.push('\n');
    text.push_str(&protectable(topology, Disjoint::Link, "link")?);
    text.push_str(&protectable(topology, Disjoint::Node, "node")?);
    text.push('\n');
    text.push_str(&nodes(topology));
    Ok(text)
}

fn degrees_and_distances(topology: &Topology) -> anyhow::Result<String> {
    let mut table = Table::new(["", "least", "mean", "most"]);
    let nodes = (0..topology.nodes().len() as u16).map(Node);
    let degrees = nodes.clone().map(|node| topology.neighbours(node).len() as f64);
    table.row("links of a node", spread(&degrees.collect::<Vec<_>>(), 2));
    let lengths = topology.links().iter().map(|fibre| f64::from(fibre.metres) / 1000.0);
    table.row("km of a link", spread(&lengths.collect::<Vec<_>>(), 1));
    let hops = nodes.flat_map(|node| topology.hops_from(node)).filter(|hops| *hops > 0);
    table.row("hops between nodes", spread(&hops.map(f64::from).collect::<Vec<_>>(), 3));
    let shortest = KPathCache::new(topology, 1, PathOrder::Length)?;
    let ids = (0..shortest.store().len() as u32).map(PathId);
    let km = ids.map(|id| f64::from(shortest.path(id).metres) / 1000.0);
    table.row("km between nodes", spread(&km.collect::<Vec<_>>(), 1));
    Ok(table.render())
}

fn spread(values: &[f64], decimals: usize) -> [String; 3] {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    [least, mean, most].map(|value| format!("{value:.decimals$}"))
}

/// Whether every pair has two paths that no single failure interrupts.
fn protectable(topology: &Topology, kind: Disjoint, what: &str) -> anyhow::Result<String> {
    let pairs = DisjointPairs::new(topology, PathOrder::Hops, kind)?;
    let nodes = topology.nodes().len();
    let all = (0..nodes).flat_map(|from| (from + 1..nodes).map(move |to| from * nodes + to));
    let without = all.clone().filter(|pair| pairs.pair(*pair).is_none()).count();
    Ok(match without {
        0 => format!("1+1 against the failure of a {what}: possible for every pair\n"),
        _ => format!(
            "1+1 against the failure of a {what}: impossible for {} of {}\n",
            grouped(without as u64),
            count(all.count() as u64, "pair")
        ),
    })
}

fn nodes(topology: &Topology) -> String {
    let mut text = "Node        neighbours (km)\n".to_owned();
    let mut places: Vec<(&Place, u16)> = topology.nodes().iter().zip(0..).collect();
    places.sort_by_key(|(place, _)| place.id);
    for (place, index) in places {
        let near = topology.neighbours(Node(index)).iter();
        let near: Vec<String> = near
            .map(|(node, link)| {
                let km = f64::from(topology.fibre(*link).metres) / 1000.0;
                format!("{} ({km:.0})", topology.place(*node).name)
            })
            .collect();
        text.push_str(&format!("  {:<9} {}\n", place.name, near.join(", ")));
    }
    text
}

fn convert(convert: &Convert) -> anyhow::Result<()> {
    let topology = convert.named.read()?;
    let csv = to_csv(&topology).map_err(|error| BadInput(error.to_string()))?;
    if !csv.keeps_order {
        note(
            "warning: a list of links cannot keep the order of these nodes; \
             a stream of requests by its seed changes with it",
        );
    }
    let Some(path) = &convert.output else {
        result(&csv.links);
        return Ok(());
    };
    write(path, &csv.links)?;
    if let Some(nodes) = &csv.nodes {
        let stem = path.file_stem().context("a file without a name")?.to_string_lossy();
        write(&path.with_file_name(format!("{stem}_nodes.csv")), nodes)?;
    }
    Ok(())
}
