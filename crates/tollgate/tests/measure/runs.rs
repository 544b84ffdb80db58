//! What becomes of plans.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate::budget::{ImportSource, RunSource, Source};
use tollgate::measure::launcher::Launcher;
use tollgate::measure::process::{Attempt, OnFailure, Output, Stand, Subject};
use tollgate::measure::{Context, Ended, Event, MeasureError, Probe, run};
use tollgate::plan::{Plan, Purpose, Step, Unit};
use tollgate::run::{Data, Outcome, Series, Share, Trial};

super::harness::tests![
    a_trial_has_every_figure_of_its_process,
    figures_carry_the_operation_of_their_parameters,
    printed_records_become_series,
    a_malformed_record_fails_the_trial_and_names_the_line,
    a_failing_program_has_no_time_but_a_failure_and_its_last_words,
    an_expected_exit_code_is_no_failure,
    a_timeout_is_a_failure_that_says_so,
    a_program_that_is_not_installed_is_tried_once,
    a_missing_need_keeps_the_case_from_running,
    folder_environment_and_input_are_those_of_the_case,
    preparation_and_cleanup_surround_every_trial,
    a_failing_preparation_fails_the_trial_and_the_program_never_runs,
    a_failing_cleanup_fails_the_trial,
    warmups_are_told_but_are_no_trials,
    the_build_runs_first_and_once,
    a_failing_build_ends_everything_with_its_output,
    the_wish_to_stop_throws_the_trial_away,
    a_stop_between_steps_ends_the_run,
    instructions_hardly_vary,
    a_producer_that_writes_nothing_leaves_its_file_stale,
    files_of_other_tools_become_series,
    a_producer_is_measured_beside_what_it_writes,
    what_a_tool_calls_a_failure_fails_the_trial,
    a_file_that_does_not_exist_fails_the_import,
    repeating_is_the_same_as_trying_again,
    a_failing_program_is_timed_when_asked,
    pretended_runs_are_the_same_twice_and_start_nothing,
    pretended_failures_are_failures,
];

fn program(script: &str) -> RunSource {
    RunSource {
        command: ["/bin/sh", "-c", script].map(str::to_owned).into(),
        dir: None,
        env: BTreeMap::new(),
        stdin: None,
        timeout_ns: Some(20e9),
        exit_code: 0,
        prepare: None,
        cleanup: None,
        params: Vec::new(),
        instructions: false,
    }
}

fn unit(case: &str, source: Source) -> Unit {
    Unit {
        case: case.to_owned(),
        about: None,
        operation: None,
        source,
        trials: 1,
        warmups: 0,
        needs: Vec::new(),
    }
}

fn trials(n: u32) -> Vec<Step> {
    (1..=n).map(|number| Step { unit: 0, purpose: Purpose::Trial(number) }).collect()
}

fn plan(unit: Unit, order: Vec<Step>) -> Plan {
    Plan {
        project: "p".to_owned(),
        environment: None,
        seed: 1,
        build: Vec::new(),
        units: vec![unit],
        order,
        set_aside: Vec::new(),
        budgets: Vec::new(),
    }
}

fn measure(launcher: &mut Launcher, root: &Path, plan: &Plan) -> Vec<Trial> {
    let (ended, trials) = measure_until(launcher, root, plan, &AtomicBool::new(false));
    assert_eq!(ended, Ended::Complete);
    trials
}

fn measure_until(
    launcher: &mut Launcher,
    root: &Path,
    plan: &Plan,
    stop: &AtomicBool,
) -> (Ended, Vec<Trial>) {
    let mut trials = Vec::new();
    let context = Context { root, probe: Probe::Processes(launcher), stop };
    let ended = run(plan, context, &mut |event| {
        if let Event::TrialEnded(trial) = event {
            trials.push(trial);
        }
    });
    (ended.unwrap(), trials)
}

/// The one trial of a program that is run once.
fn once(launcher: &mut Launcher, source: RunSource) -> Trial {
    let plan = plan(unit("c", Source::Run(source)), trials(1));
    let mut trials = measure(launcher, Path::new("/"), &plan);
    assert_eq!(trials.len(), 1);
    trials.remove(0)
}

