//! Trials of services: how they start, what they need, and how they end.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate::judge::Finding;
use tollgate::measure::Ended;
use tollgate::measure::launcher::Launcher;
use tollgate::run::{Outcome, RunState};

use super::api::{
    LOAD, case, complete, errors, failed, folder, judged, lies, lives, planned, values, watched,
};

super::harness::tests![
    a_service_is_started_loaded_and_stopped_with_all_it_started,
    the_load_waits_until_the_service_is_ready,
    a_service_that_is_never_ready_fails_with_the_reason_and_its_output,
    a_service_that_ends_at_its_start_fails_with_its_exit_and_last_words,
    a_service_that_ends_during_the_load_fails_with_its_exit_and_last_words,
    a_service_that_is_killed_fails_with_the_signal,
    what_a_service_needs_is_seen,
    a_service_that_keeps_memory_grows,
    a_service_that_runs_already_is_loaded_and_not_looked_at,
    a_host_that_is_not_allowed_is_refused,
    what_is_not_installed_is_named,
    a_wish_to_stop_before_the_service_is_ready_leaves_no_trial,
    an_onlooker_that_panics_leaves_no_service_behind,
    a_service_is_asked_to_end_before_it_is_killed,
];

fn a_service_is_started_loaded_and_stopped_with_all_it_started(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let options = format!("\"--pids\", '{}'", pids.display());
    let text = case(&options, "1s", &format!("trials = 2\n{LOAD}"));
    let stop = AtomicBool::new(false);
    let (ended, trials) = watched(launcher, &planned(&text), &stop, &mut |_| {});
    assert_eq!((ended, trials.len()), (Ended::Complete, 2));
    for trial in &trials {
        assert_eq!(trial.outcome, Outcome::Complete);
        assert!(values(trial, "requests")[0] > 10.0, "{trial:?}");
    }
    // Of its own session, the child is in no process group of the service.
    let told = fs::read_to_string(pids).unwrap();
    assert_eq!(told.split_whitespace().count(), 2);
    assert!(!told.split_whitespace().any(lives), "{told}");
}

fn the_load_waits_until_the_service_is_ready(launcher: &mut Launcher) {
    let trial = complete(launcher, &case("\"--not-ready\", \"5\"", "1s", LOAD));
    assert_eq!(errors(&trial, None).0, 0);
}

fn a_service_that_is_never_ready_fails_with_the_reason_and_its_output(launcher: &mut Launcher) {
    let text = case("\"--not-ready\", \"1000000\"", "1s", LOAD).replace("\"20s\"", "\"3s\"");
    let (reason, output) = failed(launcher, &text);
    assert_eq!(reason, "the service was not ready within 3 s: `/ready` answers 503");
    assert_eq!(output, "listening");
    let deaf = text.replace("\"python3\", \"serve.py\"", "\"sleep\", \"600\"");
    let deaf = deaf.replace(", \"--not-ready\", \"1000000\"", "").replace("\"3s\"", "\"300ms\"");
    let (reason, _) = failed(launcher, &deaf);
    let known = "the service was not ready within 0.3 s: ";
    assert!(reason.starts_with(known) && reason.contains("refused"), "{reason}");
}

fn a_service_that_ends_at_its_start_fails_with_its_exit_and_last_words(launcher: &mut Launcher) {
    let (reason, output) = failed(launcher, &case("\"--no-such-option\"", "1s", LOAD));
    assert_eq!(reason, "the service ended before it was ready, with exit code 2");
    assert!(output.contains("--no-such-option"), "{output}");
}

fn a_service_that_ends_during_the_load_fails_with_its_exit_and_last_words(launcher: &mut Launcher) {
    let (reason, output) = failed(launcher, &case("\"--exit\", \"50\"", "20s", LOAD));
    assert_eq!(reason, "the service ended during the load, with exit code 7");
    assert_eq!(output, "out of cheese");
}

fn a_service_that_is_killed_fails_with_the_signal(launcher: &mut Launcher) {
    let (reason, output) = failed(launcher, &case("\"--kill\", \"50\"", "20s", LOAD));
    let known = "the service ended during the load, with signal 9 (SIGKILL";
    assert!(reason.starts_with(known), "{reason}");
    assert_eq!(output, "listening\nabout to be killed");
}

fn what_a_service_needs_is_seen(launcher: &mut Launcher) {
    let options = "\"--work\", \"0.005\", \"--spin\"";
    let trial = complete(launcher, &case(options, "2s", LOAD));
    // It works all the time, with one thread; others may want the processor as well.
    let cpu = values(&trial, "server cpu");
    lies(cpu.iter().sum::<f64>() / cpu.len() as f64, 0.05..=1.2);
    // An interpreter takes some megabytes.
    values(&trial, "server memory").iter().for_each(|bytes| lies(*bytes, 4e6..=100e6));
    lies(values(&trial, "server peak memory")[0], 4e6..=100e6);
    assert!(values(&trial, "server threads").iter().all(|threads| (1.0..2.0).contains(threads)));
    // Three standard ones, the listener, the selector, and a connection a user.
    values(&trial, "server descriptors").iter().for_each(|open| lies(*open, 8.0..=12.0));
}

