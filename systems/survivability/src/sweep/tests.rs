use super::*;
use crate::failure::Failure;
use crate::modulation::ReachTable;
use crate::paths::{KPathCache, PathOrder};
use crate::setup::{After, At, PlannedFailure, Restoration};
use crate::spectrum::Grid;
use crate::topology::{Link, shipped};
use crate::traffic::{Mix, MixDraw, Traffic};
use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::Ordering;

fn setup(network: &Network, erlang: f64, requests: u64) -> Setup {
    let shares = [(25, 0.1), (50, 0.1), (100, 0.5), (200, 0.2), (400, 0.1)];
    let mix = Mix::new(network.reach(), &shares, MixDraw::Independent).unwrap();
    let traffic = Traffic { mean_holding: 0.2, ..Traffic::uniform(erlang, requests, mix) };
    let plain = Setup::plain(Grid { slots: 160, cores: 1, guard: 1 }, traffic);
    Setup {
        max_segments: 4,
        failures: vec![PlannedFailure {
            failure: Failure::Link(Link(3)),
            at: At::Arrival(requests / 2),
            repair: Some(After::Arrivals(requests / 5)),
        }],
        restoration: Some(Restoration { latency_ms: 50.0, per_hop_ms: 0.0, per_request_ms: 0.0 }),
        warmup: 100,
        window: 200,
        ..plain
    }
}

fn plan(loads: &[f64], seeds: u64, requests: u64) -> Plan {
    let topology = shipped("nsfnet").unwrap();
    let paths = KPathCache::new(&topology, 4, PathOrder::Length).unwrap();
    let network = Network::new(topology, paths, ReachTable::icc_2020());
    let setups = loads.iter().map(|erlang| setup(&network, *erlang, requests)).collect();
    Plan { network, setups, seeds: (1..=seeds).collect(), fingerprint: 7 }
}

fn options(threads: usize) -> Options {
    Options { threads, precision: None, existing: Existing::Keep }
}

/// Runs until so many simulations are finished in this go.
fn run_some(plan: &Plan, folder: &Path, options: &Options, some: usize) -> Swept {
    let stop = AtomicBool::new(some == 0);
    let mut finished = 0;
    let mut tell = |event| {
        if let Event::Finished { .. } = event {
            finished += 1;
            stop.store(finished >= some, Ordering::Relaxed);
        }
    };
    run(plan, folder, options, &stop, &mut tell).unwrap()
}

fn run_all(plan: &Plan, folder: &Path, options: &Options) -> Swept {
    let swept = run_some(plan, folder, options, usize::MAX);
    assert!(swept.is_complete());
    write(plan, &swept, folder).unwrap();
    swept
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let file = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    };
    entries.map(file).collect()
}

/// Names the file that differs instead of printing both.
fn check_same(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) {
    assert!(found.keys().eq(expected.keys()), "{:?}", found.keys());
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "{name} differs");
    }
}

#[test]
fn all_files_are_the_same_for_any_number_of_threads_and_of_interruptions() {
    let plan = plan(&[100.0, 200.0, 300.0], 4, 3000);
    let one = tempfile::tempdir().unwrap();
    run_all(&plan, one.path(), &options(1));
    let expected = files(one.path());
    let names =
        ["blocking.svg", "runs.csv", "runs.jsonl", "summary.csv", "summary.json", "time.svg"];
    assert!(expected.keys().eq(&names), "{:?}", expected.keys());
    let four = tempfile::tempdir().unwrap();
    run_all(&plan, four.path(), &options(4));
    check_same(&files(four.path()), &expected);
    let stopped = tempfile::tempdir().unwrap();
    for some in [0, 1, 2, 4] {
        let swept = run_some(&plan, stopped.path(), &options(2), some);
        assert!(!swept.is_complete() && swept.done >= some, "{some}: {}", swept.done);
    }
    run_all(&plan, stopped.path(), &options(3));
    check_same(&files(stopped.path()), &expected);
}

#[test]
fn what_is_there_does_not_run_again() {
    let plan = plan(&[100.0, 200.0], 3, 500);
    let folder = tempfile::tempdir().unwrap();
    run_some(&plan, folder.path(), &options(1), 4);
    let mut events = Vec::new();
    let stop = AtomicBool::new(false);
    run(&plan, folder.path(), &options(1), &stop, &mut |event| events.push(event)).unwrap();
    events.retain(|event| *event != Event::Waiting);
    let finished = |done| Event::Finished { done, planned: 6 };
    assert_eq!(events, [Event::Started { known: 4, planned: 6 }, finished(5), finished(6)]);
}

#[test]
fn more_loads_and_seeds_of_an_experiment_add_to_what_is_there_and_fewer_take_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    run_all(&plan(&[100.0], 2, 500), folder.path(), &options(2));
    run_all(&plan(&[50.0, 100.0], 3, 500), folder.path(), &options(2));
    let record = fs::read(folder.path().join("runs.jsonl")).unwrap();
    let swept = run_all(&plan(&[100.0], 1, 500), folder.path(), &options(2));
    assert_eq!(swept.planned, 1);
    assert_eq!(fs::read(folder.path().join("runs.jsonl")).unwrap(), record);
    let rows = fs::read_to_string(folder.path().join("runs.csv")).unwrap();
    assert_eq!(rows.lines().count(), 2);
}

