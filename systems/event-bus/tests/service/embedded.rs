//! The service on the bus inside the process, with and without a door.

use event_bus::bus::embedded::Embedded;
use event_bus::bus::{Address, Bus, Options};
use event_bus::service::{Service, Streams};
use event_bus::store::{Durability, Store};
use event_bus::writer::Limits;
use tempfile::TempDir;

use crate::scene::{PATIENCE, ask, core, publish, stored, stream, until};

async fn start(folder: &TempDir, bus: &tollgate_bus::Bus) -> (Service, String) {
    let url = format!("sqlite:{}", folder.path().join("events.db").display());
    let store = url.clone();
    let open = move || Store::open(&store, Durability::Process);
    let bus = Bus::Embedded(Embedded::new(bus.clone()));
    (Service::start(bus, open, Limits::default(), core()).await.unwrap(), url)
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_requests_work_without_a_broker() {
    let folder = TempDir::new().unwrap();
    let inner = tollgate_bus::Bus::new();
    let (service, url) = start(&folder, &inner).await;
    let bus = Bus::Embedded(Embedded::new(inner));
    publish(&bus, 2000).await;
    until("all are stored", || stored(&url).len() == 2000).await;
    assert_eq!(ask(&bus, "stats", b"").await["data"]["total_users_seen"], 7);
    let event = crate::scene::message(&crate::scene::event(1));
    let answer = bus.request(&event.subject, event.payload, PATIENCE).await.unwrap();
    assert!(answer.payload.starts_with(b"{\"data\":{\"id\":"), "{answer:?}");
    publish(&bus, 500).await;
    service.drain(PATIENCE).await.unwrap();
    assert_eq!(stored(&url).len(), 2501);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_nats_come_in_by_the_door() {
    let folder = TempDir::new().unwrap();
    let inner = tollgate_bus::Bus::new();
    let door = tollgate_bus::Door::open(inner.clone(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let (service, url) = start(&folder, &inner).await;
    let address = format!("nats://{}", door.address());
    let Address::Nats(server) = address.parse().unwrap() else { panic!("a server") };
    let client = Bus::connect(&Options::new(server)).await.unwrap();
    publish(&client, 300).await;
    until("all are stored", || stored(&url).len() == 300).await;
    assert_eq!(ask(&client, "health", b"").await["data"]["backend"], "sqlite");
    service.drain(PATIENCE).await.unwrap();
    door.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_refused_there() {
    let store = || Store::open("sqlite::memory:", Durability::Process);
    let bus = Bus::Embedded(Embedded::new(tollgate_bus::Bus::new()));
    let started = Service::start(bus, store, Limits::default(), stream(Streams::default())).await;
    let error = started.err().unwrap().to_string();
    assert!(error.contains("has no streams"), "{error}");
}