fn a_service_that_keeps_memory_grows(launcher: &mut Launcher) {
    let budget = format!("{LOAD}\nbudget.\"server memory growth\" = \"<= 50MB/h\"");
    let text = case("\"--leak\", \"20000\"", "4s", &budget);
    let trial = complete(launcher, &text);
    let memory = values(&trial, "server memory");
    assert!(memory.last().unwrap() - memory[0] > 1e6, "{memory:?}");
    let judgement = judged(&planned(&text), vec![trial], RunState::Complete);
    assert_eq!(judgement.verdicts[0].finding, Finding::Exceeded, "{judgement:?}");
}

fn a_service_that_runs_already_is_loaded_and_not_looked_at(launcher: &mut Launcher) {
    // The service of another program: here of this one.
    let mut child = std::process::Command::new("python3")
        .args(["serve.py", "0"])
        .current_dir(folder())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let url = format!("http://127.0.0.1:{}", listening_port(child.id()));
    let trial = complete(launcher, &case("", "1s", &format!("url = \"{url}\"\n{LOAD}")));
    assert!(errors(&trial, None).1 > 10);
    assert!(!trial.series.iter().any(|series| series.metric.starts_with("server ")), "{trial:?}");
    // Nobody but who started it stops it.
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
    let (reason, _) = failed(
        launcher,
        &case("", "1s", &format!("url = \"{url}\"\n{LOAD}")).replace("\"20s\"", "\"200ms\""),
    );
    assert!(reason.starts_with("the service was not ready within 0.2 s: "), "{reason}");
}

fn listening_port(pid: u32) -> u16 {
    loop {
        let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
            .unwrap()
            .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
            .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.replace(']', "")))
            .collect();
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let port = table.lines().skip(1).find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let ours = fields[3] == "0A" && sockets.iter().any(|socket| socket == fields[9]);
            ours.then(|| u16::from_str_radix(fields[1].split(':').nth(1)?, 16).ok())?
        });
        match port {
            Some(port) => return port,
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn a_host_that_is_not_allowed_is_refused(launcher: &mut Launcher) {
    let text = case("", "1s", &format!("url = \"http://192.0.2.1:80\"\n{LOAD}"));
    let (reason, _) = failed(launcher, &text);
    assert!(reason.contains("at 192.0.2.1:80, which is not this machine"), "{reason}");
}

fn what_is_not_installed_is_named(launcher: &mut Launcher) {
    let text = case("", "1s", LOAD).replace("\"python3\"", "\"no-such-program\"");
    assert_eq!(failed(launcher, &text).0, "`no-such-program` is not installed");
    let text = case("", "1s", &format!("needs = [\"no-such-database\"]\n{LOAD}"));
    assert_eq!(failed(launcher, &text).0, "`no-such-database` is not installed");
}

fn a_wish_to_stop_before_the_service_is_ready_leaves_no_trial(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let options = format!("\"--not-ready\", \"1000000\", \"--pids\", '{}'", pids.display());
    let plan = planned(&case(&options, "1s", LOAD));
    let stop = AtomicBool::new(false);
    let (ended, trials) = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !fs::read_to_string(&pids).is_ok_and(|told| told.ends_with('\n')) {
                std::thread::sleep(Duration::from_millis(5));
            }
            stop.store(true, Ordering::Relaxed);
        });
        watched(launcher, &plan, &stop, &mut |_| {})
    });
    assert_eq!((ended, trials.len()), (Ended::Interrupted, 0));
    assert!(!fs::read_to_string(&pids).unwrap().split_whitespace().any(lives));
}

fn an_onlooker_that_panics_leaves_no_service_behind(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let pids = folder.path().join("pids");
    let plan = planned(&case(&format!("\"--pids\", '{}'", pids.display()), "10min", LOAD));
    let stop = AtomicBool::new(false);
    let watching = std::panic::AssertUnwindSafe(|| {
        watched(launcher, &plan, &stop, &mut |_| std::panic::resume_unwind(Box::new("enough")))
    });
    std::panic::catch_unwind(watching).unwrap_err();
    assert!(!fs::read_to_string(&pids).unwrap().split_whitespace().any(lives));
}

fn a_service_is_asked_to_end_before_it_is_killed(launcher: &mut Launcher) {
    let folder = tempfile::tempdir().unwrap();
    let words = folder.path().join("last-words");
    let text = case("", "200ms", LOAD).replace(
        "\"python3\", \"serve.py\", \"{port}\", ",
        &format!(
            "\"sh\", \"-c\", 'trap \"echo bye > {}; exit 0\" TERM; python3 serve.py $0 & \
             while :; do wait; done', \"{{port}}\"",
            words.display()
        ),
    );
    let trial = complete(launcher, &text);
    assert!(values(&trial, "requests")[0] > 1.0);
    assert_eq!(fs::read_to_string(words).unwrap(), "bye\n");
}
