//! What a client is owed: bytes that whoever publishes appends, and that one writer sends, all
//! that has come together in one write.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

use crate::protocol;

/// A buffer that has grown larger is given back once it is written.
const KEPT: usize = 1 << 20;

pub(super) struct Outbound {
    pending: Mutex<Pending>,
    /// There is something to write, or no more will come.
    ready: Notify,
    ended: Notify,
    most: usize,
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
        let pending = Mutex::default();
        Outbound { pending, ready: Notify::new(), ended: Notify::new(), most }
    }

    /// Appends what `say` writes, unless the end has come. A client that is owed too much is told
    /// so in the place of what it is owed.
    pub fn put(&self, say: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut pending = self.lock();
        if pending.ended {
            return false;
        }
        let waits = pending.bytes.is_empty();
        say(&mut pending.bytes);
        let slow = pending.bytes.len() + pending.writing > self.most;
        if slow {
            pending.bytes = Vec::new();
            protocol::error(&mut pending.bytes, "Slow Consumer");
            pending.ended = true;
        }
        drop(pending);
        if slow {
            self.ended.notify_one();
        }
        if waits || slow {
            self.ready.notify_one();
        }
        !slow
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
                if to.write_all(&bytes).await.is_err() {
                    return;
                }
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
        pending.ended
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
