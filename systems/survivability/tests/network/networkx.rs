//! What networkx finds and writes. `tests/oracle/networkx_paths.py` made the files.

use std::collections::BTreeMap;

use serde::Deserialize;
use survivability::paths::{KPathCache, Path, PathId, PathOrder};
use survivability::topology::{Node, Position, Source, parse, shipped};

#[derive(Deserialize)]
struct Golden {
    k: usize,
    weights: BTreeMap<String, BTreeMap<String, Vec<Vec<u32>>>>,
}

/// In hops or in hectometres, as the script counts.
fn weight(order: PathOrder, path: Path) -> u32 {
    match order {
        PathOrder::Hops => path.hops() as u32,
        PathOrder::Length => path.metres / 100,
    }
}

#[test]
fn paths_weigh_what_networkx_finds() {
    let golden: Golden =
        serde_json::from_str(include_str!("../oracle/networkx_paths.json")).unwrap();
    assert_eq!(golden.weights.len(), 2);
    for (name, orders) in golden.weights {
        let topology = shipped(&name).unwrap();
        let mut nodes: Vec<Node> = (0..topology.nodes().len() as u16).map(Node).collect();
        nodes.sort_by_key(|node| topology.place(*node).id);
        for order in [PathOrder::Hops, PathOrder::Length] {
            let mut golden_pairs = orders[match order {
                PathOrder::Hops => "hops",
                PathOrder::Length => "length",
            }]
            .iter();
            let cache = KPathCache::new(&topology, golden.k, order).unwrap();
            for (index, from) in nodes.iter().enumerate() {
                for to in &nodes[index + 1..] {
                    let ids = cache.candidates(topology.pair(*from, *to));
                    let mut before = 0;
                    let steps = ids.map(|id| {
                        let weight = weight(order, cache.path(PathId(id)));
                        weight - std::mem::replace(&mut before, weight)
                    });
                    assert_eq!(Some(&steps.collect()), golden_pairs.next());
                }
            }
            assert_eq!(golden_pairs.next(), None);
        }
    }
}

#[test]
fn a_graph_that_networkx_wrote_is_read() {
    let text = include_str!("../oracle/networkx_sample.graphml");
    let topology = parse(&Source { path: "sample.graphml", text, nodes: None }).unwrap();
    let names: Vec<&str> = topology.nodes().iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["Oslo", "Bergen", "Trondheim"]);
    let bergen = Position { latitude: 60.39, longitude: 5.32 };
    assert_eq!(topology.nodes()[1].position, Some(bergen));
    let links: Vec<_> = topology.links().iter().map(|link| (link.ends, link.metres)).collect();
    let expected = [
        ([Node(0), Node(1)], 463_000),
        ([Node(0), Node(2)], 500_500),
        ([Node(1), Node(2)], 681_250),
    ];
    assert_eq!(links, expected);
}
