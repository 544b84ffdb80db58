//! Whether the service can do its work: it reaches itself over the bus, and the database takes
//! something.

use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::oneshot;

use super::Shared;
use crate::bus::{Bus, Message, Subscription};
use crate::clock;
use crate::operation::Operation;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Readiness {
    pub is_connected: bool,
    /// Why a request to itself was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bus: Option<String>,
    /// Why no events come from the stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// Why nothing can be stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    pub is_draining: bool,
}

/// How long each part may take.
const PATIENCE: Duration = Duration::from_secs(2);

impl Readiness {
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let parts = [&self.bus, &self.stream, &self.store];
        self.is_connected && parts.iter().all(|part| part.is_none()) && !self.is_draining
    }
}

impl fmt::Display for Readiness {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connected = (!self.is_connected).then(|| "the broker is away".to_owned());
        let draining = self.is_draining.then(|| "it is ending".to_owned());
        let (bus, stream, store) = (self.bus.clone(), self.stream.clone(), self.store.clone());
        let parts = [connected, bus, stream, store, draining];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        to.write_str(if said.is_empty() { "ready" } else { "" })?;
        to.write_str(&said.join("; "))
    }
}

impl Shared {
    pub async fn readiness(&self) -> Readiness {
        let (bus, store) = tokio::join!(self.reaches_itself(), self.stores());
        Readiness {
            is_connected: self.bus.is_connected(),
            bus: bus.err(),
            stream: self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            store: store.err(),
            is_draining: self.is_draining.load(Ordering::Relaxed),
        }
    }

    /// Notes why no events come, or that they do.
    pub(super) fn set_trouble(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Over the connection on which all else was subscribed to before, so that an answer says
    /// that the broker knows of it.
    async fn reaches_itself(&self) -> Result<(), String> {
        let asked = self.bus.request(&self.settings.mirror(), Bytes::new(), PATIENCE).await;
        asked.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn stores(&self) -> Result<(), String> {
        let (told, answered) = oneshot::channel();
        let probe = Operation::KvSet {
            plugin: "event-bus".to_owned(),
            key: "ready".to_owned(),
            value: Value::from(clock::now_ms()),
            ttl_seconds: None,
        };
        let answer = Box::new(move |answer| drop(told.send(answer)));
        self.writer.ask(probe, answer).map_err(|error| error.to_string())?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(Ok(_))) => Ok(()),
            Ok(Ok(Err(failure))) => Err(failure.to_string()),
            Ok(Err(_)) => Err("the writer ended".to_owned()),
            Err(_) => Err(format!("the database takes longer than {} s", PATIENCE.as_secs())),
        }
    }
}

/// Answers whatever comes.
pub async fn mirror(bus: Bus, mut requests: Subscription) {
    while let Some(request) = requests.next().await {
        if let Some(reply) = request.reply {
            // Who asked finds out by himself that there is no answer.
            let _ = bus.publish(Message::new(reply, request.payload)).await;
        }
    }
}
