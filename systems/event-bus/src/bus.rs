//! The bus: one interface to a NATS server and to a bus inside the process.

pub mod address;
pub mod backoff;
pub mod durable;
pub mod embedded;
pub mod nats;
pub mod options;
pub mod outbox;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use thiserror::Error;

use self::embedded::{Embedded, EmbeddedSubscription};
use self::nats::{Nats, NatsSubscription};

/// A text whose clones share it.
pub use async_nats::Subject;

pub use self::address::{Address, BadAddress};
pub use self::durable::{BadStream, Stored};
pub use self::options::{Login, Options};
pub use self::outbox::Policy;

/// A connection to where messages go; clones share it.
#[derive(Clone)]
pub enum Bus {
    Embedded(Embedded),
    Nats(Nats),
}

/// What came, or is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub subject: Subject,
    /// Where the sender waits for an answer.
    pub reply: Option<Subject>,
    pub headers: Vec<(String, String)>,
    pub payload: Bytes,
}

/// What was subscribed to, as it comes.
pub enum Subscription {
    Embedded(EmbeddedSubscription),
    Nats(NatsSubscription),
}

/// What a connection went through, as counters that only rise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// How often it was made anew after it had broken.
    pub reconnects: u64,
    /// How often a message was lost because its subscription was not read fast enough.
    pub slow: u64,
    pub outbox: outbox::Counts,
}

#[derive(Debug, Error)]
pub enum BusError {
    #[error("failed to connect to {address}: {cause}")]
    Connect { address: String, cause: String },
    #[error("failed to read {path}: {cause}")]
    File { path: String, cause: String },
    #[error("failed to publish to {subject}: {cause}")]
    Publish { subject: String, cause: String },
    #[error("{held} messages wait for the broker, and there is room for no more")]
    Full { held: usize },
    #[error("failed to subscribe to {pattern}: {cause}")]
    Subscribe { pattern: String, cause: String },
    #[error("nobody listens to {subject}")]
    NoResponders { subject: String },
    #[error("{subject} did not answer within {} ms", .patience.as_millis())]
    NoAnswer { subject: String, patience: Duration },
    #[error("the request to {subject} failed: {cause}")]
    Request { subject: String, cause: String },
    #[error("{address} did not take within {} ms what was sent", .patience.as_millis())]
    NotFlushed { address: String, patience: Duration },
}

impl Bus {
    pub async fn connect(options: &Options) -> Result<Bus, BusError> {
        Nats::connect(options).await.map(Bus::Nats)
    }

    /// Where it leads, without secrets.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            Bus::Embedded(_) => "embedded".to_owned(),
            Bus::Nats(nats) => nats.address().to_owned(),
        }
    }

    #[must_use]
    pub fn is_connected(&self) -> bool {
        match self {
            Bus::Embedded(_) => true,
            Bus::Nats(nats) => nats.is_connected(),
        }
    }

    #[must_use]
    pub fn traffic(&self) -> Traffic {
        match self {
            Bus::Embedded(bus) => bus.traffic(),
            Bus::Nats(nats) => nats.traffic(),
        }
    }

    /// The largest payload that is carried.
    #[must_use]
    pub fn max_payload(&self) -> usize {
        match self {
            Bus::Embedded(bus) => bus.inner().limits().max_payload,
            Bus::Nats(nats) => nats.client().max_payload(),
        }
    }

    /// Hands a message over, at most once: it is lost with a connection that breaks while it is on
    /// its way, and kept, as far as there is room, while there is none.
    pub async fn publish(&self, message: Message) -> Result<(), BusError> {
        match self {
            Bus::Embedded(bus) => bus.publish(message),
            Bus::Nats(nats) => nats.publish(message).await,
        }
    }

    /// Everything that matches the pattern; of those in a queue group, each message goes to one.
    pub async fn subscribe(
        &self,
        pattern: &str,
        queue: Option<&str>,
    ) -> Result<Subscription, BusError> {
        match self {
            Bus::Embedded(bus) => bus.subscribe(pattern, queue).map(Subscription::Embedded),
            Bus::Nats(nats) => nats.subscribe(pattern, queue).await.map(Subscription::Nats),
        }
    }

    pub async fn request(
        &self,
        subject: &str,
        payload: Bytes,
        patience: Duration,
    ) -> Result<Message, BusError> {
        match self {
            Bus::Embedded(bus) => bus.request(subject, payload, patience).await,
            Bus::Nats(nats) => nats.request(subject, payload, patience).await,
        }
    }

    /// Waits until the other side has taken everything that was published and subscribed to
    /// before: a request of its own over the same connection was answered.
    pub async fn settle(&self, patience: Duration) -> Result<(), BusError> {
        match self {
            // Whoever publishes there delivers, before it returns.
            Bus::Embedded(_) => Ok(()),
            Bus::Nats(nats) => nats.settle(patience).await,
        }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_tuple("Bus").field(&self.address()).finish()
    }
}

impl Message {
    #[must_use]
    pub fn new(subject: impl Into<Subject>, payload: impl Into<Bytes>) -> Message {
        let (subject, payload) = (subject.into(), payload.into());
        Message { subject, reply: None, headers: Vec::new(), payload }
    }

    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| value.as_str())
    }
}

impl Subscription {
    /// The next message, or none once the subscription or the connection was closed.
    pub async fn next(&mut self) -> Option<Message> {
        match self {
            Subscription::Embedded(subscription) => subscription.next().await,
            Subscription::Nats(subscription) => subscription.next().await,
        }
    }

    /// Takes no more; what was delivered before still comes.
    pub async fn stop(&mut self) {
        match self {
            Subscription::Embedded(subscription) => subscription.stop(),
            Subscription::Nats(subscription) => subscription.stop().await,
        }
    }
}
