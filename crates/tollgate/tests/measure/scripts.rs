//! The examples do what they say, and the page on records says what is read.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use tollgate::budget::parse::{Input, parse};
use tollgate::measure::launcher::Launcher;
use tollgate::measure::{Context, Ended, Event, Probe, records, run};
use tollgate::plan::{Wish, resolve};
use tollgate::run::{Data, Outcome, Trial};
use tollgate_harness::Record;

super::harness::tests![
    the_python_example_measures_what_its_budgets_promise,
    the_shell_example_measures_what_its_budgets_promise,
    every_record_of_the_page_is_read,
    the_page_shows_every_kind,
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Measures an example; every budget finds its series in every trial.
fn check(launcher: &mut Launcher, name: &str) -> Vec<Trial> {
    let root = repository().join("examples").join(name);
    let text = fs::read_to_string(root.join("tollgate.toml")).unwrap();
    let input = Input {
        path: "tollgate.toml",
        text: &text,
        folder: name,
        environment: None,
        variables: &|_| None,
    };
    let file = parse(&input).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let plan = resolve(&file, &Wish { trials: Some(2), ..Wish::default() }).unwrap();
    let mut trials = Vec::new();
    let stop = AtomicBool::new(false);
    let context = Context { root: &root, probe: Probe::Processes(launcher), stop: &stop };
    let ended = run(&plan, context, &mut |event| {
        if let Event::TrialEnded(trial) = event {
            trials.push(trial);
        }
    });
    assert_eq!((ended.unwrap(), trials.len()), (Ended::Complete, 2));
    for trial in &trials {
        if let Outcome::Failed { reason, output } = &trial.outcome {
            assert!(reason.ends_with("is not installed"), "{reason}: {output}");
            return Vec::new();
        }
        for budget in &plan.budgets {
            let found = trial.series.iter().any(|series| {
                series.operation == budget.operation && series.metric == budget.key.metric
            });
            assert!(found, "{:?} {}", budget.operation, budget.key);
        }
    }
    trials
}

fn the_python_example_measures_what_its_budgets_promise(launcher: &mut Launcher) {
    for trial in check(launcher, "records-from-python") {
        let kinds: Vec<&str> = trial.series.iter().rev().take(5).map(|it| it.data.kind()).collect();
        assert_eq!(kinds, ["total", "points", "shares", "batches", "samples"]);
    }
}

fn the_shell_example_measures_what_its_budgets_promise(launcher: &mut Launcher) {
    for trial in check(launcher, "records-from-shell") {
        let sort = trial.series.iter().find(|it| it.operation.as_deref() == Some("sort")).unwrap();
        assert!(matches!(&sort.data, Data::Samples(samples) if samples.len() == 5), "{sort:?}");
    }
}

/// The blocks of JSON of the page on records.
fn examples() -> Vec<String> {
    let page = fs::read_to_string(repository().join("docs/records.md")).unwrap();
    page.split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap().to_owned())
        .collect()
}

fn every_record_of_the_page_is_read(_: &mut Launcher) {
    for example in examples() {
        let series = records::read(example.as_bytes(), None);
        let series = series.unwrap_or_else(|error| {
            panic!("{error}: {:?}\n{example}", std::error::Error::source(&error))
        });
        assert_eq!(series.len(), 1, "{example}");
    }
}

fn the_page_shows_every_kind(_: &mut Launcher) {
    let shown: Vec<&str> = examples()
        .iter()
        .flat_map(|example| example.lines())
        .map(|line| Record::parse_line(line).unwrap().expect(line).values.key())
        .collect();
    for kind in ["samples", "value", "histogram", "hdr", "batches", "points", "shares", "total"] {
        assert!(shown.contains(&kind), "{kind}");
    }
}
