//! A client that watches a simulation from its first step to its last.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::sync::Barrier;
use tokio_tungstenite::tungstenite::Message;

/// What clients ask for: fields of 64 cells a side, and an update a step.
#[derive(Clone, Copy)]
pub struct Watch {
    /// Steps a second.
    pub pace: Option<u32>,
    pub steps: u32,
}

/// What came of it.
#[derive(Default)]
pub struct Watched {
    /// Of each update, from when the service wrote it to when it was read here.
    pub delays: Vec<Duration>,
    /// Whether each step came, in order, and the end after them.
    pub is_whole: bool,
}

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    /// Milliseconds since 1970.
    timestamp: u64,
    #[serde(default)]
    payload: Payload,
}

#[derive(Default, Deserialize)]
struct Payload {
    #[serde(default)]
    step: u32,
}

/// What a client saw until its stream or its connection ended.
pub async fn watch(address: SocketAddr, seed: usize, watch: Watch, all_there: &Barrier) -> Watched {
    let connected =
        tokio_tungstenite::connect_async(format!("ws://{address}/ws/simulation_live")).await;
    all_there.wait().await;
    let mut watched = Watched::default();
    let Ok((mut socket, _)) = connected else { return watched };
    if socket.send(Message::text(subscription(seed, watch))).await.is_err() {
        return watched;
    }
    while let Some(Ok(Message::Text(text))) = socket.next().await {
        let told: Told<'_> = serde_json::from_str(&text).expect("the service speaks JSON");
        match told.kind {
            "simulation_state" => {
                let written = Duration::from_millis(told.timestamp);
                watched.delays.push(since_1970().saturating_sub(written));
                if told.payload.step as usize != watched.delays.len() {
                    return watched;
                }
            }
            "simulation_complete" => {
                watched.is_whole = watched.delays.len() == watch.steps as usize;
                return watched;
            }
            "init" | "subscribe_success" => {}
            "heartbeat" => {
                if socket.send(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
                    return watched;
                }
            }
            _ => return watched,
        }
    }
    watched
}

fn subscription(seed: usize, Watch { pace, steps }: Watch) -> String {
    let mut params = serde_json::json!({ "grid_size": 64, "steps": steps, "seed": seed });
    if let Some(pace) = pace {
        params["pace"] = pace.into();
    }
    serde_json::json!({ "type": "subscribe", "payload": { "params": params } }).to_string()
}

#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
