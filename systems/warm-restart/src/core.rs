//! All that is known and going on, moved on by reports and by time. It opens nothing and waits for
//! nothing: the daemon runs it by the clock, and simulations by one of their own.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use tollgate_alerts::desk::{self, Desk, News, Settings};
use tollgate_alerts::engine::Transition;
use tollgate_alerts::moment::Moment;

use crate::event::Report;
use crate::fleet::{Fleet, SavedMember, TooMany};

#[derive(Debug)]
pub struct Core {
    fleet: Fleet,
    desk: Desk,
}

/// What outlives a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub version: u32,
    pub members: Vec<SavedMember>,
    #[serde(flatten)]
    pub desk: desk::Kept,
}

/// The format of this release. Since 2 a journal may follow, which an earlier one would pass over.
pub const VERSION: u32 = 2;

impl Core {
    #[must_use]
    pub fn new(settings: Settings) -> Core {
        Core { fleet: Fleet::default(), desk: Desk::new(settings) }
    }

    /// Goes on from what was kept. What nobody could see in between changes nothing.
    #[must_use]
    pub fn restore(settings: Settings, kept: Kept, now: Moment) -> Core {
        let desk = Desk::restore(settings, &kept.desk, now);
        Core { fleet: Fleet::restore(kept.members), desk }
    }

    /// Goes on by other settings: what goes on under a rule that tests the same goes on, and nobody
    /// is told of it again.
    pub fn replace(&mut self, settings: Settings, now: Moment) -> Vec<Transition> {
        self.desk.replace(settings, now)
    }

    #[must_use]
    pub fn keep(&self, now: Moment) -> Kept {
        Kept { version: VERSION, members: self.fleet.save(), desk: self.desk.keep(now) }
    }

    pub fn record(&mut self, reports: &[Report], now: Moment) -> Result<(), TooMany> {
        self.fleet.record(reports, seconds(now.wall_ms))
    }

    /// Counts reports that were admitted, at a time in milliseconds since 1970.
    pub fn count(&mut self, reports: &[Report], wall_ms: i64) {
        self.fleet.count(reports, seconds(wall_ms));
    }

    /// Looks at everything.
    pub fn tick(&mut self, now: Moment) -> News {
        self.fleet.show(self.desk.board(), seconds(now.wall_ms));
        self.desk.evaluate(now)
    }

    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }
}

fn seconds(wall_ms: i64) -> u64 {
    u64::try_from(wall_ms / 1000).unwrap_or(0)
}
