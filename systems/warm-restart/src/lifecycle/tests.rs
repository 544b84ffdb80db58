//! Tables of starts, and of what happens to a sync.

use proptest::prelude::*;

use super::*;

#[test]
fn a_device_starts_from_what_can_be_read_newest_first() {
    use Event::{ColdStart, Corruption, Recovery, WarmStart};
    use Found::{Absent, State, Unreadable};
    let table = [
        (State(1), vec![State(2)], Some(1), vec![WarmStart]),
        (Absent, vec![State(2)], None, vec![ColdStart]),
        (Unreadable, vec![], None, vec![Corruption, ColdStart]),
        (Unreadable, vec![State(2), State(3)], Some(2), vec![Corruption, Recovery, WarmStart]),
        (Unreadable, vec![Unreadable, State(3)], Some(3), vec![Corruption, Recovery, WarmStart]),
        (Unreadable, vec![Unreadable, Absent], None, vec![Corruption, ColdStart]),
    ];
    for (current, backups, state, events) in table {
        let start = Lifecycle::start(current.clone(), backups, PATIENCE_MS);
        assert_eq!((start.state, start.events), (state, events), "{current:?}");
    }
}

#[test]
fn no_more_backups_are_read_than_are_needed() {
    let mut read = 0;
    let backups = (0..5).map(|number| {
        read += 1;
        if number == 1 { Found::State(number) } else { Found::Unreadable }
    });
    assert_eq!(Lifecycle::start(Found::Unreadable, backups, PATIENCE_MS).state, Some(1));
    assert_eq!(read, 2);
}

fn syncing() -> Lifecycle {
    let mut lifecycle = Lifecycle::start(Found::State(()), [], PATIENCE_MS).lifecycle;
    assert!(lifecycle.may_write());
    lifecycle.ask(1000);
    assert!(!lifecycle.may_write());
    lifecycle
}

#[test]
fn a_sync_ends_with_a_new_link_that_changed_nothing() {
    let mut lifecycle = syncing();
    assert_eq!(lifecycle.hear(true, 1, 1500), None);
    assert_eq!(lifecycle.hear(false, 0, 1500), None);
    assert_eq!(lifecycle.hear(true, 0, 4000), Some(Event::SyncEnded { ms: 3000 }));
    assert_eq!((lifecycle.phase(), lifecycle.may_write()), (Phase::InStep, true));
    assert_eq!((lifecycle.hear(true, 0, 5000), lifecycle.tick(99_000)), (None, None));
}

#[test]
fn a_sync_that_lasts_too_long_ends_once_and_writing_goes_on() {
    let mut lifecycle = syncing();
    assert_eq!(lifecycle.tick(10_999), None);
    assert_eq!(lifecycle.tick(11_000), Some(Event::SyncTimedOut { ms: 10_000 }));
    assert_eq!((lifecycle.tick(12_000), lifecycle.hear(true, 0, 12_000)), (None, None));
    assert!(lifecycle.may_write());
}

#[test]
fn after_a_cold_start_there_is_nothing_to_wait_for() {
    let mut lifecycle = Lifecycle::start(Found::<()>::Absent, [], PATIENCE_MS).lifecycle;
    lifecycle.ask(0);
    assert_eq!((lifecycle.phase(), lifecycle.may_write()), (Phase::ColdStart, true));
    assert_eq!(lifecycle.tick(99_000), None);
}

proptest! {
    #[test]
    fn a_start_has_one_sync_at_most(steps in prop::collection::vec((0..3_u8, 0..5000_u64), 0..50)) {
        let mut lifecycle = Lifecycle::start(Found::State(()), [], PATIENCE_MS).lifecycle;
        let (mut now_ms, mut ended) = (0, 0);
        for (step, ms) in steps {
            now_ms += ms;
            let event = match step {
                0 => { lifecycle.ask(now_ms); None }
                1 => lifecycle.tick(now_ms),
                _ => lifecycle.hear(true, 0, now_ms),
            };
            ended += u32::from(event.is_some());
        }
        prop_assert!(ended <= 1);
        prop_assert_eq!(ended == 1, lifecycle.phase() == Phase::InStep);
    }
}
