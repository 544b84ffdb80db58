//! A cache from paths that something else found, to compare with its results.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::paths::{KPathCache, PathOrder, PathsError};
use crate::topology::{Node, Topology};

#[derive(Debug, Error, PartialEq)]
pub enum ListsError {
    #[error(transparent)]
    Paths(#[from] PathsError),
    #[error("paths from {0} to {1}: {2}")]
    List(String, String, ListFault),
    #[error("`{0}` is no pair of nodes `from-to`")]
    Pair(String),
    #[error("paths of {0}: no node has the name `{1}`")]
    Name(String, String),
    #[error("`{0}` is no order of paths, which are `hops` and `length`")]
    Order(String),
    #[error("could not read the lists of paths: {0}")]
    Json(String),
}

/// What is wrong with the list of a pair.
#[derive(Debug, Error, PartialEq)]
pub enum ListFault {
    #[error("a path from a node to itself")]
    SameNode,
    #[error("a second list")]
    SecondList,
    #[error("{0} paths, of at most {1}")]
    TooMany(usize, usize),
    #[error("path {0} does not lead there")]
    Ends(usize),
    #[error("path {0} visits {1} twice")]
    Loop(usize, String),
    #[error("path {0} goes from {1} to {2}, between which is no link")]
    NoLink(usize, String, String),
    #[error("path {0} stands in the list twice")]
    Doubled(usize),
}

impl KPathCache {
    /// A cache of the given lists, best first as they are; pairs without a list have no paths.
    pub fn from_lists(
        topology: &Topology,
        order: PathOrder,
        k: usize,
        lists: impl Iterator<Item = (Node, Node, Vec<Vec<Node>>)>,
    ) -> Result<KPathCache, ListsError> {
        super::check_size(topology)?;
        let mut cache = KPathCache::empty(topology, k, order)?;
        let mut by_pair = BTreeMap::new();
        for (from, to, paths) in lists {
            let faulty = |fault| {
                let [from, to] = [from, to].map(|node| topology.place(node).name.clone());
                ListsError::List(from, to, fault)
            };
            check(topology, from, to, &paths, k).map_err(faulty)?;
            if by_pair.insert(topology.pair(from, to), paths).is_some() {
                return Err(faulty(ListFault::SecondList));
            }
        }
        for pair in 0..topology.pairs() {
            for nodes in by_pair.get(&pair).into_iter().flatten() {
                cache.store.push(topology, nodes);
            }
            cache.end_pair()?;
        }
        Ok(cache)
    }

    /// A cache from JSON: `order`, `k`, and `paths`, which gives the lists of nodes by pair, as
    /// `"0-1": [[0, 1], [0, 2, 1]]`. Nodes are named as in the topology; names that are numbers may
    /// stand without quotes.
    pub fn read_lists_json(topology: &Topology, text: &str) -> Result<KPathCache, ListsError> {
        let file: ListsFile =
            serde_json::from_str(text).map_err(|error| ListsError::Json(error.to_string()))?;
        let order = match file.order.as_str() {
            "hops" => PathOrder::Hops,
            "length" => PathOrder::Length,
            _ => return Err(ListsError::Order(file.order)),
        };
        let mut lists = Vec::with_capacity(file.paths.len());
        for (pair, paths) in file.paths {
            let (from, to) = ends(topology, &pair).ok_or(ListsError::Pair(pair.clone()))?;
            let node = |name: Name| {
                let name = name.text();
                topology.node(&name).ok_or(ListsError::Name(pair.clone(), name))
            };
            let nodes = |path: Vec<Name>| path.into_iter().map(node).collect();
            let paths: Result<_, ListsError> = paths.into_iter().map(nodes).collect();
            lists.push((from, to, paths?));
        }
        KPathCache::from_lists(topology, order, file.k, lists.into_iter())
    }
}

/// Checks the list of a pair.
pub(super) fn check(
    topology: &Topology,
    from: Node,
    to: Node,
    paths: &[Vec<Node>],
    k: usize,
) -> Result<(), ListFault> {
    let name = |node: Node| topology.place(node).name.clone();
    if from == to {
        return Err(ListFault::SameNode);
    }
    if paths.len() > k {
        return Err(ListFault::TooMany(paths.len(), k));
    }
    for (path, number) in paths.iter().zip(1..) {
        if path.first() != Some(&from) || path.last() != Some(&to) {
            return Err(ListFault::Ends(number));
        }
        let mut sorted = path.clone();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|two| two[0] == two[1]) {
            return Err(ListFault::Loop(number, name(twice[0])));
        }
        let unlinked = |step: &&[Node]| topology.link_between(step[0], step[1]).is_none();
        if let Some(step) = path.windows(2).find(unlinked) {
            return Err(ListFault::NoLink(number, name(step[0]), name(step[1])));
        }
        if paths[..number - 1].contains(path) {
            return Err(ListFault::Doubled(number));
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct ListsFile {
    order: String,
    k: usize,
    paths: BTreeMap<String, Vec<Vec<Name>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Number(u64),
    Text(String),
}

impl Name {
    fn text(self) -> String {
        match self {
            Name::Number(number) => number.to_string(),
            Name::Text(text) => text,
        }
    }
}

/// The nodes of a pair's name. A name may hold a hyphen itself, so every hyphen is tried.
fn ends(topology: &Topology, pair: &str) -> Option<(Node, Node)> {
    let halves = pair.match_indices('-').map(|(at, _)| (&pair[..at], &pair[at + 1..]));
    let known = |(from, to): (&str, &str)| Some((topology.node(from)?, topology.node(to)?));
    halves.into_iter().find_map(known)
}