fn series<'a>(trial: &'a Trial, metric: &str) -> &'a Series {
    trial.series.iter().find(|series| series.metric == metric).expect(metric)
}

fn value(trial: &Trial, metric: &str) -> f64 {
    match series(trial, metric).data {
        Data::Samples(ref samples) if samples.len() == 1 => samples[0],
        ref other => panic!("{metric}: {other:?}"),
    }
}

fn failure(trial: &Trial) -> (&str, &str) {
    match &trial.outcome {
        Outcome::Failed { reason, output } => (reason, output),
        Outcome::Complete => panic!("{trial:?}"),
    }
}

fn a_trial_has_every_figure_of_its_process(launcher: &mut Launcher) {
    let trial = once(launcher, program("sleep 0.02; head -c 1000 /dev/zero"));
    assert_eq!(trial.outcome, Outcome::Complete);
    assert_eq!((trial.case.as_str(), trial.number, trial.position), ("c", 1, 0));
    assert!(value(&trial, "wall") >= 20e6);
    assert!(trial.elapsed_ns as f64 >= value(&trial, "wall"));
    assert!(trial.started_ms > 1_700_000_000_000);
    let parts = value(&trial, "user") + value(&trial, "system");
    assert!((value(&trial, "cpu") - parts).abs() < 1.0);
    assert!(value(&trial, "peak memory") > 100e3);
    assert!(value(&trial, "minor faults") > 0.0);
    assert!(value(&trial, "voluntary switches") > 0.0);
    assert!(value(&trial, "bytes written") >= 1000.0);
    for metric in ["major faults", "involuntary switches", "bytes read", "disk read"] {
        assert!(value(&trial, metric) >= 0.0);
    }
    assert_eq!(series(&trial, "exit failures").data, Data::Shares(vec![Share { hits: 0, of: 1 }]));
}

fn figures_carry_the_operation_of_their_parameters(launcher: &mut Launcher) {
    let record = r#"echo '{"tollgate":1,"operation":"read","metric":"depth","unit":"","value":3}'"#;
    let mut unit = unit("c", Source::Run(program(record)));
    unit.operation = Some("size=10".to_owned());
    let trials = measure(launcher, Path::new("/"), &plan(unit, trials(1)));
    assert_eq!(trials[0].operation.as_deref(), Some("size=10"));
    assert_eq!(series(&trials[0], "wall").operation.as_deref(), Some("size=10"));
    assert_eq!(series(&trials[0], "depth").operation.as_deref(), Some("size=10 / read"));
}

fn printed_records_become_series(launcher: &mut Launcher) {
    let script = r#"echo starting
        echo '{"tollgate":1,"metric":"depth","unit":"","samples":[1,2]}'
        echo 'to standard error: {"tollgate"' >&2
        echo '{"tollgate":1,"metric":"depth","unit":"","samples":[3]}'"#;
    let trial = once(launcher, program(script));
    assert_eq!(series(&trial, "depth").data, Data::Samples(vec![1.0, 2.0, 3.0]));
}

