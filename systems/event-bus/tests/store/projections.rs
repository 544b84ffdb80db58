//! What the events add up to, held against a model that counts all of them anew.

use std::collections::BTreeSet;

use event_bus::event::{Body, Change, Event};
use event_bus::operation::{Channel, HighWater, User};
use event_bus::store::Store;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::place::{NOW, Place, counted, event, facts, media, person, said, stats, user};

facts!(
    chat_of_somebody_who_was_never_seen_joining_is_counted,
    a_session_lasts_by_the_clock_of_the_producer,
    the_sums_are_those_of_all_events_stored,
);

fn chat_of_somebody_who_was_never_seen_joining_is_counted(place: &Place) {
    let mut store = place.open();
    store.apply(&[event(1, 5, said("ann", "hi"))]).unwrap();
    let ann = user(&mut store, "ann").unwrap();
    assert_eq!((ann.chat_lines, ann.first_seen_ms, ann.session_start_ms), (1, NOW + 5, None));
    assert_eq!(user(&mut store, "Ann"), None);
}

fn a_session_lasts_by_the_clock_of_the_producer(place: &Place) {
    let mut store = place.open();
    let joined = |n, at| event(n, at, Body::Joined(person("ann")));
    let left = |n, at| event(n, at, Body::Left(person("ann")));
    store.apply(&[joined(1, 100)]).unwrap();
    assert_eq!(user(&mut store, "ann").unwrap().session_start_ms, Some(NOW + 100));
    // A leaving that is late by a session, the true one, and one without a joining.
    store.apply(&[left(2, 50), left(3, 700), left(4, 900)]).unwrap();
    let ann = user(&mut store, "ann").unwrap();
    assert_eq!((ann.connected_ms, ann.session_start_ms), (600, None));
    // The first leaving was lost, so that only what follows the second joining is known.
    store.apply(&[joined(5, 1000), joined(6, 2000), left(7, 2010)]).unwrap();
    assert_eq!(user(&mut store, "ann").unwrap().connected_ms, 610);
}

const NAMES: [&str; 3] = ["ann", "bob", "\u{E9}va"];

fn any_body() -> impl Strategy<Value = Body> {
    let name = || prop::sample::select(&NAMES[..]);
    let change = |username: Option<&str>, id: &str, title: u8| Change {
        media: media(id, &format!("title {title}")),
        username: username.map(str::to_owned),
    };
    let medium = || prop::sample::select(&["a", "b"][..]);
    prop_oneof![
        3 => name().prop_map(|name| said(name, "hi")),
        2 => name().prop_map(|name| Body::Joined(person(name))),
        2 => name().prop_map(|name| Body::Left(person(name))),
        1 => name().prop_map(|name| Body::Updated(person(name))),
        2 => (prop::option::of(name()), medium(), 0..3u8)
            .prop_map(move |(name, id, title)| Body::Played(change(name, id, title))),
        1 => medium().prop_map(move |id| Body::Queued(change(None, id, 0))),
        1 => (0..5u64, 0..5u64).prop_map(|(chat, all)| counted(chat, all)),
    ]
}

/// Batches in which ids come again, with other data.
fn any_batches() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let any_event =
        (0..40u64, 0..1000u64, any_body()).prop_map(|(number, at, body)| event(number, at, body));
    prop::collection::vec(prop::collection::vec(any_event, 0..12), 1..8)
}

fn the_sums_are_those_of_all_events_stored(place: &Place) {
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(30) });
    drop(place.open());
    let checked = runner.run(&any_batches(), |batches| {
        let empty = "DELETE FROM event; DELETE FROM member; DELETE FROM medium; \
             DELETE FROM high_water";
        place.change_alike(empty);
        let mut store = place.open();
        for (batch, number) in batches.iter().zip(1..) {
            store.apply(batch).unwrap();
            if number % 3 == 0 {
                store = place.open();
            }
        }
        let mut seen = BTreeSet::new();
        let once: Vec<&Event> =
            batches.iter().flatten().filter(|event| seen.insert(event.id)).collect();
        check(&mut store, &once);
        Ok(())
    });
    checked.unwrap();
}

fn check(store: &mut Store, events: &[&Event]) {
    for name in NAMES {
        assert_eq!(user(store, name), counted_anew(events, name), "{name} of {events:?}");
    }
    let stats = stats(store);
    let chatters: Vec<_> = NAMES.iter().filter_map(|name| counted_anew(events, name)).collect();
    assert_eq!(stats.total_users_seen, chatters.len() as u64);
    let mut expected: Vec<_> = chatters
        .into_iter()
        .filter(|user| user.chat_lines > 0)
        .map(|user| (u64::MAX - user.chat_lines, user.username))
        .collect();
    expected.sort();
    let top =
        stats.top_chatters.into_iter().map(|user| (u64::MAX - user.chat_lines, user.username));
    assert_eq!(top.collect::<Vec<_>>(), expected);

    let high = |count: fn(&Body) -> Option<u64>| {
        let counts = events.iter().filter_map(|event| Some((count(&event.body)?, event)));
        let highest = counts.max_by_key(|(users, event)| (*users, u64::MAX - event.timestamp_ms));
        highest.map(|(users, event)| HighWater { users, timestamp_ms: event.timestamp_ms })
    };
    let channel = Channel {
        chat_users: high(|body| match body {
            Body::Counted(counts) => Some(counts.chat_users),
            _ => None,
        }),
        connected_users: high(|body| match body {
            Body::Counted(counts) => Some(counts.connected_users),
            _ => None,
        }),
    };
    assert_eq!(stats.channel, channel);

    for id in ["a", "b"] {
        let plays = events.iter().filter_map(|event| match &event.body {
            Body::Played(change) if change.media.id == id => {
                Some((event.timestamp_ms, &change.media.title))
            }
            _ => None,
        });
        // Of plays at one time the last one that was stored names it.
        let last = plays.clone().max_by_key(|(at, _)| *at);
        let found = stats.top_media.iter().find(|play| play.id == id);
        assert_eq!(found.map(|play| (play.last_played_ms, &play.title)), last);
        assert_eq!(found.map_or(0, |play| play.plays), plays.count() as u64);
    }
}

/// The user from the beginning, one question at a time.
fn counted_anew(events: &[&Event], name: &str) -> Option<User> {
    let own: Vec<&&Event> = events.iter().filter(|event| event.username() == Some(name)).collect();
    let times = || own.iter().map(|event| event.timestamp_ms);
    let (mut open, mut connected_ms) = (Vec::new(), 0);
    for event in &own {
        match &event.body {
            Body::Joined(_) => open.push(event.timestamp_ms),
            Body::Left(_) => {
                let start = open.iter().max().copied();
                if start.is_some_and(|start| start <= event.timestamp_ms) {
                    connected_ms += event.timestamp_ms - start.unwrap();
                    open.clear();
                }
            }
            _ => {}
        }
    }
    Some(User {
        username: name.to_owned(),
        first_seen_ms: times().min()?,
        last_seen_ms: times().max()?,
        chat_lines: own.iter().filter(|event| event.kind() == "chat.message").count() as u64,
        connected_ms,
        session_start_ms: open.into_iter().max(),
    })
}
