//! Time within a load, and waiting for it to the microsecond.
//!
//! The timers of an async runtime tick in milliseconds, which would be most of what is measured of
//! a fast service. One timer of the kernel serves all that wait on a thread.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::unix::AsyncFd;

/// Counts nanoseconds from the start of a load; the same for all its threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of a load starts here")]
    pub fn start() -> Clock {
        Clock { start: Instant::now() }
    }

    pub fn now(self) -> u64 {
        nanos(self.start.elapsed())
    }
}

/// Five centuries fit.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Those who wait on one thread, by when they are due.
pub(crate) struct Timers {
    pub clock: Clock,
    waiting: RefCell<BinaryHeap<Reverse<Waiting>>>,
    /// When the kernel's timer will ring; the highest number when it is not set.
    set_for: Cell<u64>,
    timer: AsyncFd<OwnedFd>,
}

struct Waiting {
    due: u64,
    waker: Waker,
}

impl Timers {
    /// Must be called within the runtime of the thread.
    #[expect(unsafe_code, reason = "registering any other descriptor than a socket asks for it")]
    pub fn new(clock: Clock) -> io::Result<Rc<Timers>> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        // SAFETY: an owned descriptor stays the same and open for as long as it is owned.
        let timer = unsafe { AsyncFd::register(timer) }.map_err(io::Error::from)?;
        Ok(Rc::new(Timers {
            clock,
            waiting: RefCell::new(BinaryHeap::new()),
            set_for: Cell::new(u64::MAX),
            timer,
        }))
    }

    /// Wakes those who are due, for as long as the thread's load lasts.
    pub async fn ring(self: Rc<Timers>) -> io::Result<()> {
        loop {
            let mut ready = self.timer.readable().await?;
            let mut buffer = [0; 8];
            // The number of times it rang says nothing here, and reading it may find none.
            let _ = rustix::io::read(ready.get_inner(), &mut buffer);
            ready.clear_ready();
            drop(ready);
            self.set_for.set(u64::MAX);
            let now = self.clock.now();
            let mut waiting = self.waiting.borrow_mut();
            while waiting.peek().is_some_and(|next| next.0.due <= now) {
                if let Some(Reverse(next)) = waiting.pop() {
                    next.waker.wake();
                }
            }
            let next = waiting.peek().map(|next| next.0.due);
            drop(waiting);
            if let Some(due) = next {
                self.set(due)?;
            }
        }
    }

    /// Waits until the clock shows at least that.
    pub async fn until(&self, due: u64) {
        let mut asked = false;
        poll_fn(|context| {
            if self.clock.now() >= due {
                return Poll::Ready(());
            }
            if !asked {
                asked = true;
                let waker = context.waker().clone();
                self.waiting.borrow_mut().push(Reverse(Waiting { due, waker }));
                if due < self.set_for.get() {
                    // A timer that cannot be set would never ring; looking again at once is only
                    // a waste of time.
                    if self.set(due).is_err() {
                        context.waker().wake_by_ref();
                    }
                }
            }
            Poll::Pending
        })
        .await;
    }

    fn set(&self, due: u64) -> io::Result<()> {
        // Zero would turn it off.
        let left = due.saturating_sub(self.clock.now()).max(1);
        let at = Itimerspec {
            it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: Timespec {
                tv_sec: i64::try_from(left / 1_000_000_000).unwrap_or(i64::MAX),
                tv_nsec: (left % 1_000_000_000) as _,
            },
        };
        self.set_for.set(due);
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &at)?;
        Ok(())
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Waiting) -> bool {
        self.due == other.due
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Waiting) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    fn cmp(&self, other: &Waiting) -> std::cmp::Ordering {
        self.due.cmp(&other.due)
    }
}
