//! `paths`: the candidate paths of a pair of nodes, or of all pairs in sum.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use survivability::disjoint::{Disjoint, DisjointPairs};
use survivability::experiment::{Experiment, mistake};
use survivability::network::Network;
use survivability::paths::{Path, PathId, PathOrder};
use survivability::topology::{Node, Topology};

use super::described::Described;
use super::output::{count, grouped, note, result};
use super::progress::Progress;
use super::table::{Table, bar};
use super::{BadInput, Exit};

#[derive(Debug, Args)]
pub struct Paths {
    #[command(flatten)]
    described: Described,
    /// A shipped topology or a file, in place of the experiment's
    #[arg(long, value_name = "NAME|FILE")]
    topology: Option<String>,
    /// How many paths a pair has at most
    #[arg(long, value_name = "N")]
    k: Option<u16>,
    /// What makes a path better
    #[arg(long, value_enum)]
    order: Option<Order>,
    /// Show the paths from this node
    #[arg(long, value_name = "NODE", requires = "to")]
    from: Option<String>,
    /// to that one
    #[arg(long, value_name = "NODE", requires = "from")]
    to: Option<String>,
    /// Show two paths that share no link, or no node either, as protection takes them
    #[arg(long, value_enum, num_args = 0..=1, default_missing_value = "link", value_name = "WHAT")]
    disjoint: Option<Kind>,
    /// Write the paths to a file, for `paths` in [network]
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Order {
    Length,
    Hops,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Link,
    Node,
}

pub fn paths(args: &Paths) -> anyhow::Result<Exit> {
    let experiment = experiment(args)?;
    let topology = experiment.topology()?;
    let ends = match (&args.from, &args.to) {
        (Some(from), Some(to)) => Some([node(&topology, from)?, node(&topology, to)?]),
        _ => None,
    };
    if ends.is_some_and(|[from, to]| from == to) {
        return Err(BadInput("a path leads from a node to another one".to_owned()).into());
    }
    let progress = Progress::new(0, "paths");
    let network = experiment.network()?;
    let took = progress.finish();
    let disjoint = match args.disjoint {
        Some(kind) => {
            let kind = if kind == Kind::Link { Disjoint::Link } else { Disjoint::Node };
            Some(DisjointPairs::new(&topology, network.paths().order(), kind)?)
        }
        None => None,
    };
    let text = match (ends, &disjoint) {
        (Some(ends), None) => candidates(&network, ends),
        (Some(ends), Some(disjoint)) => two(&topology, ends, disjoint)?,
        (None, None) => summary(&network),
        (None, Some(disjoint)) => disjoint_summary(&topology, disjoint),
    };
    result(&text);
    if let Some(path) = &args.save {
        save(&network, path)?;
    }
    note(&format!("paths found or read in {:.1} ms", took.as_secs_f64() * 1000.0));
    Ok(Exit::Done)
}

/// The experiment's network, with what the command line says of it.
fn experiment(args: &Paths) -> anyhow::Result<Experiment> {
    let mut described = Described { file: args.described.file.clone(), set: Vec::new() };
    if let Some(topology) = &args.topology {
        let quoted = serde_json::Value::from(topology.as_str());
        described.set.push(format!("network.topology={quoted}"));
    }
    if let Some(k) = args.k {
        described.set.push(format!("network.k={k}"));
    }
    if let Some(order) = args.order {
        let word = if order == Order::Length { "length" } else { "hops" };
        described.set.push(format!("network.order={word}"));
    }
    described.set.extend(args.described.set.iter().cloned());
    let mut experiment = described.experiment()?;
    experiment.protection = None;
    Ok(experiment)
}

pub fn node(topology: &Topology, name: &str) -> Result<Node, BadInput> {
    topology.node(name).ok_or_else(|| {
        let names = || topology.nodes().iter().map(|place| place.name.as_str());
        let near = mistake::nearest(name, names()).filter(|_| name.parse::<u64>().is_err());
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("its nodes are {}", names().collect::<Vec<_>>().join(", ")),
        };
        BadInput(format!("there is no node `{name}` in {}; {hint}", topology.name()))
    })
}

fn candidates(network: &Network, [from, to]: [Node; 2]) -> String {
    let topology = network.topology();
    let rates = network.reach().rates();
    let mut text = pair_heading(topology, [from, to]);
    let gbps: Vec<String> = rates.iter().map(|rate| format!("{:>5}", rate.gbps)).collect();
    text.push_str(&format!("\n  {:>3} {:>8} {:>4} {}  nodes\n", "#", "km", "hops", gbps.join("")));
    let ids = network.candidates(topology.pair(from, to));
    for (id, place) in ids.map(PathId).zip(1..) {
        let path = network.path(id);
        let slots = (0..rates.len()).map(|rate| match network.need(id, rate) {
            0 => format!("{:>5}", "-"),
            need => format!("{need:>5}"),
        });
        text.push_str(&format!(
            "  {place:>3} {}",
            described(topology, path, &slots.collect::<String>())
        ));
    }
    text.push_str("\nSlots by bit rate in Gb/s, without guard; - where no format reaches.\n");
    text
}