fn a_malformed_record_fails_the_trial_and_names_the_line(launcher: &mut Launcher) {
    let trial = once(launcher, program(r#"echo fine; echo '{"tollgate":1,"metric":'"#));
    let (reason, output) = failure(&trial);
    assert!(reason.contains("line 2"), "{reason}");
    assert!(output.contains("fine"), "{output}");
    assert!(trial.series.iter().all(|series| series.metric == "exit failures"), "{trial:?}");
}

fn a_failing_program_has_no_time_but_a_failure_and_its_last_words(launcher: &mut Launcher) {
    let trial = once(launcher, program("echo out; echo boom >&2; exit 3"));
    assert_eq!(failure(&trial), ("exit code 3", "boom"));
    assert_eq!(trial.series.len(), 1);
    assert_eq!(series(&trial, "exit failures").data, Data::Shares(vec![Share { hits: 1, of: 1 }]));
    let trial = once(launcher, program("kill -KILL $$"));
    assert!(failure(&trial).0.starts_with("signal 9 (SIGKILL"), "{trial:?}");
}

fn an_expected_exit_code_is_no_failure(launcher: &mut Launcher) {
    let trial = once(launcher, RunSource { exit_code: 3, ..program("exit 3") });
    assert_eq!(trial.outcome, Outcome::Complete);
    let trial = once(launcher, RunSource { exit_code: 3, ..program("exit 0") });
    assert_eq!(failure(&trial).0, "exit code 0, expected 3");
}

fn a_timeout_is_a_failure_that_says_so(launcher: &mut Launcher) {
    let source = RunSource { timeout_ns: Some(50e6), ..program("sleep 20") };
    assert_eq!(failure(&once(launcher, source)).0, "timed out after 50 ms");
}

fn a_program_that_is_not_installed_is_tried_once(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let mut source = program("");
    source.command = vec!["no-such-program".to_owned()];
    source.prepare = Some(["/bin/sh", "-c", "echo x >> prepared"].map(str::to_owned).into());
    let plan = plan(unit("c", Source::Run(source)), trials(3));
    let trials = measure(launcher, folder.path(), &plan);
    assert_eq!(trials.len(), 3);
    for trial in &trials {
        assert_eq!(failure(trial).0, "`no-such-program` is not installed");
    }
    assert_eq!(fs::read_to_string(folder.path().join("prepared")).unwrap(), "x\n");
}

fn a_missing_need_keeps_the_case_from_running(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let mut unit = unit("c", Source::Run(program("touch ran")));
    unit.needs = vec!["sh".to_owned(), "hyperfine-of-tomorrow".to_owned()];
    let trials = measure(launcher, folder.path(), &plan(unit, trials(2)));
    assert_eq!(failure(&trials[1]).0, "`hyperfine-of-tomorrow` is not installed");
    assert!(!folder.path().join("ran").exists());
}

fn folder_environment_and_input_are_those_of_the_case(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("input"), "words\n").unwrap();
    let mut source = program("read line; [ $line = words ] && [ $SIZE = 7 ] && pwd > here");
    source.dir = Some("sub".to_owned());
    source.stdin = Some("input".to_owned());
    source.env.insert("SIZE".to_owned(), "7".to_owned());
    let plan = plan(unit("c", Source::Run(source)), trials(2));
    for trial in measure(launcher, folder.path(), &plan) {
        assert_eq!(trial.outcome, Outcome::Complete);
    }
    let here = fs::read_to_string(folder.path().join("sub/here")).unwrap();
    assert_eq!(Path::new(here.trim()), folder.path().join("sub").canonicalize().unwrap());
    let missing = RunSource { stdin: Some("no-input".to_owned()), ..program("true") };
    let reason = once(launcher, missing);
    assert!(failure(&reason).0.contains("`no-input`"), "{reason:?}");
}

fn noting(word: &str) -> Option<Vec<String>> {
    Some(["/bin/sh", "-c", &format!("echo {word} >> log")].map(str::to_owned).into())
}

fn preparation_and_cleanup_surround_every_trial(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let source = RunSource {
        prepare: noting("before"),
        cleanup: noting("after"),
        ..program("echo run >> log")
    };
    let plan = plan(unit("c", Source::Run(source)), trials(2));
    for trial in measure(launcher, folder.path(), &plan) {
        assert_eq!(trial.outcome, Outcome::Complete);
    }
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(log, "before\nrun\nafter\n".repeat(2));
}

fn a_failing_preparation_fails_the_trial_and_the_program_never_runs(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let prepare = ["/bin/sh", "-c", "echo no space >&2; exit 1"].map(str::to_owned);
    let source = RunSource { prepare: Some(prepare.into()), ..program("touch ran") };
    let plan = plan(unit("c", Source::Run(source)), trials(1));
    let trials = measure(launcher, folder.path(), &plan);
    let (reason, output) = failure(&trials[0]);
    assert!(reason.starts_with("prepare: `/bin/sh -c"), "{reason}");
    assert!(reason.ends_with("ended with exit code 1"), "{reason}");
    assert_eq!(output, "no space");
    assert!(!folder.path().join("ran").exists());
}

fn a_failing_cleanup_fails_the_trial(launcher: &mut Launcher) {
    let source = RunSource { cleanup: Some(vec!["/bin/false".to_owned()]), ..program("true") };
    let trial = once(launcher, source);
    assert_eq!(failure(&trial).0, "cleanup: `/bin/false` ended with exit code 1");
}

fn warmups_are_told_but_are_no_trials(launcher: &mut Launcher) {
    let mut order = vec![Step { unit: 0, purpose: Purpose::Warmup }];
    order.extend(trials(1));
    let plan = plan(unit("c", Source::Run(program("true"))), order);
    let (mut told, stop) = (Vec::new(), AtomicBool::new(false));
    let context = Context { root: Path::new("/"), probe: Probe::Processes(launcher), stop: &stop };
    run(&plan, context, &mut |event| {
        told.push(match event {
            Event::Building { .. } => "building".to_owned(),
            Event::Started { steps } => format!("started {steps}"),
            Event::StepStarted { index, .. } => format!("step {index}"),
            Event::WarmupEnded { index, .. } => format!("warmup {index}"),
            Event::Noted { note, .. } => format!("noted {note}"),
            Event::TrialEnded(trial) => format!("trial {} at {}", trial.number, trial.position),
            Event::Loading { .. } => "loading".to_owned(),
            Event::Kept(_) => "kept".to_owned(),
            Event::Summed { line, .. } => format!("summed {line}"),
        });
    })
    .unwrap();
    assert_eq!(told, ["started 2", "step 0", "warmup 0", "step 1", "trial 1 at 1"]);
}

fn the_build_runs_first_and_once(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(unit("c", Source::Run(program("[ $(wc -l < log) = 1 ]"))), trials(2));
    plan.build = vec![noting("built").unwrap()];
    for trial in measure(launcher, folder.path(), &plan) {
        assert_eq!(trial.outcome, Outcome::Complete);
    }
}

fn a_failing_build_ends_everything_with_its_output(launcher: &mut Launcher) {
    let mut plan = plan(unit("c", Source::Run(program("true"))), trials(2));
    plan.build = vec![["/bin/sh", "-c", "echo error: no; exit 2"].map(str::to_owned).into()];
    let stop = AtomicBool::new(false);
    let context = Context { root: Path::new("/"), probe: Probe::Processes(launcher), stop: &stop };
    let mut events = 0;
    let error = run(&plan, context, &mut |_| events += 1).unwrap_err();
    let MeasureError::Build { reason, output, .. } = error else { panic!("{error}") };
    assert!(reason.ends_with("ended with exit code 2"), "{reason}");
    assert_eq!((output.as_str(), events), ("error: no", 1));
}

fn the_wish_to_stop_throws_the_trial_away(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(unit("c", Source::Run(program("touch ran; sleep 20"))), trials(2));
    let stop = AtomicBool::new(false);
    let mark = folder.path().join("ran");
    let (ended, trials) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !mark.exists() {
                std::thread::sleep(Duration::from_millis(5));
            }
            stop.store(true, Ordering::Relaxed);
        });
        measure_until(launcher, folder.path(), &plan, &stop)
    });
    assert_eq!((ended, trials.len()), (Ended::Interrupted, 0));
}

