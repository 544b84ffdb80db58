//! An event that was taken from the bus: it is read, handed to the writer, and answered for later,
//! whatever becomes of it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedSender;

use super::Shared;
use super::settle::{Known, Outcome, Settled};
use crate::bus::Message;
use crate::bus::durable::Ticket;
use crate::clock;
use crate::event::Event;
use crate::operation::{Code, Failure};
use crate::store::Applied;
use crate::subject::Address;
use crate::writer::WriteError;

/// A message with the place it takes up.
pub struct Taken {
    pub message: Message,
    pub origin: Origin,
    pub permit: OwnedSemaphorePermit,
}

/// From where a message came, and to whom one answers for it.
pub enum Origin {
    Core,
    Stream(Delivered),
}

/// A delivery of a stream.
pub struct Delivered {
    pub sequence: u64,
    pub deliveries: u64,
    pub ticket: Arc<Ticket>,
}

/// What was taken and not yet answered for. If it is dropped, it was not stored.
struct Pending {
    taken: Option<(Taken, Known)>,
    settled: UnboundedSender<Settled>,
}

impl Taken {
    /// Reads the event and hands it to the writer.
    pub fn store(self, shared: &Shared) {
        shared.in_flight.fetch_add(1, Ordering::Relaxed);
        match read(shared, &self.message) {
            Ok(event) => {
                let known = Known::of(&event);
                let settled = shared.settled.clone();
                let mut pending = Pending { taken: Some((self, known)), settled };
                let receipt = Box::new(move |result| pending.settle(outcome(result)));
                // Not taken, the receipt is dropped, and says so.
                let _ = shared.writer.write(event, receipt);
            }
            Err(failure) => {
                let outcome = Outcome::Unreadable(failure);
                let committed_us = clock::now_us();
                // Without anybody to settle it the service has ended.
                let _ = shared.settled.send(Settled {
                    taken: self,
                    known: None,
                    outcome,
                    committed_us,
                });
            }
        }
    }
}

impl Pending {
    fn settle(&mut self, outcome: Outcome) {
        let Some((taken, known)) = self.taken.take() else { return };
        let (known, committed_us) = (Some(known), clock::now_us());
        let _ = self.settled.send(Settled { taken, known, outcome, committed_us });
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.settle(Outcome::Unavailable("the writer did not take it".to_owned()));
    }
}

/// The event in a message, which has to be where it says it is.
fn read(shared: &Shared, message: &Message) -> Result<Event, Failure> {
    let mut event = Event::decode(&message.payload)?;
    let bad = |what: String| Failure::new(Code::ValidationError, what);
    match shared.settings.prefix.parse(&message.subject) {
        Some(Address::Event { kind }) if kind == event.kind() => {}
        _ => {
            let kind = event.kind();
            return Err(bad(format!("kind is {kind:?}, published to {}", message.subject)));
        }
    }
    if event.subject.as_ref().is_some_and(|subject| subject.as_str() != message.subject.as_str()) {
        let subject = event.subject.as_deref().unwrap_or_default();
        return Err(bad(format!("subject is {subject:?}, published to {}", message.subject)));
    }
    event.subject = Some(message.subject.to_string());
    Ok(event)
}

fn outcome(result: Result<Applied, WriteError>) -> Outcome {
    match result {
        Ok(applied) => Outcome::Committed(applied),
        Err(WriteError::Refused { reason }) => Outcome::Refused(reason),
        Err(WriteError::Unavailable { reason }) => Outcome::Unavailable(reason),
    }
}
