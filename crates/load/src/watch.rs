//! Time-outs without a timer each: every user notes until when it will wait, and somebody looks at
//! all of them a few times a second.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use crate::check::Fault;

/// How long one user waits for what it is doing.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// On the clock of the load; zero while it waits for nothing.
    deadline: Cell<u64>,
    expired: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Watch {
    pub fn begin(&self, deadline: u64) {
        self.deadline.set(deadline);
        self.expired.set(false);
    }

    pub fn end(&self) {
        self.deadline.set(0);
    }

    /// Whether the time is up; whoever asks is woken when it is.
    pub fn is_over(&self, context: &Context<'_>) -> bool {
        if self.expired.get() {
            return true;
        }
        let mut waker = self.waker.borrow_mut();
        if !waker.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            *waker = Some(context.waker().clone());
        }
        false
    }

    fn expire(&self) {
        self.expired.set(true);
        if let Some(waker) = self.waker.borrow().as_ref() {
            waker.wake_by_ref();
        }
    }
}

/// All that wait on a thread.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    list: RefCell<Vec<Weak<Watch>>>,
}

impl Watches {
    pub fn add(&self) -> Rc<Watch> {
        let watch = Rc::new(Watch::default());
        self.list.borrow_mut().push(Rc::downgrade(&watch));
        watch
    }

    /// Tells those whose time is up.
    pub fn look(&self, now: u64) {
        self.list.borrow_mut().retain(|watch| {
            let Some(watch) = watch.upgrade() else { return false };
            let deadline = watch.deadline.get();
            if deadline > 0 && deadline <= now && !watch.expired.get() {
                watch.expire();
            }
            true
        });
    }
}

/// Waits for something, but no longer than the watch allows.
pub(crate) async fn in_time<T>(watch: &Watch, what: impl Future<Output = T>) -> Result<T, Fault> {
    let mut what = pin!(what);
    std::future::poll_fn(|context| match what.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Ok(done)),
        Poll::Pending if watch.is_over(context) => Poll::Ready(Err(Fault::TimedOut)),
        Poll::Pending => Poll::Pending,
    })
    .await
}