fn a_stop_between_steps_ends_the_run(launcher: &mut Launcher) {
    let plan = plan(unit("c", Source::Run(program("true"))), trials(5));
    let stop = AtomicBool::new(false);
    let context = Context { root: Path::new("/"), probe: Probe::Processes(launcher), stop: &stop };
    let mut ended_trials = 0;
    let ended = run(&plan, context, &mut |event| {
        if let Event::TrialEnded(_) = event {
            ended_trials += 1;
            stop.store(ended_trials == 2, Ordering::Relaxed);
        }
    });
    assert_eq!((ended.unwrap(), ended_trials), (Ended::Interrupted, 2));
}

fn instructions_hardly_vary(launcher: &mut Launcher) {
    let order = [1, 2].map(|number| Step { unit: 0, purpose: Purpose::Instructions(number) });
    let unit = unit("c", Source::Run(program("/bin/true; /bin/true")));
    let trials = measure(launcher, Path::new("/"), &plan(unit, order.into()));
    if trials[0].outcome != Outcome::Complete {
        assert_eq!(failure(&trials[0]).0, "instructions need valgrind: apt-get install valgrind");
        return;
    }
    let counts = [value(&trials[0], "instructions"), value(&trials[1], "instructions")];
    assert!(counts[0] > 100_000.0, "{counts:?}");
    assert!((counts[0] / counts[1] - 1.0).abs() < 0.01, "{counts:?}");
}

