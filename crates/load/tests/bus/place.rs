//! The three places at which the facts hold, behind one way to connect, publish and listen.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use tollgate_bus::{Broker, Bus, Headers, Subscription};

use crate::server::Server;

/// An answer takes microseconds; who waits for so long waits in vain.
const PATIENCE: Duration = Duration::from_secs(20);

pub enum Place {
    Inside(Bus),
    Door(Broker),
    Server(Server),
}

/// A connection; inside the process all are the same handle.
pub enum Connection {
    Inside(Bus),
    Client(async_nats::Client),
}

pub enum Heard {
    Inside(Subscription),
    Client(async_nats::Subscriber),
}

/// A message as the facts look at it. Headers are sorted by name: a client keeps no other order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub reply: Option<String>,
    pub headers: Vec<(String, String)>,
    pub payload: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    NoResponders,
    TimedOut,
}

impl Place {
    pub async fn inside() -> Place {
        Place::Inside(Bus::new())
    }

    pub async fn door() -> Place {
        Place::Door(Broker::start().unwrap())
    }

    pub async fn server() -> Place {
        Place::Server(Server::start().await)
    }

    /// A connection that is ready: it has heard itself.
    pub async fn connect(&self) -> Connection {
        self.open(async_nats::ConnectOptions::new()).await
    }

    /// A connection that does not hear itself, where there are such.
    pub async fn connect_without_echo(&self) -> Option<Connection> {
        match self {
            Place::Inside(_) => None,
            _ => Some(self.open(async_nats::ConnectOptions::new().no_echo()).await),
        }
    }

    async fn open(&self, options: async_nats::ConnectOptions) -> Connection {
        let url = match self {
            Place::Inside(bus) => return Connection::Inside(bus.clone()),
            Place::Door(broker) => broker.url(),
            Place::Server(server) => server.url().to_owned(),
        };
        // The server reads what a connection says in turn, so its first answer comes after that.
        Connection::Client(options.connect(url).await.unwrap())
    }
}

impl Connection {
    pub async fn subscribe(&self, pattern: &str) -> Heard {
        self.try_subscribe(pattern).await.unwrap()
    }

    pub async fn try_subscribe(&self, pattern: &str) -> Result<Heard, String> {
        match self {
            Connection::Inside(bus) => {
                bus.subscribe(pattern).map(Heard::Inside).map_err(|error| error.to_string())
            }
            Connection::Client(client) => {
                let heard = client.subscribe(pattern.to_owned()).await;
                heard.map(Heard::Client).map_err(|error| error.to_string())
            }
        }
    }

    pub async fn join(&self, pattern: &str, queue: &str) -> Heard {
        match self {
            Connection::Inside(bus) => Heard::Inside(bus.queue_subscribe(pattern, queue).unwrap()),
            Connection::Client(client) => {
                let (pattern, queue) = (pattern.to_owned(), queue.to_owned());
                Heard::Client(client.queue_subscribe(pattern, queue).await.unwrap())
            }
        }
    }

    pub async fn publish(&self, subject: &str, payload: impl Into<Bytes>) {
        self.try_publish(subject, payload.into()).await.unwrap();
    }

    pub async fn try_publish(&self, subject: &str, payload: Bytes) -> Result<(), String> {
        let subject = subject.to_owned();
        self.send(Letter { subject, payload, ..Letter::default() }).await
    }

    pub async fn send(&self, letter: Letter) -> Result<(), String> {
        let Letter { subject, reply, headers, payload } = letter;
        match self {
            Connection::Inside(bus) => {
                let mut message = tollgate_bus::Message::new(subject, payload);
                message.reply = reply.map(Into::into);
                message.headers = encoded(&headers);
                bus.publish_message(message).map(drop).map_err(|error| error.to_string())
            }
            Connection::Client(client) => {
                let mut map = async_nats::HeaderMap::new();
                for (name, value) in &headers {
                    map.append(name.as_str(), value.as_str());
                }
                let sent = match (reply, headers.is_empty()) {
                    (None, true) => client.publish(subject, payload).await,
                    (None, false) => client.publish_with_headers(subject, map, payload).await,
                    (Some(reply), true) => client.publish_with_reply(subject, reply, payload).await,
                    (Some(reply), false) => {
                        client.publish_with_reply_and_headers(subject, reply, map, payload).await
                    }
                };
                sent.map_err(|error| error.to_string())
            }
        }
    }

