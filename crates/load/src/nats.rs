//! A user's connection to a message bus that speaks the protocol of NATS, and what is done on it.

mod delivery;
mod reception;
mod setup;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::client::{Request, RequestError, RequestErrorKind};
use async_nats::jetstream;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::{Client, ConnectErrorKind, ConnectOptions, HeaderMap};
use bytes::Bytes;
use futures_util::StreamExt as _;
use rustls::ClientConfig;

use crate::check::Fault;
use crate::connection::{Received, Route, Wants};
use crate::target::Target;
use crate::watch::{Watch, in_time};
use crate::workload::Act;

pub(crate) use delivery::Deliveries;
pub(crate) use reception::Reception;
pub use setup::BusError;
pub(crate) use setup::{Identity, patterns, prepare};

/// The longest that a connection may take.
const REACH: Duration = Duration::from_secs(5);
/// Between two attempts to connect again.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// Messages that may wait in this process for one subscription.
const WAITING: usize = 1 << 20;

/// The header in which services of the micro protocol say that they failed (NATS ADR-32).
const ERROR_CODE: &str = "Nats-Service-Error-Code";

/// What is sent to a subject.
#[derive(Debug)]
pub(crate) struct Message {
    pub subject: String,
    pub headers: HeaderMap,
    pub payload: Bytes,
}

#[derive(Debug)]
pub(crate) struct Line {
    client: Client,
    consumers: HashMap<String, PullConsumer>,
}

impl Line {
    pub async fn open(route: &Route, watch: &Watch) -> Result<Line, Fault> {
        let identity = route.identity.as_ref();
        let connecting = connect(&route.target, identity, route.tls.as_ref());
        let client = in_time(watch, connecting).await??;
        Ok(Line { client, consumers: HashMap::new() })
    }

    /// Does one thing and waits until it is done.
    pub async fn exchange(
        &mut self,
        act: &Act,
        message: Message,
        wants: Wants,
        watch: &Watch,
        deliveries: Option<&Deliveries>,
        received: &mut Received,
    ) -> Result<(), Fault> {
        received.clear();
        received.status = 200;
        match act {
            Act::Publish => self.publish(message, watch, deliveries).await,
            Act::Ask => self.ask(message, wants, watch, received).await,
            Act::Store => {
                self.ask(message, Wants { body: true, ..wants }, watch, received).await?;
                acknowledged(&received.body)
            }
            Act::Pull { most } => self.pull(&message.subject, *most, watch, received).await,
            Act::Http(_) => Err(Fault::Failed("a request of HTTP to a message bus".to_owned())),
        }
    }

    async fn publish(
        &self,
        mut message: Message,
        watch: &Watch,
        deliveries: Option<&Deliveries>,
    ) -> Result<(), Fault> {
        let ticket = deliveries.map(|deliveries| (deliveries, deliveries.issue()));
        if let Some((deliveries, number)) = &ticket {
            message.headers.insert(delivery::HEADER, deliveries.label(*number));
        }
        let sent = in_time(watch, self.send(message)).await;
        let sent = sent.and_then(|sent| sent);
        match ticket {
            None => {
                sent?;
                let flushed = in_time(watch, self.client.flush()).await?;
                flushed.map_err(|error| Fault::Failed(error.to_string()))
            }
            Some((deliveries, number)) => {
                if let Err(fault) = sent {
                    deliveries.withdraw(number);
                    return Err(fault);
                }
                deliveries.arrival(number, watch).await
            }
        }
    }

    async fn send(&self, message: Message) -> Result<(), Fault> {
        let Message { subject, headers, payload } = message;
        let sent = if headers.is_empty() {
            self.client.publish(subject, payload).await
        } else {
            self.client.publish_with_headers(subject, headers, payload).await
        };
        sent.map_err(|error| Fault::Failed(error.to_string()))
    }

    async fn ask(
        &self,
        message: Message,
        wants: Wants,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        let Message { subject, headers, payload } = message;
        let mut request = Request::new().payload(payload).timeout(None);
        if !headers.is_empty() {
            request = request.headers(headers);
        }
        let reply = in_time(watch, self.client.send_request(subject, request)).await?;
        let reply = reply.map_err(|error| unanswered(&error))?;
        received.bytes = reply.length as u64;
        for (name, values) in reply.headers.iter().flat_map(HeaderMap::iter) {
            let name: &str = name.as_ref();
            for value in values {
                if name == ERROR_CODE {
                    received.status = value.as_str().parse().unwrap_or(500);
                }
                if wants.headers {
                    received.headers.push((name.to_owned(), value.as_str().into()));
                }
            }
        }
        if wants.body {
            received.body.extend_from_slice(&reply.payload);
        }
        Ok(())
    }

