//! Saving: what is on the disk, and what is not done as long as it cannot be.

use super::keeper::Content;
use super::watch::{Refusal, Watch};

/// The last save failed, and none since.
#[derive(Clone, Debug)]
pub struct Unsaved {
    pub why: String,
    pub at_ms: i64,
}

/// Between two trials to save for which nobody waits.
const PAUSE_MS: i64 = 1000;

impl Watch {
    /// Whoever reports is refused, and is better sent elsewhere.
    pub(super) fn readiness(&self) -> Result<(), Refusal> {
        match &self.unsaved {
            Some(Unsaved { why, .. }) => Err(Refusal::Unsaved(why.clone())),
            None => Ok(()),
        }
    }

    /// When it is tried again, if the last save failed.
    pub(super) fn again_ms(&self) -> Option<i64> {
        self.unsaved.as_ref().map(|unsaved| unsaved.at_ms + PAUSE_MS)
    }

    /// Whether it is time though nothing changed.
    pub(super) fn is_save_due(&self) -> bool {
        let regular_ms = self.figures.saved_ms + i64::from(self.config.save_seconds) * 1000;
        self.clock.now().steady_ms >= self.again_ms().unwrap_or(regular_ms)
    }

    /// Whether the first errand that waits goes out with this turn. Before somebody is told it is
    /// saved that it is under way, and while that cannot be, it stays where it is.
    pub(super) fn is_errand_due(&self) -> bool {
        let is_held = self.again_ms().is_some_and(|again| self.clock.now().steady_ms < again);
        let is_due = self.outbox.next_ms().is_some_and(|due| due <= self.now_ms());
        is_due && !self.is_telling && !is_held
    }

    /// All but so many of the first errands that wait.
    pub(super) fn save(&mut self, going_out: usize) -> Result<(), Refusal> {
        let now = self.clock.now();
        let waiting = self.outbox.waiting().skip(going_out);
        let waiting = waiting.map(|(_, message, failures)| (message.clone(), failures)).collect();
        let content = Content { core: self.core.keep(now), waiting };
        match self.keeper.save(&content) {
            Ok(()) => {
                self.figures.saves += 1;
                self.figures.saved_ms = now.steady_ms;
                self.unsaved = None;
                Ok(())
            }
            Err(error) => {
                self.figures.failed_saves += 1;
                tracing::error!(%error, "nothing can be saved");
                let why = error.to_string();
                self.unsaved = Some(Unsaved { why: why.clone(), at_ms: now.steady_ms });
                Err(Refusal::Unsaved(why))
            }
        }
    }
}
