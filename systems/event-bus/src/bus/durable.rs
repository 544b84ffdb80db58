//! Streams of a NATS server: publishing until it is acknowledged, and pulling as one of many.

use std::time::Duration;

use async_nats::jetstream::consumer::pull::{Batch, Config as PullConfig};
use async_nats::jetstream::consumer::{AckPolicy, Consumer};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{Config as StreamConfig, DiscardPolicy, StorageType};
use async_nats::jetstream::{AckKind, Context, ContextBuilder, message::Acker};
use async_nats::{HeaderMap, header};
use futures_util::StreamExt;
use thiserror::Error;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::nats::{self, Nats};
use super::{Bus, Message};

/// The streams behind a connection.
#[derive(Clone, Debug)]
pub struct Durable {
    nats: Nats,
    context: Context,
    backoff: Backoff,
}

/// What a stream keeps, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    pub name: String,
    pub subjects: Vec<String>,
    pub age: Duration,
    /// Bytes; zero for no limit. Beyond it nothing more is taken, rather than the oldest forgotten.
    pub bytes: u64,
}

/// A message is in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub sequence: u64,
    /// It was there already, by its id.
    pub is_duplicate: bool,
}

/// How the instances of a service share a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub stream: String,
    /// The name of the one consumer they pull from.
    pub name: String,
    /// How long a delivery may go without a sign before another instance gets the message.
    pub ack_wait: Duration,
    /// Deliveries without acknowledgement, of all instances together.
    pub open: u32,
}

/// One instance's access to the consumer.
#[derive(Debug)]
pub struct Puller {
    nats: Nats,
    consumer: Consumer<PullConfig>,
}

/// The messages that one request brings.
pub struct Pull {
    nats: Nats,
    batch: Batch,
    connections: u64,
    /// When the server has to have said that there is no more.
    until: Instant,
}

/// A message that was delivered, and has to be answered for.
pub struct Delivery {
    pub message: Message,
    /// Its place in the stream.
    pub sequence: u64,
    /// How often it was delivered, this time included.
    pub deliveries: u64,
    pub ticket: Ticket,
}

/// What a delivery is answered with.
pub struct Ticket(Acker);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadStream {
    #[error("the bus inside the process has no streams: use core mode, or a NATS server")]
    Embedded,
    #[error("failed to open the stream {name}: {cause}")]
    Open { name: String, cause: String },
    #[error("the stream {name} takes {found:?}, not {wanted:?}; choose another name for it")]
    Foreign { name: String, found: Vec<String>, wanted: Vec<String> },
    #[error("failed to open the consumer {name} of the stream {stream}: {cause}")]
    Consumer { stream: String, name: String, cause: String },
    #[error("failed to pull from the consumer {name}: {cause}")]
    Pull { name: String, cause: String },
    #[error("no stream acknowledged {subject} within {} ms: {cause}", .patience.as_millis())]
    NotStored { subject: String, patience: Duration, cause: String },
    #[error("the stream refused {subject}: {cause}")]
    Refused { subject: String, cause: String },
    #[error("failed to answer for a delivery: {cause}")]
    Answer { cause: String },
}

/// How long one attempt waits for the server's acknowledgement.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(2);

/// How much longer than asked for the end of a request may take.
const ANSWERED_WITHIN: Duration = Duration::from_secs(2);

/// How many publishes may wait for their acknowledgement.
const OPEN_PUBLISHES: usize = 4096;

/// Within it the server itself knows an id again; the store knows it for ever.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);

impl Durable {
    pub fn new(bus: &Bus) -> Result<Durable, BadStream> {
        let Bus::Nats(nats) = bus else { return Err(BadStream::Embedded) };
        let context = ContextBuilder::new()
            .timeout(Duration::from_secs(5))
            .ack_timeout(ACKNOWLEDGED_WITHIN)
            .max_ack_inflight(OPEN_PUBLISHES)
            .backpressure_on_inflight(true)
            .build(nats.client().clone());
        let backoff = Backoff { first: Duration::from_millis(20), most: Duration::from_secs(1) };
        Ok(Durable { nats: nats.clone(), context, backoff })
    }

    /// Opens a stream, or makes it if there is none.
    pub async fn keep(&self, keep: &Keep) -> Result<(), BadStream> {
        let name = || keep.name.clone();
        let config = StreamConfig {
            name: name(),
            subjects: keep.subjects.clone(),
            max_age: keep.age,
            max_bytes: match keep.bytes {
                0 => -1,
                bytes => i64::try_from(bytes).unwrap_or(i64::MAX),
            },
            discard: DiscardPolicy::New,
            storage: StorageType::File,
            num_replicas: 1,
            duplicate_window: DUPLICATE_WINDOW.min(keep.age),
            ..StreamConfig::default()
        };
        let opened = self.context.get_or_create_stream(config).await;
        let stream =
            opened.map_err(|error| BadStream::Open { name: name(), cause: nats::cause(&error) })?;
        let found = stream.cached_info().config.subjects.clone();
        if found != keep.subjects {
            return Err(BadStream::Foreign { name: name(), found, wanted: keep.subjects.clone() });
        }
        Ok(())
    }