    async fn pull(
        &mut self,
        name: &str,
        most: u32,
        watch: &Watch,
        received: &mut Received,
    ) -> Result<(), Fault> {
        let failed = |error: &dyn std::fmt::Display| Fault::Failed(error.to_string());
        let consumer = in_time(watch, self.consumer(name)).await??;
        let batch = consumer.batch().max_messages(most as usize).expires(REACH);
        let pulling = async {
            let mut messages = batch.messages().await.map_err(|error| failed(&error))?;
            let mut last = None;
            while let Some(message) = messages.next().await {
                let message = message.map_err(|error| failed(&error))?;
                received.bytes += message.length as u64;
                if let Some(before) = last.replace(message) {
                    before.ack().await.map_err(|error| failed(&error))?;
                }
            }
            // The acknowledgements are sent in order: with the last the server has them all.
            let last = last.ok_or(Fault::TimedOut)?;
            last.double_ack().await.map_err(|error| failed(&error))
        };
        in_time(watch, pulling).await?
    }

    /// The consumer of that name, made if it is not there.
    async fn consumer(&mut self, name: &str) -> Result<PullConsumer, Fault> {
        if let Some(known) = self.consumers.get(name) {
            return Ok(known.clone());
        }
        let (stream, durable) = name.split_once('/').unwrap_or((name, "tollgate"));
        let failed = |error: &dyn std::fmt::Display| {
            Fault::Failed(format!("use the consumer `{name}`: {error}"))
        };
        let context = jetstream::new(self.client.clone());
        let of = context.get_stream_no_info(stream).await.map_err(|error| failed(&error))?;
        let config = pull::Config { durable_name: Some(durable.to_owned()), ..Default::default() };
        let consumer = of.get_or_create_consumer(durable, config).await;
        let consumer = consumer.map_err(|error| failed(&error))?;
        self.consumers.insert(name.to_owned(), consumer.clone());
        Ok(consumer)
    }
}

/// Connects, and connects again by itself when the connection is lost later.
async fn connect(
    target: &Target,
    identity: Option<&Identity>,
    tls: Option<&Arc<ClientConfig>>,
) -> Result<Client, Fault> {
    let mut options = ConnectOptions::new()
        .name("tollgate")
        .connection_timeout(REACH)
        .request_timeout(None)
        .subscription_capacity(WAITING)
        .ignore_discovered_servers()
        .reconnect_delay_callback(|attempts| {
            Duration::from_millis(5 << attempts.min(8)).min(LONGEST_PAUSE)
        });
    if let Some(config) = tls {
        options = options.require_tls(true).tls_client_config(ClientConfig::clone(config));
    }
    if let Some(identity) = identity {
        options = identity.applied(options)?;
    }
    // Without a name to check, the address that was looked up once.
    let address = match target.secure {
        true => format!("tls://{}:{}", target.host, target.port),
        false => format!("nats://{}", target.address),
    };
    options.connect(address).await.map_err(|error| unconnected(&error))
}

fn unconnected(error: &async_nats::ConnectError) -> Fault {
    let text = || crate::chain(error);
    match error.kind() {
        ConnectErrorKind::TimedOut => Fault::TimedOut,
        ConnectErrorKind::Tls => Fault::Tls(text()),
        ConnectErrorKind::Io => {
            let cause = std::error::Error::source(error);
            let io = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>());
            io.map_or_else(|| Fault::Failed(text()), crate::stream::fault)
        }
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            Fault::Failed("the server does not accept the login".to_owned())
        }
        _ => Fault::Failed(text()),
    }
}

fn unanswered(error: &RequestError) -> Fault {
    match error.kind() {
        RequestErrorKind::TimedOut => Fault::TimedOut,
        RequestErrorKind::NoResponders => Fault::NoResponders,
        RequestErrorKind::InvalidSubject => Fault::Template("a subject that is none".to_owned()),
        RequestErrorKind::MaxPayloadExceeded => {
            Fault::Failed("the payload is larger than the server accepts".to_owned())
        }
        RequestErrorKind::Other => Fault::Failed(crate::chain(error)),
    }
}

/// Whether a reply says that a stream has the message.
fn acknowledged(reply: &[u8]) -> Result<(), Fault> {
    let reply: serde_json::Value = serde_json::from_slice(reply)
        .map_err(|_| Fault::Malformed("no acknowledgement of a stream".to_owned()))?;
    if let Some(error) = reply.pointer("/error/description").and_then(|text| text.as_str()) {
        return Err(Fault::Failed(error.to_owned()));
    }
    match reply.get("stream") {
        Some(_) => Ok(()),
        None => Err(Fault::Malformed("no acknowledgement of a stream".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_acknowledgement_of_a_stream_is_one() {
        assert_eq!(acknowledged(br#"{"stream":"EVENTS","seq":7}"#), Ok(()));
        let refused = br#"{"error":{"code":503,"description":"no space"},"stream":"EVENTS"}"#;
        assert_eq!(acknowledged(refused), Err(Fault::Failed("no space".to_owned())));
        for reply in [&b"{}"[..], b"", b"pong", b"[1]"] {
            assert!(matches!(acknowledged(reply), Err(Fault::Malformed(_))), "{reply:?}");
        }
    }
}
