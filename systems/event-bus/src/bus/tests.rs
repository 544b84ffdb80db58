//! The bus against a real server: what is published arrives, and what happens when the server goes.

mod broker;
mod durable;
mod login;

use std::collections::HashMap;
use std::time::Duration;

use self::broker::Broker;
use super::*;

/// Longer than anything takes on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

async fn connect(broker: &Broker) -> Bus {
    Bus::connect(&options(broker)).await.unwrap()
}

fn options(broker: &Broker) -> Options {
    let Address::Nats(server) = broker.url().parse().unwrap() else { panic!("not a server") };
    Options::new(server)
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waited).await.is_ok(), "never: {what}");
}

async fn next(subscription: &mut Subscription) -> Message {
    tokio::time::timeout(PATIENCE, subscription.next()).await.unwrap().unwrap()
}

fn text(message: &Message) -> &str {
    std::str::from_utf8(&message.payload).unwrap()
}

#[tokio::test]
async fn a_message_arrives_with_its_reply_and_headers() {
    let broker = Broker::start();
    let (sender, receiver) = (connect(&broker).await, connect(&broker).await);
    let mut subscription = receiver.subscribe("a.*", None).await.unwrap();
    receiver.settle(PATIENCE).await.unwrap();
    let sent = Message {
        subject: "a.b".into(),
        reply: Some("c.d".into()),
        headers: vec![("Reason".to_owned(), "two\nlines".to_owned())],
        payload: Bytes::from_static(b"\x00binary"),
    };
    sender.publish(sent.clone()).await.unwrap();
    let came = next(&mut subscription).await;
    // A line break would end a header.
    assert_eq!(came.header("reason"), Some("two lines"));
    assert_eq!(Message { headers: sent.headers.clone(), ..came }, sent);
    subscription.stop().await;
    assert_eq!(subscription.next().await, None);
}

#[tokio::test]
async fn of_a_queue_group_one_gets_each_message() {
    let broker = Broker::start();
    let (sender, receiver) = (connect(&broker).await, connect(&broker).await);
    let mut all = receiver.subscribe("work", None).await.unwrap();
    let mut one = receiver.subscribe("work", Some("db")).await.unwrap();
    let mut other = receiver.subscribe("work", Some("db")).await.unwrap();
    receiver.settle(PATIENCE).await.unwrap();
    for number in 0..100 {
        sender.publish(Message::new("work", number.to_string())).await.unwrap();
    }
    let mut seen: HashMap<String, u32> = HashMap::new();
    for _ in 0..100 {
        next(&mut all).await;
        let got = tokio::select! {
            message = next(&mut one) => message,
            message = next(&mut other) => message,
        };
        *seen.entry(text(&got).to_owned()).or_default() += 1;
    }
    assert_eq!(seen.len(), 100);
}

#[tokio::test]
async fn a_request_is_answered_or_the_reason_is_told() {
    let broker = Broker::start();
    let bus = connect(&broker).await;
    let mut service = bus.subscribe("add.one", None).await.unwrap();
    let answers = bus.clone();
    let answering = tokio::spawn(async move {
        let asked = next(&mut service).await;
        answers.publish(Message::new(asked.reply.unwrap(), "2")).await.unwrap();
        service
    });
    let answer = bus.request("add.one", Bytes::from_static(b"1"), PATIENCE).await.unwrap();
    assert_eq!(text(&answer), "2");
    let _silent = answering.await.unwrap();
    let brief = Duration::from_millis(50);
    let error = bus.request("add.one", Bytes::new(), brief).await.unwrap_err();
    assert_eq!(error.to_string(), "add.one did not answer within 50 ms");
    let error = bus.request("nobody.here", Bytes::new(), PATIENCE).await.unwrap_err();
    assert_eq!(error.to_string(), "nobody listens to nobody.here");
}

