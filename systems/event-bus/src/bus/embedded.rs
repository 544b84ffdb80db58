//! The bus inside the process, in the words of ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tollgate_bus::{Headers, RequestError};

use super::{BusError, Message, Traffic};

/// A handle to it; clones are the same bus.
#[derive(Clone)]
pub struct Embedded {
    bus: tollgate_bus::Bus,
    slow: Arc<AtomicU64>,
}

/// Messages of one subscription.
pub struct EmbeddedSubscription {
    subscription: tollgate_bus::Subscription,
    /// How many losses of this subscription were counted.
    counted: u64,
    slow: Arc<AtomicU64>,
}

impl Embedded {
    #[must_use]
    pub fn new(bus: tollgate_bus::Bus) -> Embedded {
        Embedded { bus, slow: Arc::default() }
    }

    #[must_use]
    pub fn inner(&self) -> &tollgate_bus::Bus {
        &self.bus
    }

    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic { slow: self.slow.load(Ordering::Relaxed), ..Traffic::default() }
    }

    pub fn publish(&self, message: Message) -> Result<(), BusError> {
        let subject = &message.subject;
        let failed = |cause: String| BusError::Publish { subject: subject.to_string(), cause };
        let mut sent = tollgate_bus::Message::new(subject.as_str(), message.payload);
        sent.reply = message.reply.map(|reply| reply.as_str().into());
        if !message.headers.is_empty() {
            let mut headers = Headers::new();
            for (name, value) in &message.headers {
                // Line breaks would end the header.
                let value = value.replace(|c: char| c.is_control(), " ");
                if let Err(error) = headers.append(name, &value) {
                    return Err(failed(error.to_string()));
                }
            }
            sent.headers = Some(headers);
        }
        match self.bus.publish_message(sent) {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    pub fn subscribe(
        &self,
        pattern: &str,
        queue: Option<&str>,
    ) -> Result<EmbeddedSubscription, BusError> {
        let subscribed = match queue {
            Some(queue) => self.bus.queue_subscribe(pattern, queue),
            None => self.bus.subscribe(pattern),
        };
        let subscription = subscribed.map_err(|error| BusError::Subscribe {
            pattern: pattern.to_owned(),
            cause: error.to_string(),
        })?;
        Ok(EmbeddedSubscription { subscription, counted: 0, slow: Arc::clone(&self.slow) })
    }

    pub async fn request(
        &self,
        subject: &str,
        payload: Bytes,
        patience: Duration,
    ) -> Result<Message, BusError> {
        let answered = self.bus.request(subject, None, payload, patience).await;
        answered.map(message).map_err(|error| match error {
            RequestError::NoResponders(subject) => BusError::NoResponders { subject },
            RequestError::TimedOut { subject, .. } => BusError::NoAnswer { subject, patience },
            RequestError::Bus(error) => {
                BusError::Request { subject: subject.to_owned(), cause: error.to_string() }
            }
        })
    }
}

impl EmbeddedSubscription {
    pub async fn next(&mut self) -> Option<Message> {
        let next = self.subscription.next().await;
        let dropped = self.subscription.dropped();
        self.slow.fetch_add(dropped - self.counted, Ordering::Relaxed);
        self.counted = dropped;
        next.map(message)
    }

    pub fn stop(&mut self) {
        // After none at all: it ends now, and what is in its queue stays.
        self.subscription.unsubscribe_after(0);
    }
}

fn message(from: tollgate_bus::Message) -> Message {
    let pairs = from.headers.iter().flat_map(Headers::iter);
    Message {
        headers: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        subject: (&*from.subject).into(),
        reply: from.reply.map(|reply| (&*reply).into()),
        payload: from.payload,
    }
}
