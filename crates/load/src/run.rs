//! A load from its workload to its report: makes everything ready, starts the threads, and puts
//! together what they tell.

mod ledger;
mod limits;

use std::io;
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, nanos};
use crate::connection::Route;
use crate::feed::{FeedError, Feeds};
use crate::lane::{Cut, Gate, Orders, Shared, Told, drive};
use crate::nats::{self, BusError, Identity, Reception};
use crate::report::{Ended, Progress, Report, Watcher};
use crate::schedule::Curve;
use crate::script::{Script, ScriptError};
use crate::target::{Kind, Target};
use crate::tls::{self, TlsError};
use crate::workload::{Schedule, Workload};
use ledger::Ledger;

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Feed(#[from] FeedError),
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error("reach {target} before the load")]
    Unreachable { target: String, source: io::Error },
    #[error(
        "open {needed} connections: this process may have {limit} files open (raise it with \
         `ulimit -n {needed}`)"
    )]
    Descriptors { needed: u64, limit: u64 },
    #[error("a load that takes no time")]
    Empty,
    #[error("drive the load")]
    Thread(#[source] io::Error),
}

/// How often whoever watches is asked.
const WATCH: Duration = Duration::from_millis(250);
/// How long a wish to stop may go unseen.
const STOP: Duration = Duration::from_millis(20);
/// Reports of threads that may wait to be read.
const TOLD: usize = 1024;
/// The longest a first connection may take.
const REACH: Duration = Duration::from_secs(5);

/// Puts a load on a target and watches it to its end; blocks meanwhile. `stop` is set by whoever
/// wants it to end at once.
pub fn run(
    workload: &Workload,
    target: &Target,
    stop: &AtomicBool,
    watch: &mut Watcher<'_>,
) -> Result<Report, LoadError> {
    let total = Curve::new(legs(&workload.schedule)).total();
    if total <= workload.stop.warmup {
        return Err(LoadError::Empty);
    }
    let protocol = limits::fitting(workload)?;
    let feeds = Arc::new(Feeds::open(&workload.feeds, workload.seed)?);
    let variables = |name: &str| std::env::var(name).ok();
    let script = Arc::new(Script::new(workload, target, &feeds, &variables)?);
    let tls = target.secure.then(|| tls::config(&protocol.tls, protocol.http)).transpose()?;
    let reached = TcpStream::connect_timeout(&target.address, REACH);
    reached.map_err(|source| LoadError::Unreachable { target: target.to_string(), source })?;
    let (identity, reception) = match target.kind {
        Kind::Http => (None, None),
        Kind::Nats => bus(workload, &script, target, tls.as_ref())?,
    };
    let route = Route {
        target: target.clone(),
        http: protocol.http,
        tls,
        largest_body: protocol.largest_body,
        identity,
        reception,
    };
    let threads = threads(workload, target);
    let (warmup, end) = (nanos(workload.stop.warmup), nanos(total));
    let orders = Orders {
        wall_ms: wall_ms(),
        share: (0, threads),
        seed: workload.seed,
        schedule: workload.schedule.clone(),
        protocol,
        warmup,
        end,
        tick: ledger::tick(end - warmup),
        script: Arc::clone(&script),
        route: Arc::new(route),
        feeds,
        shared: Arc::new(Shared::new(workload.stop.requests)),
    };
    let ledger = Ledger::new(&script, &orders);
    conduct(&orders, ledger, stop, watch)
}

/// Sees to what a load over a bus needs, and says as whom it comes and who receives.
fn bus(
    workload: &Workload,
    script: &Script,
    target: &Target,
    tls: Option<&Arc<rustls::ClientConfig>>,
) -> Result<(Option<Identity>, Option<Reception>), BusError> {
    let identity = Identity::of(&script.login)?;
    let published = script.published();
    let patterns = nats::patterns(&published, &workload.bus.subscribe)?;
    let subscribers = workload.bus.subscribers;
    let receives = subscribers > 0 && !published.is_empty();
    let run = wall_ms().unsigned_abs() ^ workload.seed.rotate_left(32);
    let reception = receives.then_some(Reception { subscribers, patterns, run });
    nats::prepare(target, identity.as_ref(), tls, &workload.bus.streams)?;
    Ok((identity, reception))
}

