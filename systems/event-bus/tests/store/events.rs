//! Events are stored once, and are found again as they were.

use event_bus::event::{Body, Change, Event, Priority, Private};
use event_bus::operation::{Cursor, Operation, Page, Query, Reply, read_answer, write_answer};
use event_bus::store::{Applied, Retention, Store};
use serde_json::json;

use crate::place::{NOW, Place, counted, event, facts, id, media, open, person, said, stats, user};

facts!(
    a_stored_event_is_found_as_it_was,
    an_id_is_stored_once_across_batches_and_restarts,
    events_are_found_by_what_they_have_in_common,
    pages_hold_each_event_once_and_in_order,
    the_deepest_event_comes_through_an_answer,
    no_answer_is_larger_than_a_message_may_be,
    a_pattern_that_nothing_fits_ends_its_search,
    recent_chat_is_the_end_of_the_public_talk,
    what_is_old_enough_is_deleted_a_little_at_a_time,
);

fn find(store: &mut Store, query: Query) -> Page {
    let query = Query { limit: if query.limit == 0 { 1000 } else { query.limit }, ..query };
    match store.answer(&Operation::Events(query), NOW).unwrap() {
        Reply::Events(page) => page,
        other => panic!("{other:?}"),
    }
}

/// One of each kind, with all that an event can have.
fn one_of_each() -> Vec<Event> {
    let change = |id: &str| Change { media: media(id, "a \"title\""), username: None };
    let secret = Private {
        username: "ann".to_owned(),
        recipient: "bob".to_owned(),
        message: "ps\u{1F600}t".to_owned(),
    };
    let bodies = [
        said("ann", "hello 'there'; -- \\"),
        Body::Private(secret),
        Body::Played(change("a")),
        Body::Queued(Change { username: Some("bob".to_owned()), ..change("b") }),
        Body::Removed(change("c")),
        Body::Joined(person("ann")),
        Body::Left(person("ann")),
        Body::Updated(person("bob")),
        counted(3, 5),
        open("plugin.started", json!({ "name": "dice", "deep": [1, null, { "nul": "\u{0}" }] })),
    ];
    let mut events: Vec<Event> =
        bodies.into_iter().zip(1..).map(|(body, n)| event(n, n, body)).collect();
    events[0].subject = Some("rosey.events.chat.message".to_owned());
    events[0].correlation_id = Some(id(77));
    events[0].priority = Priority::Critical;
    events[0].metadata.insert("room".to_owned(), json!({ "a": 1.5 }));
    events
}

fn a_stored_event_is_found_as_it_was(place: &Place) {
    let events = one_of_each();
    let mut store = place.open();
    assert_eq!(store.apply(&events).unwrap(), vec![Applied::Stored; events.len()]);
    drop(store);
    let found = find(&mut place.open(), Query::default());
    assert_eq!((found.events, found.next), (events, None));
}

fn an_id_is_stored_once_across_batches_and_restarts(place: &Place) {
    let [first, second] = [1, 2].map(|n| event(n, n, said("ann", "hi")));
    let other = Event { source: "other".to_owned(), ..first.clone() };
    let mut store = place.open();
    let applied = store.apply(&[first.clone(), first.clone(), other.clone()]).unwrap();
    assert_eq!(applied, [Applied::Stored, Applied::Duplicate, Applied::Duplicate]);
    assert_eq!(store.apply(&[second, other.clone()]).unwrap()[1], Applied::Duplicate);
    drop(store);
    let mut store = place.open();
    assert_eq!(store.apply(&[other]).unwrap(), [Applied::Duplicate]);
    assert_eq!(store.apply(&[]).unwrap(), []);
    assert_eq!(find(&mut store, Query::default()).events[0], first);
    assert_eq!(user(&mut store, "ann").unwrap().chat_lines, 2);
}

fn the_deepest_event_comes_through_an_answer(place: &Place) {
    let deep = (0..48).fold(json!(null), |inner, _| json!([inner]));
    let event = event(1, 1, open("plugin.deep", json!({ "value": deep })));
    let event = Event::decode(&event.encode()).unwrap();
    let mut store = place.open();
    store.apply(std::slice::from_ref(&event)).unwrap();
    let all = Operation::Events(Query { limit: 10, ..Query::default() });
    let answer = write_answer(&store.answer(&all, NOW));
    assert_eq!(read_answer::<Page>(&answer).unwrap().events, [event]);
}

fn events_are_found_by_what_they_have_in_common(place: &Place) {
    let mut store = place.open();
    store.apply(&one_of_each()).unwrap();
    let mut numbers = |query: Query| -> Vec<u64> {
        find(&mut store, query).events.iter().map(|event| event.timestamp_ms - NOW).collect()
    };
    let all = Query::default;
    assert_eq!(numbers(Query { kind: Some("media.queued".to_owned()), ..all() }), [4]);
    assert_eq!(numbers(Query { username: Some("bob".to_owned()), ..all() }), [4, 8]);
    assert_eq!(numbers(Query { correlation_id: Some(id(77)), ..all() }), [1]);
    let (since_ms, until_ms) = (Some(NOW + 3), Some(NOW + 5));
    assert_eq!(numbers(Query { since_ms, until_ms, ..all() }), [3, 4]);
    for (subject, found) in [
        ("rosey.events.chat.message", 1),
        ("rosey.*.chat.*", 1),
        ("rosey.>", 1),
        ("rosey.events.*", 0),
        ("rosey.events.chat", 0),
    ] {
        let query = Query { subject: Some(subject.to_owned()), ..all() };
        assert_eq!(numbers(query).len(), found, "{subject}");
    }
    let injection = Query { username: Some("' OR 1=1 --".to_owned()), ..all() };
    assert_eq!(numbers(injection), [0; 0]);
}

