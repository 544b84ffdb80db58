//! The cache of K paths against every simple path of small graphs, and its file.

use proptest::prelude::*;
use survivability::link_set::LinkSet;
use survivability::paths::{
    CacheFileError, KPathCache, ListsError, PathId, PathOrder, PathStore, PathsError,
};
use survivability::topology::{Fibre, Node, Topology, shipped};

use crate::graphs::{canonical, graph, pairs, simple_paths, weight};

const ORDERS: [PathOrder; 2] = [PathOrder::Hops, PathOrder::Length];

fn lists(cache: &KPathCache, topology: &Topology, from: Node, to: Node) -> Vec<Vec<Node>> {
    let ids = cache.candidates(topology.pair(from, to));
    ids.map(|id| cache.path(PathId(id)).nodes.to_vec()).collect()
}

fn written(cache: &KPathCache, topology: &Topology) -> Vec<u8> {
    let mut bytes = Vec::new();
    cache.write(topology, &mut bytes).unwrap();
    bytes
}

fn read(topology: &Topology, bytes: &[u8]) -> Result<KPathCache, String> {
    KPathCache::read(topology, &mut &bytes[..]).map_err(|error| error.to_string())
}

proptest! {
    /// For every pair the list is the first K of all simple paths in the order of both weights and
    /// then of the nodes.
    #[test]
    fn a_pair_has_the_first_of_all_simple_paths(topology in graph(), k in 1..=8_usize) {
        for order in ORDERS {
            let cache = KPathCache::new(&topology, k, order).unwrap();
            for (from, to) in pairs(&topology) {
                let mut all = simple_paths(&topology, from, to);
                all.sort_by_key(|path| (weight(&topology, order, path), canonical(path)));
                all.truncate(k);
                prop_assert_eq!(lists(&cache, &topology, from, to), all);
            }
        }
    }

    #[test]
    fn a_cache_that_was_written_is_read_as_the_same(topology in graph(), k in 1..=8_usize) {
        for order in ORDERS {
            let cache = KPathCache::new(&topology, k, order).unwrap();
            prop_assert_eq!(read(&topology, &written(&cache, &topology)), Ok(cache));
        }
    }

    #[test]
    fn a_damaged_cache_file_is_refused(at in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let topology = shipped("nsfnet").unwrap();
        let cache = KPathCache::new(&topology, 2, PathOrder::Hops).unwrap();
        let mut bytes = written(&cache, &topology);
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert!(read(&topology, &bytes).is_err());
    }

    #[test]
    fn any_bytes_are_no_cache(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let topology = shipped("nsfnet").unwrap();
        prop_assert!(read(&topology, &bytes).is_err());
        let mut bytes = bytes;
        bytes.splice(0..0, *b"SURVPATH\x01\x00\x00\x00\x04\x00\x00\x00");
        prop_assert!(read(&topology, &bytes).is_err());
    }
}

#[test]
fn a_truncated_cache_file_is_refused_wherever_it_ends() {
    let topology = shipped("nsfnet").unwrap();
    let bytes = written(&KPathCache::new(&topology, 1, PathOrder::Hops).unwrap(), &topology);
    for length in 0..bytes.len() {
        assert!(read(&topology, &bytes[..length]).is_err(), "{length}");
    }
    let longer = [&bytes[..], b"\0"].concat();
    assert_eq!(read(&topology, &longer), Err(CacheFileError::Checksum.to_string()));
}

#[test]
fn a_cache_file_that_never_ends_is_refused() {
    let topology = shipped("nsfnet").unwrap();
    let cache = KPathCache::new(&topology, 4, PathOrder::Hops).unwrap();
    let head = written(&cache, &topology)[..24].to_vec();
    let mut endless = std::io::Read::chain(&head[..], std::io::repeat(7));
    let refused = KPathCache::read(&topology, &mut endless).unwrap_err();
    assert!(matches!(refused, CacheFileError::Checksum), "{refused}");
}

#[test]
fn the_file_of_another_topology_or_a_later_format_is_refused() {
    let (topology, other) = (shipped("nsfnet").unwrap(), shipped("nsfnet_deeprmsa").unwrap());
    let cache = KPathCache::new(&topology, 2, PathOrder::Hops).unwrap();
    let mut bytes = written(&cache, &topology);
    let refused = read(&other, &bytes).unwrap_err();
    assert_eq!(refused, "the path cache belongs to another topology than nsfnet_deeprmsa");
    assert!(cache.write(&other, &mut Vec::new()).is_err());
    bytes[8] = 2;
    let refused = read(&topology, &bytes).unwrap_err();
    assert_eq!(refused, "the path cache has format 2, and only format 1 can be read");
    assert_eq!(read(&topology, b"PAR1"), Err("the file is no path cache".to_owned()));
    assert_eq!(read(&topology, b"SURVP"), Err("the path cache ends too early".to_owned()));
}

#[test]
fn a_path_knows_its_links_its_length_and_its_set_of_links() {
    let topology = shipped("usbackbone60").unwrap();
    let cache = KPathCache::new(&topology, 3, PathOrder::Length).unwrap();
    for index in 0..cache.store().len() as u32 {
        let path = cache.path(PathId(index));
        let mut set = LinkSet::new(topology.links().len());
        let mut metres = 0;
        for (step, link) in path.nodes.windows(2).zip(path.links) {
            assert_eq!(topology.link_between(step[0], step[1]), Some(*link));
            set.insert(*link);
            metres += topology.fibre(*link).metres;
        }
        assert_eq!((path.link_words, path.metres), (set.words(), metres));
        assert_eq!((path.hops(), path.nodes.len()), (path.links.len(), path.links.len() + 1));
    }
}

