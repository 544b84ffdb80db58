//! One thread of a load: its users or its share of the arrivals, their timers, and what it tells of
//! them.

mod closed;
mod open;
mod shared;

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError};

use rustix::time::{ClockId, clock_gettime};

use crate::clock::{Clock, Timers};
use crate::connection::Route;
use crate::feed::Feeds;
use crate::nats::Deliveries;
use crate::report::{self, Window};
use crate::script::Script;
use crate::tally::{Failures, Tally};
use crate::target::Kind;
use crate::watch::Watches;
use crate::workload::{Protocol, Schedule};
pub(crate) use shared::{Cut, Shared};

/// What a thread is to do.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    /// The wall clock at the start of the load, in milliseconds since 1970.
    pub wall_ms: i64,
    pub share: (u32, u32),
    pub seed: u64,
    pub schedule: Schedule,
    pub protocol: Protocol,
    /// In nanoseconds from the start.
    pub warmup: u64,
    pub end: u64,
    pub tick: u64,
    pub script: Arc<Script>,
    pub route: Arc<Route>,
    pub feeds: Arc<Feeds>,
    pub shared: Arc<Shared>,
}

/// What a thread has seen since it last told.
#[derive(Debug)]
pub(crate) struct Told {
    /// Which stretch of the measured part it belongs to; negative during the warm-up.
    pub tick: i64,
    pub counted: Vec<Window>,
    pub warm: Vec<Window>,
    pub failures: Failures,
    /// All that follow count from the start.
    pub lane: u32,
    pub connects: u64,
    pub deliveries: Option<report::Deliveries>,
    pub users: u64,
    /// The most at the same time since the thread last told.
    pub most_users: u64,
    pub due: u64,
    pub begun: u64,
    pub cpu_ns: u64,
    /// When the last request ended.
    pub last_ended: u64,
    /// When this was told.
    pub at: u64,
}

pub(crate) struct Lane {
    pub timers: Rc<Timers>,
    pub watches: Watches,
    pub tally: RefCell<Tally>,
    pub script: Arc<Script>,
    pub route: Arc<Route>,
    pub feeds: Arc<Feeds>,
    pub shared: Arc<Shared>,
    /// Of what is published to a bus.
    pub deliveries: Option<Rc<Deliveries>>,
    pub protocol: Protocol,
    pub seed: u64,
    pub wall_ms: i64,
    pub timeout: u64,
    pub end: u64,
    /// Tasks under way, from when they are given to a user.
    pub active: Cell<u64>,
    /// Arrivals that nobody is free for.
    pub queued: Cell<u64>,
    /// Whether there may be more arrivals.
    pub arriving: Cell<bool>,
    present: Cell<u64>,
    most_present: Cell<u64>,
    pub connects: Cell<u64>,
    pub due: Cell<u64>,
    pub begun: Cell<u64>,
    pub last_ended: Cell<u64>,
    closing: Cell<bool>,
    given_up: Cell<bool>,
    share: (u32, u32),
}

/// Between two looks at who waits for too long.
const LOOK_NS: u64 = 50_000_000;
/// While the last answers are awaited.
const LAST_LOOK_NS: u64 = 2_000_000;
/// For what is given up to be counted.
const LAST_NS: u64 = 1_000_000_000;

/// Lets a thread begin together with the others once all are ready.
#[derive(Debug)]
pub(crate) struct Gate {
    pub ready: SyncSender<()>,
    /// Nothing comes if another thread could not get ready.
    pub open: Receiver<Clock>,
}

/// Does a thread's part of a load and tells of it through `tell`; blocks until it is done.
pub(crate) fn drive(orders: Orders, gate: Gate, tell: &SyncSender<Told>) -> io::Result<()> {
    // By default the kernel wakes sleepers up to 50 us late, to save power.
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_io();
    if orders.route.target.kind == Kind::Nats {
        // The client of the bus has timers of its own.
        builder.enable_time();
    }
    let runtime = builder.build()?;
    let here = tokio::task::LocalSet::new();
    here.block_on(&runtime, async move {
        let deliveries = match &orders.route.reception {
            Some(reception) => Some(reception.open(&orders.route, orders.share.0).await?),
            None => None,
        };
        // Whoever waits at the other end may be gone for the same reason.
        let _ = gate.ready.send(());
        let Ok(clock) = gate.open.recv() else { return Ok(()) };
        let lane = Rc::new(Lane::new(&orders, clock, deliveries)?);
        tokio::task::spawn_local(Rc::clone(&lane.timers).ring());
        match &orders.schedule {
            Schedule::Users(legs) => closed::begin(&lane, legs),
            Schedule::Rate { legs, arrivals } => open::begin(&lane, legs, *arrivals),
        }
        lane.keep_telling(&orders, tell).await;
        Ok(())
    })
}

