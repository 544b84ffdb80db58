//! What can never be stored is put aside, with the reason, where somebody can look at it.

use std::time::Duration;

use super::taken::Delivered;
use super::{Mode, Shared};
use crate::bus::durable::{Durable, Keep};
use crate::bus::{BadStream, Message};
use crate::operation::Failure;

/// Why a message was put aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    pub code: &'static str,
    pub message: String,
}

/// The headers that go with such a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    /// The code of the reason.
    Reason,
    /// The reason in words.
    Error,
    /// Where the message was published.
    Subject,
    /// Its place in the stream it came from.
    Sequence,
    /// How often it was delivered.
    Deliveries,
    /// The instance that gave it up.
    Instance,
}

/// How long a stream has to take it; after that the message is delivered again.
const PATIENCE: Duration = Duration::from_secs(5);

impl Header {
    pub const ALL: [Header; 6] = [
        Header::Reason,
        Header::Error,
        Header::Subject,
        Header::Sequence,
        Header::Deliveries,
        Header::Instance,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Header::Reason => "Event-Bus-Reason",
            Header::Error => "Event-Bus-Error",
            Header::Subject => "Event-Bus-Subject",
            Header::Sequence => "Event-Bus-Sequence",
            Header::Deliveries => "Event-Bus-Deliveries",
            Header::Instance => "Event-Bus-Instance",
        }
    }
}

impl From<&Failure> for Reason {
    fn from(failure: &Failure) -> Reason {
        Reason { code: failure.code.name(), message: failure.message.clone() }
    }
}

/// Makes the stream for them.
pub async fn open(shared: &Shared, durable: &Durable) -> Result<(), BadStream> {
    let Mode::Stream(streams) = &shared.settings.mode else { return Ok(()) };
    let keep = Keep {
        name: streams.dead.clone(),
        subjects: vec![format!("{}.dead.>", shared.settings.prefix.as_str())],
        age: streams.age,
        bytes: streams.bytes,
    };
    durable.keep(&keep).await
}

/// Puts aside a message of a stream; once, however often that is tried.
pub async fn store(
    shared: &Shared,
    message: &Message,
    delivered: &Delivered,
    reason: &Reason,
) -> Result<(), BadStream> {
    let Delivered { sequence, deliveries, .. } = delivered;
    let Some(durable) = &shared.durable else { return Ok(()) };
    let Mode::Stream(streams) = &shared.settings.mode else { return Ok(()) };
    let mut dead = letter(shared, message, reason);
    dead.headers.push((Header::Sequence.name().to_owned(), sequence.to_string()));
    dead.headers.push((Header::Deliveries.name().to_owned(), deliveries.to_string()));
    let id = format!("{}-{sequence}", streams.events);
    let stored = durable.publish(&dead, &id, PATIENCE).await;
    match &stored {
        Ok(_) => told(shared, message, reason),
        Err(error) => tracing::error!(%error, sequence, "a message could not be put aside"),
    }
    stored.map(|_| ())
}

/// Tells of a message that came without a stream; who listens can keep it.
pub async fn tell(shared: &Shared, message: &Message, reason: &Reason) {
    told(shared, message, reason);
    if let Err(error) = shared.bus.publish(letter(shared, message, reason)).await {
        tracing::warn!(%error, "nobody was told of a message that cannot be stored");
    }
}

fn told(shared: &Shared, message: &Message, reason: &Reason) {
    shared.metrics.dead(reason.code);
    let Reason { code, message: error } = reason;
    tracing::warn!(code, error, subject = message.subject.as_str(), "a message cannot be stored");
}

fn letter(shared: &Shared, message: &Message, reason: &Reason) -> Message {
    /// Servers limit headers as well.
    const LONGEST: usize = 1000;
    let prefix = shared.settings.prefix.as_str();
    let events = format!("{prefix}.events.");
    let rest = message.subject.strip_prefix(&events).unwrap_or("other");
    let error: String = reason.message.chars().take(LONGEST).collect();
    let headers = [
        (Header::Reason, reason.code.to_owned()),
        (Header::Error, error),
        (Header::Subject, message.subject.to_string()),
        (Header::Instance, shared.settings.instance.clone()),
    ];
    let headers = headers.map(|(header, value)| (header.name().to_owned(), value)).to_vec();
    let subject = format!("{prefix}.dead.{rest}").into();
    Message { subject, reply: None, headers, payload: message.payload.clone() }
}
