//! What an operator chooses for the service.

use std::time::Duration;

use uuid::Uuid;

use crate::store::Retention;
use crate::subject::Prefix;

#[derive(Clone, Debug)]
pub struct Settings {
    pub prefix: Prefix,
    /// Instances with the same queue share the work.
    pub queue: String,
    pub mode: Mode,
    /// Which instance this is, among all there are.
    pub instance: String,
    /// Whether the ids of what was committed are published.
    pub receipts: bool,
    /// Events that are taken from the bus and not yet committed, at most.
    pub in_flight: usize,
    /// Requests that are worked on at a time; who asks then waits.
    pub requests: usize,
    /// How long things are kept; without it for ever.
    pub retention: Option<Retention>,
    /// Threads that read the database.
    pub readers: usize,
    /// How long the service may take until it is ready.
    pub start_time: Duration,
    /// How long a request may wait for the database.
    pub request_time: Duration,
}

/// Where events come from, and so what is promised about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// From who publishes them, at most once: what nobody takes is gone.
    Core,
    /// From a stream, until they are stored; the store knows what it has by its id.
    Stream(Streams),
}

/// The streams of a NATS server, and how they are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streams {
    /// The one that events come from.
    pub events: String,
    /// The one for what can never be stored.
    pub dead: String,
    /// How long events are kept there, stored or not.
    pub age: Duration,
    /// Bytes of each stream at most; zero for no limit.
    pub bytes: u64,
    /// How long a delivery may go without a sign before it is made again.
    pub ack_wait: Duration,
    /// Events that are asked for at a time.
    pub pull: usize,
}

impl Settings {
    #[must_use]
    pub fn new(prefix: Prefix, mode: Mode) -> Settings {
        Settings {
            prefix,
            queue: "db".to_owned(),
            mode,
            instance: Uuid::new_v4().simple().to_string(),
            receipts: false,
            in_flight: 4096,
            requests: 256,
            retention: None,
            readers: 2,
            start_time: Duration::from_secs(30),
            request_time: Duration::from_secs(5),
        }
    }

    /// Where this instance answers itself.
    #[must_use]
    pub fn mirror(&self) -> String {
        format!("{}.instance.{}", self.prefix.as_str(), self.instance)
    }

    /// Where the ids of what was committed are published.
    #[must_use]
    pub fn receipts_subject(&self) -> String {
        format!("{}.receipts", self.prefix.as_str())
    }
}

impl Default for Streams {
    fn default() -> Streams {
        Streams {
            events: "EVENTS".to_owned(),
            dead: "EVENTS_DEAD".to_owned(),
            age: Duration::from_secs(7 * 24 * 3600),
            bytes: 0,
            // Signs are given for what takes longer: only the end of an instance is waited for.
            ack_wait: Duration::from_secs(5),
            pull: 500,
        }
    }
}
