//! Trials with programs beside the service: their order, what they need, and how they end.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate::measure::Ended;
use tollgate::measure::launcher::{End, Job, Launcher};
use tollgate::run::Data;

use super::api::{LOAD, case, complete, failed, find, folder, lies, lives, planned, watched};

super::harness::tests![
    programs_are_started_in_order_and_stopped_in_reverse,
    a_program_is_told_the_address_of_the_service_and_a_port_of_its_own,
    what_a_program_needs_is_measured_for_the_operation_of_its_name,
    a_line_of_the_output_says_when_a_program_is_ready,
    a_program_that_is_never_ready_is_named_with_its_output,
    a_program_that_is_not_installed_is_named,
    a_program_that_ends_during_the_load_fails_the_trial_with_its_output,
    a_program_that_ends_before_the_load_fails_the_trial,
    an_interrupted_trial_leaves_no_program_behind,
    a_launcher_makes_another_that_works_at_the_same_time,
];

/// A program beside the service.
pub fn beside(name: &str, run: &str, rest: &str) -> String {
    format!("[case.api.beside.{name}]\nrun = [{run}]\ndir = '{}'\n{rest}\n", folder().display())
}

/// Waits to be ended, and writes its name to a file at its start and its end.
fn witness(name: &str, file: &Path) -> String {
    let script = format!(
        "trap \"echo -{name} >> {0}; exit 0\" TERM; echo +{name} >> {0}; echo up; \
         while :; do sleep 0.01; done",
        file.display()
    );
    beside(name, &format!("\"sh\", \"-c\", '{script}'"), "ready = \"line:up\"")
}

fn programs_are_started_in_order_and_stopped_in_reverse(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("witnesses");
    let text = case("", "300ms", LOAD) + &witness("b", &file) + &witness("a", &file);
    complete(launcher, &text);
    assert_eq!(fs::read_to_string(file).unwrap(), "+b\n+a\n-a\n-b\n");
}

fn a_program_is_told_the_address_of_the_service_and_a_port_of_its_own(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("told");
    let command = format!(
        "\"sh\", \"-c\", 'echo \"$0 $OWN\" > {}; exec python3 serve.py {{port}}', \"{{url}}\"",
        file.display()
    );
    let rest = "ready = \"/ready\"\nenv = { OWN = \"{port}\" }";
    complete(launcher, &(case("", "300ms", LOAD) + &beside("other", &command, rest)));
    let told = fs::read_to_string(file).unwrap();
    let (url, port) = told.trim().split_once(' ').unwrap();
    let service = url.strip_prefix("http://127.0.0.1:").unwrap();
    assert_ne!(service.parse::<u16>().unwrap(), port.parse::<u16>().unwrap());
}

fn what_a_program_needs_is_measured_for_the_operation_of_its_name(launcher: &mut Launcher) {
    let run = "\"python3\", \"-c\", 'kept = bytearray(80_000_000); print(\"up\", flush=True); \
               import time; time.sleep(600)'";
    let budget = "[case.api.operation.keeper.budget]\n\"server peak memory\" = \"<= 1GB\"\n";
    let text = case("", "1s", LOAD) + &beside("keeper", run, "ready = \"line:up\"") + budget;
    let trial = complete(launcher, &text);
    let peak = |operation| match find(&trial, operation, "server peak memory").unwrap().data {
        Data::Samples(ref peaks) => peaks[0],
        ref other => panic!("{other:?}"),
    };
    lies(peak(Some("keeper")), 80e6..=200e6);
    // That of the case is the service's alone.
    lies(peak(None), 4e6..=79e6);
    for metric in ["server cpu", "server memory", "server threads", "server descriptors"] {
        assert!(find(&trial, Some("keeper"), metric).is_some(), "{metric}");
    }
}

