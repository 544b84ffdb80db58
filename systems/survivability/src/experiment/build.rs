//! From an experiment to what a simulation takes. Names become nodes and links here, so that the
//! mistakes that only the topology shows are told with their places as well.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use thiserror::Error;

use super::mistake::{Mistake, Mistakes, Place, Source, nearest};
use super::{
    Among, Between, Experiment, FailureSection, FileName, Located, PolicyName, Start, What, matrix,
};
use crate::disjoint::DisjointPairs;
use crate::failure::Failure;
use crate::network::Network;
use crate::paths::{CacheFileError, KPathCache, ListsError, PathOrder, PathsError};
use crate::policy::Policy;
use crate::policy::learned::LearnedPolicy;
use crate::policy::weights::{self, Wanted, WeightsError};
use crate::setup::{At, PlannedFailure, RandomFailures, Setup};
use crate::topology::{self, Link, Node, ReadError, SHIPPED, Topology};
use crate::traffic::{Mix, Pairs, Traffic, TrafficError};

#[derive(Debug, Error)]
pub enum ExperimentError {
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    #[error(transparent)]
    Topology(#[from] ReadError),
    #[error("could not find the paths of {0}: {1}")]
    Paths(String, #[source] PathsError),
    #[error("could not use the paths in {path}: {source}")]
    Cache { path: String, source: Box<CacheFileError> },
    #[error("could not use the paths in {path}: {source}")]
    Lists { path: String, source: Box<ListsError> },
    #[error("could not read {path}: {source}")]
    Read { path: String, source: io::Error },
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl Experiment {
    /// Reads the topology and finds the paths, or reads those too.
    pub fn network(&self) -> Result<Network, ExperimentError> {
        let topology = self.topology()?;
        let paths = match &self.network.paths {
            Some(file) => self.saved_paths(file, &topology)?,
            None => KPathCache::new(&topology, self.network.k.value, self.network.order.value)
                .map_err(|error| ExperimentError::Paths(topology.name().to_owned(), error))?,
        };
        let order = paths.order();
        let disjoint = match &self.protection {
            Some(protection) => Some(
                DisjointPairs::new(&topology, order, protection.disjoint)
                    .map_err(|error| ExperimentError::Paths(topology.name().to_owned(), error))?,
            ),
            None => None,
        };
        let network = Network::new(topology, paths, self.network.reach.clone());
        Ok(match disjoint {
            Some(disjoint) => network.with_disjoint(disjoint),
            None => network,
        })
    }

    /// The topology alone.
    pub fn topology(&self) -> Result<Topology, ExperimentError> {
        let FileName { written, path } = &self.network.topology;
        if let Some(topology) = topology::shipped(&written.value) {
            return Ok(topology);
        }
        if path.exists() {
            return Ok(topology::read(path)?);
        }
        let title = format!("there is no topology `{}`", written.value);
        let label = "neither shipped nor a file";
        let hint = match nearest(&written.value, SHIPPED.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("shipped are {}", SHIPPED.join(", ")),
        };
        Err(self.mistake(Mistake::new(written.place, title, label).hint(hint)))
    }

    /// What a simulation of the network at a load is told. Epsilon is 0: it counts only while a
    /// dataset is logged, and who logs one sets it.
    pub fn setup(&self, network: &Network, load: f64) -> Result<Setup, ExperimentError> {
        let topology = network.topology();
        let mut names = Names { topology, mistakes: Vec::new() };
        let failures = self.failures.iter().filter_map(|failure| self.planned(failure, &mut names));
        let failures = failures.collect();
        let pairs = self.pairs(&mut names)?;
        let traffic = self.traffic(network, load, pairs, &mut names.mistakes);
        if !names.mistakes.is_empty() {
            return Err(Mistakes::new(self.sources.clone(), names.mistakes).into());
        }
        let random_failures = self.random_failures.as_ref().map(|random| RandomFailures {
            among: match random.among {
                Among::Links => {
                    (0..topology.links().len() as u16).map(|at| Failure::Link(Link(at))).collect()
                }
                Among::Nodes => {
                    (0..topology.nodes().len() as u16).map(|at| Failure::Node(Node(at))).collect()
                }
            },
            mean_time_between: random.mean_time_between,
            mean_time_to_repair: random.mean_time_to_repair,
        });
        Ok(Setup {
            grid: self.network.grid,
            traffic: traffic.expect("without mistakes there is traffic"),
            assignment: self.routing.assignment,
            max_segments: self.routing.max_segments,
            policy: self.policy(self.routing.policy, network)?,
            fallback: self.policy(self.routing.fallback, network)?,
            mask: self.routing.mask,
            epsilon: 0.0,
            failures,
            random_failures,
            protection: self.protection.as_ref().map(|protection| protection.timing),
            restoration: self.restoration,
            warmup: self.traffic.warmup,
            window: self.measure.window,
            fragmentation_every: self.measure.fragmentation_every,
        })
    }

    fn saved_paths(
        &self,
        file: &FileName,
        topology: &Topology,
    ) -> Result<KPathCache, ExperimentError> {
        let paths = read_paths(&file.path, topology)?;
        let (k, order) = (&self.network.k, &self.network.order);
        let differs = |place: Option<Place>, said: String, has: String| {
            let title = format!("{said}, and the paths in {} have {has}", file.written.value);
            let mistake = Mistake::new(place, title, "differs from the file");
            self.mistake(mistake.hint("leave it out, or let the paths be found anew"))
        };
        if k.place.is_some() && k.value != paths.k() {
            return Err(differs(k.place, format!("K is {}", k.value), paths.k().to_string()));
        }
        if order.place.is_some() && order.value != paths.order() {
            let [said, has] = [order.value, paths.order()].map(order_word);
            return Err(differs(
                order.place,
                format!("paths are by {said}"),
                format!("{has} first"),
            ));
        }
        Ok(paths)
    }

    fn planned(&self, section: &FailureSection, names: &mut Names) -> Option<PlannedFailure> {
        let failure = names.failure(&section.what)?;
        if let Err(error) = failure.links(names.topology) {
            let label = format!("in {}", names.topology.name());
            names.mistakes.push(Mistake::new(section.table.place, error.to_string(), label));
            return None;
        }
        let requests = self.traffic.requests.value;
        let at = match section.start {
            Start::Arrival(number) => At::Arrival(number),
            Start::Time(time) => At::Time(time),
            Start::Share(share) => {
                At::Arrival(((share * requests as f64).floor() as u64).min(requests - 1))
            }
        };
        Some(PlannedFailure { failure, at, repair: section.repair })
    }

    fn pairs(&self, names: &mut Names) -> Result<Pairs, ExperimentError> {
        Ok(match &self.traffic.between {
            Between::Any => Pairs::Uniform,
            Between::Among(nodes) => {
                Pairs::Among(nodes.iter().filter_map(|node| names.node(node)).collect())
            }
            Between::Matrix(file) => {
                let text = read_text(&file.path)?;
                let source = Source { name: file.path.display().to_string(), text };
                Pairs::Matrix(matrix::parse(&source, names.topology)?)
            }
        })
    }

    fn traffic(
        &self,
        network: &Network,
        load: f64,
        pairs: Pairs,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Traffic> {
        let section = &self.traffic;
        let mut fail = |error: &TrafficError| {
            let place = match error {
                TrafficError::Quotas { .. } => section.requests.place.or(section.mix.place),
                _ => section.mix.place,
            };
            mistakes.push(Mistake::new(place, error.to_string(), "with this"));
        };
        let mix = Mix::new(network.reach(), &section.mix.value, section.draw)
            .map_err(|error| fail(&error))
            .ok()?;
        let traffic = Traffic {
            erlang: load,
            mean_holding: section.mean_holding,
            requests: section.requests.value,
            mix,
            pairs,
            generator: section.generator,
        };
        match traffic.check(network.topology()) {
            // Nodes that do not exist were told with their places.
            Err(TrafficError::Nodes) => Some(traffic),
            Err(error) => {
                fail(&error);
                None
            }
            Ok(()) => Some(traffic),
        }
    }

    fn policy(&self, name: PolicyName, network: &Network) -> Result<Policy, ExperimentError> {
        Ok(match (name, &self.routing.model) {
            (PolicyName::LoadBalancing { alpha }, _) => Policy::LoadBalancing { alpha },
            (PolicyName::OnePlusOne, _) => Policy::OnePlusOne,
            (PolicyName::Learned, Some(file)) => {
                let wanted = Wanted { kind: None, k: Some(network.paths().k()) };
                let model = weights::load(&file.path, wanted)?;
                Policy::Learned(Box::new(LearnedPolicy::new(model)))
            }
            (PolicyName::KspFirstFit | PolicyName::Learned, _) => Policy::KspFirstFit,
        })
    }

    fn mistake(&self, mistake: Mistake) -> ExperimentError {
        Mistakes::new(self.sources.clone(), vec![mistake]).into()
    }
}

/// Finds what the experiment names.
struct Names<'a> {
    topology: &'a Topology,
    mistakes: Vec<Mistake>,
}

impl Names<'_> {
    fn failure(&mut self, what: &What) -> Option<Failure> {
        Some(match what {
            What::Link(ends) => Failure::Link(self.link(ends)?),
            What::Node(node) => Failure::Node(self.node(node)?),
            What::SharedRisk(links) => {
                let found: Vec<Option<Link>> = links.iter().map(|ends| self.link(ends)).collect();
                Failure::SharedRisk(found.into_iter().collect::<Option<_>>()?)
            }
            What::Geographic { centre, radius, rule } => {
                Failure::Geographic { centre: self.node(centre)?, radius: *radius, rule: *rule }
            }
        })
    }

    fn node(&mut self, name: &Located<String>) -> Option<Node> {
        let found = self.topology.node(&name.value);
        if found.is_none() {
            let mut places: Vec<_> = self.topology.nodes().iter().collect();
            places.sort_by_key(|place| place.id);
            let names = || places.iter().map(|place| place.name.as_str());
            let title = format!("there is no node `{}`", name.value);
            let mistake = Mistake::new(name.place, title, format!("in {}", self.topology.name()));
            let is_number = name.value.parse::<u64>().is_ok();
            let near = nearest(&name.value, names()).filter(|_| !is_number);
            self.mistakes.push(mistake.hint(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its nodes are {}", some(names())),
            }));
        }
        found
    }

    fn link(&mut self, ends: &[Located<String>; 2]) -> Option<Link> {
        let [from, to] = [self.node(&ends[0]), self.node(&ends[1])];
        let (from, to) = (from?, to?);
        let found = self.topology.link_between(from, to);
        if found.is_none() {
            let links = |node: Node| {
                let near = self.topology.neighbours(node).iter();
                let names = near.map(|(node, _)| self.topology.place(*node).name.as_str());
                format!("{} has links to {}", self.topology.place(node).name, some(names))
            };
            let [first, second] = [&ends[0], &ends[1]];
            let title = format!("there is no link from {} to {}", first.value, second.value);
            let place = first
                .place
                .zip(second.place)
                .map(|(first, second)| Place { end: second.end.max(first.end), ..first });
            let label = format!("in {}", self.topology.name());
            let hint = format!("{}; {}", links(from), links(to));
            self.mistakes.push(Mistake::new(place, title, label).hint(hint));
        }
        found
    }
}

/// The first of some names.
fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(16);
    if more == 0 {
        return names.join(", ");
    }
    names.truncate(16);
    format!("{} and {more} more", names.join(", "))
}

/// Paths from a file: lists as JSON, or a cache as `survivability paths --save` writes it.
pub(crate) fn read_paths(path: &Path, topology: &Topology) -> Result<KPathCache, ExperimentError> {
    let shown = || path.display().to_string();
    if path.extension().is_some_and(|extension| extension == "json") {
        return KPathCache::read_lists_json(topology, &read_text(path)?)
            .map_err(|source| ExperimentError::Lists { path: shown(), source: source.into() });
    }
    let file =
        File::open(path).map_err(|source| ExperimentError::Read { path: shown(), source })?;
    KPathCache::read(topology, &mut BufReader::new(file))
        .map_err(|source| ExperimentError::Cache { path: shown(), source: source.into() })
}

fn read_text(path: &Path) -> Result<String, ExperimentError> {
    std::fs::read_to_string(path)
        .map_err(|source| ExperimentError::Read { path: path.display().to_string(), source })
}

fn order_word(order: PathOrder) -> &'static str {
    match order {
        PathOrder::Hops => "hops",
        PathOrder::Length => "length",
    }
}
