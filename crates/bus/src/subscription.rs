//! A subscription inside the process: a bounded queue that publishers fill and one reader empties.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

use crate::bus::Shared;
use crate::listener::{Inbox, Listener, Refused, Taken};
use crate::message::{Message, Subject};

/// What was published since it began and has not been read. What finds no room is dropped and
/// counted, so that a slow reader holds up nobody. Dropping it unsubscribes.
pub struct Subscription {
    listener: Arc<Listener<Mailbox>>,
    bus: Weak<Shared>,
}

impl Subscription {
    pub(crate) fn new(listener: Arc<Listener<Mailbox>>, bus: Weak<Shared>) -> Subscription {
        Subscription { listener, bus }
    }

    #[must_use]
    pub fn pattern(&self) -> &Subject {
        &self.listener.pattern
    }

    /// The next message; none when no more will come.
    pub async fn next(&mut self) -> Option<Message> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// The next message if there is one.
    pub fn try_next(&mut self) -> Option<Message> {
        self.mailbox().lock().queue.pop_front()
    }

    /// Appends up to so many messages, at least one of them; tells how many, which is none when
    /// no more will come.
    pub async fn next_many(&mut self, messages: &mut Vec<Message>, most: usize) -> usize {
        poll_fn(|context| {
            self.mailbox().poll(context, |queue| {
                let count = queue.len().min(most);
                messages.extend(queue.drain(..count));
                count
            })
        })
        .await
        .unwrap_or(0)
    }

    /// As [`Subscription::next`], for a task that waits for several things.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Message>> {
        let taken = self.mailbox().poll(context, VecDeque::pop_front);
        taken.map(Option::flatten)
    }

    /// Ends it; what was not read is dropped.
    pub fn unsubscribe(self) {}

    /// Ends it once it has been handed so many messages since it began.
    pub fn unsubscribe_after(&mut self, messages: u64) {
        let over = {
            let mut state = self.mailbox().lock();
            state.most = Some(messages);
            state.taken >= messages
        };
        if over {
            self.leave();
        }
    }

    /// How many messages found no room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.mailbox().dropped.load(Ordering::Relaxed)
    }

    /// How many messages are there to be read.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.mailbox().lock().queue.len()
    }

    /// Holds up to so many messages from now on; none that is held already is dropped.
    pub fn set_capacity(&mut self, messages: usize) {
        self.mailbox().lock().capacity = messages;
    }

    fn mailbox(&self) -> &Mailbox {
        &self.listener.inbox
    }

    fn leave(&self) {
        if let Some(bus) = self.bus.upgrade() {
            bus.leave(&self.listener);
        }
        self.mailbox().close();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.leave();
        // A publisher may still hold the listener: what it holds need not wait for that.
        let queue = std::mem::take(&mut self.mailbox().lock().queue);
        drop(queue);
    }
}

/// The queue, which publishers and the reader share.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    dropped: AtomicU64,
}

struct State {
    queue: VecDeque<Message>,
    capacity: usize,
    open: bool,
    /// How many were ever put into the queue, and after how many it ends.
    taken: u64,
    most: Option<u64>,
    /// Who waits for the next message.
    waiting: Option<Waker>,
}

impl Mailbox {
    pub fn new(capacity: usize) -> Mailbox {
        let state = State {
            queue: VecDeque::new(),
            capacity,
            open: true,
            taken: 0,
            most: None,
            waiting: None,
        };
        Mailbox { state: Mutex::new(state), dropped: AtomicU64::new(0) }
    }

    /// Takes from the queue when there is something or no more will come.
    fn poll<T>(
        &self,
        context: &Context<'_>,
        take: impl FnOnce(&mut VecDeque<Message>) -> T,
    ) -> Poll<Option<T>> {
        let mut state = self.lock();
        if !state.queue.is_empty() {
            Poll::Ready(Some(take(&mut state.queue)))
        } else if !state.open {
            Poll::Ready(None)
        } else {
            match &mut state.waiting {
                Some(waker) => waker.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            }
            Poll::Pending
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox for Mailbox {
    fn offer(&self, message: Message) -> Result<Taken, Refused> {
        let mut state = self.lock();
        if !state.open {
            return Err(Refused { message, full: false });
        }
        if state.queue.len() >= state.capacity {
            return Err(Refused { message, full: true });
        }
        state.queue.push_back(message);
        state.taken += 1;
        state.open = state.most.is_none_or(|most| state.taken < most);
        let taken = if state.open { Taken::More } else { Taken::Last };
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waker) = waiting {
            waker.wake();
        }
        Ok(taken)
    }

    fn missed(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    fn close(&self) {
        let waiting = {
            let mut state = self.lock();
            state.open = false;
            state.waiting.take()
        };
        if let Some(waker) = waiting {
            waker.wake();
        }
    }
}
