//! What the thread does: gather, commit, tell.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;

use super::counters::Gauges;
use super::{Answer, Limits, Receipt, WriteError};
use crate::event::Event;
use crate::operation::{Code, Operation};
use crate::store::{Applied, Checkpointer, Store, StoreError};

/// What waits for the thread.
pub(super) enum Work {
    Event(Box<Event>, Receipt),
    Operation(Box<Operation>, Answer),
}

pub(super) struct Thread {
    /// The first to be dropped: its last checkpoint then has all there is.
    pub(super) _checkpointer: Option<Checkpointer>,
    pub(super) store: Store,
    pub(super) limits: Limits,
    pub(super) now_ms: fn() -> u64,
    pub(super) gauges: Arc<Gauges>,
}

/// Events of one transaction, and who is told about each.
#[derive(Default)]
struct Batch {
    events: Vec<Event>,
    receipts: Vec<Receipt>,
}

impl Drop for Thread {
    /// However the thread ends, nobody takes it for healthy.
    fn drop(&mut self) {
        self.gauges.is_healthy.store(false, Ordering::Relaxed);
    }
}

impl Thread {
    /// Returns once every sender is gone and all that was sent is committed.
    pub(super) fn run(mut self, queue: &Receiver<Work>) {
        let mut batch = Batch::default();
        let mut committed = None;
        while let Ok(first) = queue.recv() {
            self.linger(committed);
            let then = self.gather(first, queue, &mut batch);
            if !batch.events.is_empty() {
                self.commit(&mut batch);
                committed = Some(now());
            }
            if let Some((operation, answer)) = then {
                self.answer(&operation, answer);
            }
        }
    }

    /// Waits for more right after a commit, unless there is enough for a batch already. It sleeps,
    /// since to be woken by each event costs more than to store it.
    fn linger(&self, committed: Option<Instant>) {
        let Limits { linger, batch, .. } = self.limits;
        let is_busy = committed.is_some_and(|committed| now().duration_since(committed) < linger);
        if is_busy && self.gauges.depth.load(Ordering::Relaxed) < batch as u64 {
            std::thread::sleep(linger);
        }
    }

    /// Takes events until the batch is full, nothing waits, or an operation comes, which is done
    /// after them.
    fn gather(
        &self,
        first: Work,
        queue: &Receiver<Work>,
        batch: &mut Batch,
    ) -> Option<(Box<Operation>, Answer)> {
        let began = now();
        let mut next = Some(first);
        while let Some(work) = next {
            self.gauges.depth.fetch_sub(1, Ordering::Relaxed);
            match work {
                Work::Operation(operation, answer) => return Some((operation, answer)),
                Work::Event(event, receipt) => {
                    batch.events.push(*event);
                    batch.receipts.push(receipt);
                }
            }
            let is_full = batch.events.len() >= self.limits.batch;
            let is_late = now().duration_since(began) >= self.limits.longest_wait;
            next = if is_full || is_late { None } else { queue.try_recv().ok() };
        }
        None
    }

    fn commit(&mut self, batch: &mut Batch) {
        match self.apply(&batch.events) {
            Ok(applied) => {
                self.gauges.is_healthy.store(true, Ordering::Relaxed);
                for (receipt, applied) in batch.receipts.drain(..).zip(applied) {
                    self.tell(receipt, Ok(applied));
                }
                batch.events.clear();
            }
            Err(StoreError::Refused { reason }) if batch.events.len() > 1 => {
                tracing::warn!(%reason, events = batch.events.len(), "looking for a poison event");
                self.one_by_one(batch);
            }
            Err(error) => {
                tracing::error!(%error, events = batch.events.len(), "failed to commit");
                self.fail(batch, &error);
            }
        }
    }

    /// Stores all but the events that the database refuses.
    fn one_by_one(&mut self, batch: &mut Batch) {
        let events = std::mem::take(&mut batch.events);
        let receipts: Vec<Receipt> = batch.receipts.drain(..).collect();
        let mut each = events.into_iter().zip(receipts);
        while let Some((event, receipt)) = each.next() {
            match self.apply(std::slice::from_ref(&event)) {
                Ok(applied) => {
                    self.gauges.is_healthy.store(true, Ordering::Relaxed);
                    self.tell(receipt, Ok(applied[0]));
                }
                Err(StoreError::Refused { reason }) => {
                    tracing::warn!(%reason, id = %event.id, "refused an event");
                    self.tell(receipt, Err(WriteError::Refused { reason }));
                }
                Err(error) => {
                    // The others would wait for the same failure, one after the other.
                    tracing::error!(%error, "failed to commit");
                    batch.events.push(event);
                    batch.receipts.push(receipt);
                    for (event, receipt) in each.by_ref() {
                        batch.events.push(event);
                        batch.receipts.push(receipt);
                    }
                    self.fail(batch, &error);
                }
            }
        }
    }

    fn fail(&self, batch: &mut Batch, error: &StoreError) {
        let is_refused = matches!(error, StoreError::Refused { .. });
        self.gauges.is_healthy.store(is_refused, Ordering::Relaxed);
        batch.events.clear();
        for receipt in batch.receipts.drain(..) {
            let reason = error.to_string();
            let why = match error {
                StoreError::Refused { reason } => WriteError::Refused { reason: reason.clone() },
                _ => WriteError::Unavailable { reason },
            };
            self.tell(receipt, Err(why));
        }
    }

    fn apply(&mut self, events: &[Event]) -> Result<Vec<Applied>, StoreError> {
        let began = now();
        let applied = self.store.apply(events)?;
        self.gauges.commit(events.len(), now().duration_since(began));
        Ok(applied)
    }

    fn answer(&mut self, operation: &Operation, answer: Answer) {
        let done = self.store.answer(operation, (self.now_ms)());
        let broken = done.as_ref().err();
        let broken = broken.filter(|why| {
            matches!(why.code, Code::Unavailable | Code::DatabaseError | Code::InternalError)
        });
        if let Some(failure) = broken {
            tracing::error!(%failure, operation = operation.name(), "failed to do an operation");
        }
        if operation.is_write() {
            self.gauges.is_healthy.store(broken.is_none(), Ordering::Relaxed);
        }
        self.gauges.operations.fetch_add(1, Ordering::Relaxed);
        answer(done);
    }

    /// Counts before it tells, so that who was told finds it counted.
    fn tell(&self, receipt: Receipt, became: Result<Applied, WriteError>) {
        let gauge: &AtomicU64 = match became {
            Ok(Applied::Stored) => &self.gauges.stored,
            Ok(Applied::Duplicate) => &self.gauges.duplicates,
            Err(WriteError::Refused { .. }) => &self.gauges.refused,
            Err(WriteError::Unavailable { .. }) => &self.gauges.failed,
        };
        gauge.fetch_add(1, Ordering::Relaxed);
        receipt(became);
    }
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "commits are timed where they are made")]
    Instant::now()
}
