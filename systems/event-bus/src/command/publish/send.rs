//! The three ways to hand an event over, and what is known afterwards.

use std::time::Duration;

use anyhow::Context;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;

use crate::bus::durable::Durable;
use crate::bus::{Bus, BusError, Message};
use crate::command::Refused;
use crate::event::Event;
use crate::operation::read_answer;

/// Sends events, and says of each a line once something is known.
pub struct Sender {
    bus: Bus,
    how: How,
    patience: Duration,
    /// Those that nobody has confirmed yet, in their order.
    open: FuturesOrdered<BoxFuture<'static, anyhow::Result<String>>>,
}

enum How {
    /// Nobody answers; the broker has it.
    Core,
    /// The service answers after the commit.
    Receipt,
    /// The stream answers once it has it.
    Stream(Box<Durable>),
}

/// Events that may wait for their answer at a time.
const OPEN: usize = 256;

/// How long the broker may take for what was sent last.
const SETTLED_WITHIN: Duration = Duration::from_secs(10);

impl Sender {
    pub fn core(bus: &Bus) -> Sender {
        Sender::with(bus, How::Core, SETTLED_WITHIN)
    }

    pub fn receipt(bus: &Bus, patience: Duration) -> Sender {
        Sender::with(bus, How::Receipt, patience)
    }

    pub fn stream(bus: &Bus, patience: Duration) -> anyhow::Result<Sender> {
        Ok(Sender::with(bus, How::Stream(Box::new(Durable::new(bus)?)), patience))
    }

    fn with(bus: &Bus, how: How, patience: Duration) -> Sender {
        Sender { bus: bus.clone(), how, patience, open: FuturesOrdered::new() }
    }

    /// Sends it, and tells of the one whose turn it is to be confirmed, if there is one.
    pub async fn send(&mut self, event: Event) -> anyhow::Result<Option<String>> {
        let (id, patience, bus) = (event.id.to_string(), self.patience, self.bus.clone());
        let subject = event.subject.clone().unwrap_or_default();
        let message = Message::new(subject, event.encode());
        match &self.how {
            How::Core => {
                bus.publish(message).await?;
                return Ok(Some(id));
            }
            How::Receipt => self.open.push_back(Box::pin(receipt(bus, message, id, patience))),
            How::Stream(durable) => {
                let durable = durable.clone();
                self.open.push_back(Box::pin(async move {
                    let stored = durable.publish(&message, &id, patience).await?;
                    let known = if stored.is_duplicate { "\tduplicate" } else { "" };
                    Ok(format!("{id}{known}"))
                }));
            }
        }
        match self.open.len() >= OPEN {
            true => self.open.next().await.transpose(),
            false => Ok(None),
        }
    }

    /// Waits for what is open, and until the broker has taken everything.
    pub async fn finish(mut self) -> anyhow::Result<Vec<String>> {
        let mut told = Vec::new();
        while let Some(sent) = self.open.next().await {
            told.push(sent?);
        }
        self.bus.settle(SETTLED_WITHIN).await.context("the last events may be lost")?;
        Ok(told)
    }
}

async fn receipt(
    bus: Bus,
    message: Message,
    id: String,
    patience: Duration,
) -> anyhow::Result<String> {
    let answer = match bus.request(&message.subject, message.payload, patience).await {
        Err(BusError::NoResponders { subject }) => {
            anyhow::bail!("nobody listens to {subject}: is `event-bus serve` running?")
        }
        answered => answered?,
    };
    let told: serde_json::Value = read_answer(&answer.payload)
        .map_err(|failure| Refused(format!("the event {id} was not stored: {failure}")))?;
    let outcome = told["outcome"].as_str().unwrap_or("stored");
    Ok(if outcome == "stored" { id } else { format!("{id}\t{outcome}") })
}