fn a_line_of_the_output_says_when_a_program_is_ready(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let flag = folder.path().join("flag");
    let script = format!("sleep 0.3; touch {}; echo now listening; sleep 600", flag.display());
    let run = format!("\"sh\", \"-c\", \"{script}\"");
    let text = case("", "300ms", LOAD) + &beside("slow", &run, "ready = \"line:listening\"");
    let stop = AtomicBool::new(false);
    let mut was_there = None;
    watched(launcher, &planned(&text), &stop, &mut |_| {
        was_there.get_or_insert(flag.exists());
    });
    assert_eq!(was_there, Some(true));
}

fn a_program_that_is_never_ready_is_named_with_its_output(launcher: &mut Launcher) {
    let run = "\"sh\", \"-c\", \"echo not yet; sleep 600\"";
    let rest = "ready = \"line:listening\"\ntimeout = \"300ms\"";
    let (reason, output) = failed(launcher, &(case("", "1s", LOAD) + &beside("db", run, rest)));
    assert_eq!(reason, "`db` was not ready within 0.3 s: no line of its output holds `listening`");
    assert_eq!(output, "not yet");
}

fn a_program_that_is_not_installed_is_named(launcher: &mut Launcher) {
    let text = case("", "1s", LOAD) + &beside("db", "\"no-such-program\"", "");
    let (reason, _) = failed(launcher, &text);
    assert_eq!(reason, "`db` beside the service: `no-such-program` is not installed");
}

fn a_program_that_ends_during_the_load_fails_the_trial_with_its_output(launcher: &mut Launcher) {
    let run = "\"sh\", \"-c\", \"sleep 0.5; echo out of bread >&2; exit 3\"";
    let (reason, output) = failed(launcher, &(case("", "20s", LOAD) + &beside("db", run, "")));
    assert_eq!(reason, "`db` ended during the load, with exit code 3");
    assert_eq!(output, "out of bread");
}

fn a_program_that_ends_before_the_load_fails_the_trial(launcher: &mut Launcher) {
    let run = "\"sh\", \"-c\", \"echo wrong option >&2; exit 2\"";
    let text = case("", "1s", LOAD) + &beside("db", run, "ready = \"line:up\"");
    let (reason, output) = failed(launcher, &text);
    assert_eq!(reason, "`db` ended before it was ready, with exit code 2");
    assert_eq!(output, "wrong option");
}

fn an_interrupted_trial_leaves_no_program_behind(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let run = format!("\"python3\", \"serve.py\", \"{{port}}\", \"--pids\", '{}'", pids.display());
    let text = case("", "10min", LOAD) + &beside("other", &run, "ready = \"/ready\"");
    let stop = AtomicBool::new(false);
    let (ended, trials) = watched(launcher, &planned(&text), &stop, &mut |measured| {
        if measured > Duration::from_millis(300) {
            stop.store(true, Ordering::Relaxed);
        }
    });
    assert_eq!((ended, trials.len()), (Ended::Interrupted, 1));
    // The child has a session of its own.
    let told = fs::read_to_string(&pids).unwrap();
    assert_eq!(told.split_whitespace().count(), 2);
    assert!(!told.split_whitespace().any(lives), "{told}");
}

fn a_launcher_makes_another_that_works_at_the_same_time(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut other = launcher.another().unwrap();
    let pid = other.pid();
    assert!(pid != launcher.pid() && lives(&pid.to_string()));
    let stop = AtomicBool::new(false);
    let run = |launcher: &mut Launcher, script: &str| {
        let command = ["sh", "-c", script].map(str::to_owned);
        let job = Job {
            path: Path::new("/bin/sh"),
            command: &command,
            environment: &[],
            dir: folder.path(),
            stdin: None,
            stdout: None,
            stderr: None,
            timeout: None,
        };
        launcher.run(&job, &stop).unwrap().end
    };
    // Each end of a pipe waits for the other.
    let ends = std::thread::scope(|scope| {
        let reading = scope.spawn(|| run(&mut other, "read word < pipe; exit $word"));
        (run(launcher, "echo 7 > pipe"), reading.join().unwrap())
    });
    assert_eq!(ends, (End::Exited(0), End::Exited(7)));
    drop(other);
    assert!(!lives(&pid.to_string()));
    assert_eq!(run(launcher, "exit 3"), End::Exited(3));
}
