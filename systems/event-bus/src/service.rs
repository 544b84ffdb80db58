//! The database service: takes events from the bus, stores them, answers for them once they are
//! committed, and answers requests about what is stored.

mod core;
mod dead;
mod drain;
mod heartbeat;
mod metrics;
mod prune;
mod readers;
mod ready;
mod requests;
mod settings;
mod settle;
mod source;
mod stream;
mod taken;
mod threads;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use thiserror::Error;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant};

use self::heartbeat::Open;
use self::prune::Pruner;
use self::readers::Readers;
use self::settle::Settled;
use self::source::{Source, Stop};
use self::threads::Threads;
use crate::bus::durable::Durable;
use crate::bus::{BadStream, Bus, BusError};
use crate::store::{Store, StoreError};
use crate::writer::{self, Writer};

pub use self::dead::{Header, Reason};
pub use self::drain::Unfinished;
pub use self::metrics::{MEDIA_TYPE, Metrics};
pub use self::ready::Readiness;
pub use self::settings::{Mode, Settings, Streams};

/// A running service. It has to be told to end: see `drain`.
pub struct Service {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    /// What takes from the bus; each ends once it was told to stop and has taken the rest.
    taking: Vec<JoinHandle<()>>,
    /// What goes on until everything taken is answered for.
    serving: Vec<JoinHandle<()>>,
}

/// What its tasks share.
pub struct Shared {
    settings: Settings,
    bus: Bus,
    /// There in stream mode alone.
    durable: Option<Durable>,
    writer: Writer,
    readers: Readers,
    _pruner: Option<Pruner>,
    metrics: Metrics,
    /// One permit for each event that may be on its way to the store, and for each request.
    room: Arc<Semaphore>,
    asking: Arc<Semaphore>,
    /// Events taken and not yet answered for.
    in_flight: AtomicUsize,
    settled: mpsc::UnboundedSender<Settled>,
    open: Open,
    /// Why no events come from the stream.
    trouble: Mutex<Option<String>>,
    is_draining: AtomicBool,
}

#[derive(Debug, Error)]
pub enum ServiceError {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Stream(#[from] BadStream),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("failed to start a thread for the database: {0}")]
    Thread(#[from] io::Error),
    #[error("the service is not ready: {0}")]
    NotReady(Readiness),
}

/// How often the service looks whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Service {
    /// Starts the service, and returns once it is ready: whatever is published from then on is
    /// stored. `open` opens a connection to the database, one for each thread.
    pub async fn start(
        bus: Bus,
        open: impl Fn() -> Result<Store, StoreError> + Send + 'static,
        limits: writer::Limits,
        settings: Settings,
    ) -> Result<Service, ServiceError> {
        let durable = match &settings.mode {
            Mode::Core => None,
            Mode::Stream(_) => Some(Durable::new(&bus)?),
        };
        // What the writer refuses for want of room would be lost or come again.
        let room = settings.in_flight.min(limits.queue.saturating_sub(settings.requests).max(1));
        let (settled, settling) = mpsc::unbounded_channel();
        let threads = Threads::start(open, limits, &settings).await?;
        let shared = Arc::new(Shared {
            durable,
            writer: threads.writer,
            readers: threads.readers,
            _pruner: threads.pruner,
            metrics: Metrics::new(),
            room: Arc::new(Semaphore::new(room)),
            asking: Arc::new(Semaphore::new(settings.requests)),
            in_flight: AtomicUsize::new(0),
            settled,
            open: Open::default(),
            trouble: Mutex::default(),
            is_draining: AtomicBool::new(false),
            settings: Settings { in_flight: room, ..settings },
            bus,
        });
        let service = Service::spawn(shared, settling).await?;
        service.ready().await?;
        Ok(service)
    }

    /// Waits until it is ready. A slow disk may take a while for the first commit.
    async fn ready(&self) -> Result<(), ServiceError> {
        let patience = Instant::now() + self.shared.settings.start_time;
        loop {
            let readiness = self.readiness().await;
            if readiness.is_ready() {
                return Ok(());
            }
            if Instant::now() >= patience {
                return Err(ServiceError::NotReady(readiness));
            }
            tracing::info!("not yet ready: {readiness}");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn spawn(
        shared: Arc<Shared>,
        settling: mpsc::UnboundedReceiver<Settled>,
    ) -> Result<Service, ServiceError> {
        let (stop, told) = watch::channel(false);
        let told = Stop(told);
        let clone = || Arc::clone(&shared);
        let Settings { prefix, queue, mode, .. } = &shared.settings;
        let mut serving = vec![tokio::spawn(settle::settle(clone(), settling))];
        let mut taking = Vec::new();
        match mode {
            Mode::Core => {
                let events = shared.bus.subscribe(&prefix.events(), Some(queue)).await?;
                let events = Source::new(events, told.clone());
                taking.push(tokio::spawn(core::take(clone(), events)));
            }
            Mode::Stream(streams) => {
                let puller = stream::open(&shared, streams).await?;
                taking.push(tokio::spawn(stream::take(clone(), puller, told.clone())));
                serving.push(tokio::spawn(heartbeat::beat(clone(), streams.ack_wait)));
            }
        }
        let requests = shared.bus.subscribe(&prefix.requests(), Some(queue)).await?;
        let requests = Source::new(requests, told);
        taking.push(tokio::spawn(requests::take(clone(), requests)));
        // The last one: once a request to it is answered, the others are known to the broker.
        let mirror = shared.bus.subscribe(&shared.settings.mirror(), None).await?;
        serving.push(tokio::spawn(ready::mirror(shared.bus.clone(), mirror)));
        Ok(Service { shared, stop, taking, serving })
    }

    #[must_use]
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    pub async fn readiness(&self) -> Readiness {
        self.shared.readiness().await
    }
}

impl Shared {
    /// The metrics as text, with what others count brought up to date.
    #[must_use]
    pub fn metrics(&self) -> String {
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        self.metrics.text(&self.writer.counters(), &self.bus, in_flight)
    }

    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}