#[tokio::test]
async fn what_the_server_would_cut_the_connection_for_is_refused_before() {
    let broker = Broker::start();
    let bus = connect(&broker).await;
    for subject in ["", "a..b", "a.*", "a b", "a.>"] {
        let error = bus.publish(Message::new(subject, "x")).await.unwrap_err();
        assert!(matches!(error, BusError::Publish { .. }), "{subject:?}: {error}");
    }
    let large = vec![0; bus.max_payload() + 1];
    let error = bus.publish(Message::new("large", large)).await.unwrap_err().to_string();
    assert!(error.contains("1048577 bytes") && error.contains("takes 1048576"), "{error}");
    assert!(bus.subscribe("a..b", None).await.is_err());
    bus.settle(PATIENCE).await.unwrap();
    assert_eq!(bus.traffic().reconnects, 0);
}

/// Without the request to itself some of such messages are lost, now and then.
#[tokio::test]
async fn what_is_published_right_after_settling_is_never_lost() {
    let broker = Broker::start();
    let sender = connect(&broker).await;
    for trial in 0..50 {
        let receiver = connect(&broker).await;
        let mut subscription = receiver.subscribe("right.after", None).await.unwrap();
        receiver.settle(PATIENCE).await.unwrap();
        for number in 0..20 {
            sender.publish(Message::new("right.after", number.to_string())).await.unwrap();
        }
        for number in 0..20 {
            assert_eq!(text(&next(&mut subscription).await), number.to_string(), "trial {trial}");
        }
    }
}

#[tokio::test]
async fn while_the_broker_is_away_messages_wait_and_then_go_in_their_order() {
    let mut broker = Broker::start();
    let bus = connect(&broker).await;
    let mut subscription = bus.subscribe("numbers", None).await.unwrap();
    bus.settle(PATIENCE).await.unwrap();
    broker.kill();
    until("the loss is noticed", || !bus.is_connected()).await;
    for number in 0..500 {
        bus.publish(Message::new("numbers", number.to_string())).await.unwrap();
    }
    assert_eq!(bus.traffic().outbox.held, 500);
    broker.start_again();
    for number in 0..500 {
        assert_eq!(text(&next(&mut subscription).await), number.to_string());
    }
    let traffic = bus.traffic();
    assert_eq!((traffic.reconnects, traffic.outbox.held, traffic.outbox.buffered), (1, 0, 500));
}

#[tokio::test]
async fn what_overflows_is_counted_exactly() {
    let mut broker = Broker::start();
    let refusing = Options { room: 10, ..options(&broker) };
    let dropping = Options { policy: Policy::DropOldest, ..refusing.clone() };
    let refusing = Bus::connect(&refusing).await.unwrap();
    let dropping = Bus::connect(&dropping).await.unwrap();
    broker.kill();
    until("the loss is noticed", || !refusing.is_connected() && !dropping.is_connected()).await;
    let mut refused = 0;
    for number in 0..25 {
        let message = Message::new("numbers", number.to_string());
        dropping.publish(message.clone()).await.unwrap();
        let full = refusing.publish(message).await;
        refused += u32::from(matches!(full, Err(BusError::Full { held: 10 })));
    }
    assert_eq!(refused, 15);
    let counts = refusing.traffic().outbox;
    assert_eq!((counts.held, counts.buffered, counts.refused, counts.dropped), (10, 10, 15, 0));
    let counts = dropping.traffic().outbox;
    assert_eq!((counts.held, counts.buffered, counts.refused, counts.dropped), (10, 25, 0, 15));
}

#[tokio::test]
async fn a_request_while_the_broker_is_away_ends_with_its_patience() {
    let mut broker = Broker::start();
    let bus = connect(&broker).await;
    broker.kill();
    until("the loss is noticed", || !bus.is_connected()).await;
    let brief = Duration::from_millis(50);
    let error = bus.request("anybody", Bytes::new(), brief).await.unwrap_err();
    assert!(matches!(error, BusError::NoAnswer { .. }), "{error}");
    assert!(matches!(bus.settle(brief).await, Err(BusError::NotFlushed { .. })));
}
