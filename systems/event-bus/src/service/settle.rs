//! What becomes of events once the writer is done with them: acknowledged, answered, put aside or
//! asked for again, and told to whoever wants to know.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;
use uuid::Uuid;

use super::Shared;
use super::dead::{self, Reason};
use super::metrics::{self, EventOutcome};
use super::taken::{Delivered, Origin, Taken};
use crate::bus::backoff::Backoff;
use crate::bus::{BadStream, Message};
use crate::event::Event;
use crate::operation::{Code, Failure};
use crate::store::Applied;

/// An event and what became of it.
pub struct Settled {
    pub taken: Taken,
    /// Nothing is known of an event that could not be read.
    pub known: Option<Known>,
    pub outcome: Outcome,
    pub committed_us: u64,
}

/// What is needed of an event to answer for it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub id: Uuid,
    pub kind: &'static str,
    pub timestamp_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Committed(Applied),
    /// It is no event.
    Unreadable(Failure),
    /// The database will never take it.
    Refused(String),
    /// The database does not work now.
    Unavailable(String),
}

/// When a stream delivers an event again that could not be stored.
const AGAIN: Backoff = Backoff { first: Duration::from_millis(200), most: Duration::from_secs(10) };

/// Outcomes that are looked at together, as they come from one commit.
const TOGETHER: usize = 1000;

/// Settles what comes, until the service ends.
pub async fn settle(shared: Arc<Shared>, mut settling: UnboundedReceiver<Settled>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while settling.recv_many(&mut batch, TOGETHER).await > 0 {
        if shared.settings.receipts {
            publish_receipts(&shared, &batch).await;
        }
        for settled in batch.drain(..) {
            one(&shared, settled).await;
        }
    }
}

impl Known {
    #[must_use]
    pub fn of(event: &Event) -> Known {
        let kind = metrics::label(event.kind());
        Known { id: event.id, kind, timestamp_ms: event.timestamp_ms }
    }
}

async fn one(shared: &Arc<Shared>, settled: Settled) {
    count(shared, &settled);
    let Settled { taken: Taken { message, origin, permit }, known, outcome, .. } = settled;
    let reason = reason(&outcome);
    let done = Done { shared: Arc::clone(shared), _permit: permit };
    match (origin, reason) {
        (Origin::Core, reason) => {
            if let Some(reason) = reason {
                dead::tell(shared, &message, &reason).await;
            }
            answer(shared, &message, known, &outcome).await;
        }
        (Origin::Stream(delivered), None) => {
            let answered = match outcome {
                Outcome::Committed(_) => delivered.ticket.done().await,
                _ => delivered.ticket.again(after(delivered.deliveries)).await,
            };
            close(shared, &delivered, answered);
        }
        (Origin::Stream(delivered), Some(reason)) => {
            // The stream for it may be slow to take it, and nobody else has to wait for that.
            tokio::spawn(async move {
                let shared = &done.shared;
                let answered = match dead::store(shared, &message, &delivered, &reason).await {
                    Ok(()) => delivered.ticket.never().await,
                    Err(_) => delivered.ticket.again(after(delivered.deliveries)).await,
                };
                close(shared, &delivered, answered);
            });
        }
    }
}

/// Dropped when an event is answered for: only then another may come in its place, and the
/// service may end.
struct Done {
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Done {
    fn drop(&mut self) {
        self.shared.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

fn close(shared: &Shared, delivered: &Delivered, answered: Result<(), BadStream>) {
    let sequence = delivered.sequence;
    if let Err(error) = answered {
        tracing::warn!(%error, sequence, "the stream will deliver an event again");
    }
    shared.open.close(sequence);
}

fn after(deliveries: u64) -> Duration {
    AGAIN.delay(usize::try_from(deliveries).unwrap_or(usize::MAX), 1.0)
}

/// Why nobody should try again, if so.
fn reason(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Unreadable(failure) => Some(Reason::from(failure)),
        Outcome::Refused(reason) => {
            Some(Reason { code: "REFUSED_BY_STORE", message: reason.clone() })
        }
        Outcome::Committed(_) | Outcome::Unavailable(_) => None,
    }
}

fn count(shared: &Shared, settled: &Settled) {
    let kind = settled.known.map_or("unknown", |known| known.kind);
    let outcome = match &settled.outcome {
        Outcome::Committed(Applied::Stored) => EventOutcome::Stored,
        Outcome::Committed(Applied::Duplicate) => EventOutcome::Duplicate,
        Outcome::Unreadable(_) => EventOutcome::Unreadable,
        Outcome::Refused(_) => EventOutcome::Refused,
        Outcome::Unavailable(_) => EventOutcome::Failed,
    };
    shared.metrics.event(kind, outcome);
    if let Some(known) = settled.known.filter(|_| outcome == EventOutcome::Stored) {
        let since_ms = settled.committed_us as f64 / 1e3 - known.timestamp_ms as f64;
        shared.metrics.latency(since_ms);
    }
    if let Outcome::Unavailable(reason) = &settled.outcome {
        tracing::error!(reason, kind, "an event could not be stored");
    }
}

/// Tells who published an event with a reply subject what became of it.
async fn answer(shared: &Shared, message: &Message, known: Option<Known>, outcome: &Outcome) {
    // Who sends this header waits for the answer of a stream.
    let waits = message.header("Nats-Msg-Id").is_none();
    let Some(reply) = message.reply.as_ref().filter(|_| waits) else { return };
    let failure = |failure: &Failure| json!({ "success": false, "error": failure });
    let told: Value = match (outcome, known) {
        (Outcome::Committed(applied), Some(known)) => {
            let outcome = if *applied == Applied::Stored { "stored" } else { "duplicate" };
            json!({ "success": true, "data": { "id": known.id, "outcome": outcome } })
        }
        (Outcome::Unreadable(why), _) => failure(why),
        (Outcome::Refused(why), _) => failure(&Failure::new(Code::ValidationError, why)),
        (Outcome::Unavailable(why), _) => failure(&Failure::new(Code::Unavailable, why)),
        (Outcome::Committed(_), None) => return,
    };
    let sent = shared.bus.publish(Message::new(reply.clone(), told.to_string())).await;
    if let Err(error) = sent {
        tracing::warn!(%error, "a receipt was lost");
    }
}

/// The ids of what was committed together, for those who measure.
async fn publish_receipts(shared: &Shared, batch: &[Settled]) {
    let ids = |wanted: Applied| -> Vec<Uuid> {
        let is = |settled: &&Settled| settled.outcome == Outcome::Committed(wanted);
        let committed = batch.iter().filter(is);
        committed.filter_map(|settled| settled.known.map(|known| known.id)).collect()
    };
    let (stored, duplicates) = (ids(Applied::Stored), ids(Applied::Duplicate));
    if stored.is_empty() && duplicates.is_empty() {
        return;
    }
    let receipts = json!({
        "instance": shared.settings.instance,
        "committed_us": batch.iter().map(|settled| settled.committed_us).max(),
        "ids": stored,
        "duplicates": duplicates,
    });
    let message = Message::new(shared.settings.receipts_subject(), receipts.to_string());
    if let Err(error) = shared.bus.publish(message).await {
        tracing::warn!(%error, "receipts were lost");
    }
}
