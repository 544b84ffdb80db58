//! Topologies from files of every format: read as what they say, or refused with every mistake.

use proptest::prelude::*;
use survivability::topology::{
    Fibre, Node, Position, ReadError, SHIPPED, Source, Topology, parse, read, shipped, to_csv,
};

use crate::graphs::graph;

fn topology(path: &str, text: &str) -> Result<Topology, ReadError> {
    parse(&Source { path, text, nodes: None })
}

fn refusal(path: &str, text: &str) -> String {
    topology(path, text).unwrap_err().to_string()
}

fn names(topology: &Topology) -> Vec<&str> {
    topology.nodes().iter().map(|place| place.name.as_str()).collect()
}

/// Links by the names of their ends.
fn links(topology: &Topology) -> Vec<([&str; 2], u32)> {
    let named = topology.links().iter().map(|link| {
        let mut ends = link.ends.map(|node| topology.place(node).name.as_str());
        ends.sort_unstable();
        (ends, link.metres)
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named
}

const ZOO: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="Latitude" attr.type="double" for="node" id="d29" />
  <key attr.name="label" attr.type="string" for="node" id="d33" />
  <key attr.name="Longitude" attr.type="double" for="node" id="d32" />
  <key attr.name="LinkLabel" attr.type="string" for="edge" id="d34" />
  <key attr.name="id" attr.type="string" for="edge" id="d35" />
  <graph edgedefault="undirected">
    <data key="d0">somewhere</data>
    <node id="0"><data key="d29">48.2</data><data key="d32">16.37</data>
      <data key="d33">Vienna</data></node>
    <node id="1"><data key="d29">48.15</data><data key="d32">17.11</data>
      <data key="d33">Bratislava</data></node>
    <node id="2"><data key="d29">48.15</data><data key="d32">17.11</data>
      <data key="d33">Bratislava</data></node>
    <edge source="0" target="1"><data key="d34">2 x 10G</data></edge>
    <edge source="0" target="1" id="e9"><data key="d35">e9</data></edge>
    <edge source="2" target="1" />
    <edge source="2" target="2" />
  </graph>
</graphml>
"#;

#[test]
fn a_file_of_the_topology_zoo_has_the_lengths_of_great_circles() {
    let zoo = topology("Somewhere.graphml", ZOO).unwrap();
    assert_eq!((zoo.name(), names(&zoo)), ("Somewhere", vec!["0", "1", "2"]));
    let [vienna, bratislava] = [0, 1].map(|node| zoo.nodes()[node].position.unwrap());
    let metres = (vienna.km_to(bratislava) * 1000.0).round() as u32;
    assert_eq!(links(&zoo), [(["0", "1"], metres), (["1", "2"], 1)]);
    assert!((55_000..56_000).contains(&metres));
}

#[test]
fn a_length_counts_before_positions_and_km_before_other_lengths() {
    let key = |id: &str, name: &str| format!(r#"<key id="{id}" for="edge" attr.name="{name}"/>"#);
    let keys = key("a", "weight") + &key("b", "Length") + &key("c", "km");
    for (data, metres) in [
        (r#"<data key="a">3</data>"#, 3000),
        (r#"<data key="a">3</data><data key="b"> 0.5 </data>"#, 500),
        (r#"<data key="c">7</data><data key="b">2</data>"#, 7000),
    ] {
        let text = format!(
            "<graphml>{keys}<graph><node id='x'/><node id='y'/>
             <edge source='y' target='x'>{data}</edge></graph></graphml>"
        );
        assert_eq!(links(&topology("unnamed", &text).unwrap()), [(["x", "y"], metres)]);
    }
}

#[test]
fn every_mistake_of_a_graphml_file_is_told_with_its_line() {
    let text = "<graphml>
<key id='n' attr.name='latitude'/><key id='e' attr.name='longitude'/><key id='k' attr.name='km'/>
<graph>
<node id='a'><data key='n'>91</data><data key='e'>0</data></node>
<node id='b'><data key='n'>1</data></node>
<node id='a'/>
<edge source='a' target='b'/>
<node/>
<edge source='a' target='c'/>
<edge target='b'/>
<hyperedge/>
<edge source='a' target='b'><data key='k'>-1</data></edge>
<edge source='a' target='b'><data key='k'>far</data></edge>
</graph></graphml>";
    let expected = "\
x.xml:4: `91,0` is no position in degrees north and east
x.xml:5: `1,` is no position in degrees north and east
x.xml:6: node a a second time
x.xml:7: no length for the link between a and b, and no positions to tell it from
x.xml:8: a node without a name
x.xml:9: an edge to `c`, which is no node
x.xml:10: an edge without `source`
x.xml:11: a hyperedge, which is no link between two nodes
x.xml:12: a length of -1 km is not between 1 m and 4,294,967 km
x.xml:13: `far` is no length in km";
    assert_eq!(refusal("x.xml", text), expected);
    assert_eq!(refusal("x", "<svg/>"), "x:1: `svg` is no `graphml` with a `graph`");
    assert!(
        refusal("x.graphml", "<graphml>").starts_with("could not read the topology x.graphml: ")
    );
}

#[test]
fn every_mistake_of_a_list_of_links_is_told_with_its_line() {
    let text =
        "from,to,km\na,b,1\nb,a,2\na,a,1\na,,1\na,b\n\na,c,x\na,c,nan\na,c,0.0004\n\"a\",b,1\n";
    let nodes = "node,lat,lon\na,1,2\na,1,2\nz,1,2\nb,north,2\nb,1,181\nb\n";
    let source = Source { path: "d/l.csv", text, nodes: Some(("d/l_nodes.csv", nodes)) };
    let expected = "\
d/l.csv:1: the first line is `from,to,km`, not `src,dst,km`
d/l.csv:3: a second link between b and a; the first is on line 2
d/l.csv:4: a link from node a to itself
d/l.csv:5: a node without a name
d/l.csv:6: 2 fields, not 3
d/l.csv:8: `x` is no length in km
d/l.csv:9: a length of NaN km is not between 1 m and 4,294,967 km
d/l.csv:10: a length of 0.0004 km is not between 1 m and 4,294,967 km
d/l.csv:11: `\"a\"` has a quotation mark, and names are written without
d/l_nodes.csv:3: node a a second time
d/l_nodes.csv:4: no link leads to node z
d/l_nodes.csv:5: `north,2` is no position in degrees north and east
d/l_nodes.csv:6: `1,181` is no position in degrees north and east
d/l_nodes.csv:7: 1 fields, not 3";
    assert_eq!(parse(&source).unwrap_err().to_string(), expected);
}

#[test]
fn a_network_in_two_parts_and_one_without_links_are_refused() {
    let parts = "src,dst,km\na,b,1\nc,d,1\n";
    assert_eq!(refusal("p.csv", parts), "p.csv is no topology: no way leads from a to c");
    let nothing = "empty.txt is no topology: a topology needs at least two nodes";
    assert_eq!(refusal("empty.txt", ""), nothing);
}

#[test]
fn more_nodes_than_can_be_numbered_are_refused() {
    let text: String = (0..65_536).map(|node| format!("hub {node}n 1\n")).collect();
    assert_eq!(refusal("star", &text), "star is no topology: 65537 nodes, of at most 65,535");
}

#[test]
fn a_line_for_each_direction_is_one_link_and_the_first_counts() {
    let text = "0\t1\t1000\n0\t2\t1500\t \r\n\n1\t0\t1001\n2\t0\t1500\n";
    let topology = topology("net.txt", text).unwrap();
    assert_eq!(names(&topology), ["0", "1", "2"]);
    assert_eq!(links(&topology), [(["0", "1"], 1_000_000), (["0", "2"], 1_500_000)]);
}

#[test]
fn the_format_is_known_by_the_extension_or_the_text() {
    let lists = "src,dst,km\r\nb,a,0.5\r\n";
    for (path, text) in [
        ("x.csv", lists),
        ("x", lists),
        ("x.txt", "\u{feff}src,dst,km\nb,a,0.5"),
        ("x.tsv", "b\ta\t0.5"),
        ("x.dat", "  b   a  5e-1  \n"),
    ] {
        let topology = topology(path, text).unwrap();
        assert_eq!((names(&topology), links(&topology)), (vec!["b", "a"], vec![(["a", "b"], 500)]));
    }
    assert!(topology("x", &format!("\n {}", ZOO.split_once('\n').unwrap().1)).is_ok());
    assert!(refusal("x.csv", "b a 1").contains("the first line is `b a 1`"));
}

#[test]
fn names_that_are_numbers_are_identities_unless_two_would_be_the_same() {
    let ids = |text: &str| {
        let topology = topology("x", text).unwrap();
        topology.nodes().iter().map(|place| place.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("7 3 1\n3 9 1"), [7, 3, 9]);
    assert_eq!(ids("1 01 1\n01 2 1"), [0, 1, 2]);
    assert_eq!(ids("1 b 1"), [0, 1]);
}

#[test]
fn a_file_is_read_with_the_positions_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.csv");
    std::fs::write(&path, "src,dst,km\na,b,1\n").unwrap();
    assert_eq!(read(&path).unwrap().nodes()[1].position, None);
    std::fs::write(folder.path().join("two_nodes.csv"), "node,lat,lon\nb,-1.5,2\n").unwrap();
    let topology = read(&path).unwrap();
    assert_eq!((topology.name(), topology.nodes()[0].position), ("two", None));
    let position = Position { latitude: -1.5, longitude: 2.0 };
    assert_eq!(topology.nodes()[1].position, Some(position));
    std::fs::write(&path, b"src,dst,km\n\xff,b,1\n").unwrap();
    for path in [path, folder.path().join("none.csv")] {
        let refused = read(&path).unwrap_err().to_string();
        let expected = format!("could not read the topology {}: ", path.display());
        assert!(refused.starts_with(&expected), "{refused}");
    }
}

fn read_again(topology: &Topology) -> (Topology, bool) {
    let csv = to_csv(topology).unwrap();
    let path = format!("{}.csv", topology.name());
    let nodes = csv.nodes.as_deref().map(|text| ("nodes", text));
    (parse(&Source { path: &path, text: &csv.links, nodes }).unwrap(), csv.keeps_order)
}

#[test]
fn shipped_topologies_come_back_from_csv_as_they_were() {
    for name in SHIPPED {
        let topology = shipped(name).unwrap();
        assert_eq!(read_again(&topology), (topology, true));
    }
}

#[test]
fn an_order_that_lists_of_links_cannot_express_is_said_to_be_lost() {
    let link = |from, to| Fibre { ends: [Node(from), Node(to)], metres: 1_234_567 };
    let places = ["a", "b", "c"].map(|name| (name.to_owned(), None)).to_vec();
    let star = Topology::new("star", places, vec![link(0, 2), link(1, 2)]).unwrap();
    let (again, keeps_order) = read_again(&star);
    assert_eq!((names(&again), links(&again)), (vec!["a", "c", "b"], links(&star)));
    assert!(!keeps_order);
}

#[test]
fn names_that_csv_cannot_hold_are_not_written() {
    for name in ["a,b", " a", "a\nb", "say \"a\"", ""] {
        let places = vec![(name.to_owned(), None), ("z".to_owned(), None)];
        let link = Fibre { ends: [Node(0), Node(1)], metres: 1 };
        let topology = Topology::new("odd", places, vec![link]).unwrap();
        let expected = format!("could not write the name `{name}` as a field of CSV");
        assert_eq!(to_csv(&topology).unwrap_err().to_string(), expected);
    }
}

proptest! {
    #[test]
    fn what_is_written_has_the_same_links_and_says_whether_nodes_keep_their_order(
        topology in graph()
    ) {
        let (again, keeps_order) = read_again(&topology);
        prop_assert_eq!(links(&again), links(&topology));
        prop_assert_eq!(keeps_order, names(&again) == names(&topology));
    }

    #[test]
    fn an_order_that_came_from_a_list_of_links_is_kept(topology in graph()) {
        let (again, _) = read_again(&topology);
        prop_assert_eq!(read_again(&again), (again, true));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\PC\n\t]{0,80}", rows in "([ab,\t0-9.<-]{0,9}\n){0,6}") {
        for path in ["x", "x.csv", "x.graphml", "x.txt"] {
            for text in [&text, &rows] {
                if let Err(error) = topology(path, text) {
                    prop_assert!(!error.to_string().is_empty());
                }
                let source = Source { path, text: "a b 1", nodes: Some(("n", text)) };
                let _ = parse(&source);
            }
        }
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        length in 0..20_usize,
        instead in "[\\PC\n]{0,5}",
    ) {
        let csv = to_csv(&shipped("nsfnet").unwrap()).unwrap().links;
        for (path, whole) in [("x.csv", csv.as_str()), ("x.graphml", ZOO)] {
            let start = at.index(whole.len());
            let end = (start + length).min(whole.len());
            let damaged = format!("{}{instead}{}", &whole[..start], &whole[end..]);
            match topology(path, &damaged) {
                Ok(topology) => prop_assert!(topology.links().len() <= 22),
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }
}