#[test]
fn a_load_stops_when_it_is_precise_enough_whatever_the_threads() {
    let plan = plan(&[20.0, 400.0, 900.0], 12, 1500);
    let precise = |threads| Options { precision: Some(0.04), ..options(threads) };
    let folders = [1, 4].map(|threads| {
        let folder = tempfile::tempdir().unwrap();
        run_all(&plan, folder.path(), &precise(threads));
        folder
    });
    check_same(&files(folders[1].path()), &files(folders[0].path()));
    let all = tempfile::tempdir().unwrap();
    let every = run_all(&plan, all.path(), &options(2));
    let swept = run_all(&plan, folders[0].path(), &precise(2));
    for (some, every) in swept.loads.iter().zip(&every.loads) {
        // By the definition: the first number of seeds from three on, or all of them.
        let blocking: Vec<f64> = every.iter().map(Outcome::blocking).collect();
        let enough = (3..=12)
            .find(|n| crate::aggregate::Estimate::of(&blocking[..*n]).unwrap().is_within(0.04));
        assert_eq!(some.len(), enough.unwrap_or(12));
        assert_eq!(some[..], every[..some.len()]);
    }
    assert!(swept.loads[2].len() < 12, "the highest load varies least");
    assert!(swept.loads[0].len() > 3, "the lowest load varies most");
}

#[test]
fn a_simulation_stops_in_the_middle_and_is_not_kept() {
    let plan = plan(&[100.0], 1, 40_000_000);
    let folder = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    let mut tell = |event| stop.store(event == Event::Waiting, Ordering::Relaxed);
    let swept = run(&plan, folder.path(), &options(2), &stop, &mut tell).unwrap();
    assert_eq!((swept.done, swept.planned, swept.is_complete()), (0, 1, false));
    let record = fs::read_to_string(folder.path().join("runs.jsonl")).unwrap();
    assert_eq!(record.lines().count(), 1);
}

#[test]
fn a_failure_that_does_not_fit_the_network_is_told_with_the_load() {
    let mut plan = plan(&[100.0, 200.0], 2, 500);
    plan.setups[1].failures[0].failure = Failure::Link(Link(999));
    let folder = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    let error = run(&plan, folder.path(), &options(2), &stop, &mut |_| ()).unwrap_err();
    assert!(error.to_string().starts_with("could not simulate 200 Erlang: "), "{error}");
    assert!(!stop.load(Ordering::Relaxed), "whoever asked for the sweep did not ask to stop");
}

#[test]
fn a_row_of_a_simulation_has_its_key_first_and_then_blocking_and_the_rest_by_name() {
    let plan = plan(&[100.0], 1, 2000);
    let folder = tempfile::tempdir().unwrap();
    let swept = run_all(&plan, folder.path(), &options(1));
    let text = fs::read_to_string(folder.path().join("runs.csv")).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let key = ["seed", "topology", "load", "policy", "failure_type", "bp_overall"];
    assert_eq!(lines[0][..6], key);
    assert!(lines[0][6..].is_sorted());
    assert_eq!(lines[1][..5], ["1", "nsfnet", "100", "ksp-ff", "link"]);
    assert_eq!(lines[1].len(), lines[0].len());
    let cell = |name| lines[1][lines[0].iter().position(|cell| *cell == name).unwrap()];
    assert_eq!(cell("k_paths"), "4");
    assert_eq!(cell("failure_window_count"), "1");
    let blocking: f64 = cell("bp_overall").parse().unwrap();
    assert!((blocking - swept.loads[0][0].blocking()).abs() < 1e-12);
}

#[test]
fn a_summary_is_read_as_it_was_written_and_a_newer_one_refused() {
    let plan = plan(&[100.0, 150.0], 2, 500);
    let folder = tempfile::tempdir().unwrap();
    let swept = run_all(&plan, folder.path(), &options(1));
    assert_eq!(read_summary(folder.path()).unwrap(), summarize(&plan, &swept));
    let path = folder.path().join("summary.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"format\": 1", "\"format\": 2")).unwrap();
    let error = read_summary(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("summary.json is of format 2, and this program reads 1"), "{error}");
    fs::remove_file(&path).unwrap();
    let error = read_summary(folder.path()).unwrap_err();
    assert!(matches!(error, SweepError::Incomplete { .. }) && error.is_bad_input(), "{error}");
    fs::write(&path, &text[..100]).unwrap();
    let error = read_summary(folder.path()).unwrap_err().to_string();
    assert!(error.starts_with("could not read ") && error.contains("summary.json: "), "{error}");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.csv");
    fs::create_dir(&path).unwrap();
    let error = write_file(&path, "text").unwrap_err().to_string();
    assert!(error.starts_with("could not write ") && error.contains("runs.csv"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn sweeps_in_one_figure_are_told_apart_by_what_differs() {
    let plan = plan(&[100.0, 200.0], 2, 500);
    let folder = tempfile::tempdir().unwrap();
    let swept = run_all(&plan, folder.path(), &options(1));
    let first = summarize(&plan, &swept);
    let other = crate::aggregate::Summary { policy: "one-plus-one".to_owned(), ..first.clone() };
    let metric = crate::aggregate::metric("bp_overall").unwrap();
    let labels = |summaries: &[&crate::aggregate::Summary]| {
        let shown: Vec<Shown> = summaries
            .iter()
            .zip(["a", "b"])
            .map(|(summary, name)| Shown { name: name.to_owned(), summary })
            .collect();
        let figure = blocking(&shown, metric, AxisScale::Auto);
        figure.panels[0].series.iter().map(|series| series.label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(labels(&[&first]), ["ksp-ff, link failure, K = 4"]);
    assert_eq!(labels(&[&first, &other]), ["ksp-ff", "one-plus-one"]);
    assert_eq!(labels(&[&first, &first]), ["a", "b"]);
}
