use serde::Deserialize;

use super::*;
use crate::link_set::{self, LinkSet};
use crate::topology::{Fibre, Position, shipped};

fn nsfnet() -> Topology {
    shipped("nsfnet").unwrap()
}

/// A node by its name.
fn node(topology: &Topology, name: &str) -> Node {
    topology.node(name).unwrap()
}

fn link(topology: &Topology, from: &str, to: &str) -> Link {
    topology.link_between(node(topology, from), node(topology, to)).unwrap()
}

fn area(centre: Node, radius: Radius, rule: AreaRule) -> Failure {
    Failure::Geographic { centre, radius, rule }
}

fn count(topology: &Topology, centre: &str, hops: u16, rule: AreaRule) -> usize {
    let failure = area(node(topology, centre), Radius::Hops(hops), rule);
    failure.links(topology).unwrap().len()
}

#[test]
fn areas_of_nsfnet_take_down_as_many_links_as_in_the_specification() {
    let topology = nsfnet();
    let counts = |hops| -> Vec<usize> {
        let centres = 0..14;
        centres.map(|c| count(&topology, &c.to_string(), hops, AreaRule::Touch)).collect()
    };
    assert_eq!(counts(1), [8, 8, 9, 9, 10, 12, 9, 10, 12, 11, 9, 10, 10, 10]);
    assert_eq!(counts(2), [18, 16, 18, 20, 20, 22, 17, 20, 19, 19, 16, 18, 18, 18]);
    assert_eq!(counts(3), [22; 14]);
}

#[test]
fn areas_of_usbackbone60_take_down_as_many_links_as_in_the_specification() {
    let topology = shipped("usbackbone60").unwrap();
    let golden = [
        ("5", 23),
        ("20", 23),
        ("23", 13),
        ("31", 25),
        ("38", 23),
        ("46", 21),
        ("60", 9),
        ("2", 7),
    ];
    for (centre, links) in golden {
        assert_eq!(count(&topology, centre, 2, AreaRule::Touch), links, "centre {centre}");
    }
}

/// Nodes within two hops of node 5 are all but 7 and 10.
#[test]
fn an_area_of_two_hops_is_told_by_which_links_it_spares() {
    let topology = nsfnet();
    let outside = ["7", "10"].map(|name| node(&topology, name));
    let inside = area(node(&topology, "5"), Radius::Hops(2), AreaRule::Inside);
    let down = inside.links(&topology).unwrap();
    for (fibre, index) in topology.links().iter().zip(0..) {
        let leaves = fibre.ends.iter().any(|end| outside.contains(end));
        assert_eq!(down.contains(&Link(index)), !leaves);
    }
}

#[test]
fn a_link_that_leaves_the_area_is_touched_but_not_inside() {
    let topology = nsfnet();
    // Node 0 has the neighbours 1, 2 and 7, and 1-2 is the only link between those.
    let down = |rule| area(node(&topology, "0"), Radius::Hops(1), rule).links(&topology).unwrap();
    let mut expected: Vec<Link> = [("0", "1"), ("0", "2"), ("0", "7"), ("1", "2")]
        .map(|(from, to)| link(&topology, from, to))
        .to_vec();
    assert_eq!(down(AreaRule::Inside), expected);
    expected.extend(
        [("1", "3"), ("2", "5"), ("6", "7"), ("7", "8")].map(|(f, t)| link(&topology, f, t)),
    );
    expected.sort_unstable();
    assert_eq!(down(AreaRule::Touch), expected);
}

#[derive(Deserialize)]
struct Area {
    centre: String,
    km: f64,
    nodes: Vec<String>,
    touch: Vec<[String; 2]>,
    inside: Vec<[String; 2]>,
}

