//! What waits for a slow reader, whatever it is given and however it is read.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use proptest::prelude::*;

use super::super::envelope::Outgoing;
use super::super::queue::{MOST_ANSWERS, Overfull, Policy, Queue, Room, Tally};

#[derive(Clone, Debug)]
enum Deed {
    Update { stream: usize, size: usize, policy: Policy },
    Answer,
    Next,
}

const ROOM: Room = Room { messages: 8, bytes: 200 };

fn policies() -> impl Strategy<Value = Policy> {
    prop_oneof![Just(Policy::DropOldest), Just(Policy::DropNewest), Just(Policy::Compress)]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let update = (0..3_usize, 8..260_usize, policies())
        .prop_map(|(stream, size, policy)| Deed::Update { stream, size, policy });
    let deed = prop_oneof![6 => update, 1 => Just(Deed::Answer), 3 => Just(Deed::Next)];
    prop::collection::vec(deed, 0..200)
}

/// A message of that many bytes which begins with its number.
fn message(number: usize, size: usize) -> Outgoing {
    Outgoing { text: format!("{number:<size$}"), cells: None }
}

fn number(message: &Outgoing) -> usize {
    message.text.trim().parse().unwrap()
}

fn filled(policy: Policy, updates: usize) -> (Queue, Arc<Tally>) {
    let mut queue = Queue::new(ROOM);
    let tally = Arc::default();
    for number in 0..updates {
        queue.update(message(number, 8), &tally, policy);
    }
    (queue, tally)
}

fn numbers(mut queue: Queue) -> Vec<usize> {
    std::iter::from_fn(|| queue.next()).map(|(message, _)| number(&message)).collect()
}

proptest! {
    #[test]
    fn no_more_waits_than_there_is_room_for_and_each_update_is_sent_or_counted(
        deeds in deeds(),
    ) {
        let mut queue = Queue::new(ROOM);
        let tallies: [Arc<Tally>; 3] = Default::default();
        let (mut given, mut told, mut answers) = ([0; 3], 0, 0);
        let mut out: Vec<(usize, bool)> = Vec::new();
        for (number, deed) in deeds.into_iter().enumerate() {
            match deed {
                Deed::Update { stream, size, policy } => {
                    given[stream] += 1;
                    told += queue.update(message(number, size), &tallies[stream], policy);
                }
                Deed::Answer => {
                    answers += 1;
                    queue.answer(message(number, 8)).unwrap();
                }
                Deed::Next => {
                    out.extend(queue.next().map(|(message, kind)| (self::number(&message), kind)));
                }
            }
            let (updates, bytes) = queue.load();
            prop_assert!(updates <= ROOM.messages);
            prop_assert!(bytes <= ROOM.bytes || updates == 1);
        }
        out.extend(
            std::iter::from_fn(|| queue.next()).map(|(message, kind)| (number(&message), kind)),
        );
        prop_assert_eq!(queue.load(), (0, 0));
        prop_assert!(out.windows(2).all(|pair| pair[0].0 < pair[1].0), "out of order");
        prop_assert_eq!(out.iter().filter(|(_, is_update)| !is_update).count(), answers);
        let dropped: u64 = tallies.iter().map(|tally| tally.dropped.load(Relaxed)).sum();
        prop_assert_eq!(dropped, told);
        for (tally, given) in tallies.iter().zip(given) {
            prop_assert_eq!(tally.sent.load(Relaxed) + tally.dropped.load(Relaxed), given);
        }
    }

    #[test]
    fn the_oldest_are_dropped_or_the_newest(updates in 0..60_usize) {
        let first = updates.saturating_sub(8);
        let (queue, tally) = filled(Policy::DropOldest, updates);
        prop_assert_eq!(numbers(queue), (first..updates).collect::<Vec<_>>());
        prop_assert_eq!(tally.dropped.load(Relaxed), first as u64);
        let (queue, _) = filled(Policy::DropNewest, updates);
        prop_assert_eq!(numbers(queue), (0..updates.min(8)).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_compressed_keeps_the_newest_and_reaches_further_back(updates in 9..200_usize) {
        let (queue, _) = filled(Policy::Compress, updates);
        let kept = numbers(queue);
        prop_assert_eq!(kept.last(), Some(&(updates - 1)));
        prop_assert!(kept.len() >= 4 && kept[0] <= updates - 8);
    }
}

#[test]
fn every_second_is_dropped_where_updates_are_compressed() {
    let (queue, tally) = filled(Policy::Compress, 9);
    assert_eq!(numbers(queue), [1, 3, 5, 7, 8]);
    assert_eq!(tally.dropped.load(Relaxed), 4);
}

#[test]
fn a_message_larger_than_the_room_waits_alone() {
    let (mut queue, tally) = filled(Policy::DropOldest, 5);
    assert_eq!(queue.update(message(5, 1000), &tally, Policy::DropOldest), 5);
    assert_eq!(queue.load(), (1, 1000));
    assert_eq!(queue.update(message(6, 8), &tally, Policy::DropNewest), 1);
    assert_eq!(queue.update(message(7, 8), &tally, Policy::DropOldest), 1);
    assert_eq!(numbers(queue), [7]);
}

#[test]
fn answers_are_never_dropped_and_too_many_are_refused() {
    let (mut queue, tally) = filled(Policy::DropOldest, 8);
    for number in 8..8 + MOST_ANSWERS {
        assert_eq!(queue.answer(message(number, 8)), Ok(()));
    }
    assert_eq!(queue.answer(message(0, 8)), Err(Overfull));
    let last = 8 + MOST_ANSWERS;
    queue.update(message(last, 8), &tally, Policy::DropOldest);
    assert_eq!(numbers(queue), (1..=last).collect::<Vec<_>>());
}

#[test]
fn what_waits_of_a_stream_can_be_taken_back() {
    let (mut queue, tally) = filled(Policy::DropOldest, 4);
    let other = Arc::default();
    queue.update(message(4, 8), &other, Policy::DropOldest);
    queue.answer(message(5, 8)).unwrap();
    queue.forget(Some(&tally));
    assert_eq!(queue.load(), (1, 8));
    queue.update(message(6, 8), &other, Policy::DropOldest);
    queue.forget(None);
    assert_eq!(numbers(queue), [5]);
}