/// Starts the threads and listens to them until the last has ended.
fn conduct(
    orders: &Orders,
    mut ledger: Ledger,
    stop: &AtomicBool,
    watch: &mut Watcher<'_>,
) -> Result<Report, LoadError> {
    let (tell, told) = sync_channel(TOLD);
    let (ready, all_ready) = sync_channel(orders.share.1 as usize);
    let mut gates = Vec::new();
    let threads: Vec<_> = (0..orders.share.1)
        .map(|thread| {
            let orders = Orders { share: (thread, orders.share.1), ..orders.clone() };
            let tell = tell.clone();
            let (open, opened) = sync_channel(1);
            gates.push(open);
            let gate = Gate { ready: ready.clone(), open: opened };
            std::thread::Builder::new()
                .name(format!("load {thread}"))
                .spawn(move || drive(orders, gate, &tell))
        })
        .collect();
    drop((tell, ready));
    let _cut = CutByPanic(&orders.shared);
    if all_ready.iter().take(gates.len()).count() == gates.len() {
        let clock = Clock::start();
        // Each takes it, since each is ready.
        for gate in &gates {
            let _ = gate.send(clock);
        }
        listen((orders, clock), &mut ledger, &told, stop, watch);
    }
    drop(gates);
    let mut failed = None;
    for thread in threads {
        let ended = thread.and_then(|thread| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a thread of the load panicked")))
        });
        failed = failed.or(ended.err());
    }
    match failed {
        Some(error) => Err(LoadError::Thread(error)),
        None => Ok(ledger.close(ended(orders))),
    }
}

/// A panic of whoever watches ends the load as well: its threads know nothing of it.
struct CutByPanic<'a>(&'a Shared);

impl Drop for CutByPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.cut(Cut::Interrupted);
        }
    }
}

fn listen(
    (orders, clock): (&Orders, Clock),
    ledger: &mut Ledger,
    told: &Receiver<Told>,
    stop: &AtomicBool,
    watch: &mut Watcher<'_>,
) {
    let mut next = nanos(WATCH);
    loop {
        match told.recv_timeout(STOP) {
            Ok(told) => ledger.enter(&told),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if stop.load(Ordering::Relaxed) {
            orders.shared.cut(Cut::Interrupted);
        }
        let now = clock.now();
        if now < next {
            continue;
        }
        next = now + nanos(WATCH);
        let latest = ledger.latest();
        let progress = Progress {
            elapsed: Duration::from_nanos(now),
            total: Duration::from_nanos(orders.end),
            warming: now < orders.warmup,
            users: ledger.users(),
            report: ledger.so_far(now),
            latest: &latest,
        };
        if watch(&progress) == ControlFlow::Break(()) {
            orders.shared.cut(Cut::Decided);
        }
    }
}

fn ended(orders: &Orders) -> Ended {
    match orders.shared.why_cut() {
        Cut::Not => Ended::Complete,
        Cut::Interrupted => Ended::Interrupted,
        Cut::Decided => Ended::Decided,
        Cut::Count => Ended::Count,
        Cut::Exhausted => Ended::Exhausted,
    }
}

fn legs(schedule: &Schedule) -> &[crate::workload::Leg] {
    match schedule {
        Schedule::Users(legs) | Schedule::Rate { legs, .. } => legs,
    }
}

/// As many as asked for, or as there are processors to spare; never more than users.
fn threads(workload: &Workload, target: &Target) -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let processors = u32::try_from(processors).unwrap_or(u32::MAX);
    let spare = if target.is_here() { processors / 2 } else { processors };
    let asked = workload.threads.unwrap_or(spare).max(1);
    match &workload.schedule {
        Schedule::Users(legs) => asked.min(Curve::new(legs).users().max(1)),
        Schedule::Rate { .. } => asked.min(workload.protocol.connections.max(1)),
    }
}

#[expect(clippy::disallowed_methods, reason = "the hour of the day, for templates and cookies")]
fn wall_ms() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
