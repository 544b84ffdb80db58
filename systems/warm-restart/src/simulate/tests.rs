//! What the ready scenarios lead to, and what an outage must not change.

use super::*;
use crate::rules;

fn replay(name: &str) -> Outcome {
    run(&Scenario::read(ready::find(name).unwrap(), name).unwrap(), &rules::default_settings())
}

/// Of one rule and state, how many changes.
fn count(outcome: &Outcome, rule: &str, to: State) -> usize {
    let changes = outcome.changes.iter().filter(|(_, change)| change.rule == rule);
    changes.filter(|(_, change)| change.to == to).count()
}

#[test]
fn in_a_week_in_which_nothing_is_wrong_nobody_is_told_anything() {
    let outcome = replay("healthy-week");
    assert_eq!(outcome.evaluations, 604_800);
    assert_eq!(outcome.events, 3 * (7 + 7 + 672));
    assert!(outcome.changes.is_empty() && outcome.told.is_empty(), "{}", outcome.timeline());
}

#[test]
fn every_alert_of_a_device_that_gets_well_again_is_over_in_the_end() {
    let outcome = replay("degraded");
    for rule in ["eoiu_timeout_high", "corruption_unrecovered", "recovery_rate_low"] {
        let both = [State::Firing, State::Resolved].map(|to| count(&outcome, rule, to));
        assert_eq!(both, [1, 1], "{rule}\n{}", outcome.timeline());
    }
    assert_eq!(outcome.firing, 0, "{}", outcome.timeline());
    assert!(outcome.timeline().contains("day 1 08:02:00 corruption_unrecovered pending > firing"));
}

#[test]
fn an_outage_loses_no_count_and_is_no_reason_to_tell_more() {
    for name in ["outage-1m", "outage-1h", "outage-1d"] {
        let scenario = Scenario::read(ready::find(name).unwrap(), name).unwrap();
        let with = run(&scenario, &rules::default_settings());
        let without = run(&scenario.always_there(), &rules::default_settings());
        assert_eq!(with.events, without.events, "{name}");
        let counts = |outcome: &Outcome| -> Vec<(u64, u64, u64)> {
            let members = outcome.fleet.members().map(|(_, metrics)| metrics);
            members.map(|m| (m.warm_restarts, m.syncs_ended, m.backups_created)).collect()
        };
        assert_eq!(counts(&with), counts(&without), "{name}");
        assert!(with.told.len() <= without.told.len(), "{name}\n{}", with.timeline());
        let storm = with.changes.iter().filter(|(_, change)| change.to == State::Firing).count();
        let calm = without.changes.iter().filter(|(_, change)| change.to == State::Firing).count();
        assert_eq!(storm, calm, "{name}\n{}", with.timeline());
        assert!(with.missed > 0 && without.missed == 0);
    }
}

#[test]
fn bursts_fire_once_each_and_end() {
    let outcome = replay("flapping");
    let rule = "restart_rate_high";
    let both = [State::Firing, State::Resolved].map(|to| count(&outcome, rule, to));
    assert_eq!(both, [3, 3], "{}", outcome.timeline());
    // The log hears of everything, a person of what is more than information: begin and end.
    let notify = outcome.told.iter().filter(|(_, name, _)| name == "notify").count();
    assert_eq!(notify, 6, "{}", outcome.timeline());
}

#[test]
fn what_starts_report_follows_from_their_files_and_kernels() {
    let outcome = replay("restarts");
    let counts = outcome.fleet.members().map(|(_, metrics)| {
        let m = metrics;
        (
            m.warm_restarts,
            m.cold_starts,
            m.syncs_ended,
            m.sync_timeouts,
            m.recoveries,
            m.corruptions,
        )
    });
    let expected = [(5, 0, 5, 0, 1, 1), (4, 1, 4, 0, 1, 1), (10, 0, 10, 6, 0, 0)];
    assert_eq!(counts.collect::<Vec<_>>(), expected);
    // What a backup made good is over at once.
    assert_eq!(count(&outcome, "corruption_unrecovered", State::Firing), 1);
    assert_eq!(count(&outcome, "corruption_unrecovered", State::Resolved), 1);
    assert_eq!(count(&outcome, "eoiu_timeout_high", State::Firing), 1);
}

#[test]
fn what_is_no_scenario_is_refused() {
    let text = |step: &str| format!("title=\"x\"\nlasts=\"1h\"\ndevices=[\"a\"]\n[[step]]\n{step}");
    let table = [
        (text("at=\"1x\"\nevent=\"warm_start\""), "a.toml:5: `1x` is no time"),
        (text("at=\"1h\"\nevent=\"sync_ended\""), "a.toml:6: `sync_ended` needs `seconds`"),
        (text("at=\"1h\"\nuntil=\"2h\"\nevent=\"recovery\""), "a.toml:6: `until` is of no use"),
        (text("at=\"1h\"\nevery=\"0s\"\nevent=\"recovery\""), "a.toml:6: `every` is above zero"),
        (text("at=\"1h\"\ntimes=0\nevent=\"recovery\""), "a.toml:4: `times` is above zero"),
        (text("at=\"1h\"\nevent=\"recovery\"\n[[start]]\nat=\"1h\"\nstate=\"old\""), "a.toml:9:"),
        (text("at=\"1h\"\nevent=\"recovery\"\ndevice=\"b\""), "a.toml:7: `b` is none of"),
        (text("at=\"1h\"\nevent=\"recovery\"\nx=1"), "a.toml:7: unknown field `x`"),
        ("title=\"x\"\nlasts=\"999d\"\ndevices=[]".to_owned(), "a.toml:2: `999d` is no time"),
    ];
    for (text, said) in table {
        let error = Scenario::read(&text, "a.toml").unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}