#[test]
fn paths_back_are_those_there_reversed() {
    let topology = shipped("usbackbone60").unwrap();
    for order in ORDERS {
        let cache = KPathCache::new(&topology, 4, order).unwrap();
        for (from, to) in pairs(&topology) {
            let mut back = lists(&cache, &topology, to, from);
            back.iter_mut().for_each(|path| path.reverse());
            assert_eq!(lists(&cache, &topology, from, to), back);
        }
    }
}

/// Every count of bytes follows from how many paths, nodes and links there are.
#[test]
fn the_memory_of_a_cache_is_that_of_its_lists() {
    let topology = shipped("usbackbone60").unwrap();
    let cache = KPathCache::new(&topology, 4, PathOrder::Hops).unwrap();
    let paths = cache.store().len();
    let hops: usize = (0..paths as u32).map(|id| cache.path(PathId(id)).hops()).sum();
    let expected = 4 * (topology.pairs() + 1)
        + 4 * (paths + 1)
        + 2 * (hops + paths)
        + 2 * hops
        + 16 * paths
        + 4 * paths;
    assert_eq!(cache.memory_bytes(), expected);
    assert_eq!(cache.pairs(), 3540);
}

#[test]
fn no_paths_too_many_nodes_and_too_long_networks_are_refused() {
    let topology = shipped("nsfnet").unwrap();
    for k in [0, 65_536] {
        assert_eq!(KPathCache::new(&topology, k, PathOrder::Hops), Err(PathsError::K(k)));
    }
    let chain = |nodes: u16, metres| {
        let places = (0..nodes).map(|node| (node.to_string(), None)).collect();
        let link = |node: u16| Fibre { ends: [Node(node - 1), Node(node)], metres };
        Topology::new("chain", places, (1..nodes).map(link).collect()).unwrap()
    };
    let refused = KPathCache::new(&chain(2001, 1), 1, PathOrder::Hops);
    assert_eq!(refused, Err(PathsError::TooManyNodes(2001)));
    let refused = KPathCache::new(&chain(3, u32::MAX / 2 + 1), 1, PathOrder::Length);
    assert_eq!(refused, Err(PathsError::TooLong));
    let longest = KPathCache::new(&chain(3, u32::MAX / 2), 1, PathOrder::Hops).unwrap();
    assert_eq!(longest.path(PathId(1)).metres, u32::MAX - 1);
}

#[test]
fn a_store_keeps_what_is_pushed() {
    let topology = shipped("nsfnet").unwrap();
    let mut store = PathStore::new(&topology);
    assert!(store.is_empty());
    let there = [Node(0), Node(1), Node(2)];
    let back = [Node(2), Node(0)];
    let ids = [store.push(&topology, &there), store.push(&topology, &back)];
    assert_eq!(ids, [PathId(0), PathId(1)]);
    assert_eq!((store.path(ids[0]).nodes, store.path(ids[1]).nodes), (&there[..], &back[..]));
    assert_eq!((store.path(ids[0]).metres, store.len()), (1_600_000, 2));
}

#[test]
fn wrong_lists_are_refused_by_their_pair_and_path() {
    let topology = shipped("nsfnet").unwrap();
    let json = |paths: &str| format!(r#"{{"order": "hops", "k": 2, "paths": {{{paths}}}}}"#);
    for (paths, expected) in [
        (r#""0-1": [[0, 1], [0, 2]]"#, "paths from 0 to 1: path 2 does not lead there"),
        (r#""0-1": [[]]"#, "paths from 0 to 1: path 1 does not lead there"),
        (
            r#""0-3": [[0, 3]]"#,
            "paths from 0 to 3: path 1 goes from 0 to 3, between which is no link",
        ),
        (r#""0-1": [[0, 2, 0, 1]]"#, "paths from 0 to 1: path 1 visits 0 twice"),
        (r#""0-1": [[0, 1], [0, 1]]"#, "paths from 0 to 1: path 2 stands in the list twice"),
        (
            r#""0-1": [[0, 1], [0, 2, 1], [0, 7, 6, 4, 3, 1]]"#,
            "paths from 0 to 1: 3 paths, of at most 2",
        ),
        (r#""0-0": []"#, "paths from 0 to 0: a path from a node to itself"),
        (r#""0-1": [["0", 99]]"#, "paths of 0-1: no node has the name `99`"),
        (r#""0-99": []"#, "`0-99` is no pair of nodes `from-to`"),
    ] {
        let refused = KPathCache::read_lists_json(&topology, &json(paths)).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    let order = r#"{"order": "latency", "k": 2, "paths": {}}"#;
    let refused = KPathCache::read_lists_json(&topology, order).unwrap_err();
    assert_eq!(refused, ListsError::Order("latency".to_owned()));
    assert!(KPathCache::read_lists_json(&topology, "{").is_err());
    let twice = [(Node(0), Node(1), Vec::new()), (Node(0), Node(1), Vec::new())].into_iter();
    let refused = KPathCache::from_lists(&topology, PathOrder::Hops, 1, twice).unwrap_err();
    assert_eq!(refused.to_string(), "paths from 0 to 1: a second list");
}

#[test]
fn the_cache_of_a_larger_topology_is_told_from_a_damaged_one() {
    let [small, large] = ["nsfnet", "usbackbone60"].map(|name| shipped(name).unwrap());
    for [its, other] in [[&small, &large], [&large, &small]] {
        let bytes = written(&KPathCache::new(its, 2, PathOrder::Length).unwrap(), its);
        let expected = CacheFileError::OtherTopology(other.name().to_owned()).to_string();
        assert_eq!(read(other, &bytes), Err(expected));
    }
}
