//! A service that listens, and a client that talks to it.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::super::{Limits, limited};
use crate::service::{Options, State};

/// Where nothing comes at all, so that a test ends.
const PATIENCE: Duration = Duration::from_secs(60);

pub const LIVE: &str = "/ws/simulation_live";
pub const FEATURES: &str = "/ws/stream_features";

pub struct Service {
    pub state: State,
    pub address: SocketAddr,
}

pub struct Client(WebSocketStream<TcpStream>);

/// What a client hears.
#[derive(Debug)]
pub enum Heard {
    Told(Value),
    Cells(Vec<f32>),
    Closed(Option<CloseFrame>),
}

/// Nobody is asked for a sign of life or sent away, however slow the machine is.
pub fn patient() -> Limits {
    let hour = Duration::from_secs(3600);
    Limits { heartbeat: hour, silence: hour, ..Limits::default() }
}

impl Service {
    pub async fn start(options: Options, limits: Limits) -> Service {
        let state = State::new(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = limited(limits).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Service { state, address }
    }

    pub async fn usual() -> Service {
        let options = Options { compute_threads: 1, ..Options::default() };
        Service::start(options, patient()).await
    }

    /// A client that was greeted.
    pub async fn client(&self, path: &str) -> Client {
        let mut client = self.connect(path, &[]).await.unwrap();
        assert_eq!(client.told("init").await["payload"]["protocol_version"], "1");
        client
    }

    pub async fn connect(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Client, StatusCode> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        // Little waits unread on the way, so that a slow reader is one soon.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 << 10).unwrap();
        let stream = socket.connect(self.address).await.unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Client(socket)),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("{error}"),
        }
    }

    pub fn metrics(&self) -> String {
        self.state.metrics().text(self.state.pool().load())
    }

    /// The value of one of the metrics.
    pub fn metric(&self, name: &str) -> f64 {
        let text = self.metrics();
        let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))[name.len()..].trim().parse().unwrap()
    }
}

impl Client {
    pub async fn say(&mut self, told: Value) {
        self.send(&told.to_string()).await;
    }

    pub async fn send(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub async fn send_binary(&mut self) {
        self.0.send(Message::binary(vec![1, 2])).await.unwrap();
    }

    /// Sends how long a message will be and nothing of it: bytes that nobody reads would let the
    /// connection end before its end is told.
    pub async fn announce(&mut self, length: u16) {
        let [high, low] = length.to_be_bytes();
        // The last part of a text, of which two bytes tell the length; masked by nothing.
        let head = [0x81, 0x80 | 126, high, low, 0, 0, 0, 0];
        self.0.get_mut().write_all(&head).await.unwrap();
    }

    pub async fn subscribe(&mut self, id: &str, params: Value) {
        self.say(json!({ "type": "subscribe", "stream_id": id, "payload": { "params": params } }))
            .await;
        assert_eq!(self.told("subscribe_success").await["stream_id"], id);
    }

    pub async fn control(&mut self, id: &str, payload: Value) {
        self.say(json!({ "type": "control", "stream_id": id, "payload": payload })).await;
    }

    pub async fn hear(&mut self) -> Heard {
        let read = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("something comes");
        match read {
            Some(Ok(Message::Text(text))) => Heard::Told(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Binary(bytes))) => {
                let (cells, rest) = bytes.as_chunks::<4>();
                assert!(rest.is_empty());
                Heard::Cells(cells.iter().map(|cell| f32::from_le_bytes(*cell)).collect())
            }
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame),
            Some(Err(_)) | None => Heard::Closed(None),
            Some(Ok(other)) => panic!("{other:?}"),
        }
    }

    /// The next message, which is of that type.
    pub async fn told(&mut self, kind: &str) -> Value {
        match self.hear().await {
            Heard::Told(told) => {
                assert_eq!(told["type"], kind, "{told}");
                told
            }
            other => panic!("{other:?} where {kind} was due"),
        }
    }

    /// The next message of that type, whatever comes before it.
    pub async fn until(&mut self, kind: &str) -> Value {
        loop {
            match self.hear().await {
                Heard::Told(told) if told["type"] == kind => return told,
                Heard::Closed(frame) => panic!("closed by {frame:?} where {kind} was due"),
                _ => {}
            }
        }
    }

    /// The updates of a stream with their cells, and its end.
    pub async fn all(&mut self) -> (Vec<(Value, Vec<f32>)>, Value) {
        let mut updates: Vec<(Value, Vec<f32>)> = Vec::new();
        loop {
            match self.hear().await {
                Heard::Told(told) if told["type"] == "simulation_complete" => {
                    return (updates, told["payload"].clone());
                }
                Heard::Told(mut told) => updates.push((told["payload"].take(), Vec::new())),
                Heard::Cells(cells) => updates.last_mut().expect("a state comes first").1 = cells,
                Heard::Closed(frame) => panic!("closed by {frame:?}"),
            }
        }
    }

    /// Everything up to the end of the connection, and how it ended.
    pub async fn rest(&mut self) -> (Vec<Value>, Option<CloseFrame>) {
        let mut all = Vec::new();
        loop {
            match self.hear().await {
                Heard::Told(told) => all.push(told),
                Heard::Cells(_) => {}
                Heard::Closed(frame) => return (all, frame),
            }
        }
    }

    /// That the connection is still of use.
    pub async fn is_answered(&mut self) {
        self.say(json!({ "type": "heartbeat" })).await;
        self.told("pong").await;
    }
}
