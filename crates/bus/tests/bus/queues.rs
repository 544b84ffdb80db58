//! Queues: what is dropped, what is not, who is woken, and how a subscription ends.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use tollgate_bus::{Bus, BusError, Limits, Message, RequestError};

fn small(capacity: usize) -> Bus {
    Bus::with(Limits { capacity, ..Limits::default() })
}

#[test]
fn what_finds_no_room_is_dropped_and_counted_for_that_subscription_alone() {
    let bus = small(10);
    let (mut slow, mut quick) = (bus.subscribe("a").unwrap(), bus.subscribe("*").unwrap());
    for number in 0..25 {
        let taken = bus.publish("a", Bytes::from(vec![number])).unwrap();
        assert_eq!(taken, if number < 10 { 2 } else { 1 });
        assert_eq!(quick.try_next().unwrap().payload, [number][..]);
    }
    assert_eq!((slow.dropped(), slow.pending(), quick.dropped()), (15, 10, 0));
    let kept: Vec<u8> = std::iter::from_fn(|| slow.try_next()).map(|one| one.payload[0]).collect();
    assert_eq!(kept, (0..10).collect::<Vec<u8>>());
    assert_eq!(bus.publish("a", Bytes::new()), Ok(2));
}

#[test]
fn a_capacity_can_change_and_nothing_that_is_held_is_dropped_by_it() {
    let bus = small(2);
    let mut heard = bus.subscribe("a").unwrap();
    heard.set_capacity(5);
    for _ in 0..7 {
        bus.publish("a", Bytes::new()).unwrap();
    }
    assert_eq!((heard.pending(), heard.dropped()), (5, 2));
    heard.set_capacity(1);
    assert_eq!(heard.pending(), 5);
    assert_eq!(bus.publish("a", Bytes::new()), Ok(0));
    heard.set_capacity(0);
    while heard.try_next().is_some() {}
    assert_eq!(bus.publish("a", Bytes::new()), Ok(0));
    assert_eq!(heard.dropped(), 4);
}

#[test]
fn a_group_gives_the_work_to_whoever_has_room() {
    let bus = small(4);
    let members = [(); 3].map(|()| bus.queue_subscribe("a", "q").unwrap());
    let taken: usize = (0..20).map(|_| bus.publish("a", Bytes::new()).unwrap()).sum();
    assert_eq!(taken, 12);
    assert!(members.iter().all(|member| member.pending() == 4));
    let dropped: u64 = members.iter().map(tollgate_bus::Subscription::dropped).sum();
    assert_eq!(dropped, 8);
}

