//! Events from a stream: stored exactly once, whatever goes wrong between.

use std::time::Duration;

use event_bus::bus::Message;
use event_bus::service::{Header, Streams};

use crate::scene::{PATIENCE, Scene, event, message, metric, publish_durably, stream, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_before_the_service_was_there_is_stored_and_twice_sent_once() {
    let scene = Scene::new();
    // The first one makes the stream.
    scene.stream().await.drain(PATIENCE).await.unwrap();
    let durable = scene.durable().await;
    let events = publish_durably(&durable, 200).await;
    for event in &events[..50] {
        // Under another id for the stream, as if its window were over.
        let id = format!("again-{}", event.id);
        let stored = durable.publish(&message(event), &id, PATIENCE).await.unwrap();
        assert!(!stored.is_duplicate);
    }
    let service = scene.stream().await;
    scene.until_stored(200).await;
    let duplicates = r#"event_bus_events_total{kind="chat.message",outcome="duplicate"}"#;
    until("all are counted", || metric(&service, duplicates) > 49.0).await;
    service.drain(PATIENCE).await.unwrap();
    scene.until_stored(200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_one_consumer_share_the_stream() {
    let scene = Scene::new();
    let streams = || stream(Streams { pull: 50, ..Streams::default() });
    let one = scene.start(streams()).await.unwrap();
    let other = scene.start(streams()).await.unwrap();
    publish_durably(&scene.durable().await, 1000).await;
    scene.until_stored(1000).await;
    let name = r#"event_bus_events_total{kind="chat.message",outcome="stored"}"#;
    until("both have counted", || metric(&one, name) + metric(&other, name) > 999.0).await;
    assert!(metric(&one, name) > 0.0 && metric(&other, name) > 0.0);
    one.drain(PATIENCE).await.unwrap();
    other.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_message_is_put_aside_with_its_reason_and_the_rest_goes_on() {
    let scene = Scene::new();
    let service = scene.stream().await;
    let durable = scene.durable().await;
    let poison = Message::new("rosey.events.chat.message", "{ \"id\": 7");
    durable.publish(&poison, "poison", PATIENCE).await.unwrap();
    publish_durably(&durable, 20).await;
    scene.until_stored(20).await;
    let dead = r#"event_bus_dead_letters_total{reason="INVALID_JSON"}"#;
    until("it is put aside", || metric(&service, dead) > 0.0).await;
    service.drain(PATIENCE).await.unwrap();
    let letters = dead_letters(&scene).await;
    assert_eq!(letters.len(), 1);
    let header = |header: Header| letters[0].header(header.name()).unwrap_or_default();
    assert_eq!(letters[0].subject.as_str(), "rosey.dead.chat.message");
    assert_eq!(letters[0].payload, poison.payload);
    assert_eq!(header(Header::Reason), "INVALID_JSON");
    assert!(header(Header::Error).starts_with("the event is not JSON"), "{:?}", letters[0]);
    assert_eq!(header(Header::Subject), "rosey.events.chat.message");
    assert_eq!((header(Header::Sequence), header(Header::Deliveries)), ("1", "1"));
    // It is answered for: nobody gets it again.
    let again = scene.stream().await;
    publish_durably(&durable, 1).await;
    scene.until_stored(21).await;
    assert!(metric(&again, dead) < 1.0);
    again.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_is_put_aside_and_the_rest_of_its_batch_stored() {
    let scene = Scene::new();
    let service = scene.stream().await;
    let refusing = rusqlite::Connection::open(scene.database()).unwrap();
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON event WHEN NEW.username = 'user3' \
                   BEGIN SELECT RAISE(ABORT, 'not this one'); END";
    refusing.execute_batch(trigger).unwrap();
    // Of 70 events ten are about that user.
    publish_durably(&scene.durable().await, 70).await;
    scene.until_stored(60).await;
    let dead = r#"event_bus_dead_letters_total{reason="REFUSED_BY_STORE"}"#;
    until("ten are put aside", || metric(&service, dead) > 9.0).await;
    service.drain(PATIENCE).await.unwrap();
    let letters = dead_letters(&scene).await;
    assert_eq!(letters.len(), 10);
    let error = letters[0].header(Header::Error.name()).unwrap();
    assert!(error.contains("not this one"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_lost_its_streams_gets_them_anew() {
    let mut scene = Scene::new();
    let service = scene.stream().await;
    let durable = scene.durable().await;
    publish_durably(&durable, 5).await;
    scene.until_stored(5).await;
    scene.broker.kill();
    scene.broker.forget();
    scene.broker.start_again();
    // The publisher goes on until there is a stream.
    publish_durably(&durable, 5).await;
    scene.until_stored(10).await;
    assert!(service.readiness().await.is_ready());
    service.drain(PATIENCE).await.unwrap();
}

async fn dead_letters(scene: &Scene) -> Vec<Message> {
    use event_bus::bus::durable::Share;
    let share = Share {
        stream: "EVENTS_DEAD".to_owned(),
        name: "reader".to_owned(),
        ack_wait: Duration::from_secs(30),
        open: 1000,
    };
    let puller = scene.durable().await.share(&share).await.unwrap();
    let mut pull = puller.pull(100, Duration::from_millis(500)).await.unwrap();
    let mut letters = Vec::new();
    while let Some(letter) = pull.next().await {
        letters.push(letter.unwrap().message);
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_takes_longer_than_a_delivery_may_wait_is_no_reason_to_deliver_again() {
    let scene = Scene::new();
    let ack_wait = Duration::from_millis(400);
    let service = scene.start(stream(Streams { ack_wait, ..Streams::default() })).await.unwrap();
    let durable = scene.durable().await;
    let lock = rusqlite::Connection::open(scene.database()).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    publish_durably(&durable, 30).await;
    // Four signs from each are more than the time that one delivery has.
    until("signs are given", || metric(&service, "event_bus_heartbeats_total") > 120.0).await;
    assert!(metric(&service, "event_bus_in_flight") > 29.0);
    lock.execute_batch("COMMIT").unwrap();
    scene.until_stored(30).await;
    service.drain(PATIENCE).await.unwrap();
    let again = scene.stream().await;
    publish_durably(&durable, 1).await;
    scene.until_stored(31).await;
    assert!(metric(&again, "event_bus_redeliveries_total") < 1.0, "some came again");
    again.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_fails_is_tried_again_later() {
    let scene = Scene::new();
    let service = scene.stream().await;
    let durable = scene.durable().await;
    let saboteur = rusqlite::Connection::open(scene.database()).unwrap();
    saboteur.execute_batch("ALTER TABLE event RENAME TO taken_away").unwrap();
    publish_durably(&durable, 5).await;
    let failed = r#"event_bus_events_total{kind="chat.message",outcome="failed"}"#;
    until("the database gave up", || metric(&service, failed) > 0.0).await;
    saboteur.execute_batch("ALTER TABLE taken_away RENAME TO event").unwrap();
    scene.until_stored(5).await;
    assert!(metric(&service, "event_bus_redeliveries_total") > 0.0);
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_killed_and_started_again_loses_nothing_that_it_acknowledged() {
    let mut scene = Scene::new();
    let service = scene.stream().await;
    let durable = scene.durable().await;
    let publishing = tokio::spawn(async move {
        let mut ids = Vec::new();
        for number in 0..300 {
            let event = event(number);
            durable.publish(&message(&event), &event.id.to_string(), PATIENCE).await.unwrap();
            ids.push(event.id);
        }
        ids
    });
    until("some are stored", || scene.stored().len() > 50).await;
    scene.broker.kill();
    scene.broker.start_again();
    let ids = publishing.await.unwrap();
    scene.until_stored(300).await;
    assert!(ids.iter().all(|id| scene.stored().contains_key(id)));
    assert!(metric(&service, "event_bus_reconnects_total") > 0.0);
    assert!(service.readiness().await.is_ready());
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_in_the_middle_of_a_stream_loses_nothing_and_leaves_nothing_open() {
    let scene = Scene::new();
    let service = scene.stream().await;
    let durable = scene.durable().await;
    let publishing = tokio::spawn(async move { publish_durably(&durable, 2000).await });
    until("some are stored", || scene.stored().len() > 200).await;
    service.drain(PATIENCE).await.unwrap();
    publishing.await.unwrap();
    let service = scene.stream().await;
    scene.until_stored(2000).await;
    // What the first one had taken it had answered for.
    assert!(metric(&service, "event_bus_redeliveries_total") < 1.0);
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_takes_other_subjects_is_left_alone() {
    let scene = Scene::new();
    scene.stream().await.drain(PATIENCE).await.unwrap();
    let prefix = event_bus::subject::Prefix::new("other").unwrap();
    let other = event_bus::service::Settings { prefix, ..stream(Streams::default()) };
    let error = scene.start(other).await.err().unwrap().to_string();
    assert!(error.contains("EVENTS"), "{error}");
}
