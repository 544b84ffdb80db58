//! A connection to a NATS server: it comes back by itself, and keeps what is to be sent meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, ConnectErrorKind, Event, HeaderMap, RequestErrorKind, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tollgate_bus::subject::is_subject;

use super::options::Options;
use super::outbox::{Full, Outbox};
use super::{BusError, Message, Traffic};

/// The connection; clones share it.
#[derive(Clone, Debug)]
pub struct Nats {
    line: Arc<Line>,
    _pump: Arc<Pump>,
}

/// Messages of one subscription.
#[derive(Debug)]
pub struct NatsSubscription(Subscriber);

#[derive(Debug)]
struct Line {
    address: String,
    client: Client,
    outbox: Mutex<Outbox<Message>>,
    /// Something was put into the outbox, or the connection is there again.
    stirred: Arc<Notify>,
    slow: Arc<AtomicU64>,
}

/// The task that sends what waited; it ends with the last clone.
#[derive(Debug)]
struct Pump(JoinHandle<()>);

/// The client tells of a change, but not reliably: now and then one has to look.
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Nats {
    pub async fn connect(options: &Options) -> Result<Nats, BusError> {
        let stirred = Arc::new(Notify::new());
        let slow = Arc::new(AtomicU64::new(0));
        let client = patiently(options, &stirred, &slow).await?;
        let outbox = Mutex::new(Outbox::new(options.room, options.policy));
        let address = options.server.to_string();
        let line = Arc::new(Line { address, client, outbox, stirred, slow });
        let pump = tokio::spawn(pump(Arc::clone(&line)));
        Ok(Nats { line, _pump: Arc::new(Pump(pump)) })
    }

    #[must_use]
    pub fn address(&self) -> &str {
        &self.line.address
    }

    #[must_use]
    pub fn client(&self) -> &Client {
        &self.line.client
    }

    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.line.is_connected()
    }

    #[must_use]
    pub fn traffic(&self) -> Traffic {
        Traffic {
            reconnects: self.connections().saturating_sub(1),
            slow: self.line.slow.load(Ordering::Relaxed),
            outbox: self.line.outbox().counts(),
        }
    }

    /// How often the connection was made.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.client().statistics().connects.load(Ordering::Relaxed)
    }

    pub async fn publish(&self, message: Message) -> Result<(), BusError> {
        self.line.check(&message)?;
        let line = &self.line;
        // Nobody passes those who wait.
        if line.is_connected() && line.outbox().is_empty() {
            tokio::select! {
                biased;
                sent = line.send(&message) => return sent,
                () = line.lost() => {}
            }
        }
        let put = line.outbox().put(message);
        line.stirred.notify_one();
        put.map_err(|Full { held }| BusError::Full { held })
    }

    pub async fn subscribe(
        &self,
        pattern: &str,
        queue: Option<&str>,
    ) -> Result<NatsSubscription, BusError> {
        let client = self.client();
        let subscribed = match queue {
            Some(queue) => client.queue_subscribe(pattern.to_owned(), queue.to_owned()).await,
            None => client.subscribe(pattern.to_owned()).await,
        };
        subscribed.map(NatsSubscription).map_err(|error| BusError::Subscribe {
            pattern: pattern.to_owned(),
            cause: error.to_string(),
        })
    }

    pub async fn request(
        &self,
        subject: &str,
        payload: Bytes,
        patience: Duration,
    ) -> Result<Message, BusError> {
        let request = async_nats::Request::new().payload(payload).timeout(Some(patience));
        // The client's own limit does not cover a full queue to a broker that is away.
        let answered =
            tokio::time::timeout(patience, self.client().send_request(subject.to_owned(), request));
        let subject = || subject.to_owned();
        match answered.await {
            Ok(Ok(answer)) => Ok(message(answer)),
            Ok(Err(error)) => Err(match error.kind() {
                RequestErrorKind::NoResponders => BusError::NoResponders { subject: subject() },
                RequestErrorKind::TimedOut => BusError::NoAnswer { subject: subject(), patience },
                _ => BusError::Request { subject: subject(), cause: error.to_string() },
            }),
            Err(_) => Err(BusError::NoAnswer { subject: subject(), patience }),
        }
    }

    /// A message to itself comes back only after the server took everything before it.
    pub async fn settle(&self, patience: Duration) -> Result<(), BusError> {
        let echo = async {
            while !self.line.outbox().is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            let inbox = self.client().new_inbox();
            let mut echo = self.subscribe(&inbox, None).await?;
            self.line.send(&Message::new(inbox, Bytes::new())).await?;
            Ok(echo.next().await)
        };
        let not_flushed = || BusError::NotFlushed { address: self.address().to_owned(), patience };
        match tokio::time::timeout(patience, echo).await {
            Ok(Ok(Some(_))) => Ok(()),
            Ok(Err(error)) => Err(error),
            Ok(Ok(None)) | Err(_) => Err(not_flushed()),
        }
    }
}

