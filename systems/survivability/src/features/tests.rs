use super::*;
use crate::failure::{AreaRule, Failure, Radius};
use crate::link_set;
use crate::paths::PathStore;
use crate::spectrum::{Block, Grid};
use crate::topology::{Link, Node, Topology, shipped};

/// NSFNET of 320 slots, those for which the rule holds taken.
fn nsfnet(cores: u16, taken: impl Fn(Link, u16, u16) -> bool) -> (Topology, Spectrum) {
    let topology = shipped("nsfnet").unwrap();
    let mut spectrum = Spectrum::new(Grid { slots: 320, cores, guard: 1 }, topology.links().len());
    for link in (0..topology.links().len() as u16).map(Link) {
        for (core, start) in (0..cores).flat_map(|core| (0..320).map(move |slot| (core, slot))) {
            if taken(link, core, start) {
                spectrum.take(&[link], Block { core, start, slots: 1 });
            }
        }
    }
    (topology, spectrum)
}

fn nodes(topology: &Topology, names: &str) -> Vec<Node> {
    names.split('-').map(|name| topology.node(name).unwrap()).collect()
}

fn link(topology: &Topology, from: &str, to: &str) -> Link {
    let [from, to] = [from, to].map(|name| topology.node(name).unwrap());
    topology.link_between(from, to).unwrap()
}

fn failing(topology: &Topology, failure: &Failure) -> FailureManager {
    let mut failures = FailureManager::new(topology);
    failures.inject(topology, failure, 1.0, None).unwrap();
    failures.activate_due(topology, 1.0);
    failures
}

fn read(
    topology: &Topology,
    names: &str,
    spectrum: &mut Spectrum,
    failures: &FailureManager,
) -> PathFeatures {
    let mut store = PathStore::new(topology);
    let path = store.push(topology, &nodes(topology, names));
    features(store.path(path), spectrum, failures)
}

/// Hops, residual slots, fragmentation, whether it failed, distance: as FUSION gives them with link
/// 8-12 failed. Links are numbered by the sorted list of their ends, which is their order here.
#[test]
fn features_are_those_of_fusion() {
    let checkered = |link: Link, _, slot: u16| (7 * slot + 13 * link.0) % 11 < 4;
    let striped = |link: Link, _, slot: u16| slot / (3 + link.0 % 5) % 2 == 1;
    let first = [
        ("0-2-5-13", 3, 2, 0.9967, false, 2),
        ("0-7-8-12-13", 4, 2, 0.9975, true, 0),
        ("12-13", 1, 2, 0.9902, false, 1),
        ("3-4-5-9", 3, 2, 0.9967, false, 1),
    ];
    let second = [
        ("0-2-5-13", 3, 3, 0.9917, false, 2),
        ("0-7-8-12-13", 4, 4, 0.9891, true, 0),
        ("12-13", 1, 4, 0.975, false, 1),
    ];
    let check = |taken: &dyn Fn(Link, u16, u16) -> bool,
                 golden: &[(&str, u16, u16, f64, bool, u16)]| {
        let (topology, mut spectrum) = nsfnet(1, taken);
        // The distances count from node 8 alone, so the centre is given as an area is.
        let area = failing(&topology, &Failure::Node(topology.node("8").unwrap()));
        let link = failing(&topology, &Failure::Link(link(&topology, "8", "12")));
        for (names, hops, residual, frag, failed, distance) in golden {
            let found = read(&topology, names, &mut spectrum, &link);
            assert_eq!((found.hops, found.min_residual_slots), (*hops, *residual), "{names}");
            assert!((found.frag_indicator - frag).abs() < f64::EPSILON, "{names} {found:?}");
            assert_eq!(found.is_failed, *failed, "{names}");
            let from_8 = read(&topology, names, &mut spectrum, &area);
            assert_eq!(from_8.dist_to_disaster_centroid, *distance, "{names}");
        }
    };
    check(&checkered, &first);
    check(&striped, &second);
}

