//! Small random graphs, and every simple path through them, found without any search for short
//! ones.

use proptest::prelude::*;
use survivability::paths::PathOrder;
use survivability::topology::{Fibre, Node, Topology};

/// A connected graph of two to seven nodes: a tree, and some links more. Few different lengths, so
/// that many paths are equally long.
pub fn graph() -> impl Strategy<Value = Topology> {
    (2..=7_usize).prop_flat_map(|nodes| {
        let tree = prop::collection::vec(any::<prop::sample::Index>(), nodes - 1);
        let links = nodes * (nodes - 1) / 2;
        let more = prop::collection::vec(prop::bool::weighted(0.45), links);
        let lengths = prop::collection::vec(1..=4_u32, links);
        (tree, more, lengths).prop_map(move |(tree, more, lengths)| {
            let parents: Vec<usize> =
                tree.iter().enumerate().map(|(below, parent)| parent.index(below + 1)).collect();
            build(nodes, &parents, &more, &lengths)
        })
    })
}

fn build(nodes: usize, parents: &[usize], more: &[bool], lengths: &[u32]) -> Topology {
    let pairs = (0..nodes).flat_map(|to| (0..to).map(move |from| (from, to)));
    let chosen = pairs
        .zip(more.iter().zip(lengths))
        .filter(|((from, to), (more, _))| **more || parents[to - 1] == *from);
    let links = chosen.map(|((from, to), (_, metres))| Fibre {
        ends: [Node(from as u16), Node(to as u16)],
        metres: *metres,
    });
    let places = (0..nodes).map(|node| (node.to_string(), None)).collect();
    Topology::new("random", places, links.collect()).expect("a tree and more is connected")
}

/// Every simple path between two nodes.
pub fn simple_paths(topology: &Topology, from: Node, to: Node) -> Vec<Vec<Node>> {
    let mut paths = Vec::new();
    grow(topology, &mut vec![from], to, &mut paths);
    paths
}

fn grow(topology: &Topology, path: &mut Vec<Node>, to: Node, paths: &mut Vec<Vec<Node>>) {
    let last = path[path.len() - 1];
    if last == to {
        paths.push(path.clone());
        return;
    }
    for (next, _) in topology.neighbours(last) {
        if !path.contains(next) {
            path.push(*next);
            grow(topology, path, to, paths);
            path.pop();
        }
    }
}

/// What counts first and second of a path in an order.
pub fn weight(topology: &Topology, order: PathOrder, path: &[Node]) -> (u32, u32) {
    let link = |step: &[Node]| topology.link_between(step[0], step[1]).expect("a link a step");
    let metres = path.windows(2).map(|step| topology.fibre(link(step)).metres).sum();
    let hops = path.len() as u32 - 1;
    match order {
        PathOrder::Hops => (hops, metres),
        PathOrder::Length => (metres, hops),
    }
}

/// Every ordered pair of different nodes.
pub fn pairs(topology: &Topology) -> impl Iterator<Item = (Node, Node)> {
    let nodes = topology.nodes().len() as u16;
    let all = (0..nodes).flat_map(move |from| (0..nodes).map(move |to| (Node(from), Node(to))));
    all.filter(|(from, to)| from != to)
}

/// A path read from its end with the smaller index, as ties are broken.
pub fn canonical(path: &[Node]) -> Vec<Node> {
    let mut path = path.to_vec();
    if path.last() < path.first() {
        path.reverse();
    }
    path
}
