//! Looking at what is watched: the history, and the file of rules.

use std::sync::Arc;

use tollgate::history::HistoryError;
use tollgate_alerts::deliver::{self, Means};
use tollgate_alerts::desk::{Desk, Settings};
use tollgate_alerts::file::File;

use super::{ROOM, Watcher};
use crate::watch::lock::LockError;
use crate::watch::reading::{News, ReadError};
use crate::watch::saved::{self, Saved};
use crate::watch::whole;

impl Watcher {
    /// Evaluates if it is time, or at once when a run was judged.
    pub(super) fn look(&mut self) {
        let now_ms = self.clock.now().steady_ms;
        let is_time = now_ms >= self.next_ms;
        if self.is_broken && !is_time {
            return;
        }
        if is_time {
            self.next_ms = now_ms.saturating_add(self.interval_ms);
            if self.rules.have_changed() {
                self.reload();
            }
        }
        let read = self.read(is_time);
        let is_news = read.as_ref().is_ok_and(|news| *news == News::Judged);
        self.take(read.err());
        if is_time || is_news {
            self.evaluate();
        }
    }

    /// What is new is read: a run that was judged at once, other changes when it is time.
    fn read(&mut self, is_time: bool) -> Result<News, ReadError> {
        let news = self.reading.look()?;
        let is_new = self.desk.is_none();
        if is_new || news == News::Judged || (news == News::Written && is_time) {
            self.reading.read()?;
        }
        // Not before it is known what the runs say: held against nothing, all that fired before
        // would be over.
        if is_new {
            self.resume()?;
        }
        Ok(news)
    }

    /// Goes on where an earlier process was.
    fn resume(&mut self) -> Result<(), ReadError> {
        let left = self.left()?;
        let (settings, now) = (self.settings.clone(), self.clock.now());
        self.desk = Some(match &left {
            Some(left) => Desk::restore(settings, &left.desk, now),
            None => Desk::new(settings),
        });
        self.outbox = deliver::outbox(ROOM, left.map(|left| left.waiting).unwrap_or_default());
        Ok(())
    }

    /// What an earlier process knew. What cannot be read of that never will be, and must not keep
    /// people from being told.
    fn left(&mut self) -> Result<Option<Saved>, ReadError> {
        let anew = |error: &dyn std::fmt::Display| tracing::error!("alerts begin anew: {error}");
        let text = match self.reading.kept(saved::NAME) {
            Err(ReadError::History(error @ HistoryError::Damaged { .. })) => {
                anew(&error);
                None
            }
            kept => kept?,
        };
        let read = text.map(|text| Saved::read(&text).inspect_err(|error| anew(error)));
        Ok(read.and_then(Result::ok))
    }

    /// Tells once why the history is not read, and stays out of the way of another watcher.
    fn take(&mut self, error: Option<ReadError>) {
        let (mut unread, mut elsewhere) = (None, None);
        self.is_broken = false;
        match error {
            None => {}
            Some(error @ ReadError::Nowhere(_)) => unread = Some(error.to_string()),
            Some(ReadError::Lock(error @ LockError::Taken { .. })) => {
                self.desk = None;
                self.is_dirty = false;
                self.picture.unsaved = None;
                self.picture.evaluated_ms = None;
                self.outbox = deliver::outbox(ROOM, Vec::new());
                elsewhere = Some(error.to_string());
            }
            Some(error) => {
                self.is_broken = true;
                unread = Some(whole(&error));
            }
        }
        if elsewhere.is_some() && elsewhere != self.picture.elsewhere {
            tracing::warn!(
                "nobody is told of alerts from here: {}",
                elsewhere.as_deref().unwrap_or("")
            );
        }
        if unread.is_some() && unread != self.picture.unread {
            let last = if self.desk.is_some() { "go by what was read last" } else { "wait" };
            tracing::warn!("alerts {last}: {}", unread.as_deref().unwrap_or(""));
        }
        (self.picture.unread, self.picture.elsewhere) = (unread, elsewhere);
    }

    /// Rules that are wrong change nothing.
    pub(super) fn reload(&mut self) {
        match self.rules.read() {
            Ok(file) => self.obey(file),
            Err(error) => {
                let why = whole(&error);
                tracing::error!("the rules are wrong, and those from before hold: {why}");
                self.picture.refused = Some(why);
            }
        }
    }

    fn obey(&mut self, mut file: File) {
        let now = self.clock.now();
        let actions = std::mem::take(&mut file.actions);
        self.means = Arc::new(Means { actions, nats: self.means.nats.clone() });
        self.settings = Settings::of(file);
        self.picture.refused = None;
        self.next_ms = now.steady_ms;
        // What was too long to be saved may be shorter.
        self.save_again_ms = now.steady_ms;
        if let Some(desk) = &mut self.desk {
            let changes = desk.replace(self.settings.clone(), now);
            self.note(&changes);
        }
        tracing::info!("the rules were read again");
    }
}
