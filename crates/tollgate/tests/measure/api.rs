//! A service to be measured, as cases on it and what is seen of its trials. It is
//! `testdata/service/serve.py`, which has one worker.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tollgate::budget::parse::{Input, parse};
use tollgate::judge::{Judgement, Strictness, judge};
use tollgate::measure::launcher::Launcher;
use tollgate::measure::{Context, Ended, Event, Probe, run};
use tollgate::plan::{Plan, Wish, resolve};
use tollgate::run::{Data, FORMAT, Machine, Outcome, Run, RunHead, RunState, Series, Trial};

/// A case on the service with the options, under a load of four users for so long.
pub fn case(options: &str, length: &str, rest: &str) -> String {
    format!(
        "[case.api]\n\
         serve = [\"python3\", \"serve.py\", \"{{port}}\", {options}]\n\
         dir = '{}'\nready = \"/ready\"\ntimeout = \"20s\"\n{rest}\n\
         [user.u]\nthink = \"5ms\"\ntask = [{{ get = \"/a\", name = \"a\" }}]\n\
         [scenario.short]\nusers = 4\nfor = \"{length}\"\n",
        folder().display()
    )
}

pub fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/service"))
}

pub const LOAD: &str = "load = { users = [\"u\"], scenario = \"short\" }";

pub fn planned(text: &str) -> Plan {
    let input =
        Input { path: "tollgate.toml", text, folder: "p", environment: None, variables: &|_| None };
    let file = parse(&input).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    resolve(&file, &Wish { seed: 7, ..Wish::default() }).unwrap()
}

/// Measures the plan, and calls `look` with the measured part each time there is progress.
pub fn watched(
    launcher: &mut Launcher,
    plan: &Plan,
    stop: &AtomicBool,
    look: &mut dyn FnMut(Duration),
) -> (Ended, Vec<Trial>) {
    let mut trials = Vec::new();
    let context = Context { root: Path::new("/"), probe: Probe::Processes(launcher), stop };
    let ended = run(plan, context, &mut |event| match event {
        Event::TrialEnded(trial) => trials.push(trial),
        Event::Loading { progress, .. } => look(progress.report.measured),
        _ => {}
    });
    (ended.unwrap(), trials)
}

/// The one trial of a case.
pub fn once(launcher: &mut Launcher, text: &str) -> Trial {
    let stop = AtomicBool::new(false);
    let (ended, mut trials) = watched(launcher, &planned(text), &stop, &mut |_| {});
    assert_eq!((ended, trials.len()), (Ended::Complete, 1));
    trials.remove(0)
}

/// A trial that came to its end.
pub fn complete(launcher: &mut Launcher, text: &str) -> Trial {
    let trial = once(launcher, text);
    assert_eq!(trial.outcome, Outcome::Complete);
    trial
}

/// The reason and the output of a trial that failed; it has no figures.
pub fn failed(launcher: &mut Launcher, text: &str) -> (String, String) {
    let trial = once(launcher, text);
    assert!(trial.series.is_empty(), "{trial:?}");
    match trial.outcome {
        Outcome::Failed { reason, output } => (reason, output),
        Outcome::Complete => panic!("it did not fail"),
    }
}

pub fn find<'a>(trial: &'a Trial, operation: Option<&str>, metric: &str) -> Option<&'a Series> {
    let wanted = |series: &&Series| series.metric == metric;
    trial.series.iter().filter(wanted).find(|series| series.operation.as_deref() == operation)
}

/// The values of a metric of the whole case.
pub fn values(trial: &Trial, metric: &str) -> Vec<f64> {
    match &find(trial, None, metric).expect(metric).data {
        Data::Samples(values) => values.clone(),
        Data::Points(points) => points.iter().map(|point| point.value).collect(),
        Data::Total(total) => vec![*total],
        other => panic!("{metric}: {other:?}"),
    }
}

/// Failed requests and all.
pub fn errors(trial: &Trial, operation: Option<&str>) -> (u64, u64) {
    let Data::Shares(shares) = &find(trial, operation, "errors").unwrap().data else {
        panic!("errors are shares")
    };
    shares.iter().fold((0, 0), |(hits, of), share| (hits + share.hits, of + share.of))
}

pub fn judged(plan: &Plan, trials: Vec<Trial>, state: RunState) -> Judgement {
    let head = RunHead {
        format: FORMAT,
        id: "r".to_owned(),
        project: plan.project.clone(),
        started_ms: 0,
        ended_ms: Some(1),
        state,
        environment: None,
        seed: plan.seed,
        commit: None,
        machine: Machine::default(),
        planned: plan.trials(),
        budgets: plan.budgets.clone(),
        tool: String::new(),
    };
    judge(&Run { head, trials }, &[], Strictness::Usual)
}

pub fn lives(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

#[track_caller]
pub fn lies(value: f64, range: RangeInclusive<f64>) {
    assert!(range.contains(&value), "{value} is not in {range:?}");
}
