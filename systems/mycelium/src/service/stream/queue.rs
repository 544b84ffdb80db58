//! What waits for a client to read it. Updates of streams may be dropped where it reads too
//! slowly, answers never are; of both no more waits than was agreed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Deserialize;
use thiserror::Error;

use super::envelope::Outgoing;

/// What is dropped where there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// What has waited longest: the client sees what is.
    #[default]
    DropOldest,
    /// What comes: the client sees what was, without a gap so far.
    DropNewest,
    /// Every second of what waits: the client sees everything more coarsely.
    Compress,
}

/// How much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub messages: usize,
    /// One message may be larger than that, but none waits beside it.
    pub bytes: usize,
}

/// What became of a stream's updates.
#[derive(Debug, Default)]
pub struct Tally {
    pub sent: AtomicU64,
    pub dropped: AtomicU64,
    /// Nothing more is taken of it.
    pub is_over: AtomicBool,
}

impl Tally {
    /// For a client.
    pub fn told(&self) -> serde_json::Value {
        let [sent, dropped] = [&self.sent, &self.dropped].map(|of| of.load(Ordering::Relaxed));
        serde_json::json!({ "sent": sent, "dropped": dropped })
    }
}

/// More answers wait than a client has reason to ask for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("too many answers wait")]
pub struct Overfull;

#[derive(Debug)]
pub struct Queue {
    room: Room,
    waiting: VecDeque<Waiting>,
    updates: usize,
    /// Of the updates.
    bytes: usize,
}

#[derive(Debug)]
struct Waiting {
    message: Outgoing,
    /// Whose update it is; an answer is nobody's.
    stream: Option<Arc<Tally>>,
}

/// Answers that may wait.
pub const MOST_ANSWERS: usize = 256;

impl Queue {
    pub fn new(room: Room) -> Queue {
        Queue { room, waiting: VecDeque::new(), updates: 0, bytes: 0 }
    }

    pub fn answer(&mut self, message: Outgoing) -> Result<(), Overfull> {
        if self.waiting.len() - self.updates >= MOST_ANSWERS {
            return Err(Overfull);
        }
        self.waiting.push_back(Waiting { message, stream: None });
        Ok(())
    }

    /// Adds an update, and tells how many were dropped for it, itself included.
    pub fn update(&mut self, message: Outgoing, stream: &Arc<Tally>, policy: Policy) -> u64 {
        let size = message.size();
        let before = self.updates;
        if !self.has_room(size) {
            match policy {
                Policy::DropOldest => {}
                Policy::DropNewest => {
                    stream.dropped.fetch_add(1, Ordering::Relaxed);
                    return 1;
                }
                Policy::Compress => self.thin(),
            }
        }
        while !self.has_room(size) {
            self.drop_oldest();
        }
        let dropped = (before - self.updates) as u64;
        self.updates += 1;
        self.bytes += size;
        self.waiting.push_back(Waiting { message, stream: Some(Arc::clone(stream)) });
        dropped
    }

    /// What is to be sent next, and whether it is an update.
    pub fn next(&mut self) -> Option<(Outgoing, bool)> {
        let Waiting { message, stream } = self.waiting.pop_front()?;
        let is_update = stream.is_some();
        if let Some(stream) = stream {
            self.updates -= 1;
            self.bytes -= message.size();
            stream.sent.fetch_add(1, Ordering::Relaxed);
        }
        Some((message, is_update))
    }

    /// Takes back what waits of a stream, or of all of them.
    pub fn forget(&mut self, stream: Option<&Arc<Tally>>) {
        self.keep(|_, of| stream.is_some_and(|ended| !Arc::ptr_eq(ended, of)));
    }

    fn has_room(&self, size: usize) -> bool {
        let fits = self.updates < self.room.messages && self.bytes + size <= self.room.bytes;
        fits || self.updates == 0
    }

    /// Keeps every second update, the newest among them.
    fn thin(&mut self) {
        let odd = self.updates % 2;
        self.keep(|place, of| {
            let is_kept = place % 2 != odd;
            of.dropped.fetch_add(u64::from(!is_kept), Ordering::Relaxed);
            is_kept
        });
    }

    fn drop_oldest(&mut self) {
        let is_update = |waiting: &Waiting| waiting.stream.is_some();
        let Some(place) = self.waiting.iter().position(is_update) else { return };
        let Some(oldest) = self.waiting.remove(place) else { return };
        self.updates -= 1;
        self.bytes -= oldest.message.size();
        if let Some(stream) = oldest.stream {
            stream.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Keeps those updates for which it holds, by their place among the updates.
    fn keep(&mut self, mut is_kept: impl FnMut(usize, &Arc<Tally>) -> bool) {
        let (mut place, mut updates, mut bytes) = (0, 0, 0);
        self.waiting.retain(|waiting| {
            let Some(stream) = &waiting.stream else { return true };
            let keeps = is_kept(place, stream);
            place += 1;
            if keeps {
                updates += 1;
                bytes += waiting.message.size();
            }
            keeps
        });
        (self.updates, self.bytes) = (updates, bytes);
    }

    #[cfg(test)]
    pub fn load(&self) -> (usize, usize) {
        (self.updates, self.bytes)
    }
}
