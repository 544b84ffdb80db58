//! The queue of a connection, between those who compute and the one who sends.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::ws::CloseFrame;
use tokio::sync::Notify;

use super::counters::Counters;
use super::envelope::Outgoing;
use super::queue::{Overfull, Policy, Queue, Room, Tally};

pub struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Notify,
    counters: Counters,
}

struct Waiting {
    queue: Queue,
    /// What is said last.
    end: Option<CloseFrame>,
}

/// What is to be done next.
pub enum Next {
    Send(Outgoing),
    /// Everything was sent; this is the last.
    Close(CloseFrame),
}

impl Outbox {
    pub fn new(room: Room, counters: Counters) -> Outbox {
        let waiting = Mutex::new(Waiting { queue: Queue::new(room), end: None });
        Outbox { waiting, changed: Notify::new(), counters }
    }

    pub fn answer(&self, message: Outgoing) -> Result<(), Overfull> {
        let answered = self.waiting().queue.answer(message);
        self.changed.notify_one();
        answered
    }

    /// Tells the end of a stream, which must not be missed, and takes no more of it.
    pub fn end_of(&self, stream: &Tally, message: Outgoing) -> Result<(), Overfull> {
        let mut waiting = self.waiting();
        if stream.is_over.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let answered = waiting.queue.answer(message);
        drop(waiting);
        self.changed.notify_one();
        answered
    }

    pub fn update(&self, stream: &Arc<Tally>, message: Outgoing, policy: Policy) {
        let mut waiting = self.waiting();
        if stream.is_over.load(Ordering::Relaxed) {
            return;
        }
        let dropped = waiting.queue.update(message, stream, policy);
        drop(waiting);
        self.counters.dropped(dropped);
        self.changed.notify_one();
    }

    /// Takes back what waits of a stream, and takes no more of it.
    pub fn forget(&self, stream: &Arc<Tally>) {
        let mut waiting = self.waiting();
        stream.is_over.store(true, Ordering::Relaxed);
        waiting.queue.forget(Some(stream));
    }

    /// Takes back the updates, so that nothing but answers comes before the end.
    pub fn end(&self, frame: CloseFrame) {
        let mut waiting = self.waiting();
        waiting.queue.forget(None);
        waiting.end = Some(frame);
        drop(waiting);
        self.changed.notify_one();
    }

    /// Ready once there is something to do. There is one who asks.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.take() {
                return next;
            }
            self.changed.notified().await;
        }
    }

    fn take(&self) -> Option<Next> {
        let mut waiting = self.waiting();
        match waiting.queue.next() {
            Some((message, is_update)) => {
                if is_update {
                    self.counters.sent();
                }
                Some(Next::Send(message))
            }
            None => waiting.end.take().map(Next::Close),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
