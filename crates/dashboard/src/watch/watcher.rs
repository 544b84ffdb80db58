//! The thread that watches. It owns all that is known of alerts, and what it knows is in the
//! history before anybody is told of it.

mod looking;
mod telling;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use tollgate_alerts::deliver::{self, Means, Message, Task, Trial};
use tollgate_alerts::desk::{Desk, Settings};
use tollgate_alerts::engine::{State, Transition};
use tollgate_alerts::file::File;
use tollgate_alerts::outbox::Outbox;

use super::board;
use super::clock::Clock;
use super::reading::Reading;
use super::rules::Rules;
use super::view;
use crate::live::Live;
use crate::picture::Picture;

/// What others want of it.
#[derive(Debug)]
pub(super) enum Request {
    Ended(Trial),
    /// End in good order.
    Stop,
    /// End at once, as if killed.
    Vanish,
}

/// What it begins with.
pub(super) struct Beginning {
    pub reading: Reading,
    pub rules: Rules,
    pub file: File,
    pub nats: Option<String>,
    pub interval: Duration,
    pub deliver: SyncSender<Task>,
    pub live: Live,
}

pub(super) struct Watcher {
    reading: Reading,
    rules: Rules,
    settings: Settings,
    means: Arc<Means>,
    interval_ms: i64,
    clock: Clock,
    deliver: SyncSender<Task>,
    live: Live,
    /// None until it is known what an earlier process left, and as long as another one watches.
    desk: Option<Desk>,
    outbox: Outbox<Message>,
    /// With the one who delivers, and how many trials failed before.
    telling: Option<(Message, u32)>,
    /// Whether the history failed in a way of which it is costly to ask every second.
    is_broken: bool,
    /// Something changed since it was saved.
    is_dirty: bool,
    saved_ms: i64,
    /// What could not be saved is not tried again before.
    save_again_ms: i64,
    /// When it is evaluated next, unless a run is judged before.
    next_ms: i64,
    /// As far as nothing is computed anew for each look at it.
    picture: Picture,
}

/// How often it is asked whether somebody wrote to the history.
const POLL_MS: i64 = 1000;

/// How long something that is pending goes without a save: a kill makes it last so much shorter.
const PENDING_MS: i64 = 60_000;

/// Who is still to be told what, at most.
const ROOM: usize = 1000;

/// Nobody looks further back on a page.
const CHANGES: usize = 100;

impl Watcher {
    pub(super) fn new(beginning: Beginning) -> Watcher {
        let Beginning { reading, rules, mut file, nats, interval, deliver, live } = beginning;
        let clock = Clock::start();
        let means = Means { actions: std::mem::take(&mut file.actions), nats };
        Watcher {
            reading,
            rules,
            settings: Settings::of(file),
            means: Arc::new(means),
            interval_ms: i64::try_from(interval.as_millis()).unwrap_or(i64::MAX),
            clock,
            deliver,
            live,
            desk: None,
            outbox: deliver::outbox(ROOM, Vec::new()),
            telling: None,
            is_broken: false,
            is_dirty: false,
            saved_ms: 0,
            save_again_ms: 0,
            next_ms: 0,
            picture: Picture::default(),
        }
    }

    /// Until it is told to end.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        loop {
            self.look();
            self.save_if_due();
            self.tell();
            self.show();
            match requests.recv_timeout(self.wait()) {
                Ok(Request::Ended(trial)) => self.ended(trial),
                Ok(Request::Stop) => return self.finish(requests),
                Ok(Request::Vanish) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn evaluate(&mut self) {
        let now = self.clock.now();
        // Before anything was read, a missing number would say that all is over.
        let (Some(desk), Some(latest)) = (&mut self.desk, self.reading.latest()) else { return };
        board::show(latest, now.wall_ms, desk.board());
        let news = desk.evaluate(now);
        let is_pending = desk.active().any(|active| active.state == State::Pending);
        self.is_dirty |= is_pending && now.steady_ms - self.saved_ms >= PENDING_MS;
        self.is_dirty |= !news.told.is_empty();
        self.picture.evaluated_ms = Some(now.wall_ms);
        self.note(&news.changes);
        for (action, told) in &news.told {
            let message = Message::new(action, told, now.wall_ms);
            if !self.outbox.put(message.key.clone(), message, self.now_ms()) {
                tracing::error!(action, "too many wait to be told: this one is not");
            }
        }
    }

    fn note(&mut self, changes: &[Transition]) {
        for change in changes {
            let Transition { rule, labels, from, to, value, .. } = change;
            tracing::info!(rule, %labels, ?from, ?to, value);
            self.picture.changes.insert(0, view::change(change));
        }
        self.picture.changes.truncate(CHANGES);
        self.is_dirty |= !changes.is_empty();
    }

    fn show(&self) {
        let now = self.clock.now();
        let mut picture = self.picture.clone();
        if let Some(desk) = &self.desk {
            picture.alerts = view::alerts(desk, now);
            picture.rules = view::rules(desk);
            picture.silences = view::silences(desk, now);
        }
        let under_way = u64::from(self.telling.is_some());
        picture.deliveries = view::deliveries(self.outbox.counts(), under_way);
        self.live.show(picture);
    }

    /// Until something is due, or it is time to ask for changes.
    fn wait(&self) -> Duration {
        let now_ms = self.clock.now().steady_ms;
        let mut wait = POLL_MS.min(self.next_ms - now_ms);
        if let Some(due) = self.outbox.next_ms().filter(|_| self.may_tell()) {
            wait = wait.min(i64::try_from(due).unwrap_or(i64::MAX) - now_ms);
        }
        Duration::from_millis(u64::try_from(wait).unwrap_or(0))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.now().steady_ms).unwrap_or(0)
    }
}