/// The nearer end of a failed link counts; of an area and a node, its centre alone.
#[test]
fn distance_counts_from_the_nearest_centre_of_what_failed() {
    let (topology, mut spectrum) = nsfnet(1, |_, _, _| false);
    let centre = topology.node("8").unwrap();
    let area = |rule| Failure::Geographic { centre, radius: Radius::Hops(1), rule };
    let group = ["0-1", "8-12"].map(|ends| ends.split_once('-').unwrap());
    let group = group.map(|(from, to)| link(&topology, from, to));
    for (failure, distances) in [
        (Failure::Link(group[1]), [1, 0, 0, 1, 2]),
        (Failure::Node(centre), [2, 0, 1, 1, 2]),
        (area(AreaRule::Touch), [2, 0, 1, 1, 2]),
        (area(AreaRule::Inside), [2, 0, 1, 1, 2]),
        (Failure::SharedRisk(group.to_vec()), [0, 0, 0, 1, 0]),
    ] {
        let failures = failing(&topology, &failure);
        let paths = ["0-2-5-13", "0-7-8-12-13", "12-13", "3-4-5-9", "0-1"];
        let found = paths.map(|names| {
            read(&topology, names, &mut spectrum, &failures).dist_to_disaster_centroid
        });
        assert_eq!(found, distances, "{failure:?}");
    }
}

#[test]
fn without_a_failure_there_is_no_distance() {
    let (topology, mut spectrum) = nsfnet(1, |_, _, _| false);
    let mut failures = failing(&topology, &Failure::Link(Link(0)));
    let far = read(&topology, "12-13", &mut spectrum, &failures);
    assert!(far.dist_to_disaster_centroid > 0);
    failures.clear();
    assert_eq!(read(&topology, "12-13", &mut spectrum, &failures).dist_to_disaster_centroid, 0);
}

#[test]
fn empty_and_full_paths_are_the_ends_of_the_scale() {
    let (topology, mut empty) = nsfnet(1, |_, _, _| false);
    let (_, mut full) = nsfnet(1, |_, _, _| true);
    let failures = FailureManager::new(&topology);
    // An empty path of three links scores 1 - 1/3.
    let found = read(&topology, "0-2-5-13", &mut empty, &failures);
    assert_eq!(found.min_residual_slots, 320);
    assert!((found.frag_indicator - 0.6667).abs() < f64::EPSILON);
    let found = read(&topology, "0-2-5-13", &mut full, &failures);
    assert_eq!(found.min_residual_slots, 0);
    assert!((found.frag_indicator - 1.0).abs() < f64::EPSILON);
}

/// The residual takes the core of the longest run, the fragmentation that of most free slots.
#[test]
fn several_cores_are_read_as_the_best_of_them() {
    // Core 0: every second slot of 320. Core 1: one run of 100. Core 2: as many as core 0, in
    // pairs.
    let (topology, mut spectrum) = nsfnet(3, |_, core, slot| match core {
        0 => slot % 2 == 0,
        1 => slot >= 100,
        _ => slot % 4 < 2,
    });
    let found = read(&topology, "12-13", &mut spectrum, &FailureManager::new(&topology));
    assert_eq!(found.min_residual_slots, 100);
    // Cores 0 and 2 have 160 free each: the lower one counts, whose runs are of one.
    assert!((found.frag_indicator - 0.9938).abs() < f64::EPSILON, "{found:?}");
}

#[test]
fn a_path_fails_with_any_of_its_links_and_with_no_other() {
    let (topology, mut spectrum) = nsfnet(1, |_, _, _| false);
    let mut store = PathStore::new(&topology);
    let path = store.push(&topology, &nodes(&topology, "0-7-8-12-13"));
    for link in (0..22).map(Link) {
        let failures = failing(&topology, &Failure::Link(link));
        let found = features(store.path(path), &mut spectrum, &failures);
        assert_eq!(found.is_failed, store.path(path).links.contains(&link));
        let words = failures.down().words();
        assert_eq!(found.is_failed, link_set::intersect(store.path(path).link_words, words));
    }
}

/// `tests/oracle/decimals.py` wrote them, most of them at and beside halves.
#[test]
fn numbers_are_rounded_as_python_rounds_them() {
    let text = include_str!("../../tests/oracle/decimals.json");
    let cases: Vec<(f64, f64)> = serde_json::from_str(text).unwrap();
    assert!(cases.len() > 3000);
    for (value, rounded) in cases {
        assert_eq!(four_decimals(value).to_bits(), rounded.to_bits(), "{value:?}");
    }
}