fn import(path: &str, producer: Option<RunSource>) -> Unit {
    unit("c", Source::Import(ImportSource { path: path.to_owned(), format: None, producer }))
}

fn a_producer_that_writes_nothing_leaves_its_file_stale(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.json"), "{}").unwrap();
    let plan = plan(import("*.json", Some(program("true"))), trials(1));
    let trials = measure(launcher, folder.path(), &plan);
    let (reason, _) = failure(&trials[0]);
    assert!(reason.starts_with("stale: `"), "{reason}");
    assert!(reason.ends_with("old.json` was last written before the command started"), "{reason}");
}

/// Results as hyperfine writes them: seconds.
const HYPERFINE: &str = r#"{"results":[{"command":"ls","mean":0.375,"stddev":0.177,"median":0.375,
    "user":0.1,"system":0.05,"min":0.25,"max":0.5,"times":[0.5,0.25],"exit_codes":[0,0]}]}"#;

fn files_of_other_tools_become_series(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("results.json"), HYPERFINE).unwrap();
    let plan = plan(import("results.json", None), trials(1));
    let trials = measure(launcher, folder.path(), &plan);
    assert_eq!(trials[0].outcome, Outcome::Complete);
    assert!(
        trials[0].series.iter().any(|series| {
            series.operation.as_deref() == Some("ls")
                && series.data == Data::Samples(vec![0.5e9, 0.25e9])
        }),
        "{trials:?}"
    );
}

fn a_producer_is_measured_beside_what_it_writes(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let mut producer = program("printf '%s' \"$RESULTS\" > results.json");
    producer.env.insert("RESULTS".to_owned(), HYPERFINE.to_owned());
    let plan = plan(import("results.json", Some(producer)), trials(5));
    for trial in measure(launcher, folder.path(), &plan) {
        assert_eq!(trial.outcome, Outcome::Complete);
        assert!(value(&trial, "wall") > 0.0);
        assert!(trial.series.iter().any(|series| series.operation.as_deref() == Some("ls")));
    }
}

fn what_a_tool_calls_a_failure_fails_the_trial(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let failed = HYPERFINE.replace("[0,0]", "[0,3]");
    fs::write(folder.path().join("results.json"), failed).unwrap();
    let plan = plan(import("results.json", None), trials(1));
    let trials = measure(launcher, folder.path(), &plan);
    assert!(failure(&trials[0]).0.contains("reports a failure"), "{trials:?}");
}

fn a_file_that_does_not_exist_fails_the_import(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(import("*.json", None), trials(1));
    let trials = measure(launcher, folder.path(), &plan);
    assert_eq!(failure(&trials[0]).0, "no file matches `*.json`");
}

fn repeat(launcher: &mut Launcher, root: &Path, source: &RunSource, times: u32) -> Vec<Attempt> {
    let stop = AtomicBool::new(false);
    let mut stand = Stand::new(root, launcher, &stop);
    let mut attempts = Vec::new();
    let each = &mut |attempt| {
        attempts.push(attempt);
        ControlFlow::Continue(())
    };
    Subject::new(root, source, None).repeat(&mut stand, times, each).unwrap();
    attempts
}

