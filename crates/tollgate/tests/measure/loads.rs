//! Trials of services: what a load comes to, and when it ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate::judge::Finding;
use tollgate::measure::Ended;
use tollgate::measure::launcher::Launcher;
use tollgate::run::{Data, Outcome, RunState};

use super::api::{LOAD, case, complete, errors, find, judged, lies, planned, values, watched};

super::harness::tests![
    an_interrupted_load_is_kept_and_never_within,
    a_decided_load_ends_early,
    a_load_goes_on_while_one_budget_is_undecided,
    a_search_finds_what_a_worker_can_do,
    unexpected_answers_are_errors,
    every_request_is_an_operation,
];

/// The port that a process listens on, once it does.
fn an_interrupted_load_is_kept_and_never_within(launcher: &mut Launcher) {
    let budget = format!("trials = 2\n{LOAD}\nbudget.\"latency median\" = \"<= 10s\"");
    let plan = planned(&case("", "10min", &budget));
    let stop = AtomicBool::new(false);
    let (ended, trials) = watched(launcher, &plan, &stop, &mut |measured| {
        if measured > Duration::from_millis(300) {
            stop.store(true, Ordering::Relaxed);
        }
    });
    assert_eq!((ended, trials.len()), (Ended::Interrupted, 1));
    assert!(errors(&trials[0], None).1 > 10);
    let judgement = judged(&plan, trials, RunState::Interrupted);
    assert_eq!(judgement.verdicts[0].finding, Finding::NotMeasured);
}

fn decided(rest: &str) -> String {
    let load = LOAD.replace(" }", ", until = \"decided\" }");
    let budgets = "budget.\"latency median\" = \"<= 10s\"\nbudget.errors = \"<= 50%\"";
    case("", "6s", &format!("{load}\n{budgets}\n{rest}"))
}

fn a_decided_load_ends_early(launcher: &mut Launcher) {
    let text = decided("budget.\"server peak memory\" = \"<= 1GB\"");
    let mut longest = Duration::ZERO;
    let stop = AtomicBool::new(false);
    let (ended, trials) = watched(launcher, &planned(&text), &stop, &mut |now| longest = now);
    assert_eq!((ended, &trials[0].outcome), (Ended::Complete, &Outcome::Complete));
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    let judgement = judged(&planned(&text), trials, RunState::Complete);
    assert!(judgement.verdicts.iter().all(|verdict| verdict.finding == Finding::Within));
}

fn a_load_goes_on_while_one_budget_is_undecided(launcher: &mut Launcher) {
    // Nobody knows the baseline.
    let text = decided("budget.\"latency mean\" = \"<= baseline + 10%\"");
    let mut longest = Duration::ZERO;
    let stop = AtomicBool::new(false);
    watched(launcher, &planned(&text), &stop, &mut |now| longest = now);
    assert!(longest > Duration::from_secs(5), "{longest:?}");
}

fn a_search_finds_what_a_worker_can_do(launcher: &mut Launcher) {
    let load = "load = { users = [\"u\"], scenario = \"limit\", connections = 20 }\n\
                budget.\"latency median\" = \"<= 10s\"\nbudget.capacity = \">= 1/s\"";
    let limit = "[scenario.limit]\n\
                 search = { from = \"40/s\", to = \"4000/s\", step = \"1s\", precision = 0.2 }\n";
    let text = case("\"--work\", \"0.002\"", "1s", load) + limit;
    let trial = complete(launcher, &text.replace("think = \"5ms\"", "think = \"0s\""));
    // 2 ms of work at the least for each: never more than 500 a second, but for the queue that a
    // second may leave; less on a machine that is busy.
    lies(values(&trial, "capacity")[0], 40.0..=540.0);
    // What a service needs is told of the whole search, in the order of time.
    let Data::Points(memory) = &find(&trial, None, "server memory").unwrap().data else {
        panic!("memory is a series of points")
    };
    assert!(memory.len() > 8 && memory.is_sorted_by(|a, b| a.at_ns < b.at_ns), "{memory:?}");
}

fn unexpected_answers_are_errors(launcher: &mut Launcher) {
    let trial = complete(launcher, &case("\"--fail\", \"4\"", "1s", LOAD));
    let (failed, all) = errors(&trial, None);
    // Every fourth of those asked for, though not all of them are measured to their end.
    assert!(all > 20 && failed.abs_diff(all / 4) <= 2, "{failed} of {all}");
    let expecting =
        "task = [{ get = \"/a\", name = \"a\", expect = { json = { \"/ok\" = false } } }]";
    let text = case("", "1s", LOAD);
    let text = text.replace("task = [{ get = \"/a\", name = \"a\" }]", expecting);
    let (failed, all) = errors(&complete(launcher, &text), None);
    assert!(all > 20 && failed == all, "{failed} of {all}");
}

fn every_request_is_an_operation(launcher: &mut Launcher) {
    let tasks = "task = [{ steps = [{ get = \"/a\", name = \"a\" }, { get = \"/b\" }] }]";
    let text = case("\"--fail\", \"2\"", "1s", LOAD).replace("users = 4", "users = 1");
    let text = text.replace("task = [{ get = \"/a\", name = \"a\" }]", tasks);
    let trial = complete(launcher, &text);
    let [first, second] = ["a", "GET /b"].map(|name| errors(&trial, Some(name)));
    // The only user's every second request fails, which is its second step.
    assert_eq!((first.0, second.0), (0, second.1));
    assert!(first.1 > 5 && first.1.abs_diff(second.1) <= 1, "{first:?} {second:?}");
    let all = errors(&trial, None);
    assert_eq!(all, (first.0 + second.0, first.1 + second.1));
    for metric in ["latency", "service time", "requests", "throughput"] {
        assert!(find(&trial, Some("a"), metric).is_some(), "{metric}");
    }
}
