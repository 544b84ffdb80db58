//! The shipped topologies are the networks they are meant to be.

use survivability::paths::{KPathCache, PathId, PathOrder};
use survivability::topology::{Node, SHIPPED, Topology, shipped};

use crate::graphs::pairs;

fn degrees(topology: &Topology) -> Vec<usize> {
    let nodes = (0..topology.nodes().len() as u16).map(Node);
    let degrees: Vec<usize> = nodes.map(|node| topology.neighbours(node).len()).collect();
    let most = degrees.iter().max().copied().unwrap_or(0);
    (0..=most).map(|degree| degrees.iter().filter(|other| **other == degree).count()).collect()
}

fn total_metres(topology: &Topology) -> u64 {
    topology.links().iter().map(|link| u64::from(link.metres)).sum()
}

/// The means of hops over the paths of fewest hops and of km over the shortest.
fn mean_paths(topology: &Topology) -> [f64; 2] {
    let count = pairs(topology).count() as f64;
    [PathOrder::Hops, PathOrder::Length].map(|order| {
        let cache = KPathCache::new(topology, 1, order).unwrap();
        let paths = (0..cache.store().len() as u32).map(|id| cache.path(PathId(id)));
        let sum: f64 = match order {
            PathOrder::Hops => paths.map(|path| path.hops() as f64).sum(),
            PathOrder::Length => paths.map(|path| f64::from(path.metres) / 1000.0).sum(),
        };
        sum / count
    })
}

fn diameter(topology: &Topology) -> u16 {
    let nodes = (0..topology.nodes().len() as u16).map(Node);
    nodes.flat_map(|node| topology.hops_from(node)).max().unwrap()
}

/// How many link-disjoint paths lead from one node to another: the maximal flow.
fn disjoint_paths(topology: &Topology, from: Node, to: Node) -> usize {
    let mut flow = vec![vec![false; topology.nodes().len()]; topology.nodes().len()];
    let mut count = 0;
    loop {
        let mut before = vec![None; topology.nodes().len()];
        let mut queue = vec![from];
        while let Some(node) = queue.pop() {
            for (next, _) in topology.neighbours(node) {
                let room = !flow[node.index()][next.index()];
                if room && before[next.index()].is_none() && *next != from {
                    before[next.index()] = Some(node);
                    queue.push(*next);
                }
            }
        }
        let mut node = to;
        while let Some(previous) = before[node.index()] {
            match flow[node.index()][previous.index()] {
                true => flow[node.index()][previous.index()] = false,
                false => flow[previous.index()][node.index()] = true,
            }
            node = previous;
        }
        if before[to.index()].is_none() {
            return count;
        }
        count += 1;
    }
}

/// How many unordered pairs have no path, one, two and so on that share no link.
fn pairs_by_disjoint_paths(topology: &Topology) -> Vec<usize> {
    let mut counts = vec![0; 5];
    for (from, to) in pairs(topology).filter(|(from, to)| from < to) {
        counts[disjoint_paths(topology, from, to)] += 1;
    }
    counts
}

/// Whether all nodes but some are still linked with each other.
fn holds_without(topology: &Topology, missing: &[Node]) -> bool {
    let mut seen = vec![false; topology.nodes().len()];
    missing.iter().for_each(|node| seen[node.index()] = true);
    let start = seen.iter().position(|seen| !seen).unwrap();
    seen[start] = true;
    let mut queue = vec![Node(start as u16)];
    while let Some(node) = queue.pop() {
        for (next, _) in topology.neighbours(node) {
            if !std::mem::replace(&mut seen[next.index()], true) {
                queue.push(*next);
            }
        }
    }
    seen.iter().all(|seen| *seen)
}

fn close(found: [f64; 2], expected: [f64; 2]) -> bool {
    found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5e-7)
}

