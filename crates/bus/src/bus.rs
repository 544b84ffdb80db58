//! The bus itself: who subscribes to what, and who is handed what is published.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use bytes::Bytes;

use crate::headers::Headers;
use crate::listener::{Inbox, Listener};
use crate::message::{Message, Subject};
use crate::route::{Delivery, Route, Router};
use crate::subject::{is_pattern, is_queue, is_subject};
use crate::subscription::{Mailbox, Subscription};

/// A handle to a bus. Its copies are the same bus, which ends with the last of them: then its
/// subscriptions hear what they still hold, and no more.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

/// How much a bus carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a message, its headers included.
    pub max_payload: usize,
    /// The messages that a subscription holds until they are read, unless it says otherwise.
    pub capacity: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { max_payload: 1 << 20, capacity: 1 << 16 }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    #[error("nothing can be published to the subject {0:?}")]
    InvalidSubject(String),
    #[error("nobody can subscribe to the pattern {0:?}")]
    InvalidPattern(String),
    #[error("no group of subscribers can be called {0:?}")]
    InvalidQueue(String),
    #[error("a message of {bytes} bytes is larger than {most}")]
    TooLarge { bytes: usize, most: usize },
}

impl Default for Bus {
    fn default() -> Bus {
        Bus::new()
    }
}

impl Bus {
    #[must_use]
    pub fn new() -> Bus {
        Bus::with(Limits::default())
    }

    #[must_use]
    pub fn with(limits: Limits) -> Bus {
        let router = RwLock::default();
        Bus { shared: Arc::new(Shared { router, limits, next: AtomicU64::new(1) }) }
    }

    #[must_use]
    pub fn limits(&self) -> Limits {
        self.shared.limits
    }

    /// Hands the payload to all who listen; tells how many took it.
    pub fn publish(&self, subject: &str, payload: Bytes) -> Result<usize, BusError> {
        Ok(self.send(None, subject, None, None, payload)?.taken)
    }

    /// Hands the message to all who listen; tells how many took it.
    pub fn publish_message(&self, message: Message) -> Result<usize, BusError> {
        let Message { subject, reply, headers, payload } = message;
        Ok(self.send(None, &subject, reply, headers, payload)?.taken)
    }

    /// Hears all that is published to subjects of the pattern from now on.
    pub fn subscribe(&self, pattern: &str) -> Result<Subscription, BusError> {
        self.open(pattern, None)
    }

    /// Hears what no other member of the group hears.
    pub fn queue_subscribe(&self, pattern: &str, queue: &str) -> Result<Subscription, BusError> {
        self.open(pattern, Some(queue))
    }

    fn open(&self, pattern: &str, queue: Option<&str>) -> Result<Subscription, BusError> {
        let mailbox = Mailbox::new(self.shared.limits.capacity);
        let listener = self.listen(pattern, queue, None, mailbox)?;
        Ok(Subscription::new(listener, self.downgrade()))
    }

    /// Lets somebody hear what is published, until it is told to `leave`.
    pub(crate) fn listen<I: Inbox + 'static>(
        &self,
        pattern: &str,
        queue: Option<&str>,
        owner: Option<u64>,
        inbox: I,
    ) -> Result<Arc<Listener<I>>, BusError> {
        if !is_pattern(pattern) {
            return Err(BusError::InvalidPattern(pattern.to_owned()));
        }
        if let Some(queue) = queue.filter(|queue| !is_queue(queue)) {
            return Err(BusError::InvalidQueue(queue.to_owned()));
        }
        let (id, pattern) = (self.number(), pattern.into());
        let listener =
            Arc::new(Listener { id, pattern, queue: queue.map(Into::into), owner, inbox });
        let known: Arc<Listener> = listener.clone();
        self.shared.write().add(known);
        Ok(listener)
    }

    /// Publishes for a connection that does not want to hear itself, if `from` names one.
    pub(crate) fn send(
        &self,
        from: Option<u64>,
        subject: &str,
        reply: Option<Subject>,
        headers: Option<Headers>,
        payload: Bytes,
    ) -> Result<Delivery, BusError> {
        let bytes = headers.as_ref().map_or(0, |headers| headers.as_bytes().len()) + payload.len();
        let most = self.shared.limits.max_payload;
        if bytes > most {
            return Err(BusError::TooLarge { bytes, most });
        }
        if let Some(reply) = reply.as_deref().filter(|reply| !is_subject(reply)) {
            return Err(BusError::InvalidSubject(reply.to_owned()));
        }
        let route = self.route(subject)?;
        let subject = route.subject.clone();
        // No lock is held from here on: whoever is woken can publish and subscribe at once.
        let delivery = route.deliver(Message { subject, reply, headers, payload }, from);
        for listener in &delivery.finished {
            self.shared.leave(listener);
        }
        Ok(delivery)
    }

    fn route(&self, subject: &str) -> Result<Arc<Route>, BusError> {
        if let Some(route) = self.shared.read().known(subject) {
            return Ok(route);
        }
        if !is_subject(subject) {
            return Err(BusError::InvalidSubject(subject.to_owned()));
        }
        Ok(self.shared.write().find(subject))
    }

    /// A number that nothing else on this bus has.
    pub(crate) fn number(&self) -> u64 {
        self.shared.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn leave(&self, listener: &Listener<impl ?Sized>) {
        self.shared.leave(listener);
    }

    fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared)
    }
}

/// What the handles share.
pub(crate) struct Shared {
    router: RwLock<Router>,
    limits: Limits,
    next: AtomicU64,
}

impl Shared {
    pub fn leave(&self, listener: &Listener<impl ?Sized>) {
        self.write().remove(listener);
    }

    // Nothing panics between two halves of a change, so a poisoned lock guards a sound router.
    fn read(&self) -> RwLockReadGuard<'_, Router> {
        self.router.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Router> {
        self.router.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for listener in self.read().listeners() {
            listener.inbox.close();
        }
    }
}
