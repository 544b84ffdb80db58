//! Trials that are disturbed: programs that are killed, stopped and started, and a bad network.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use tollgate::measure::launcher::Launcher;
use tollgate::measure::{Context, Ended, Event, Probe, run};
use tollgate::run::{Data, Outcome, Trial};

use super::api::{LOAD, case, errors, failed, find, lies, planned};
use super::buses::{STORE, STREAMS, bus};
use super::company::beside;

super::harness::tests![
    a_service_that_is_killed_and_started_recovers,
    a_service_that_is_terminated_for_good_does_not_recover,
    a_stopped_service_is_noticed_though_nothing_fails,
    a_program_beside_may_be_killed_by_a_disturbance_only,
    a_bus_comes_back_with_what_it_kept,
    a_delay_makes_requests_take_that_much_longer,
    a_cut_makes_requests_fail_until_it_is_healed,
    a_reset_costs_the_connections_there_are,
    what_comes_after_the_load_is_refused,
];

/// The one trial of a case, which came to its end, and what was noted.
fn disturbed(launcher: &mut Launcher, text: &str) -> (Trial, Vec<String>) {
    let (mut trials, mut notes) = (Vec::new(), Vec::new());
    let stop = AtomicBool::new(false);
    let plan = planned(text);
    let context = Context { root: Path::new("/"), probe: Probe::Processes(launcher), stop: &stop };
    let ended = run(&plan, context, &mut |event| match event {
        Event::TrialEnded(trial) => trials.push(trial),
        Event::Noted { note, .. } => notes.push(note),
        _ => {}
    });
    assert_eq!((ended.unwrap(), trials.len()), (Ended::Complete, 1));
    assert_eq!(trials[0].outcome, Outcome::Complete, "{notes:?}");
    (trials.remove(0), notes)
}

fn api(length: &str, list: &str) -> String {
    case("", length, &format!("{LOAD}\ndisturb = [{list}]"))
}

/// In seconds.
fn recovery(trial: &Trial) -> Vec<f64> {
    match &find(trial, None, "recovery").expect("there is one").data {
        Data::Samples(values) => values.iter().map(|ns| ns / 1e9).collect(),
        other => panic!("{other:?}"),
    }
}

fn a_service_that_is_killed_and_started_recovers(launcher: &mut Launcher) {
    let list = "{ at = \"1s\", do = \"kill\", who = \"service\" }, \
                { at = \"1500ms\", do = \"start\", who = \"service\" }";
    let (trial, notes) = disturbed(launcher, &api("6s", list));
    let recovery = recovery(&trial);
    assert_eq!(recovery.len(), 1);
    // It was away for half a second, and an interpreter takes some time to start.
    lies(recovery[0], 0.4..=4.5);
    let (failed, all) = errors(&trial, None);
    assert!(failed > 0 && failed < all, "{failed} of {all}");
    assert!(notes[0].starts_with("kill of service at 1") && notes[0].contains("again after"));
    assert!(notes[1].starts_with("start of service at 1.5"), "{notes:?}");
}

fn a_service_that_is_terminated_for_good_does_not_recover(launcher: &mut Launcher) {
    let list = "{ at = \"500ms\", do = \"terminate\", who = \"service\" }";
    let (trial, notes) = disturbed(launcher, &api("2s", list));
    assert!(find(&trial, None, "recovery").is_none());
    assert!(notes[0].contains("did not succeed again before the load was over"), "{notes:?}");
}

fn a_stopped_service_is_noticed_though_nothing_fails(launcher: &mut Launcher) {
    let list = "{ at = \"1s\", do = \"stop\", who = \"service\" }, \
                { at = \"2500ms\", do = \"continue\", who = \"service\" }";
    let (trial, notes) = disturbed(launcher, &api("5s", list));
    assert_eq!(errors(&trial, None).0, 0);
    lies(recovery(&trial)[0], 1.3..=4.0);
    assert_eq!(notes.len(), 2);
}

fn a_program_beside_may_be_killed_by_a_disturbance_only(launcher: &mut Launcher) {
    let sleeper = beside("sleeper", "\"sleep\", \"600\"", "");
    let list = "{ at = \"500ms\", do = \"kill\", who = \"sleeper\" }";
    let (trial, notes) = disturbed(launcher, &(api("2s", list) + &sleeper));
    // The service does not use it.
    assert_eq!(recovery(&trial), [0.0]);
    assert!(notes[0].ends_with(": no request showed it"), "{notes:?}");
    assert!(find(&trial, Some("sleeper"), "server peak memory").is_some());
    // Started again, it ends by itself.
    let short = beside("sleeper", "\"sleep\", \"0.6\"", "");
    let list = format!("{list}, {{ at = \"700ms\", do = \"start\", who = \"sleeper\" }}");
    let (reason, _) = failed(launcher, &(api("20s", &list) + &short));
    assert_eq!(reason, "`sleeper` ended during the load, with exit code 0");
}

