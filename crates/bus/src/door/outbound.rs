//! What a client is owed: bytes that whoever publishes appends, and that one writer sends, all
//! that has come together in one write.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::listener::Room;
use crate::protocol;

/// A client that takes nothing for so long is gone.
const DEADLINE: Duration = Duration::from_secs(10);
/// A buffer that has grown larger is given back once it is written.
const KEPT: usize = 1 << 20;

pub(super) struct Outbound {
    pending: Mutex<Pending>,
    /// There is something to write, or no more will come.
    ready: Notify,
    ended: Notify,
    /// Whether there is room for more from those who can wait.
    room: watch::Sender<bool>,
    most: usize,
}

/// What became of what was to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Done,
    /// It will be written, but three quarters of what may wait are waiting.
    Narrow,
    /// Nothing more will be written.
    Ended,
}

#[derive(Default)]
struct Pending {
    bytes: Vec<u8>,
    /// How many bytes the writer has taken and may not have sent yet.
    writing: usize,
    ended: bool,
}

impl Outbound {
    pub fn new(most: usize) -> Outbound {
        let (pending, room) = (Mutex::default(), watch::Sender::new(true));
        Outbound { pending, ready: Notify::new(), ended: Notify::new(), room, most }
    }

    /// Appends what `say` writes, unless the end has come. A client that is owed too much is told
    /// so in the place of what it is owed.
    pub fn put(&self, say: impl FnOnce(&mut Vec<u8>)) -> Put {
        let mut pending = self.lock();
        if pending.ended {
            return Put::Ended;
        }
        let waits = pending.bytes.is_empty();
        say(&mut pending.bytes);
        let waiting = pending.bytes.len() + pending.writing;
        if waiting > self.most {
            pending.bytes = Vec::new();
            protocol::error(&mut pending.bytes, "Slow Consumer");
            pending.ended = true;
            drop(pending);
            self.ended.notify_one();
            self.ready.notify_one();
            return Put::Ended;
        }
        let narrow = waiting > self.narrow();
        if narrow {
            self.room.send_if_modified(|room| mem::replace(room, false));
        }
        drop(pending);
        if waits {
            self.ready.notify_one();
        }
        if narrow { Put::Narrow } else { Put::Done }
    }

    pub fn room(&self) -> Room {
        self.room.subscribe()
    }

    fn narrow(&self) -> usize {
        self.most / 4 * 3
    }

    /// Takes no more.
    pub fn end(&self) {
        self.lock().ended = true;
        self.ready.notify_one();
    }

    /// Waits until the client turns out to be too slow.
    pub async fn slow(&self) {
        self.ended.notified().await;
    }

    /// Writes until the end, or until the client does not take it.
    pub async fn write(&self, mut to: impl AsyncWrite + Unpin) {
        let mut bytes = Vec::new();
        loop {
            let ended = self.take(&mut bytes);
            if !bytes.is_empty() {
                let Ok(Ok(())) = timeout(DEADLINE, to.write_all(&bytes)).await else { return };
            } else if ended {
                let _ = to.shutdown().await;
                return;
            } else {
                self.ready.notified().await;
            }
        }
    }

    /// Exchanges what was written for what has come since.
    fn take(&self, written: &mut Vec<u8>) -> bool {
        written.clear();
        if written.capacity() > KEPT {
            *written = Vec::new();
        }
        let mut pending = self.lock();
        mem::swap(&mut pending.bytes, written);
        pending.writing = written.len();
        if pending.writing <= self.narrow() {
            self.room.send_if_modified(|room| !mem::replace(room, true));
        }
        pending.ended
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