/// `tests/oracle/area.py` computed them without the haversine.
#[test]
fn areas_in_kilometres_are_those_of_the_oracle() {
    let topology = shipped("usbackbone60").unwrap();
    let text = include_str!("../../tests/oracle/area.json");
    for case in serde_json::from_str::<Vec<Area>>(text).unwrap() {
        let centre = node(&topology, &case.centre);
        let links = |ends: &[[String; 2]]| {
            let mut links: Vec<Link> =
                ends.iter().map(|[from, to]| link(&topology, from, to)).collect();
            links.sort_unstable();
            links
        };
        assert!(case.nodes.contains(&case.centre));
        let down = |rule| area(centre, Radius::Km(case.km), rule).links(&topology);
        assert_eq!(down(AreaRule::Touch), Ok(links(&case.touch)));
        let name = case.centre.clone();
        let inside = match links(&case.inside) {
            none if none.is_empty() => Err(FailureError::EmptyArea(name)),
            links => Ok(links),
        };
        assert_eq!(down(AreaRule::Inside), inside);
    }
}

#[test]
fn a_node_takes_all_its_links_with_it() {
    let topology = nsfnet();
    let failure = Failure::Node(node(&topology, "5"));
    let expected = ["2", "4", "9", "13"].map(|other| link(&topology, "5", other));
    let mut sorted = expected.to_vec();
    sorted.sort_unstable();
    assert_eq!(failure.links(&topology), Ok(sorted));
    assert_eq!(failure.centres(&topology), [node(&topology, "5")]);
}

#[test]
fn a_group_takes_each_link_once() {
    let topology = nsfnet();
    let (a, b) = (link(&topology, "1", "0"), link(&topology, "12", "13"));
    let failure = Failure::SharedRisk(vec![b, a, b]);
    assert_eq!(failure.links(&topology), Ok(vec![a.min(b), a.max(b)]));
}

#[test]
fn what_does_not_exist_cannot_fail() {
    let topology = nsfnet();
    let refused = |failure: &Failure| failure.links(&topology).unwrap_err();
    let centre = node(&topology, "5");
    assert_eq!(refused(&Failure::Link(Link(22))), FailureError::NoLink(22));
    assert_eq!(refused(&Failure::Node(Node(14))), FailureError::NoNode(14));
    assert_eq!(refused(&Failure::SharedRisk(Vec::new())), FailureError::EmptyGroup);
    let group = Failure::SharedRisk(vec![Link(0), Link(99)]);
    assert_eq!(refused(&group), FailureError::NoLink(99));
    let unknown = area(Node(14), Radius::Hops(1), AreaRule::Touch);
    assert_eq!(refused(&unknown), FailureError::NoNode(14));
    let none = area(centre, Radius::Hops(0), AreaRule::Touch);
    assert_eq!(refused(&none), FailureError::Radius(0.0));
}

#[test]
fn a_radius_in_kilometres_needs_positions_and_has_to_be_positive() {
    let topology = shipped("usbackbone60").unwrap();
    for km in [0.0, -1.0, f64::NAN] {
        let refused = area(Node(0), Radius::Km(km), AreaRule::Touch).links(&topology);
        assert!(matches!(refused, Err(FailureError::Radius(_))), "{km}");
    }
    let positions = [Some(Position { latitude: 40.0, longitude: 0.0 }), None];
    let places = ["here", "nowhere"].map(str::to_owned).into_iter().zip(positions).collect();
    let fibre = Fibre { ends: [Node(0), Node(1)], metres: 1 };
    let topology = Topology::new("two", places, vec![fibre]).unwrap();
    let refused = area(Node(0), Radius::Km(10.0), AreaRule::Touch).links(&topology);
    assert_eq!(refused, Err(FailureError::NoPosition("nowhere".to_owned())));
}

#[test]
fn words_of_links_tell_which_paths_work() {
    let topology = nsfnet();
    let mut failures = FailureManager::new(&topology);
    let mut path = LinkSet::new(22);
    path.insert(Link(3));
    assert!(failures.is_feasible(path.words()));
    failures.inject(&topology, &Failure::Link(Link(3)), 1.0, Some(2.0)).unwrap();
    assert!(failures.is_feasible(path.words()), "scheduled is not active");
    failures.activate_due(&topology, 1.0);
    assert!(!failures.is_feasible(path.words()));
    assert!(link_set::intersect(path.words(), failures.down().words()));
    failures.repair_due(&topology, 2.0);
    assert!(failures.is_feasible(path.words()));
}
