//! A client's subscription: what it hears goes to the bytes that its connection is owed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::outbound::{Outbound, Put};
use crate::listener::{Inbox, Refused, Taken};
use crate::message::Message;
use crate::protocol;

pub(super) struct Feed {
    sid: Box<str>,
    outbound: Arc<Outbound>,
    /// Whether the client reads headers.
    headers: bool,
    open: AtomicBool,
    offered: AtomicU64,
    most: AtomicU64,
}

impl Feed {
    pub fn new(sid: &str, outbound: Arc<Outbound>, headers: bool) -> Feed {
        Feed {
            sid: sid.into(),
            outbound,
            headers,
            open: AtomicBool::new(true),
            offered: AtomicU64::new(0),
            most: AtomicU64::new(u64::MAX),
        }
    }

    pub fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Ends it after so many messages since it began; tells whether that was so many ago.
    pub fn end_after(&self, messages: u64) -> bool {
        self.most.store(messages, Ordering::SeqCst);
        self.offered.load(Ordering::SeqCst) >= messages
    }
}

impl Inbox for Feed {
    fn offer(&self, message: Message) -> Result<Taken, Refused> {
        let closed = |message| Err(Refused { message, full: false });
        if !self.is_open() {
            return closed(message);
        }
        let count = self.offered.fetch_add(1, Ordering::SeqCst) + 1;
        let most = self.most.load(Ordering::SeqCst);
        if count > most {
            return closed(message);
        }
        if count == most {
            self.close();
        }
        let say = |out: &mut Vec<u8>| protocol::message(out, &self.sid, &message, self.headers);
        match self.outbound.put(say) {
            Put::Ended => {
                self.close();
                closed(message)
            }
            _ if count == most => Ok(Taken::Last),
            Put::Done => Ok(Taken::More),
            Put::Narrow => Ok(Taken::Narrow(self.outbound.room())),
        }
    }

    // A client that has no room is sent away instead.
    fn missed(&self) {}

    fn close(&self) {
        self.open.store(false, Ordering::Release);
    }
}
