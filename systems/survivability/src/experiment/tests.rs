//! Files that are experiments, and files that are not.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use proptest::prelude::*;

use super::*;
use crate::simulation::Simulation;

fn mistakes(text: &str) -> String {
    Experiment::parse(text, "study.toml").unwrap_err().to_string()
}

/// What only the topology shows.
fn later(text: &str) -> String {
    let experiment = Experiment::parse(text, "study.toml").unwrap();
    let network = match experiment.network() {
        Ok(network) => network,
        Err(error) => return error.to_string(),
    };
    experiment.setup(&network, 100.0).unwrap_err().to_string()
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

fn shipped() -> Vec<PathBuf> {
    let files = std::fs::read_dir(own("experiments")).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

#[test]
fn an_empty_file_is_the_default_experiment() {
    let experiment = Experiment::parse("", "study.toml").unwrap();
    assert_eq!(experiment.name, "study");
    assert_eq!(experiment.loads, Experiment::default().loads);
    assert_eq!(experiment.network, Experiment::default().network);
    assert_eq!(experiment.traffic, Experiment::default().traffic);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    assert_snapshot!(mistakes(include_str!("testdata/mistakes.toml")));
}

#[test]
fn mistakes_of_syntax_are_told_before_anything_else() {
    assert_snapshot!(mistakes("[network\nk = \n[traffic]\nrequests = 5 6\n"));
}

#[test]
fn mistakes_that_only_the_topology_shows_have_their_places() {
    assert_snapshot!(later(include_str!("testdata/unknown.toml")));
}

#[test]
fn a_topology_that_is_not_there_is_told_with_the_one_it_may_be() {
    assert_snapshot!(later("[network]\ntopology = \"nfsnet\"\n"), @r#"
    error: there is no topology `nfsnet`
     --> study.toml:2:12
      |
    2 | topology = "nfsnet"
      |            ^^^^^^^^ neither shipped nor a file
      = hint: did you mean `nsfnet`?
    "#);
}

#[test]
fn quotas_that_are_no_whole_numbers_are_told_at_the_number_of_requests() {
    let text = "[traffic]\nrequests = 1001\ndraw = \"quota\"\n";
    assert_snapshot!(later(text), @"
    error: quotas of 1001 requests sum to 1000: every share has to be a whole number of them
     --> study.toml:2:12
      |
    2 | requests = 1001
      |            ^^^^ with this
    ");
}

#[test]
fn what_the_command_line_sets_replaces_what_the_file_says() {
    let path = own("experiments/link-failure.toml");
    let set = [
        "traffic.requests=777",
        "traffic.warmup=0",
        "network.topology=usbackbone60",
        "failure.at-arrival=9",
    ];
    let experiment = Experiment::load(Some(&path), &set.map(str::to_owned)).unwrap();
    assert_eq!(experiment.traffic.requests.value, 777);
    assert_eq!(experiment.traffic.warmup, 0);
    assert_eq!(experiment.network.topology.written.value, "usbackbone60");
    assert_eq!(experiment.failures[0].start, Start::Arrival(9));
}

#[test]
fn a_mistake_of_the_command_line_is_shown_as_one() {
    let set = ["trafic.requests=5".to_owned(), "network.order=longest".to_owned()];
    assert_snapshot!(Experiment::load(None, &set).unwrap_err(), @r#"
    error: an experiment has no key `trafic`
     --> --set:1:1
      |
    1 | trafic.requests = 5
      | ^^^^^^ did you mean `traffic`?

    error: `order` is "longest"
     --> --set:1:17
      |
    1 | network.order = "longest"
      |                 ^^^^^^^^^ expected `length` or `hops`

    2 mistakes
    "#);
    let nothing = Experiment::load(None, &["traffic.requests".to_owned()]).unwrap_err();
    assert!(nothing.to_string().contains("expected KEY=VALUE"), "{nothing}");
}

#[test]
fn ranges_include_their_ends() {
    let text = "loads = { from = 0.1, to = 0.5, step = 0.1 }\nseeds = { from = 3, count = 2 }\n";
    let experiment = Experiment::parse(text, "").unwrap();
    assert_eq!(experiment.loads.len(), 5);
    assert!((experiment.loads[4] - 0.5).abs() < 1e-12);
    assert_eq!(experiment.seeds, [3, 4]);
}

#[test]
fn names_of_nodes_need_no_quotes_if_they_are_numbers() {
    let quoted = Experiment::parse("failure = { type = \"node\", node = \"3\" }", "").unwrap();
    let bare = Experiment::parse("[[failure]]\ntype = \"node\"\nnode = 3", "").unwrap();
    assert_eq!(quoted.failures, bare.failures);
}

#[test]
fn the_fingerprint_is_of_what_changes_results() {
    let print = |text: &str| Experiment::parse(text, "a.toml").unwrap().fingerprint();
    let base = print("");
    for same in ["name = \"b\"", "seeds = 7", "loads = 5", "# nothing", "[network]\nk = 4"] {
        assert_eq!(print(same), base, "{same}");
    }
    for other in [
        "[network]\nk = 5",
        "[traffic]\nwarmup = 1",
        "compat = \"fusion-6.1\"",
        "[restoration]",
        "[protection]",
        "failure = { type = \"node\", node = 3 }",
        "[routing]\nassignment = \"random\"",
    ] {
        assert_ne!(print(other), base, "{other}");
    }
}

#[test]
fn the_fingerprint_is_of_the_files_that_are_named_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let experiment = folder.path().join("a.toml");
    std::fs::write(&experiment, "[traffic]\nmatrix = \"m.csv\"").unwrap();
    let print = |weight: &str| {
        let text = format!("src,dst,weight\n0,1,{weight}\n");
        std::fs::write(folder.path().join("m.csv"), text).unwrap();
        Experiment::read(&experiment).unwrap().fingerprint()
    };
    assert_eq!(print("1"), print("1"));
    assert_ne!(print("1"), print("2"));
}

#[test]
fn a_matrix_is_read_with_all_its_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let text = "from,to,weight\n0,1,1\n0,1,2\n0,99,1\n3,3,1\n1,0\n1,0,-4\n1,2,inf\n";
    std::fs::write(folder.path().join("m.csv"), text).unwrap();
    let origin = folder.path().join("a.toml").display().to_string();
    let experiment = Experiment::parse("[traffic]\nmatrix = \"m.csv\"", &origin).unwrap();
    let network = experiment.network().unwrap();
    let told = experiment.setup(&network, 1.0).unwrap_err().to_string();
    let told = told.replace(&*folder.path().to_string_lossy(), "");
    assert_snapshot!(told);
}

#[test]
fn saved_paths_have_to_be_those_that_are_asked_for() {
    let golden = own("tests/golden/ksp_NSFNet_length_k4.json");
    let text = format!("[network]\nk = 5\npaths = {:?}\n", golden.display().to_string());
    let told = later(&text);
    assert!(told.contains("K is 5, and the paths in"), "{told}");
    assert!(told.contains("study.toml:2:5"), "{told}");
}

#[test]
fn every_shipped_experiment_runs() {
    let paths = shipped();
    assert_eq!(paths.len(), 6);
    for path in paths {
        let set = ["traffic.requests=500".to_owned(), "traffic.warmup=0".to_owned()];
        let whole = Experiment::read(&path).unwrap();
        let mut small = Experiment::load(Some(&path), &set);
        if let Err(error) = &small {
            // The failure is told to come after so few requests.
            assert!(error.to_string().contains("a failure before request"), "{error}");
            let mut set = set.to_vec();
            set.push("failure.at-arrival=100".to_owned());
            small = Experiment::load(Some(&path), &set);
        }
        let small = small.unwrap();
        assert!(whole.loads.iter().all(|load| *load > 0.0));
        let network = small.network().unwrap();
        for load in &small.loads {
            let setup = small.setup(&network, *load).unwrap();
            let outcome = Simulation::new(&network, &setup, small.seeds[0]).unwrap().run();
            assert!(outcome.is_complete && outcome.served.requests > 0, "{}", path.display());
        }
    }
}

/// Counts of an independent simulation of FUSION's rules, which the original's agree with.
#[test]
fn the_fusion_experiment_blocks_as_many_requests_as_fusion() {
    let experiment = Experiment::read(&own("experiments/fusion.toml")).unwrap();
    let network = experiment.network().unwrap();
    let sliced = [(200.0, [58, 84, 52, 86, 78]), (300.0, [298, 309, 263, 316, 312])];
    let whole = [(200.0, [1133, 1143, 1138, 1137, 1155]), (300.0, [1295, 1311, 1302, 1313, 1295])];
    for (segments, expected) in [(4, sliced), (1, whole)] {
        for (load, blocked) in expected {
            let mut setup = experiment.setup(&network, load).unwrap();
            setup.max_segments = segments;
            let run = |seed| Simulation::new(&network, &setup, seed).unwrap().run();
            let counts = [1, 2, 3, 4, 5].map(|seed| run(seed).totals.blocked());
            assert_eq!(counts, blocked, "{load} Erlang, cut into {segments}");
        }
    }
}

#[test]
fn every_example_of_the_document_is_an_experiment() {
    let text = std::fs::read_to_string(own("docs/experiment.md")).unwrap();
    let blocks: Vec<&str> =
        text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 6);
    for block in blocks {
        let experiment = Experiment::parse(block, "example").unwrap_or_else(|e| panic!("{e}"));
        let network = experiment.network().unwrap();
        experiment.setup(&network, 100.0).unwrap_or_else(|e| panic!("{e}\n{block}"));
    }
}

#[test]
fn the_document_tells_every_key() {
    let text = std::fs::read_to_string(own("docs/experiment.md")).unwrap();
    for section in keys::SECTIONS {
        for key in section.names {
            let is_table = keys::SECTIONS.iter().any(|section| section.header.contains(key));
            let told = text.contains(&format!("`{key}")) || text.contains(&format!("{key} ="));
            assert!(told || is_table, "{} of {}", key, section.header);
        }
    }
}

/// Texts that look like experiments, most of them with mistakes.
fn text() -> impl Strategy<Value = String> {
    let keys: Vec<&str> =
        keys::SECTIONS.iter().flat_map(|section| section.names).copied().collect();
    let value = prop_oneof![
        Just("1".to_owned()),
        Just("-1".to_owned()),
        Just("0.5".to_owned()),
        Just("nan".to_owned()),
        Just("1e308".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("true".to_owned()),
        Just("\"link\"".to_owned()),
        Just("\"ünï\"".to_owned()),
        Just("[]".to_owned()),
        Just("[[1, 2], [3]]".to_owned()),
        Just("{ from = 1, to = 1e300, step = 1e-300 }".to_owned()),
        Just("{ from = 9223372036854775807, count = 3 }".to_owned()),
        Just("{ 100 = 1.0 }".to_owned()),
        Just("1979-05-27".to_owned()),
    ];
    let header = prop_oneof![
        3 => Just(String::new()),
        1 => prop::sample::select(vec!["[network]", "[traffic]", "[[failure]]", "[protection]"])
            .prop_map(|header| format!("{header}\n")),
    ];
    let line = (header, prop::sample::select(keys), value)
        .prop_map(|(header, key, value)| format!("{header}{key} = {value}\n"));
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in prop_oneof![text(), any::<String>()]) {
        match Experiment::parse(&text, "any.toml") {
            Ok(experiment) => {
                prop_assert!(!experiment.loads.is_empty() && !experiment.seeds.is_empty());
                prop_assert!(experiment.loads.iter().all(|load| load.is_finite() && *load > 0.0));
            }
            Err(mistakes) => {
                prop_assert!(!mistakes.list.is_empty());
                prop_assert!(mistakes.to_string().starts_with("error: "));
            }
        }
    }

    #[test]
    fn a_cut_file_is_read_or_refused(at in 0_usize..2000) {
        let text = include_str!("testdata/mistakes.toml");
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        if let Err(mistakes) = Experiment::parse(&text[..at], "cut.toml") {
            prop_assert!(!mistakes.to_string().is_empty());
        }
    }
}
