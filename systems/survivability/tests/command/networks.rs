//! `paths` and `topology`.

use std::fs;

use insta::assert_snapshot;

use super::{done, refused};

#[test]
fn a_file_that_is_no_topology_is_refused_in_few_words() {
    let folder = tempfile::tempdir().unwrap();
    let lines = format!("{}\n", "a,".repeat(500)).repeat(1000);
    fs::write(folder.path().join("a.csv"), lines).unwrap();
    let told = refused(folder.path(), &["topology", "check", "a.csv"]);
    assert!(told.trim_end().ends_with("\nand 950 more mistakes"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() < 220), "{told}");
}

#[test]
fn the_paths_of_a_pair_are_shown_with_their_slots() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["paths", "--from", "0", "--to", "13"];
    assert_snapshot!(done(folder.path(), &args), @r"
    nsfnet: from 0 to 13

        #       km hops    25   50  100  200  400  nodes
        1   3500.0    4     1    1    4    -    -  0 7 8 12 13
        2   3700.0    4     1    1    4    -    -  0 7 8 11 13
        3   4400.0    5     1    1    4    -    -  0 1 3 10 12 13
        4   4500.0    5     1    1    4    -    -  0 1 3 10 11 13

    Slots by bit rate in Gb/s, without guard; - where no format reaches.
    ");
    assert_snapshot!(done(folder.path(), &[&args[..], &["--disjoint"]].concat()));
}

#[test]
fn all_paths_are_shown_in_sum() {
    let folder = tempfile::tempdir().unwrap();
    let text = done(folder.path(), &["paths", "--order", "hops"]);
    assert!(text.contains("728 paths between 182 ordered pairs"), "{text}");
    // Sums of the hops of the first to fourth paths, whatever breaks their ties.
    for (sum, mean) in [(386.0, "2.121"), (596.0, "3.275"), (710.0, "3.901"), (792.0, "4.352")] {
        assert_eq!(format!("{:.3}", sum / 182.0), mean);
        assert!(text.contains(mean), "{text}");
    }
}

#[test]
fn saved_paths_are_used_in_place_of_a_search() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["paths", "--k", "3", "--order", "hops", "--save", "hops.paths"]);
    let saved = done(folder.path(), &["paths", "-s", "network.paths=hops.paths"]);
    assert_eq!(saved, done(folder.path(), &["paths", "--k", "3", "--order", "hops"]));
    let other = ["-s", "network.paths=hops.paths", "-s", "network.topology=usbackbone60"];
    let text = refused(folder.path(), &[&["simulate"], &other[..]].concat());
    assert!(text.contains("belongs to another topology"), "{text}");
    let bytes = fs::read(folder.path().join("hops.paths")).unwrap();
    fs::write(folder.path().join("hops.paths"), &bytes[..bytes.len() / 2]).unwrap();
    refused(folder.path(), &["simulate", "-s", "network.paths=hops.paths"]);
}

#[test]
fn a_topology_is_shown_with_what_protects_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(done(folder.path(), &["topology", "show", "nsfnet"]));
}

#[test]
fn what_a_failure_takes_down_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    // Links that an area of one and of two hops around each node touches.
    let golden = [
        ["1", "8 8 9 9 10 12 9 10 12 11 9 10 10 10"],
        ["2", "18 16 18 20 20 22 17 20 19 19 16 18 18 18"],
    ];
    for [radius, counts] in golden {
        for (centre, count) in counts.split(' ').enumerate() {
            let centre = centre.to_string();
            let args = ["topology", "fail", "--geo", &centre, "--radius-hops", radius];
            let text = done(folder.path(), &args);
            assert!(text.starts_with(&format!("nsfnet: {count} of 22 links down")), "{text}");
        }
    }
    let text = done(folder.path(), &["topology", "fail", "nsfnet", "--node", "8"]);
    assert!(text.contains("2 parts: 26 ordered pairs"), "{text}");
}

#[test]
fn a_failure_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (args, expected) in [
        (&["--link", "3", "9"][..], "there is no link from 3 to 9"),
        (&["--node", "14"], "its nodes are"),
        (&["--geo", "5", "--radius-km", "100"], "position"),
        (&["--geo", "5", "--radius-hops", "0"], "not positive"),
        (&["--node", "1", "--link", "0", "1"], "cannot be used with"),
        (&[], "required"),
    ] {
        let text = refused(folder.path(), &[&["topology", "fail"], args].concat());
        assert!(text.contains(expected), "{args:?}: {text}");
    }
}

#[test]
fn a_converted_topology_is_the_same_network() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["topology", "convert", "usbackbone60", "-o", "own.csv"]);
    let show = |name: &str| done(folder.path(), &["topology", "show", name]);
    assert_eq!(show("own.csv").replace("own:", "usbackbone60:"), show("usbackbone60"));
    let checked = done(folder.path(), &["topology", "check", "own.csv"]);
    assert_eq!(checked, "own.csv: 60 nodes, 79 links, 35,387 km\n");
    let printed = done(folder.path(), &["topology", "convert", "nsfnet"]);
    assert_eq!(printed.lines().count(), 23);
}

#[test]
fn every_mistake_of_a_topology_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.csv"), "src,dst,km\n0,0,4\n0,1,x\n1,2,3\n").unwrap();
    let text = refused(folder.path(), &["topology", "check", "bad.csv"]);
    assert!(text.contains("bad.csv:2") && text.contains("bad.csv:3"), "{text}");
}
