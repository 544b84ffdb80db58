//! A broker, a folder with a database, and services on them.

use std::collections::HashMap;
use std::time::Duration;

use event_bus::bus::durable::Durable;
use event_bus::bus::{Address, Bus, Message, Options};
use event_bus::event::Event;
use event_bus::operation::{Operation, Query, Reply};
use event_bus::service::{Mode, Service, Settings, Streams};
use event_bus::store::{Durability, Store};
use event_bus::subject::Prefix;
use event_bus::writer::Limits;
use event_bus::{clock, service::ServiceError};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::broker::Broker;

/// Longer than anything takes on a machine that has much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Scene {
    pub broker: Broker,
    pub folder: TempDir,
}

impl Scene {
    pub fn new() -> Scene {
        Scene { broker: Broker::start(), folder: TempDir::new().unwrap() }
    }

    pub fn store(&self) -> String {
        format!("sqlite:{}", self.database().display())
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.folder.path().join("events.db")
    }

    pub async fn bus(&self) -> Bus {
        let Address::Nats(server) = self.broker.url().parse().unwrap() else { panic!("a server") };
        Bus::connect(&Options::new(server)).await.unwrap()
    }

    pub async fn durable(&self) -> Durable {
        Durable::new(&self.bus().await).unwrap()
    }

    pub async fn start(&self, settings: Settings) -> Result<Service, ServiceError> {
        let store = self.store();
        let open = move || Store::open(&store, Durability::Process);
        Service::start(self.bus().await, open, Limits::default(), settings).await
    }

    pub async fn core(&self) -> Service {
        self.start(core()).await.unwrap()
    }

    pub async fn stream(&self) -> Service {
        self.start(stream(Streams::default())).await.unwrap()
    }

    pub fn stored(&self) -> HashMap<Uuid, u32> {
        stored(&self.store())
    }

    /// Waits until so many events are in the database, each of them once.
    pub async fn until_stored(&self, wanted: usize) {
        until(&format!("{wanted} events are stored"), || self.stored().len() >= wanted).await;
        let stored = self.stored();
        assert_eq!(stored.len(), wanted);
        assert!(stored.values().all(|times| *times == 1));
    }
}

pub fn core() -> Settings {
    Settings::new(Prefix::default(), Mode::Core)
}

pub fn stream(streams: Streams) -> Settings {
    Settings::new(Prefix::default(), Mode::Stream(streams))
}

/// The ids in a database, and how often each is there.
pub fn stored(url: &str) -> HashMap<Uuid, u32> {
    let mut store = Store::open(url, Durability::Process).unwrap();
    let mut ids = HashMap::new();
    let mut query = Query { limit: 1000, ..Query::default() };
    loop {
        let operation = Operation::Events(query.clone());
        let Ok(Reply::Events(page)) = store.answer(&operation, 0) else { panic!("no page") };
        for event in page.events {
            *ids.entry(event.id).or_default() += 1;
        }
        if page.next.is_none() {
            return ids;
        }
        query.after = page.next;
    }
}

pub fn event(number: usize) -> Event {
    let event = json!({
        "id": Uuid::now_v7(), "kind": "chat.message", "version": 1, "source": "test",
        "timestamp_ms": clock::now_ms(),
        "data": { "username": format!("user{}", number % 7), "message": number.to_string() },
    });
    Event::decode(event.to_string().as_bytes()).unwrap()
}

pub fn message(event: &Event) -> Message {
    Message::new(Prefix::default().event(event.kind()), event.encode())
}

/// Publishes so many events, and returns once the broker has them.
pub async fn publish(bus: &Bus, count: usize) -> Vec<Event> {
    let events: Vec<Event> = (0..count).map(event).collect();
    for event in &events {
        bus.publish(message(event)).await.unwrap();
    }
    bus.settle(PATIENCE).await.unwrap();
    events
}

/// Publishes so many events to the stream, several at a time.
pub async fn publish_durably(durable: &Durable, count: usize) -> Vec<Event> {
    let events: Vec<Event> = (0..count).map(event).collect();
    for some in events.chunks(100) {
        let sent = some.iter().map(|event| {
            let durable = durable.clone();
            let (message, id) = (message(event), event.id.to_string());
            tokio::spawn(async move { durable.publish(&message, &id, PATIENCE).await })
        });
        for sent in sent.collect::<Vec<_>>() {
            sent.await.unwrap().unwrap();
        }
    }
    events
}

/// Waits until something holds.
pub async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waited).await.is_ok(), "never: {what}");
}

/// The same for tests without a runtime.
pub fn wait(what: &str, mut holds: impl FnMut() -> bool) {
    const PAUSE: Duration = Duration::from_millis(10);
    let pauses = PATIENCE.as_millis() / PAUSE.as_millis();
    let held = (0..pauses).any(|_| {
        std::thread::sleep(PAUSE);
        holds()
    });
    assert!(held, "never: {what}");
}

/// The value of a metric, with its labels if it has any.
pub fn metric(service: &Service, name: &str) -> f64 {
    value(&service.shared().metrics(), name)
}

pub fn value(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

/// Asks for an operation over the bus.
pub async fn ask(bus: &Bus, name: &str, request: &[u8]) -> serde_json::Value {
    let subject = Prefix::default().request(name);
    let answer = bus.request(&subject, request.to_vec().into(), PATIENCE).await.unwrap();
    serde_json::from_slice(&answer.payload).unwrap()
}
