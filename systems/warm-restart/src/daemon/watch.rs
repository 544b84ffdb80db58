//! The thread that owns all that is known.
//!
//! What is reported is written to the journal, then counted, then answered; those who come in the
//! meantime share the next write. What cannot be written is refused before anything saw it, so that
//! it can be reported again.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::Duration;

use tokio::sync::oneshot;
use tollgate_alerts::deliver::{Means, Message, Task, Trial};
use tollgate_alerts::engine::Transition;
use tollgate_alerts::outbox::Outbox;

use super::clock::Clock;
use super::config::Config;
use super::figures::Figures;
use super::keeper::Keeper;
use super::orders::Orders;
use super::saving::Unsaved;
use super::schedule::Schedule;
use super::sd::Supervisor;
use super::text::{Picture, Shown};
use crate::core::Core;
use crate::event::Report;

/// What somebody reports at once.
#[derive(Debug)]
pub struct Post {
    /// As it was sent.
    pub lines: String,
    /// What that says.
    pub reports: Vec<Report>,
    pub answer: oneshot::Sender<Result<(), Refusal>>,
}

/// What others want of it.
#[derive(Debug)]
pub enum Request {
    Report(Post),
    Show {
        what: Shown,
        answer: oneshot::Sender<Picture>,
    },
    /// Whether reports can be taken.
    Ready {
        answer: oneshot::Sender<Result<(), Refusal>>,
    },
    Ended(Trial),
    /// Files that were read again, or why they cannot be gone by.
    Reload(Result<Box<Orders>, String>),
    Stop,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There are too many names.
    Names(String),
    /// It could not be saved, and is not counted.
    Unsaved(String),
}

pub struct Watch {
    pub core: Core,
    pub outbox: Outbox<Message>,
    pub keeper: Keeper,
    pub clock: Clock,
    pub supervisor: Supervisor,
    pub deliver: SyncSender<Task>,
    pub means: Arc<Means>,
    pub schedule: Schedule,
    /// What it goes by.
    pub config: Config,
    /// An errand is with the one who delivers.
    pub is_telling: bool,
    pub figures: Figures,
    pub(super) unsaved: Option<Unsaved>,
}

/// How long the last errand may take once the service ends.
const LAST_ERRAND: Duration = Duration::from_secs(10);

/// Requests that one save answers for, at most.
const MOST: usize = 512;

