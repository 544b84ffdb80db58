//! Streams: acknowledged once, delivered until answered for.

use super::*;
use crate::bus::durable::{Delivery, Durable, Keep, Puller, Share};

fn keep(name: &str) -> Keep {
    let subjects = vec!["run.events.>".to_owned()];
    Keep { name: name.to_owned(), subjects, age: Duration::from_secs(3600), bytes: 0 }
}

async fn puller(durable: &Durable, ack_wait: Duration) -> Puller {
    durable.keep(&keep("EVENTS")).await.unwrap();
    let share = Share { stream: "EVENTS".to_owned(), name: "db".to_owned(), ack_wait, open: 1000 };
    durable.share(&share).await.unwrap()
}

/// So many, however long they take.
async fn pull(puller: &Puller, count: usize) -> Vec<Delivery> {
    pull_within(puller, count, PATIENCE).await
}

async fn pull_within(puller: &Puller, most: usize, within: Duration) -> Vec<Delivery> {
    let mut pull = puller.pull(most, within).await.unwrap();
    let mut came = Vec::new();
    while let Some(delivery) = pull.next().await {
        came.push(delivery.unwrap());
    }
    came
}

#[tokio::test]
async fn one_id_is_stored_once_and_every_publish_acknowledged() {
    let broker = Broker::start();
    let durable = Durable::new(&connect(&broker).await).unwrap();
    durable.keep(&keep("EVENTS")).await.unwrap();
    let message = Message::new("run.events.chat", "hello");
    let first = durable.publish(&message, "one", PATIENCE).await.unwrap();
    let again = durable.publish(&message, "one", PATIENCE).await.unwrap();
    let other = durable.publish(&message, "two", PATIENCE).await.unwrap();
    assert_eq!(first, Stored { sequence: 1, is_duplicate: false });
    assert_eq!(again, Stored { sequence: 1, is_duplicate: true });
    assert_eq!(other, Stored { sequence: 2, is_duplicate: false });
}

#[tokio::test]
async fn a_subject_without_a_stream_is_told_and_a_foreign_stream_left_alone() {
    let broker = Broker::start();
    let durable = Durable::new(&connect(&broker).await).unwrap();
    let message = Message::new("run.events.chat", "hello");
    let error = durable.publish(&message, "one", Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(error, BadStream::NotStored { .. }), "{error}");
    durable.keep(&keep("EVENTS")).await.unwrap();
    let other = Keep { subjects: vec!["other.>".to_owned()], ..keep("EVENTS") };
    let error = durable.keep(&other).await.unwrap_err();
    assert!(matches!(error, BadStream::Open { .. } | BadStream::Foreign { .. }), "{error}");
}

#[tokio::test]
async fn what_is_done_never_comes_again_and_the_rest_does() {
    let broker = Broker::start();
    let durable = Durable::new(&connect(&broker).await).unwrap();
    let puller = puller(&durable, Duration::from_secs(600)).await;
    for number in 0..3 {
        let message = Message::new("run.events.chat", number.to_string());
        durable.publish(&message, &number.to_string(), PATIENCE).await.unwrap();
    }
    let came = pull(&puller, 3).await;
    let shown: Vec<_> = came.iter().map(|d| (text(&d.message), d.sequence, d.deliveries)).collect();
    assert_eq!(shown, [("0", 1, 1), ("1", 2, 1), ("2", 3, 1)]);
    came[0].ticket.done().await.unwrap();
    came[1].ticket.never().await.unwrap();
    came[2].ticket.again(Duration::from_millis(1)).await.unwrap();
    let came = pull(&puller, 1).await;
    let shown: Vec<_> = came.iter().map(|d| (text(&d.message), d.deliveries)).collect();
    assert_eq!(shown, [("2", 2)]);
    assert_eq!(pull_within(&puller, 10, Duration::from_millis(300)).await.len(), 0);
}

#[tokio::test]
async fn publishing_goes_on_until_a_server_that_was_killed_is_back() {
    let mut broker = Broker::start();
    let bus = connect(&broker).await;
    let durable = Durable::new(&bus).unwrap();
    let puller = puller(&durable, Duration::from_secs(30)).await;
    broker.kill();
    until("the loss is noticed", || !bus.is_connected()).await;
    let publishing = tokio::spawn({
        let durable = durable.clone();
        async move {
            for number in 0..5 {
                let message = Message::new("run.events.chat", number.to_string());
                durable.publish(&message, &number.to_string(), PATIENCE).await.unwrap();
            }
        }
    });
    broker.start_again();
    publishing.await.unwrap();
    let came = pull(&puller, 5).await;
    assert_eq!(
        came.iter().map(|d| text(&d.message)).collect::<Vec<_>>(),
        ["0", "1", "2", "3", "4"]
    );
}

#[tokio::test]
async fn a_pull_ends_with_the_reason_if_the_connection_or_the_consumer_is_gone() {
    let mut broker = Broker::start();
    let durable = Durable::new(&connect(&broker).await).unwrap();
    let puller = puller(&durable, Duration::from_secs(30)).await;
    let mut open = puller.pull(1, Duration::from_secs(5)).await.unwrap();
    broker.kill();
    broker.forget();
    broker.start_again();
    let told = tokio::time::timeout(PATIENCE, open.next()).await.unwrap();
    assert_eq!(told.unwrap().err().unwrap(), "the connection was made anew");
    let mut again = puller.pull(1, Duration::from_millis(100)).await.unwrap();
    let told = tokio::time::timeout(PATIENCE, again.next()).await.unwrap();
    assert_eq!(told.unwrap().err().unwrap(), "the consumer does not answer");
}
