//! What a device reports of one start, from what its files are and how long the kernel takes.

use serde::Deserialize;

use crate::event::Event;
use crate::lifecycle::{Found, Lifecycle, PATIENCE_MS};

/// How a state file is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum File {
    Whole,
    Damaged,
    Absent,
}

impl File {
    fn found(self) -> Found<()> {
        match self {
            File::Whole => Found::State(()),
            File::Damaged => Found::Unreadable,
            File::Absent => Found::Absent,
        }
    }
}

/// With how many seconds after the start each happens. The backups are given newest first; a kernel
/// may never say that it is done.
pub(super) fn events(current: File, backups: &[File], sync_s: Option<u64>) -> Vec<(u64, Event)> {
    let backups = backups.iter().map(|backup| backup.found());
    let start = Lifecycle::start(current.found(), backups, PATIENCE_MS);
    let mut lifecycle = start.lifecycle;
    lifecycle.ask(0);
    let end = (0..=PATIENCE_MS / 1000).find_map(|second| {
        let now_ms = second * 1000;
        let heard = (sync_s == Some(second)).then(|| lifecycle.hear(true, 0, now_ms));
        let event = heard.flatten().or_else(|| lifecycle.tick(now_ms))?;
        Some((second, event))
    });
    start.events.into_iter().map(|event| (0, event)).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_reported_as_its_lifecycle_has_it() {
        use Event::{ColdStart, Corruption, Recovery, SyncEnded, SyncTimedOut, WarmStart};
        use File::{Absent, Damaged, Whole};
        type Told<'t> = &'t [(u64, Event)];
        let table: [(File, &[File], Option<u64>, Told<'_>); 6] = [
            (Whole, &[], Some(4), &[(0, WarmStart), (4, SyncEnded { ms: 4000 })]),
            (Whole, &[], Some(0), &[(0, WarmStart), (0, SyncEnded { ms: 0 })]),
            (Whole, &[], Some(11), &[(0, WarmStart), (10, SyncTimedOut { ms: 10_000 })]),
            (Absent, &[Whole], Some(4), &[(0, ColdStart)]),
            (Damaged, &[Damaged], None, &[(0, Corruption), (0, ColdStart)]),
            (
                Damaged,
                &[Damaged, Whole],
                None,
                &[
                    (0, Corruption),
                    (0, Recovery),
                    (0, WarmStart),
                    (10, SyncTimedOut { ms: 10_000 }),
                ],
            ),
        ];
        for (current, backups, sync_s, expected) in table {
            assert_eq!(events(current, backups, sync_s), expected, "{current:?} {backups:?}");
        }
    }
}
