//! Saving: what is on the disk, and what is not done as long as it cannot be.

use std::collections::BTreeSet;

use super::watch::{Post, Refusal, Watch};
use crate::durable::FileError;
use crate::fleet::TooMany;

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
        let is_time = self.clock.now().steady_ms >= self.again_ms().unwrap_or(regular_ms);
        is_time || self.keeper.is_journal_long()
    }

    /// Whether the first errand that waits goes out with this turn. Before somebody is told it is
    /// saved that it is under way, and while that cannot be, it stays where it is.
    pub(super) fn is_errand_due(&self) -> bool {
        let is_held = self.again_ms().is_some_and(|again| self.clock.now().steady_ms < again);
        let is_due = self.outbox.next_ms().is_some_and(|due| due <= self.now_ms());
        is_due && !self.is_telling && !is_held
    }

    /// Reports are on the disk before they are counted, so that nobody sees one that is refused.
    pub(super) fn count(&mut self, posts: Vec<Post>) {
        let taken = self.admitted(posts);
        if taken.is_empty() {
            return;
        }
        let wall_ms = self.clock.now().wall_ms;
        let lines: Vec<&str> = taken.iter().map(|post| post.lines.as_str()).collect();
        let kept = self.append(wall_ms, lines.join("\n"));
        for Post { reports, answer, .. } in taken {
            if kept.is_ok() {
                self.core.count(&reports, wall_ms);
            }
            // Whoever does not wait any longer asks again.
            let _ = answer.send(kept.clone());
        }
    }

    /// Those for whose names there is room; the others are refused.
    fn admitted(&self, posts: Vec<Post>) -> Vec<Post> {
        let mut newcomers = BTreeSet::new();
        let fleet = self.core.fleet();
        let admitted = posts.iter().map(|post| fleet.admit(&post.reports, &mut newcomers));
        let admitted: Vec<Result<(), TooMany>> = admitted.collect();
        let mut taken = Vec::new();
        for (post, admitted) in posts.into_iter().zip(admitted) {
            match admitted {
                Ok(()) => taken.push(post),
                Err(error) => drop(post.answer.send(Err(Refusal::Names(error.to_string())))),
            }
        }
        taken
    }

    fn append(&mut self, wall_ms: i64, lines: String) -> Result<(), Refusal> {
        if !self.keeper.takes_reports() {
            self.save(0)?;
        }
        match self.keeper.append(wall_ms, lines) {
            Ok(()) => {
                self.figures.saves += 1;
                Ok(())
            }
            Err(error) => Err(self.refused(&error)),
        }
    }

    /// The state as a whole, with all but so many of the first errands that wait.
    pub(super) fn save(&mut self, going_out: usize) -> Result<(), Refusal> {
        let now = self.clock.now();
        let waiting = self.outbox.waiting().skip(going_out);
        let waiting = waiting.map(|(_, message, failures)| (message.clone(), failures)).collect();
        match self.keeper.save(self.core.keep(now), waiting, now.wall_ms) {
            Ok(()) => {
                self.figures.saves += 1;
                self.figures.snapshots += 1;
                self.figures.saved_ms = now.steady_ms;
                self.unsaved = None;
                Ok(())
            }
            Err(error) => Err(self.refused(&error)),
        }
    }

    fn refused(&mut self, error: &FileError) -> Refusal {
        self.figures.failed_saves += 1;
        tracing::error!(%error, "nothing can be saved");
        let (why, at_ms) = (error.to_string(), self.clock.now().steady_ms);
        self.unsaved = Some(Unsaved { why: why.clone(), at_ms });
        Refusal::Unsaved(why)
    }
}