#[test]
fn every_shipped_topology_can_be_read_and_no_other() {
    for name in SHIPPED {
        assert_eq!(shipped(name).unwrap().name(), *name);
    }
    assert_eq!(shipped("usbackbone60_nodes"), None);
}

#[test]
fn nodes_stand_in_the_order_in_which_the_file_names_them() {
    for name in ["nsfnet", "nsfnet_deeprmsa"] {
        let topology = shipped(name).unwrap();
        let ids: Vec<u32> = topology.nodes().iter().map(|place| place.id).collect();
        assert_eq!(ids, [0, 1, 2, 7, 3, 5, 4, 10, 6, 13, 9, 8, 12, 11]);
    }
    let topology = shipped("usbackbone60").unwrap();
    let ids: Vec<u32> = topology.nodes().iter().map(|place| place.id).collect();
    assert_eq!(ids[..9], [1, 2, 3, 21, 22, 56, 4, 5, 6]);
}

#[test]
fn nsfnet_has_its_known_shape() {
    let topology = shipped("nsfnet").unwrap();
    assert_eq!((topology.nodes().len(), topology.links().len()), (14, 22));
    assert_eq!(degrees(&topology), [0, 0, 0, 12, 2]);
    for four in ["5", "8"] {
        assert_eq!(topology.neighbours(topology.node(four).unwrap()).len(), 4);
    }
    assert_eq!((diameter(&topology), total_metres(&topology)), (3, 20_800_000));
    assert!(close(mean_paths(&topology), [2.120_879, 1_929.670_330]));
    assert_eq!(pairs_by_disjoint_paths(&topology), [0, 0, 0, 90, 1]);
    assert!(pairs(&topology).all(|(one, other)| holds_without(&topology, &[one, other])));
}

#[test]
fn the_lengths_of_deeprmsa_are_fifty_km_more_on_ten_links() {
    let [ours, theirs] = ["nsfnet", "nsfnet_deeprmsa"].map(|name| shipped(name).unwrap());
    let more = ours.links().iter().zip(theirs.links()).map(|(ours, theirs)| {
        assert_eq!(ours.ends, theirs.ends);
        theirs.metres - ours.metres
    });
    let more: Vec<u32> = more.filter(|more| *more > 0).collect();
    assert_eq!(more, [50_000; 10]);
}

#[test]
fn usbackbone60_has_its_known_shape() {
    let topology = shipped("usbackbone60").unwrap();
    assert_eq!((topology.nodes().len(), topology.links().len()), (60, 79));
    assert_eq!(degrees(&topology), [0, 0, 30, 22, 8]);
    assert_eq!((diameter(&topology), total_metres(&topology)), (15, 35_387_200));
    assert!(close(mean_paths(&topology), [6.084_181, 2_666.537_458]));
    assert_eq!(pairs_by_disjoint_paths(&topology), [0, 0, 1335, 426, 9]);
    let nodes = (0..topology.nodes().len() as u16).map(Node);
    assert!(nodes.into_iter().all(|node| holds_without(&topology, &[node])));
}

/// Ten links make detours. That none is shorter and all others fit ties each node to its place.
#[test]
fn links_of_usbackbone60_are_six_fifths_of_the_great_circle_or_longer() {
    let topology = shipped("usbackbone60").unwrap();
    let mut detours = Vec::new();
    for fibre in topology.links() {
        let [from, to] = fibre.ends.map(|node| topology.place(node));
        let straight = from.position.unwrap().km_to(to.position.unwrap());
        let ratio = f64::from(fibre.metres) / 1000.0 / straight;
        assert!((1.199..1.48).contains(&ratio), "{} to {}: {ratio}", from.id, to.id);
        if ratio > 1.22 {
            detours.push([from.id, to.id]);
        }
    }
    let expected = [
        [3, 22],
        [6, 34],
        [10, 44],
        [13, 24],
        [15, 39],
        [17, 19],
        [18, 38],
        [34, 35],
        [42, 43],
        [46, 48],
    ];
    assert_eq!(detours, expected);
}
