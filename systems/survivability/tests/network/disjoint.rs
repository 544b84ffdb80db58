//! Disjoint pairs against every pair of simple paths of small graphs, and known totals.

use proptest::prelude::*;
use survivability::disjoint::{Disjoint, DisjointPairs};
use survivability::link_set;
use survivability::paths::{Path, PathOrder};
use survivability::topology::{Node, Topology, shipped};

use crate::graphs::{canonical, graph, pairs, simple_paths, weight};

fn found(
    topology: &Topology,
    pairs: &DisjointPairs,
    from: Node,
    to: Node,
) -> Option<[Vec<Node>; 2]> {
    let ids = pairs.pair(topology.pair(from, to))?;
    Some(ids.map(|id| pairs.path(id).nodes.to_vec()))
}

fn share(disjoint: Disjoint, one: &[Node], other: &[Node]) -> bool {
    let step = |step: &[Node]| (step[0].min(step[1]), step[0].max(step[1]));
    match disjoint {
        Disjoint::Link => one.windows(2).any(|a| other.windows(2).any(|b| step(a) == step(b))),
        Disjoint::Node => {
            // A single link is shared though it has no inner node.
            one == other || one[1..one.len() - 1].iter().any(|node| other.contains(node))
        }
    }
}

/// The best of all ordered pairs of simple paths.
fn best_of_all(
    topology: &Topology,
    order: PathOrder,
    disjoint: Disjoint,
    from: Node,
    to: Node,
) -> Option<[Vec<Node>; 2]> {
    let all = simple_paths(topology, from, to).into_iter();
    let all: Vec<_> = all.map(|path| (weight(topology, order, &path), path)).collect();
    let both = all.iter().flat_map(|one| all.iter().map(move |other| [one, other]));
    let apart = both.filter(|[one, other]| !share(disjoint, &one.1, &other.1));
    let best = apart.min_by(|a, b| {
        let weights = |[primary, backup]: &[&(_, _); 2]| {
            let ((p, q), (r, s)): ((u32, u32), (u32, u32)) = (primary.0, backup.0);
            ((p + r, q + s), (p, q))
        };
        let nodes = |paths: &[&(_, Vec<Node>); 2]| paths.map(|path| canonical(&path.1));
        weights(a).cmp(&weights(b)).then_with(|| nodes(a).cmp(&nodes(b)))
    });
    best.map(|paths| paths.map(|path| path.1.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_pair_is_the_best_of_all_pairs_of_simple_paths(topology in graph()) {
        for order in [PathOrder::Hops, PathOrder::Length] {
            for disjoint in [Disjoint::Link, Disjoint::Node] {
                let ours = DisjointPairs::new(&topology, order, disjoint).unwrap();
                for (from, to) in pairs(&topology) {
                    let best = best_of_all(&topology, order, disjoint, from, to);
                    prop_assert_eq!(found(&topology, &ours, from, to), best);
                }
            }
        }
    }
}

/// The sum over all unordered pairs of the figure of both paths.
fn total(topology: &Topology, order: PathOrder, disjoint: Disjoint, of: fn(Path) -> u64) -> u64 {
    let ours = DisjointPairs::new(topology, order, disjoint).unwrap();
    let unordered = pairs(topology).filter(|(from, to)| from < to);
    let ids = unordered.flat_map(|(from, to)| ours.pair(topology.pair(from, to)).unwrap());
    ids.map(|id| of(ours.path(id))).sum()
}

#[test]
fn pairs_of_nsfnet_have_the_known_least_totals() {
    let topology = shipped("nsfnet").unwrap();
    let hops = total(&topology, PathOrder::Hops, Disjoint::Link, |path| path.hops() as u64);
    let metres = total(&topology, PathOrder::Length, Disjoint::Link, |path| path.metres.into());
    assert_eq!((hops, metres), (505, 449_700_000));
}

/// Its connectivity is two, by links and by nodes.
#[test]
fn every_pair_of_usbackbone60_is_protected() {
    let topology = shipped("usbackbone60").unwrap();
    for order in [PathOrder::Hops, PathOrder::Length] {
        for disjoint in [Disjoint::Link, Disjoint::Node] {
            let ours = DisjointPairs::new(&topology, order, disjoint).unwrap();
            for (from, to) in pairs(&topology) {
                let [primary, backup] =
                    ours.pair(topology.pair(from, to)).unwrap().map(|id| ours.path(id));
                assert!(!link_set::intersect(primary.link_words, backup.link_words));
                assert!(!share(disjoint, primary.nodes, backup.nodes));
                let weigh = |path: Path| weight(&topology, order, path.nodes);
                assert!(weigh(primary) <= weigh(backup));
                let mut back = found(&topology, &ours, to, from).unwrap();
                back.iter_mut().for_each(|path| path.reverse());
                assert_eq!([primary, backup].map(|path| path.nodes.to_vec()), back);
            }
        }
    }
}