    /// Hands a message to a stream until that says it has it. Sent twice under one id it is there
    /// once, if the second time is soon enough.
    pub async fn publish(
        &self,
        message: &Message,
        id: &str,
        patience: Duration,
    ) -> Result<Stored, BadStream> {
        let mut last = "the broker is away".to_owned();
        let attempts = async {
            let mut attempt = 0;
            loop {
                attempt += 1;
                match self.attempt(message, id).await {
                    Ok(stored) => return Ok(stored),
                    Err(Failed::Final(cause)) => {
                        return Err(BadStream::Refused {
                            subject: message.subject.to_string(),
                            cause,
                        });
                    }
                    Err(Failed::Passing(cause)) => last = cause,
                }
                tokio::time::sleep(self.backoff.delay(attempt, 0.5)).await;
            }
        };
        match tokio::time::timeout(patience, attempts).await {
            Ok(done) => done,
            Err(_) => {
                let subject = message.subject.to_string();
                Err(BadStream::NotStored { subject, patience, cause: last })
            }
        }
    }

    async fn attempt(&self, message: &Message, id: &str) -> Result<Stored, Failed> {
        let mut headers: HeaderMap = nats::map(&message.headers);
        headers.insert(header::NATS_MESSAGE_ID, id);
        let to = message.subject.clone();
        let sent = self.context.publish_with_headers(to, headers, message.payload.clone()).await;
        let acknowledged = match sent {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(stored) => Ok(Stored { sequence: stored.sequence, is_duplicate: stored.duplicate }),
            Err(error) => {
                let cause = nats::cause(&error);
                Err(match error.kind() {
                    PublishErrorKind::MaxPayloadExceeded => Failed::Final(cause),
                    _ => Failed::Passing(cause),
                })
            }
        }
    }

    /// The consumer that the instances share; the first one makes it.
    pub async fn share(&self, share: &Share) -> Result<Puller, BadStream> {
        let bad = |cause: String| BadStream::Consumer {
            stream: share.stream.clone(),
            name: share.name.clone(),
            cause,
        };
        let config = PullConfig {
            durable_name: Some(share.name.clone()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: share.ack_wait,
            max_ack_pending: i64::from(share.open),
            // For ever: what cannot be stored is put aside by us, where it can be looked at.
            max_deliver: -1,
            ..PullConfig::default()
        };
        let made = self.context.create_consumer_on_stream(config, share.stream.as_str()).await;
        let consumer = made.map_err(|error| bad(nats::cause(&error)))?;
        Ok(Puller { nats: self.nats.clone(), consumer })
    }
}

impl Puller {
    /// Asks for some messages; they come until there were so many or the time is over.
    pub async fn pull(&self, most: usize, within: Duration) -> Result<Pull, BadStream> {
        let connections = self.nats.connections();
        let asked = self.consumer.batch().max_messages(most).expires(within).messages().await;
        let batch = asked.map_err(|error| self.bad(nats::cause(&error)))?;
        let until = Instant::now() + within + ANSWERED_WITHIN;
        Ok(Pull { nats: self.nats.clone(), batch, connections, until })
    }

    fn bad(&self, cause: String) -> BadStream {
        BadStream::Pull { name: self.consumer.cached_info().name.clone(), cause }
    }
}

impl Pull {
    /// The next message of this request, or none if there will be no more.
    pub async fn next(&mut self) -> Option<Result<Delivery, String>> {
        const LOOK_EVERY: Duration = Duration::from_millis(100);
        loop {
            match tokio::time::timeout(LOOK_EVERY, self.batch.next()).await {
                Ok(Some(Ok(message))) => return Some(delivery(message)),
                Ok(Some(Err(error))) => return Some(Err(error.to_string())),
                Ok(None) => return None,
                // A request is forgotten with the connection it was made on.
                Err(_) if self.nats.connections() != self.connections => {
                    return Some(Err("the connection was made anew".to_owned()));
                }
                // Nobody says that there is no such consumer.
                Err(_) if Instant::now() > self.until && self.nats.is_connected() => {
                    return Some(Err("the consumer does not answer".to_owned()));
                }
                Err(_) => {}
            }
        }
    }
}

impl Ticket {
    /// It is done.
    pub async fn done(&self) -> Result<(), BadStream> {
        self.answer(AckKind::Ack).await
    }

    /// It is being worked on; the time for it starts anew.
    pub async fn working(&self) -> Result<(), BadStream> {
        self.answer(AckKind::Progress).await
    }

    /// It did not work; somebody should try again, but not at once.
    pub async fn again(&self, after: Duration) -> Result<(), BadStream> {
        self.answer(AckKind::Nak(Some(after))).await
    }

    /// Nobody should ever try again.
    pub async fn never(&self) -> Result<(), BadStream> {
        self.answer(AckKind::Term).await
    }

    async fn answer(&self, kind: AckKind) -> Result<(), BadStream> {
        let answered = self.0.ack_with(kind).await;
        answered.map_err(|error| BadStream::Answer { cause: error.to_string() })
    }
}

enum Failed {
    /// It may work the next time.
    Passing(String),
    Final(String),
}

fn delivery(from: async_nats::jetstream::Message) -> Result<Delivery, String> {
    let info = from.info().map_err(|error| error.to_string())?;
    let (sequence, deliveries) = (info.stream_sequence, info.delivered);
    let deliveries = u64::try_from(deliveries).unwrap_or(1);
    let (message, acker) = from.split();
    Ok(Delivery { message: nats::message(message), sequence, deliveries, ticket: Ticket(acker) })
}