fn pages_hold_each_event_once_and_in_order(place: &Place) {
    let mut store = place.open();
    // Stored against the order of their times, three of which are the same.
    let mut events: Vec<Event> =
        (0..25).map(|n| event(n, (24 - n) / 3, said("ann", "hi"))).collect();
    store.apply(&events).unwrap();
    events.sort_by_key(|event| (event.timestamp_ms, event.id));
    let (mut found, mut after) = (Vec::new(), None);
    for page in 0.. {
        assert!(page < 5, "the pages go on");
        let page = find(&mut store, Query { limit: 7, after, ..Query::default() });
        assert!(page.events.len() <= 7);
        found.extend(page.events);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, events);
}

fn no_answer_is_larger_than_a_message_may_be(place: &Place) {
    let mut store = place.open();
    // Each character takes six bytes in JSON.
    let long = "\u{1}".repeat(16_000);
    let events: Vec<Event> = (0..30).map(|n| event(n, n, said("ann", &long))).collect();
    store.apply(&events).unwrap();
    let put = Operation::OutboundPut { message: long };
    for _ in 0..30 {
        store.answer(&put, NOW).unwrap();
    }
    let all = Operation::Events(Query { limit: 1000, ..Query::default() });
    let due = Operation::OutboundGet { limit: 1000, max_retries: 3 };
    for operation in [all, due, Operation::RecentChat { limit: 1000 }] {
        let answer = store.answer(&operation, NOW);
        let bytes = write_answer(&answer).len();
        assert!((700_000..1_000_000).contains(&bytes), "{} has {bytes}", operation.name());
    }
    let (mut found, mut after) = (Vec::new(), None);
    for page in 0.. {
        assert!(page < 5, "the pages go on");
        let page = find(&mut store, Query { after, ..Query::default() });
        found.extend(page.events);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, events);
    let Ok(Reply::RecentChat(lines)) = store.answer(&Operation::RecentChat { limit: 1000 }, NOW)
    else {
        panic!("another reply")
    };
    assert_eq!(lines.last().unwrap().timestamp_ms, NOW + 29);
}

fn a_pattern_that_nothing_fits_ends_its_search(place: &Place) {
    let mut store = place.open();
    let events: Vec<Event> = (0..10_500).map(|n| event(n, n, counted(1, 1))).collect();
    store.apply(&events).unwrap();
    let subject = Some("rosey.>".to_owned());
    let page = find(&mut store, Query { subject: subject.clone(), ..Query::default() });
    let next = Cursor { timestamp_ms: NOW + 9999, id: id(9999) };
    assert_eq!((page.events.len(), page.next), (0, Some(next)));
    let page = find(&mut store, Query { subject, after: Some(next), ..Query::default() });
    assert_eq!((page.events.len(), page.next), (0, None));
}

fn recent_chat_is_the_end_of_the_public_talk(place: &Place) {
    let mut store = place.open();
    let mut events: Vec<Event> = (1..=5).map(|n| event(n, n, said("ann", "hi"))).collect();
    events.extend(one_of_each().into_iter().skip(1).map(|event| Event {
        id: id(100 + event.timestamp_ms - NOW),
        timestamp_ms: NOW + 100,
        ..event
    }));
    store.apply(&events).unwrap();
    let Reply::RecentChat(lines) = store.answer(&Operation::RecentChat { limit: 3 }, NOW).unwrap()
    else {
        panic!("another reply")
    };
    let times: Vec<u64> = lines.iter().map(|line| line.timestamp_ms - NOW).collect();
    assert_eq!(times, [3, 4, 5]);
    assert_eq!((&*lines[0].username, &*lines[0].message), ("ann", "hi"));
}

fn what_is_old_enough_is_deleted_a_little_at_a_time(place: &Place) {
    let mut store = place.open();
    let mut events: Vec<Event> = (0..10).map(|n| event(n, n, said("ann", "hi"))).collect();
    events.extend((10..20).map(|n| event(n, n - 10, counted(1, 1))));
    store.apply(&events).unwrap();
    let keep = Retention { chat_ms: 1000, events_ms: 2000, sent_ms: 1000 };
    // Chat of the first five milliseconds is old.
    assert_eq!(store.prune(&keep, NOW + 1005, 3).unwrap(), 3);
    assert_eq!(store.prune(&keep, NOW + 1005, 3).unwrap(), 2);
    assert_eq!(store.prune(&keep, NOW + 1005, 3).unwrap(), 0);
    assert_eq!(store.prune(&keep, NOW + 2003, 100).unwrap(), 5 + 3);
    let left = find(&mut store, Query::default()).events;
    assert!(left.iter().all(|event| event.kind() == "channel.counted"));
    assert_eq!(left.len(), 7);
    assert_eq!(user(&mut store, "ann").unwrap().chat_lines, 10);
    assert_eq!(stats(&mut store).total_users_seen, 1);
}