fn a_bus_comes_back_with_what_it_kept(launcher: &mut Launcher) {
    let text = bus(
        "serve = \"nats\"\n\
         disturb = [{ at = \"1s\", do = \"kill\", who = \"service\" }, \
         { at = \"2500ms\", do = \"start\", who = \"service\" }]",
        "8s",
        STORE,
        STREAMS,
    );
    let (trial, notes) = disturbed(launcher, &text);
    // The stream is made before the load only, so that it must have been kept.
    lies(recovery(&trial)[0], 1.0..=6.5);
    assert!(notes[0].contains("again after"), "{notes:?}");
}

/// The medians of the latency, window by window, in seconds.
fn medians(trial: &Trial) -> Vec<f64> {
    let Data::Histograms(windows) = &find(trial, None, "latency").unwrap().data else {
        panic!("latencies are histograms")
    };
    windows.iter().filter_map(|window| Some(window.quantile(0.5)? as f64 / 1e9)).collect()
}

fn a_delay_makes_requests_take_that_much_longer(launcher: &mut Launcher) {
    let list = "{ at = \"1s\", do = \"delay\", by = \"200ms\" }";
    let (trial, notes) = disturbed(launcher, &api("3s", list));
    let medians = medians(&trial);
    lies(medians[..5].iter().sum::<f64>() / 5.0, 0.0..=0.15);
    let last = &medians[medians.len() - 5..];
    lies(last.iter().sum::<f64>() / 5.0, 0.2..=0.5);
    // Nothing was taken away.
    assert!(find(&trial, None, "recovery").is_none());
    assert!(notes[0].starts_with("delay of 200 ms of network at 1"), "{notes:?}");
}

/// The places of the windows with failures, as fractions of the load.
fn failures(trial: &Trial) -> Vec<f64> {
    let Data::Shares(shares) = &find(trial, None, "errors").unwrap().data else {
        panic!("errors are shares")
    };
    let places = shares.iter().enumerate().filter(|(_, share)| share.hits > 0);
    places.map(|(at, _)| at as f64 / shares.len() as f64).collect()
}

fn a_cut_makes_requests_fail_until_it_is_healed(launcher: &mut Launcher) {
    let list = "{ at = \"2s\", do = \"cut\" }, { at = \"3s\", do = \"heal\" }";
    let (trial, _) = disturbed(launcher, &api("6s", list));
    let failures = failures(&trial);
    // From a third to a half of the load, and no longer than a busy machine takes to notice.
    assert!(failures.len() > 3, "{failures:?}");
    failures.iter().for_each(|place| lies(*place, 0.3..=0.6));
    lies(recovery(&trial)[0], 0.7..=2.0);
}

fn a_reset_costs_the_connections_there_are(launcher: &mut Launcher) {
    let (trial, _) = disturbed(launcher, &api("3s", "{ at = \"1s\", do = \"reset\" }"));
    let (failed, all) = errors(&trial, None);
    // Each of four users has one; one that thinks meanwhile may try another at once.
    assert!(failed <= 4 && all > 50, "{failed} of {all}");
    let Data::Samples(connects) = &find(&trial, None, "connects").unwrap().data else {
        panic!("one number")
    };
    assert!(connects[0] >= 8.0, "{connects:?}");
}

fn what_comes_after_the_load_is_refused(launcher: &mut Launcher) {
    let list = "{ at = \"9s\", do = \"cut\" }";
    let text = api("10s", list);
    let mut plan = planned(&text);
    for unit in &mut plan.units {
        let tollgate::budget::Source::Serve(serve) = &mut unit.source else { panic!("it serves") };
        let smoke = tollgate_load::scenario::Scenario::preset("smoke").unwrap();
        let short = tollgate_load::scenario::Override {
            hold: Some(std::time::Duration::from_secs(1)),
            ..Default::default()
        };
        serve.load = serve.load.under(&smoke.overridden(&short).unwrap()).unwrap();
    }
    let stop = AtomicBool::new(false);
    let (_, trials) = super::api::watched(launcher, &plan, &stop, &mut |_| {});
    let Outcome::Failed { reason, .. } = &trials[0].outcome else { panic!("it fails") };
    assert!(reason.starts_with("`cut` at 9 s comes after the scenario `smoke`"), "{reason}");
}