fn two(topology: &Topology, ends: [Node; 2], disjoint: &DisjointPairs) -> anyhow::Result<String> {
    let mut text = pair_heading(topology, ends);
    let [from, to] = ends;
    let pair = disjoint.pair(topology.pair(from, to));
    let Some(pair) = pair else {
        let what = "no two disjoint paths lead there: a failure on the way cuts it off\n";
        return Ok(format!("{text}\n{what}"));
    };
    text.push_str(&format!("\n  {:>7} {:>8} {:>4}   nodes\n", "", "km", "hops"));
    for (id, role) in pair.into_iter().zip(["primary", "backup"]) {
        text.push_str(&format!("  {role:<7} {}", described(topology, disjoint.path(id), " ")));
    }
    Ok(text)
}

fn pair_heading(topology: &Topology, [from, to]: [Node; 2]) -> String {
    let [from, to] = [from, to].map(|node| &topology.place(node).name);
    format!("{}: from {from} to {to}\n", topology.name())
}

fn described(topology: &Topology, path: Path, between: &str) -> String {
    let names: Vec<&str> =
        path.nodes.iter().map(|node| topology.place(*node).name.as_str()).collect();
    let km = f64::from(path.metres) / 1000.0;
    format!("{km:>8.1} {:>4} {between}  {}\n", path.hops(), names.join(" "))
}

fn summary(network: &Network) -> String {
    let (topology, paths) = (network.topology(), network.paths());
    let order = match paths.order() {
        PathOrder::Hops => "hops",
        PathOrder::Length => "length",
    };
    let mut text = format!(
        "{}: up to {} paths by {order}\n{} between {}, {} in memory\n\n",
        topology.name(),
        paths.k(),
        count(paths.store().len() as u64, "path"),
        count(paths.pairs() as u64, "ordered pair"),
        size(paths.memory_bytes()),
    );
    text.push_str(&by_rank(network));
    text.push('\n');
    let ids = 0..paths.store().len() as u32;
    text.push_str(&histogram(ids.map(|id| paths.path(PathId(id)).hops())));
    text
}

/// Sums over the first paths of all pairs, over the second, and so on.
fn by_rank(network: &Network) -> String {
    let mut table = Table::new(["Paths by place", "paths", "mean hops", "mean km"]);
    for place in 0..network.paths().k().min(10) {
        let pairs = 0..network.topology().pairs();
        let ids = pairs.filter_map(|pair| network.candidates(pair).nth(place));
        let (mut number, mut hops, mut metres) = (0_u64, 0, 0_u64);
        for id in ids {
            let path = network.path(PathId(id));
            number += 1;
            hops += path.hops();
            metres += u64::from(path.metres);
        }
        let each = number.max(1) as f64;
        let means = [hops as f64 / each, metres as f64 / each / 1000.0];
        let cells = [grouped(number), format!("{:.3}", means[0]), format!("{:.1}", means[1])];
        table.row(&(place + 1).to_string(), cells);
    }
    table.render()
}

fn histogram(hops: impl Iterator<Item = usize>) -> String {
    let mut counts: Vec<u64> = Vec::new();
    for hops in hops {
        counts.resize(counts.len().max(hops + 1), 0);
        counts[hops] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let mut table = Table::new(["Paths by hops", "paths"]);
    for (hops, number) in counts.iter().enumerate().filter(|(_, number)| **number > 0) {
        let bar = bar(*number as f64 / most * 0.6);
        table.row(&format!("{hops:>3}  {bar}"), [grouped(*number)]);
    }
    table.render()
}

fn disjoint_summary(topology: &Topology, disjoint: &DisjointPairs) -> String {
    let all = topology.nodes().len() * (topology.nodes().len() - 1);
    let pairs: Vec<[PathId; 2]> =
        (0..topology.pairs()).filter_map(|pair| disjoint.pair(pair)).collect();
    let mut text = format!(
        "{}: two disjoint paths for {} of {}\n\n",
        topology.name(),
        grouped(pairs.len() as u64),
        count(all as u64, "ordered pair"),
    );
    let mut table = Table::new(["Two disjoint paths", "mean hops", "mean km"]);
    for (place, role) in ["primary", "backup"].into_iter().enumerate() {
        let paths = pairs.iter().map(|pair| disjoint.path(pair[place]));
        let (mut hops, mut metres) = (0, 0_u64);
        for path in paths {
            hops += path.hops();
            metres += u64::from(path.metres);
        }
        let each = pairs.len().max(1) as f64;
        let km = metres as f64 / each / 1000.0;
        table.row(role, [format!("{:.3}", hops as f64 / each), format!("{km:.1}")]);
    }
    text.push_str(&table.render());
    text
}

fn save(network: &Network, path: &std::path::Path) -> anyhow::Result<()> {
    let file =
        File::create(path).with_context(|| format!("could not create {}", path.display()))?;
    let mut file = BufWriter::new(file);
    network.paths().write(network.topology(), &mut file)?;
    file.flush().with_context(|| format!("could not write {}", path.display()))
}

fn size(bytes: usize) -> String {
    if bytes < 1 << 20 {
        return format!("{:.1} KiB", bytes as f64 / 1024.0);
    }
    format!("{:.1} MiB", bytes as f64 / 1_048_576.0)
}