#[test]
fn the_members_of_a_group_take_turns() {
    let bus = Bus::new();
    let members = [(); 4].map(|()| bus.queue_subscribe("work.*", "q").unwrap());
    for number in 0..400 {
        bus.publish(if number < 200 { "work.a" } else { "work.b" }, Bytes::new()).unwrap();
    }
    assert!(members.iter().all(|member| member.pending() == 100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishers_at_the_same_time_lose_nothing_and_each_keeps_its_order() {
    const EACH: u32 = 20_000;
    let bus = Bus::new();
    let mut heard = [bus.subscribe("from.*").unwrap(), bus.subscribe(">").unwrap()];
    let publishers = ["from.one", "from.two", "from.three"];
    for one in &mut heard {
        one.set_capacity(publishers.len() * EACH as usize);
    }
    let threads = publishers.map(|subject| {
        let bus = bus.clone();
        std::thread::spawn(move || {
            for number in 0..EACH {
                let payload = Bytes::copy_from_slice(&number.to_be_bytes());
                assert_eq!(bus.publish(subject, payload), Ok(2));
            }
        })
    });
    let mut batch = Vec::new();
    for one in &mut heard {
        let mut next: HashMap<String, u32> = HashMap::new();
        while next.values().sum::<u32>() < EACH * publishers.len() as u32 {
            batch.clear();
            assert!(one.next_many(&mut batch, 100).await > 0);
            for message in &batch {
                let number = next.entry(message.subject.to_string()).or_default();
                assert_eq!(message.payload, number.to_be_bytes()[..]);
                *number += 1;
            }
        }
        assert_eq!(one.dropped(), 0);
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_is_woken_each_time() {
    let bus = Bus::new();
    let (mut there, mut back) = (bus.subscribe("there").unwrap(), bus.subscribe("back").unwrap());
    let answering = bus.clone();
    let answers = tokio::spawn(async move {
        while let Some(message) = there.next().await {
            answering.publish("back", message.payload).unwrap();
        }
    });
    for number in 0..5000_u32 {
        bus.publish("there", Bytes::copy_from_slice(&number.to_be_bytes())).unwrap();
        assert_eq!(back.next().await.unwrap().payload, number.to_be_bytes()[..]);
    }
    answers.abort();
}

#[tokio::test]
async fn messages_are_taken_together_up_to_a_limit() {
    let bus = Bus::new();
    let mut heard = bus.subscribe("a").unwrap();
    for _ in 0..5 {
        bus.publish("a", Bytes::new()).unwrap();
    }
    let mut batch = Vec::new();
    assert_eq!(heard.next_many(&mut batch, 3).await, 3);
    assert_eq!(heard.next_many(&mut batch, 3).await, 2);
    assert_eq!(batch.len(), 5);
    drop(bus);
    assert_eq!(heard.next_many(&mut batch, 3).await, 0);
}

#[tokio::test]
async fn the_last_handle_ends_the_subscriptions_once_they_are_read() {
    let bus = Bus::new();
    let other = bus.clone();
    let mut heard = bus.subscribe("a").unwrap();
    drop(bus);
    other.publish("a", Bytes::new()).unwrap();
    let waiting = tokio::spawn(async move { (heard.next().await.is_some(), heard.next().await) });
    drop(other);
    assert_eq!(waiting.await.unwrap(), (true, None));
}

#[test]
fn what_cannot_be_sent_or_heard_is_refused_by_name() {
    let bus = Bus::with(Limits { max_payload: 10, ..Limits::default() });
    let subject = |text: &str| Err(BusError::InvalidSubject(text.to_owned()));
    for text in ["", "a..b", "a.", ".", "a b", "a.*", ">", "a\u{85}b"] {
        assert_eq!(bus.publish(text, Bytes::new()), subject(text));
    }
    let mut message = Message::new("a", "x");
    message.reply = Some("b.*".into());
    assert_eq!(bus.publish_message(message), subject("b.*"));
    assert_eq!(
        bus.publish("a", vec![0; 11].into()),
        Err(BusError::TooLarge { bytes: 11, most: 10 })
    );
    assert_eq!(bus.publish("a", vec![0; 10].into()), Ok(0));
    for text in ["", "a.>.b", "a. .b"] {
        let error = bus.subscribe(text).err();
        assert_eq!(error, Some(BusError::InvalidPattern(text.to_owned())));
    }
    let error = bus.queue_subscribe("a", "two words").err();
    assert_eq!(error, Some(BusError::InvalidQueue("two words".to_owned())));
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_nobody_listening() {
    let bus = Bus::new();
    let mut service = bus.subscribe("service").unwrap();
    let timeout = Duration::from_millis(1);
    let error = bus.request("service", None, Bytes::new(), timeout).await;
    let subject = "service".to_owned();
    assert_eq!(error, Err(RequestError::TimedOut { subject, timeout }));
    let request = service.try_next().unwrap();
    assert_eq!(bus.publish(&request.reply.unwrap(), "late".into()), Ok(0));
}

#[tokio::test]
async fn a_service_without_room_is_not_nobody() {
    let bus = small(0);
    let _service = bus.subscribe("service").unwrap();
    let timeout = Duration::from_millis(1);
    let error = bus.request("service", None, Bytes::new(), timeout).await;
    assert!(matches!(error, Err(RequestError::TimedOut { .. })));
    let error = bus.request("other", None, Bytes::new(), timeout).await;
    assert_eq!(error, Err(RequestError::NoResponders("other".to_owned())));
}
