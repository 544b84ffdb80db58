//! The service is away for a minute, an hour and a day while devices go on: what is counted, what
//! goes on, and how many notifications come of it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tollgate_alerts::engine::State;
use warm_restart::rules;
use warm_restart::simulate::scenario::Scenario;
use warm_restart::simulate::{Outcome, run};

const DEVICES: usize = 10;
const HOUR: u64 = 3600;
const AWAY_FROM: u64 = 2 * HOUR;

/// A minute, an hour and a day.
const OUTAGES: [u64; 3] = [60, HOUR, 24 * HOUR];

/// Devices whose backups go on every quarter of an hour, and what else happens to them. The service
/// is away from the third hour on, for so long, and there for an hour after it.
fn with_outage(away: u64, steps: &str) -> Outcome {
    replay(AWAY_FROM + away + HOUR, &format!("{steps}\n{}", absence(AWAY_FROM, away)))
}

fn absence(from: u64, lasts: u64) -> String {
    format!("[[away]]\nat = \"{from}s\"\nlasts = \"{lasts}s\"\n")
}

fn replay(lasts: u64, rest: &str) -> Outcome {
    let devices: Vec<String> = (1..=DEVICES).map(|number| format!("leaf-{number}")).collect();
    let text = format!(
        "title = \"an outage\"\nlasts = \"{lasts}s\"\ndevices = {devices:?}\n\
         [[step]]\nat = \"5m\"\nevery = \"15m\"\nevent = \"backup_created\"\n{rest}"
    );
    run(&Scenario::read(&text, "outage.toml").unwrap(), &rules::default_settings())
}

fn corruption(at: u64) -> String {
    format!("[[step]]\nat = \"{at}s\"\nevent = \"corruption\"\n")
}

fn backups(outcome: &Outcome) -> Vec<u64> {
    outcome.fleet.members().map(|(_, metrics)| metrics.backups_created).collect()
}

/// When alerts of a rule began to fire.
fn begun(outcome: &Outcome, rule: &str) -> Vec<u64> {
    let changes = outcome.changes.iter();
    let own = changes.filter(|(_, c)| c.rule == rule && c.to == State::Firing);
    own.map(|(at, _)| *at).collect()
}

#[test]
fn what_was_reported_while_it_was_away_is_counted_and_nobody_is_told_of_an_outage() {
    for away in OUTAGES {
        let outcome = with_outage(away, "");
        // From the fifth minute on, four an hour.
        let lasts = AWAY_FROM + away + HOUR;
        let expected = (lasts - 300).div_ceil(900);
        assert_eq!(backups(&outcome), [expected; DEVICES], "{away} s");
        assert_eq!((outcome.missed, outcome.evaluations), (away, lasts - away));
        assert!(outcome.told.is_empty(), "{away} s\n{}", outcome.timeline());
    }
}

#[test]
fn devices_that_fall_ill_meanwhile_are_told_of_once_each() {
    for away in OUTAGES {
        let outcome = with_outage(away, &corruption(AWAY_FROM + 10));
        // Two rules fire; a device's alerts are one notification, to the log and to people.
        assert_eq!(outcome.told.len(), 2 * DEVICES, "{away} s\n{}", outcome.timeline());
        for rule in ["corruption_unrecovered", "recovery_rate_low"] {
            // They hold for two minutes first.
            let back = AWAY_FROM + away;
            assert_eq!(begun(&outcome, rule), [back + 120; DEVICES], "{away} s, {rule}");
        }
        let last = outcome.told.iter().map(|(at, ..)| *at).max().unwrap();
        assert_eq!(last, AWAY_FROM + away + 120 + 30, "{away} s: groups wait for half a minute");
    }
}

#[test]
fn an_alert_that_went_on_is_repeated_when_it_is_due_and_once() {
    for (away, repeated) in [(60, 0), (HOUR, 0), (24 * HOUR, 1)] {
        let outcome = with_outage(away, &corruption(HOUR));
        // Six repetitions fall into the day; one is made up for.
        let expected = 2 * DEVICES * (1 + repeated);
        assert_eq!(outcome.told.len(), expected, "{away} s\n{}", outcome.timeline());
        assert_eq!(begun(&outcome, "corruption_unrecovered").len(), DEVICES);
        assert_eq!(outcome.firing, 2 * DEVICES, "{away} s: both rules go on");
    }
}

#[test]
fn what_was_pending_goes_on_within_the_tolerance_and_begins_anew_beyond_it() {
    // Half a minute of two was seen. What nobody could see does not count.
    let since = AWAY_FROM - 30;
    for (away, left) in [(60, 90), (HOUR / 2, 90), (24 * HOUR, 120)] {
        let outcome = with_outage(away, &corruption(since));
        let rule = "corruption_unrecovered";
        let begins = AWAY_FROM + away + left;
        assert_eq!(begun(&outcome, rule), [begins; DEVICES], "{away} s\n{}", outcome.timeline());
    }
}

#[test]
fn a_device_that_got_well_meanwhile_is_told_of_as_over() {
    for away in OUTAGES {
        let recovery = format!("[[step]]\nat = \"{}s\"\nevent = \"recovery\"\n", AWAY_FROM + 30);
        let outcome = with_outage(away, &format!("{}{recovery}", corruption(HOUR)));
        assert_eq!(outcome.firing, 0, "{away} s\n{}", outcome.timeline());
        // That it began, and that it is over.
        assert_eq!(outcome.told.len(), 2 * 2 * DEVICES, "{away} s\n{}", outcome.timeline());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whenever_it_is_away_nothing_is_lost_and_no_more_is_told(
        from in 1..2 * HOUR,
        lasts in 1..HOUR,
        ill in 1..3 * HOUR,
    ) {
        let steps = corruption(ill);
        let calm = replay(3 * HOUR, &steps);
        let with = replay(3 * HOUR, &format!("{steps}{}", absence(from, lasts)));
        prop_assert_eq!(with.events, calm.events);
        prop_assert_eq!(backups(&with), backups(&calm));
        prop_assert!(with.told.len() <= calm.told.len(), "{}", with.timeline());
    }
}