impl NatsSubscription {
    pub async fn next(&mut self) -> Option<Message> {
        self.0.next().await.map(message)
    }

    pub async fn stop(&mut self) {
        // It fails only where the connection was closed, which ends the subscription as well.
        let _ = self.0.drain().await;
    }
}

impl Line {
    fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox<Message>> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses what the server would cut the connection for.
    fn check(&self, message: &Message) -> Result<(), BusError> {
        let refuse = |cause| Err(BusError::Publish { subject: message.subject.to_string(), cause });
        if !is_subject(&message.subject) {
            return refuse("a subject is tokens joined by dots, without wildcards".to_owned());
        }
        let (has, may) = (message.payload.len(), self.client.max_payload());
        if has > may {
            return refuse(format!("it has {has} bytes, and the broker takes {may}"));
        }
        Ok(())
    }

    async fn send(&self, message: &Message) -> Result<(), BusError> {
        let Message { subject, reply, headers, payload } = message;
        let (reply, payload) = (reply.clone(), payload.clone());
        let failed = |error: async_nats::PublishError| BusError::Publish {
            subject: subject.to_string(),
            cause: error.to_string(),
        };
        let client = &self.client;
        let to = subject.clone();
        match (reply, headers.is_empty()) {
            (None, true) => client.publish(to, payload).await,
            (Some(reply), true) => client.publish_with_reply(to, reply, payload).await,
            (None, false) => client.publish_with_headers(to, map(headers), payload).await,
            (Some(reply), false) => {
                client.publish_with_reply_and_headers(to, reply, map(headers), payload).await
            }
        }
        .map_err(failed)
    }

    async fn lost(&self) {
        while self.is_connected() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn found(&self) {
        while !self.is_connected() {
            let _ = tokio::time::timeout(LOOK_EVERY, self.stirred.notified()).await;
        }
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Sends what waits, in its order, whenever somebody is there to take it.
async fn pump(line: Arc<Line>) {
    loop {
        line.stirred.notified().await;
        loop {
            let first = line.outbox().begin();
            let Some(message) = first else { break };
            line.found().await;
            let sent = tokio::select! {
                biased;
                sent = line.send(&message) => sent,
                // It stays the first in the queue.
                () = line.lost() => continue,
            };
            if let Err(error) = sent {
                tracing::error!(%error, "a message that waited for the broker is lost");
            }
            line.outbox().sent();
        }
    }
}

/// Connects, and tries again for as long as there is patience and hope.
async fn patiently(
    options: &Options,
    stirred: &Arc<Notify>,
    slow: &Arc<AtomicU64>,
) -> Result<Client, BusError> {
    let address = options.server.to_string();
    let refused = |cause: String| BusError::Connect { address: address.clone(), cause };
    let mut last = "nobody answered".to_owned();
    let attempts = async {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let told = {
                let (stirred, slow, address) =
                    (Arc::clone(stirred), Arc::clone(slow), address.clone());
                move |event: Event| {
                    if matches!(event, Event::SlowConsumer(_)) {
                        slow.fetch_add(1, Ordering::Relaxed);
                    }
                    match event {
                        Event::Connected | Event::Draining | Event::Closed => {
                            tracing::info!(address, "the broker: {event}");
                        }
                        _ => tracing::warn!(address, "the broker: {event}"),
                    }
                    stirred.notify_one();
                }
            };
            let seed = uuid::Uuid::new_v4().as_u64_pair().1;
            let client = options.for_client(seed, told)?;
            match client.connect(options.server.urls()).await {
                Ok(client) => return Ok(client),
                Err(error) if is_hopeless(error.kind()) => return Err(refused(cause(&error))),
                Err(error) => last = cause(&error),
            }
            tokio::time::sleep(options.backoff.delay(attempt, 0.5)).await;
        }
    };
    match tokio::time::timeout(options.patience, attempts).await {
        Ok(connected) => connected,
        Err(_) => Err(refused(last)),
    }
}

/// No attempt would end otherwise.
fn is_hopeless(kind: ConnectErrorKind) -> bool {
    use ConnectErrorKind::{Authentication, AuthorizationViolation, ServerParse, Tls};
    matches!(kind, Authentication | AuthorizationViolation | ServerParse | Tls)
}

/// An error with what lies behind it, each said once.
pub(super) fn cause(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        next = error.source();
    }
    said
}

pub(super) fn map(headers: &[(String, String)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        // Line breaks would end the header.
        let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        map.append(name.as_str(), value.as_str());
    }
    map
}

/// A message in our words.
pub(super) fn message(from: async_nats::Message) -> Message {
    let headers = from.headers.iter().flat_map(HeaderMap::iter).flat_map(|(name, values)| {
        values.iter().map(move |value| (name.to_string(), value.as_str().to_owned()))
    });
    Message {
        headers: headers.collect(),
        subject: from.subject,
        reply: from.reply,
        payload: from.payload,
    }
}