impl Lane {
    fn new(orders: &Orders, clock: Clock, deliveries: Option<Rc<Deliveries>>) -> io::Result<Lane> {
        let Orders { script, protocol, .. } = orders;
        Ok(Lane {
            timers: Timers::new(clock)?,
            watches: Watches::default(),
            tally: RefCell::new(Tally::new(script.operations.len(), orders.warmup)),
            script: Arc::clone(script),
            route: Arc::clone(&orders.route),
            feeds: Arc::clone(&orders.feeds),
            shared: Arc::clone(&orders.shared),
            deliveries,
            protocol: protocol.clone(),
            seed: orders.seed,
            wall_ms: orders.wall_ms,
            timeout: crate::clock::nanos(protocol.timeout),
            end: orders.end,
            active: Cell::new(0),
            queued: Cell::new(0),
            arriving: Cell::new(false),
            present: Cell::new(0),
            most_present: Cell::new(0),
            connects: Cell::new(0),
            due: Cell::new(0),
            begun: Cell::new(0),
            last_ended: Cell::new(0),
            closing: Cell::new(false),
            given_up: Cell::new(false),
            share: orders.share,
        })
    }

    /// Whether no more tasks begin, but for those that were due before the end.
    pub fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Whether the time for the last answers is up.
    pub fn has_given_up(&self) -> bool {
        self.given_up.get()
    }

    pub fn come(&self) {
        self.present.set(self.present.get() + 1);
        self.most_present.set(self.most_present.get().max(self.present.get()));
    }

    pub fn leave(&self) {
        self.present.set(self.present.get() - 1);
    }

    async fn keep_telling(&self, orders: &Orders, tell: &SyncSender<Told>) {
        let Orders { warmup, tick, end, .. } = *orders;
        let look = LOOK_NS.min(self.timeout / 20).max(LAST_LOOK_NS);
        let patience = end.saturating_add(self.timeout);
        // Ticks lie so that one begins where the warm-up ends.
        let mut next_tick = warmup % tick;
        if next_tick == 0 {
            next_tick = tick;
        }
        let mut now = 0;
        loop {
            let due = if self.is_closing() { now + LAST_LOOK_NS } else { now + look };
            self.timers.until(due.min(next_tick.max(now + 1))).await;
            now = self.timers.clock.now();
            self.watches.look(now);
            let cut = self.shared.why_cut();
            if now >= end || cut != Cut::Not {
                self.closing.set(true);
            }
            let at_once = matches!(cut, Cut::Interrupted | Cut::Decided);
            if at_once || self.is_closing() && self.is_idle(cut) {
                break;
            }
            if now > patience && !self.given_up.replace(true) {
                self.watches.look(u64::MAX);
            }
            if now > patience.saturating_add(LAST_NS) {
                break;
            }
            if now >= next_tick {
                self.tell(next_tick - 1, orders, tell);
                next_tick += tick * ((now - next_tick) / tick + 1);
            }
        }
        if matches!(self.shared.why_cut(), Cut::Count | Cut::Exhausted) {
            // What queues is not missing: it was not asked for.
            self.due.set(self.due.get() - self.queued.get());
        }
        let last = self.told(now.min(end.saturating_sub(1)), orders);
        // The receiver waits for this one, or is gone.
        let _ = tell.send(last);
    }

    /// Whether nothing is left to be done. What queues is, unless the load was cut short.
    fn is_idle(&self, cut: Cut) -> bool {
        let done = !self.arriving.get() && self.queued.get() == 0;
        self.active.get() == 0 && (done || cut != Cut::Not)
    }

    /// Tells without ever waiting: who does not listen now gets it with the next.
    fn tell(&self, at: u64, orders: &Orders, tell: &SyncSender<Told>) {
        match tell.try_send(self.told(at, orders)) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            // A thousand ticks behind: the reader is dead.
            Err(TrySendError::Full(_)) => self.shared.cut(Cut::Interrupted),
        }
    }

    fn told(&self, at: u64, orders: &Orders) -> Told {
        let (counted, warm, failures) = self.tally.borrow_mut().take();
        let whole = |ns: u64| i64::try_from(ns).unwrap_or(i64::MAX);
        let cpu = clock_gettime(ClockId::ThreadCPUTime);
        Told {
            tick: (whole(at) - whole(orders.warmup)).div_euclid(whole(orders.tick)),
            counted,
            warm,
            failures,
            lane: self.share.0,
            connects: self.connects.get(),
            deliveries: self.deliveries.as_ref().map(|deliveries| report::Deliveries {
                lost: deliveries.lost(),
                duplicates: deliveries.duplicates(),
            }),
            users: self.present.get(),
            most_users: self.most_present.replace(self.present.get()),
            due: self.due.get(),
            begun: self.begun.get(),
            cpu_ns: u64::try_from(cpu.tv_sec * 1_000_000_000 + cpu.tv_nsec).unwrap_or(0),
            last_ended: self.last_ended.get(),
            at: self.timers.clock.now(),
        }
    }
}