fn repeating_is_the_same_as_trying_again(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let source = program("echo x >> log; exit 4");
    let attempts = repeat(launcher, folder.path(), &source, 3);
    assert_eq!(attempts.len(), 3);
    for attempt in attempts {
        let Attempt::Done { outcome: Outcome::Failed { reason, .. }, series } = attempt else {
            panic!("{attempt:?}")
        };
        assert_eq!((reason.as_str(), series.len()), ("exit code 4", 1));
    }
    assert_eq!(fs::read_to_string(folder.path().join("log")).unwrap(), "x\nx\nx\n");
    fs::write(folder.path().join("input"), "words\n").unwrap();
    let source = RunSource {
        stdin: Some("input".to_owned()),
        prepare: noting("before"),
        ..program("read line && [ $line = words ]")
    };
    let attempts = repeat(launcher, folder.path(), &source, 3);
    let complete =
        |attempt: &&Attempt| matches!(attempt, Attempt::Done { outcome: Outcome::Complete, .. });
    assert_eq!(attempts.iter().filter(complete).count(), 3);
    let source = RunSource { command: vec!["no-such-program".to_owned()], ..source };
    let attempts = repeat(launcher, folder.path(), &source, 3);
    assert_eq!(attempts, [Attempt::Impossible("`no-such-program` is not installed".to_owned())]);
}

fn a_failing_program_is_timed_when_asked(launcher: &mut Launcher) {
    let (source, stop) = (program("exit 4"), AtomicBool::new(false));
    let mut stand = Stand::new(Path::new("/"), launcher, &stop);
    let mut subject = Subject::new(Path::new("/"), &source, None);
    subject.on_failure = OnFailure::Keep;
    let attempt = subject.trial(&mut stand, Output::Discard).unwrap();
    let Attempt::Done { outcome: Outcome::Failed { .. }, series } = attempt else {
        panic!("{attempt:?}")
    };
    let metrics: Vec<&str> = series.iter().map(|series| series.metric.as_str()).collect();
    assert!(metrics.contains(&"wall") && metrics.contains(&"exit failures"), "{metrics:?}");
}

fn pretend(plan: &Plan, seed: u64) -> Vec<Trial> {
    let (mut trials, stop) = (Vec::new(), AtomicBool::new(false));
    let context = Context { root: Path::new("/"), probe: Probe::Fake(seed), stop: &stop };
    let ended = run(plan, context, &mut |event| {
        if let Event::TrialEnded(trial) = event {
            trials.push(trial);
        }
    });
    assert_eq!(ended.unwrap(), Ended::Complete);
    trials
}

fn pretended_runs_are_the_same_twice_and_start_nothing(_: &mut Launcher) {
    let mut plan = plan(unit("c", Source::Run(program("touch /ran"))), trials(20));
    plan.build = vec![vec!["/no/such/program".to_owned()]];
    let (first, again, other) = (pretend(&plan, 1), pretend(&plan, 1), pretend(&plan, 2));
    assert_eq!(first, again);
    assert_ne!(first, other);
    // Two seeds differ by noise only: the base is the unit's.
    let mean = |trials: &[Trial]| trials.iter().map(|trial| value(trial, "wall")).sum::<f64>();
    assert!((mean(&first) / mean(&other) - 1.0).abs() < 0.05);
    plan.units[0].operation = Some("size=1".to_owned());
    assert!((mean(&first) / mean(&pretend(&plan, 1)) - 1.0).abs() > 0.05);
}

fn pretended_failures_are_failures(_: &mut Launcher) {
    for (command, reason) in [("false", "exit code 1"), ("hang", "timed out after 60 s")] {
        let source = RunSource { command: vec![command.to_owned()], ..program("") };
        let trials = pretend(&plan(unit("c", Source::Run(source)), trials(1)), 1);
        assert_eq!(failure(&trials[0]).0, reason);
        let share = Data::Shares(vec![Share { hits: 1, of: 1 }]);
        assert_eq!(series(&trials[0], "exit failures").data, share);
    }
}
