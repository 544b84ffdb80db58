//! A device from its start until it is in step with the kernel: what it may do, and what counts.

#[cfg(test)]
mod tests;

use crate::event::Event;

/// How long the kernel may take to tell all it has.
pub const PATIENCE_MS: u64 = 10_000;

/// Where a device is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It started without what it knew before, and writes as it goes.
    ColdStart,
    /// It took up what it knew before, and has not asked the kernel yet.
    WarmStart,
    /// The kernel is telling all it has; the database is left alone until it is done.
    Syncing {
        since_ms: u64,
    },
    InStep,
}

/// One start of a device. Times are of a steady clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    phase: Phase,
    patience_ms: u64,
}

/// What became of reading one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<S> {
    Absent,
    Unreadable,
    State(S),
}

/// What a device starts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start<S> {
    pub lifecycle: Lifecycle,
    pub state: Option<S>,
    /// What is to be counted.
    pub events: Vec<Event>,
}

impl Lifecycle {
    /// Starts from the state file, and if that cannot be read, from the newest backup that can,
    /// which are given newest first and read one after the other. Where none can be read, nothing
    /// is trusted. A file that is not there is no fault: nobody lost anything.
    pub fn start<S>(
        current: Found<S>,
        backups: impl IntoIterator<Item = Found<S>>,
        patience_ms: u64,
    ) -> Start<S> {
        let (state, mut events) = match current {
            Found::State(state) => (Some(state), Vec::new()),
            Found::Absent => (None, Vec::new()),
            Found::Unreadable => {
                let readable = backups.into_iter().find_map(|found| match found {
                    Found::State(state) => Some(state),
                    Found::Absent | Found::Unreadable => None,
                });
                let recovery = readable.is_some().then_some(Event::Recovery);
                (readable, [Event::Corruption].into_iter().chain(recovery).collect())
            }
        };
        let phase = if state.is_some() { Phase::WarmStart } else { Phase::ColdStart };
        events.push(if state.is_some() { Event::WarmStart } else { Event::ColdStart });
        Start { lifecycle: Lifecycle { phase, patience_ms }, state, events }
    }

    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether the database may be written: not while the kernel is telling what was there before.
    #[must_use]
    pub fn may_write(&self) -> bool {
        !matches!(self.phase, Phase::Syncing { .. })
    }

    /// The kernel is asked for all it has. After a cold start nothing is held against that.
    pub fn ask(&mut self, now_ms: u64) {
        if self.phase == Phase::WarmStart {
            self.phase = Phase::Syncing { since_ms: now_ms };
        }
    }

    /// A link was told of. One that changed nothing is the end of the dump, the first time.
    pub fn hear(&mut self, is_new_link: bool, change_mask: u32, now_ms: u64) -> Option<Event> {
        let Phase::Syncing { since_ms } = self.phase else { return None };
        if !is_new_link || change_mask != 0 {
            return self.tick(now_ms);
        }
        let ms = now_ms.saturating_sub(since_ms);
        self.phase = Phase::InStep;
        // A signal that comes too late is one all the same if nobody noticed the time.
        Some(Event::SyncEnded { ms })
    }

    /// Time goes by. A sync that lasts too long ends once, as one that ran out of time.
    pub fn tick(&mut self, now_ms: u64) -> Option<Event> {
        let Phase::Syncing { since_ms } = self.phase else { return None };
        let ms = now_ms.saturating_sub(since_ms);
        (ms >= self.patience_ms).then(|| {
            self.phase = Phase::InStep;
            Event::SyncTimedOut { ms }
        })
    }
}