    pub async fn request(
        &self,
        subject: &str,
        payload: &'static str,
        timeout: Duration,
    ) -> Result<Letter, Unanswered> {
        match self {
            Connection::Inside(bus) => {
                match bus.request(subject, None, payload.into(), timeout).await {
                    Ok(message) => Ok(from_inside(message)),
                    Err(tollgate_bus::RequestError::NoResponders(_)) => {
                        Err(Unanswered::NoResponders)
                    }
                    Err(tollgate_bus::RequestError::TimedOut { .. }) => Err(Unanswered::TimedOut),
                    Err(error) => panic!("{error}"),
                }
            }
            Connection::Client(client) => {
                let request =
                    async_nats::Request::new().payload(payload.into()).timeout(Some(timeout));
                let answer = client.send_request(subject.to_owned(), request).await;
                answer.map(from_client).map_err(|error| match error.kind() {
                    async_nats::client::RequestErrorKind::NoResponders => Unanswered::NoResponders,
                    async_nats::client::RequestErrorKind::TimedOut => Unanswered::TimedOut,
                    other => panic!("{other}"),
                })
            }
        }
    }

    /// Waits until all that was said on this connection is known: an answer to a request of its
    /// own comes behind that.
    pub async fn settle(&self) {
        let subject = match self {
            Connection::Inside(_) => return,
            Connection::Client(client) => client.new_inbox(),
        };
        let mut ready = self.subscribe(&subject).await;
        // Nobody may hear itself on this connection; then nobody answers, which is an answer.
        if let Err(Unanswered::TimedOut) = self.ask(&mut ready, &subject).await {
            panic!("no answer to the connection's own request");
        }
    }

    async fn ask(&self, ready: &mut Heard, subject: &str) -> Result<Letter, Unanswered> {
        let answer = async {
            let letter = ready.next().await;
            self.publish(&letter.reply.clone().unwrap(), "").await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            answer = self.request(subject, "", PATIENCE) => answer,
            () = answer => unreachable!("it waits for ever"),
        }
    }
}

impl Heard {
    pub async fn next(&mut self) -> Letter {
        self.end_or_next().await.expect("there is another")
    }

    /// The next message, or none when the subscription has ended.
    pub async fn end_or_next(&mut self) -> Option<Letter> {
        let next = async {
            match self {
                Heard::Inside(heard) => heard.next().await.map(from_inside),
                Heard::Client(heard) => heard.next().await.map(from_client),
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("a message or the end in time")
    }

    /// The subjects of what comes before the subject `last`, sent by whoever sent the others.
    pub async fn subjects_until(&mut self, last: &str) -> Vec<String> {
        self.until(last).await.into_iter().map(|letter| letter.subject).collect()
    }

    pub async fn until(&mut self, last: &str) -> Vec<Letter> {
        let mut letters = Vec::new();
        loop {
            let letter = self.next().await;
            if letter.subject == last {
                return letters;
            }
            letters.push(letter);
        }
    }

    pub async fn unsubscribe(self) {
        match self {
            Heard::Inside(heard) => heard.unsubscribe(),
            Heard::Client(mut heard) => heard.unsubscribe().await.unwrap(),
        }
    }

    pub async fn unsubscribe_after(&mut self, messages: u64) {
        match self {
            Heard::Inside(heard) => heard.unsubscribe_after(messages),
            Heard::Client(heard) => heard.unsubscribe_after(messages).await.unwrap(),
        }
    }
}

fn encoded(headers: &[(String, String)]) -> Option<Headers> {
    let mut encoded = Headers::new();
    for (name, value) in headers {
        encoded.append(name, value).unwrap();
    }
    (!headers.is_empty()).then_some(encoded)
}

fn from_inside(message: tollgate_bus::Message) -> Letter {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut headers: Vec<_> =
        message.headers.iter().flat_map(|headers| headers.iter().map(owned)).collect();
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    Letter {
        subject: message.subject.to_string(),
        reply: message.reply.map(|reply| reply.to_string()),
        headers,
        payload: message.payload,
    }
}

fn from_client(message: async_nats::Message) -> Letter {
    let mut headers = Vec::new();
    for (name, values) in message.headers.iter().flat_map(async_nats::HeaderMap::iter) {
        headers.extend(values.iter().map(|value| (name.to_string(), value.to_string())));
    }
    headers.sort_by(|one, other| one.0.cmp(&other.0));
    Letter {
        subject: message.subject.to_string(),
        reply: message.reply.map(|reply| reply.to_string()),
        headers,
        payload: message.payload,
    }
}
