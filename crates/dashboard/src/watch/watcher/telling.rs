//! Saving, and telling people only of what is saved: a restart then knows whom it told.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TrySendError};
use std::time::Duration;

use tollgate_alerts::deliver::{Message, Task, Trial};

use super::{Request, Watcher};
use crate::watch::saved::{self, Saved};
use crate::watch::whole;

/// How long the last errand may take once the watch ends.
const LAST_ERRAND: Duration = Duration::from_secs(10);

/// How long after a save that failed: the first one to a file may walk over the whole of it.
const SAVE_AGAIN_MS: i64 = 10_000;

impl Watcher {
    pub(super) fn save_if_due(&mut self) {
        if self.is_dirty && self.clock.now().steady_ms >= self.save_again_ms {
            self.save();
        }
    }

    fn save(&mut self) {
        let now = self.clock.now();
        let Some(desk) = &self.desk else { return };
        let waiting = self.outbox.waiting().map(|(_, what, failures)| (what.clone(), failures));
        // What is with the one who delivers came before.
        let waiting: Vec<(Message, u32)> = self.telling.iter().cloned().chain(waiting).collect();
        let text = Saved::new(desk.keep(now), waiting).text().map_err(|error| whole(&error));
        let kept = text
            .and_then(|text| self.reading.keep(saved::NAME, &text).map_err(|error| whole(&error)));
        if let Err(why) = &kept
            && self.picture.unsaved.as_ref() != Some(why)
        {
            tracing::error!("nobody is told of alerts until they can be saved: {why}");
        }
        match kept {
            Ok(()) => (self.is_dirty, self.saved_ms) = (false, now.steady_ms),
            // From its end on: it may have taken longer than that.
            Err(_) => self.save_again_ms = self.clock.now().steady_ms + SAVE_AGAIN_MS,
        }
        self.picture.unsaved = kept.err();
    }

    /// Whether somebody may be told now. While the history is not held another process may hold
    /// it, and tell what waits here.
    pub(super) fn may_tell(&self) -> bool {
        self.telling.is_none() && !self.is_dirty && self.reading.is_held()
    }

    /// Hands over the first that is due, one at a time.
    pub(super) fn tell(&mut self) {
        if !self.may_tell() {
            return;
        }
        let now_ms = self.now_ms();
        let first =
            self.outbox.waiting().next().map(|(_, what, failures)| (what.clone(), failures));
        let Some(errand) = self.outbox.take(now_ms) else { return };
        match self.deliver.try_send(Task { errand, means: Arc::clone(&self.means) }) {
            Ok(()) => self.telling = first,
            Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) => {
                self.outbox.failed(task.errand, now_ms);
            }
        }
    }

    pub(super) fn ended(&mut self, Trial { errand, outcome }: Trial) {
        self.telling = None;
        self.is_dirty = true;
        match outcome {
            Ok(()) => self.outbox.done(),
            Err(why) => {
                let action = errand.what.action.clone();
                let again = self.outbox.failed(errand, self.now_ms());
                tracing::warn!(action, again, "nobody could be told: {why}");
            }
        }
    }

    /// Waits a little for the errand that somebody is on, so that it is known how that went.
    pub(super) fn finish(mut self, requests: &Receiver<Request>) {
        while self.telling.is_some() {
            match requests.recv_timeout(LAST_ERRAND) {
                Ok(Request::Ended(trial)) => self.ended(trial),
                Ok(_) => {}
                Err(_) => break,
            }
        }
        self.save();
    }
}