impl Watch {
    /// Until it is told to stop, or nobody is left who could ask.
    pub fn run(mut self, requests: &Receiver<Request>) -> Result<(), Refusal> {
        loop {
            let wait = Duration::from_millis(self.wait_ms());
            let mut batch = Vec::new();
            let is_over = match requests.recv_timeout(wait) {
                Ok(first) => {
                    batch.push(first);
                    batch.extend(requests.try_iter().take(MOST));
                    batch.iter().any(|request| matches!(request, Request::Stop))
                }
                Err(RecvTimeoutError::Timeout) => false,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            let saved = self.turn(batch, is_over);
            if is_over {
                return saved.and(self.finish(requests));
            }
        }
    }

    /// Waits a little for the errand that somebody is on, so that it is known how that went.
    fn finish(&mut self, requests: &Receiver<Request>) -> Result<(), Refusal> {
        if !self.is_telling {
            return Ok(());
        }
        while let Ok(request) = requests.recv_timeout(LAST_ERRAND) {
            if matches!(request, Request::Ended(_)) {
                self.take(request);
                break;
            }
        }
        self.save(0)
    }

    /// Until the next evaluation, sign of life, or errand.
    fn wait_ms(&self) -> u64 {
        let now = self.clock.now().steady_ms;
        let until = |at: i64| u64::try_from(at - now).unwrap_or(0);
        let mut wait = self.schedule.wait_ms(now);
        if let Some(every) = self.supervisor.watchdog_ms {
            wait = wait.min(until(self.figures.alive_ms + i64::try_from(every).unwrap_or(0)));
        }
        match (self.again_ms(), self.outbox.next_ms()) {
            (Some(again), _) => wait.min(until(again)),
            (None, Some(due)) if !self.is_telling => {
                wait.min(until(i64::try_from(due).unwrap_or(i64::MAX)))
            }
            (None, _) => wait,
        }
    }

    /// Does what is asked and what is due, and saves what changed.
    fn turn(&mut self, batch: Vec<Request>, is_over: bool) -> Result<(), Refusal> {
        let (mut posts, mut others) = (Vec::new(), Vec::new());
        for request in batch {
            match request {
                Request::Report(post) => posts.push(post),
                other => others.push(other),
            }
        }
        self.count(posts);
        let mut is_changed = is_over;
        for request in others {
            is_changed |= self.take(request);
        }
        is_changed |= self.look();
        // At the end nobody is left who would see to it: it waits for the next process.
        let is_going_out = !is_over && self.is_errand_due();
        is_changed |= is_going_out || self.is_save_due();
        let saved = if is_changed { self.save(is_going_out.into()) } else { Ok(()) };
        if is_going_out && saved.is_ok() {
            self.hand_over();
        }
        self.live();
        saved
    }

    /// Whether there is something to save.
    fn take(&mut self, request: Request) -> bool {
        match request {
            Request::Report(post) => {
                self.count(vec![post]);
                false
            }
            Request::Show { what, answer } => {
                let _ = answer.send(Picture::of(self, what));
                false
            }
            Request::Ready { answer } => {
                let _ = answer.send(self.readiness());
                false
            }
            Request::Ended(Trial { errand, outcome }) => {
                self.is_telling = false;
                match outcome {
                    Ok(()) => self.outbox.done(),
                    Err(why) => {
                        let action = errand.what.action.clone();
                        let again = self.outbox.failed(errand, self.now_ms());
                        tracing::warn!(action, again, "nobody could be told: {why}");
                    }
                }
                true
            }
            Request::Reload(read) => {
                self.reload(read);
                true
            }
            Request::Stop => true,
        }
    }

    /// Evaluates if it is time. Whether anything changed.
    fn look(&mut self) -> bool {
        let now = self.clock.now();
        if !self.schedule.is_due(now.steady_ms) {
            return false;
        }
        let began = Clock::start();
        let news = self.core.tick(now);
        self.figures.evaluations += 1;
        self.figures.evaluation_seconds = began.elapsed().as_secs_f64();
        Watch::log(&news.changes);
        for (action, told) in &news.told {
            let message = Message::new(action, told, now.wall_ms);
            if !self.outbox.put(message.key.clone(), message, self.now_ms()) {
                tracing::error!(action, "too many wait to be told: this one is not");
            }
        }
        !news.changes.is_empty() || !news.told.is_empty()
    }

    pub(super) fn log(changes: &[Transition]) {
        for Transition { rule, labels, from, to, value, .. } in changes {
            tracing::info!(rule, %labels, ?from, ?to, value);
        }
    }

    fn hand_over(&mut self) {
        let Some(errand) = self.outbox.take(self.now_ms()) else { return };
        let task = Task { errand, means: Arc::clone(&self.means) };
        match self.deliver.try_send(task) {
            Ok(()) => self.is_telling = true,
            Err(TrySendError::Full(task) | TrySendError::Disconnected(task)) => {
                self.outbox.failed(task.errand, self.now_ms());
            }
        }
    }

    /// A sign of life, from the thread whose life it is.
    fn live(&mut self) {
        let now = self.clock.now().steady_ms;
        let Some(every) = self.supervisor.watchdog_ms else { return };
        if now - self.figures.alive_ms >= i64::try_from(every).unwrap_or(0) {
            self.figures.alive_ms = now;
            if let Err(error) = self.supervisor.tell("WATCHDOG=1") {
                tracing::warn!(%error, "a sign of life was lost");
            }
        }
    }

    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.now().steady_ms).unwrap_or(0)
    }
}
