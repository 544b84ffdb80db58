//! Events as they are published: none is lost once the service is ready.

use serde_json::{Value, json};

use crate::scene::{PATIENCE, Scene, core, message, metric, publish, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_right_after_the_start_is_never_lost() {
    let scene = Scene::new();
    let publisher = scene.bus().await;
    for start in 1..=20 {
        let service = scene.core().await;
        publish(&publisher, 50).await;
        scene.until_stored(start * 50).await;
        service.drain(PATIENCE).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_store_each_event_once_and_share_the_work() {
    let scene = Scene::new();
    let (one, other) = (scene.core().await, scene.core().await);
    publish(&scene.bus().await, 500).await;
    scene.until_stored(500).await;
    let name = r#"event_bus_events_total{kind="chat.message",outcome="stored"}"#;
    until("both have counted", || metric(&one, name) + metric(&other, name) > 499.0).await;
    let both = (metric(&one, name), metric(&other, name));
    assert!(both.0 > 0.0 && both.1 > 0.0 && both.0 + both.1 < 501.0, "{both:?}");
    one.drain(PATIENCE).await.unwrap();
    other.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_a_reply_subject_is_answered_after_its_commit() {
    let scene = Scene::new();
    let service = scene.core().await;
    let bus = scene.bus().await;
    let event = crate::scene::event(1);
    let mut answers = Vec::new();
    for _ in 0..2 {
        let sent = message(&event);
        let answer = bus.request(&sent.subject, sent.payload, PATIENCE).await.unwrap();
        assert_eq!(scene.stored().get(&event.id), Some(&1), "answered before it was there");
        answers.push(serde_json::from_slice::<Value>(&answer.payload).unwrap());
    }
    let told = |outcome| json!({ "success": true, "data": { "id": event.id, "outcome": outcome } });
    assert_eq!(answers, [told("stored"), told("duplicate")]);
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_event_is_answered_counted_and_told_and_the_rest_goes_on() {
    let scene = Scene::new();
    let service = scene.core().await;
    let bus = scene.bus().await;
    let mut dead = bus.subscribe("rosey.dead.>", None).await.unwrap();
    bus.settle(PATIENCE).await.unwrap();
    let event = crate::scene::event(1);
    let elsewhere = bus.request("rosey.events.user.left", event.encode().into(), PATIENCE).await;
    let elsewhere: Value = serde_json::from_slice(&elsewhere.unwrap().payload).unwrap();
    assert_eq!(elsewhere["error"]["code"], "VALIDATION_ERROR", "{elsewhere}");
    let broken = bus.request("rosey.events.chat.message", "{".into(), PATIENCE).await.unwrap();
    let broken: Value = serde_json::from_slice(&broken.payload).unwrap();
    assert_eq!(
        (&broken["success"], &broken["error"]["code"]),
        (&json!(false), &json!("INVALID_JSON"))
    );
    let letters = [dead.next().await.unwrap(), dead.next().await.unwrap()];
    let reasons = letters.each_ref().map(|letter| letter.header("Event-Bus-Reason").unwrap());
    assert_eq!(reasons, ["VALIDATION_ERROR", "INVALID_JSON"]);
    assert_eq!(letters[1].payload, "{");
    publish(&bus, 10).await;
    scene.until_stored(10).await;
    let unreadable = r#"event_bus_events_total{kind="unknown",outcome="unreadable"}"#;
    assert!((metric(&service, unreadable) - 2.0).abs() < 0.1);
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_name_every_committed_event_once() {
    let scene = Scene::new();
    let service = scene.start(event_bus::service::Settings { receipts: true, ..core() }).await;
    let service = service.unwrap();
    let bus = scene.bus().await;
    let mut receipts = bus.subscribe("rosey.receipts", None).await.unwrap();
    bus.settle(PATIENCE).await.unwrap();
    let events = publish(&bus, 300).await;
    let mut named = Vec::new();
    while named.len() < 300 {
        let receipt = tokio::time::timeout(PATIENCE, receipts.next()).await.unwrap().unwrap();
        let receipt: Value = serde_json::from_slice(&receipt.payload).unwrap();
        assert!(receipt["committed_us"].as_u64().unwrap() > 0, "{receipt}");
        let ids = receipt["ids"].as_array().unwrap();
        named.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
    }
    let mut published: Vec<String> = events.iter().map(|event| event.id.to_string()).collect();
    published.sort();
    named.sort();
    assert_eq!(named, published);
    service.drain(PATIENCE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_before_the_end_is_stored() {
    let scene = Scene::new();
    let service = scene.core().await;
    publish(&scene.bus().await, 3000).await;
    // Most of them wait in the service now.
    service.drain(PATIENCE).await.unwrap();
    scene.until_stored(3000).await;
}
