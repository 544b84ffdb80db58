//! The writer: receipts after the commit, bounds, poison, and failures that pass.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use event_bus::event::Event;
use event_bus::operation::{Operation, Reply};
use event_bus::store::Applied;
use event_bus::writer::{Limits, NotTaken, Receipt, WriteError, Writer};

use crate::place::{NOW, Place, event, facts, said, user};

facts!(
    a_receipt_is_given_after_the_commit,
    an_operation_sees_what_was_written_before_it,
    what_waits_becomes_one_batch_of_at_most_the_limit,
    a_full_queue_refuses_and_counts_it,
    one_poison_event_does_not_take_the_others_with_it,
    a_failure_of_the_database_is_told_and_passes,
    closing_commits_what_was_taken_and_takes_nothing_more,
);

type Told = (u64, Result<Applied, WriteError>);

fn writer(place: &Place, limits: Limits) -> Writer {
    Writer::start(place.open(), limits, || NOW).unwrap()
}

fn talk(number: u64) -> Event {
    event(number, number, said("ann", "hi"))
}

fn receipt(number: u64, told: &SyncSender<Told>) -> Receipt {
    let told = told.clone();
    Box::new(move |became| told.send((number, became)).unwrap())
}

fn next(told: &Receiver<Told>) -> Told {
    told.recv_timeout(Duration::from_secs(60)).unwrap()
}

/// Holds the thread in the receipt of an event until the sender is dropped.
fn hold(writer: &Writer, number: u64) -> SyncSender<()> {
    let (release, held) = sync_channel::<()>(0);
    let (holds, begun) = sync_channel(1);
    let receipt = move |_| {
        holds.send(()).unwrap();
        let _ = held.recv();
    };
    writer.write(talk(number), Box::new(receipt)).unwrap();
    begun.recv().unwrap();
    release
}

fn a_receipt_is_given_after_the_commit(place: &Place) {
    let writer = writer(place, Limits::default());
    let mut beside = place.open();
    let (sender, told) = sync_channel(1);
    let receipt = move |became| {
        sender.send((became, user(&mut beside, "ann").unwrap().chat_lines)).unwrap();
    };
    writer.write(talk(1), Box::new(receipt)).unwrap();
    assert_eq!(told.recv().unwrap(), (Ok(Applied::Stored), 1));
    assert!(writer.counters().is_healthy);
}

fn an_operation_sees_what_was_written_before_it(place: &Place) {
    let writer = writer(place, Limits::default());
    let (told, receipts) = sync_channel(100);
    let (sender, answer) = sync_channel(1);
    for number in 0..10 {
        writer.write(talk(number), receipt(number, &told)).unwrap();
    }
    let ann = Operation::User { username: "ann".to_owned() };
    writer.ask(ann, Box::new(move |done| sender.send(done).unwrap())).unwrap();
    writer.write(talk(10), receipt(10, &told)).unwrap();
    match answer.recv().unwrap() {
        Ok(Reply::User(ann)) => assert_eq!(ann.chat_lines, 10),
        other => panic!("{other:?}"),
    }
    for number in 0..11 {
        assert_eq!(next(&receipts), (number, Ok(Applied::Stored)));
    }
    assert_eq!(writer.counters().operations, 1);
}

fn what_waits_becomes_one_batch_of_at_most_the_limit(place: &Place) {
    let longest_wait = Duration::from_secs(3600);
    let writer = writer(place, Limits { batch: 8, queue: 100, longest_wait, ..Limits::default() });
    let (told, receipts) = sync_channel(100);
    let held = hold(&writer, 0);
    for number in 1..=20 {
        writer.write(talk(number), receipt(number, &told)).unwrap();
    }
    assert_eq!(writer.counters().depth, 20);
    drop(held);
    (1..=20).for_each(|number| assert_eq!(next(&receipts), (number, Ok(Applied::Stored))));
    let counters = writer.counters();
    assert_eq!((counters.depth, counters.stored, counters.duplicates), (0, 21, 0));
    // One alone, then 8, 8 and 4.
    assert_eq!((counters.batches, counters.largest_batch), (4, 8));
    assert_eq!(counters.commit_classes.iter().sum::<u64>(), 4);
}

fn a_full_queue_refuses_and_counts_it(place: &Place) {
    let writer = writer(place, Limits { queue: 2, ..Limits::default() });
    let (told, receipts) = sync_channel(100);
    let held = hold(&writer, 0);
    for number in 1..=2 {
        writer.write(talk(number), receipt(number, &told)).unwrap();
    }
    assert_eq!(writer.write(talk(3), receipt(3, &told)), Err(NotTaken::Full));
    assert_eq!(writer.ask(Operation::Health {}, Box::new(|_| ())), Err(NotTaken::Full));
    let counters = writer.counters();
    assert_eq!((counters.overflowed, counters.depth), (2, 2));
    drop(held);
    (1..=2).for_each(|number| assert_eq!(next(&receipts).0, number));
    writer.write(talk(3), receipt(3, &told)).unwrap();
    assert_eq!(next(&receipts), (3, Ok(Applied::Stored)));
}

/// Makes the database refuse one user.
fn poison(place: &Place) {
    place.change(
        "CREATE TRIGGER poison BEFORE INSERT ON event WHEN NEW.username = 'mallory'
         BEGIN SELECT RAISE(ABORT, 'poison'); END",
        "CREATE FUNCTION poison() RETURNS trigger AS $$ BEGIN
             IF NEW.username = 'mallory' THEN RAISE EXCEPTION 'poison'; END IF;
             RETURN NEW; END $$ LANGUAGE plpgsql;
         CREATE TRIGGER poison BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION poison()",
    );
}

fn one_poison_event_does_not_take_the_others_with_it(place: &Place) {
    let writer = writer(place, Limits::default());
    poison(place);
    let (told, receipts) = sync_channel(100);
    let held = hold(&writer, 0);
    for number in 1..=9 {
        let by = if number == 5 { "mallory" } else { "ann" };
        let event = event(number, number, said(by, "hi"));
        writer.write(event, receipt(number, &told)).unwrap();
    }
    drop(held);
    for number in 1..=9 {
        match next(&receipts) {
            (5, Err(WriteError::Refused { reason })) => assert!(reason.contains("poison")),
            (told, became) => assert_eq!((told, became), (number, Ok(Applied::Stored))),
        }
    }
    let counters = writer.counters();
    assert_eq!((counters.stored, counters.refused, counters.failed), (9, 1, 0));
    assert!(counters.is_healthy);
    assert_eq!(user(&mut place.open(), "ann").unwrap().chat_lines, 9);
}

fn a_failure_of_the_database_is_told_and_passes(place: &Place) {
    let writer = writer(place, Limits::default());
    let (told, receipts) = sync_channel(100);
    place.change_alike("ALTER TABLE event RENAME TO hidden");
    writer.write(talk(1), receipt(1, &told)).unwrap();
    let (_, became) = next(&receipts);
    assert!(matches!(became, Err(WriteError::Unavailable { .. })), "{became:?}");
    let counters = writer.counters();
    assert_eq!((counters.stored, counters.failed, counters.is_healthy), (0, 1, false));
    place.change_alike("ALTER TABLE hidden RENAME TO event");
    writer.write(talk(1), receipt(1, &told)).unwrap();
    assert_eq!(next(&receipts), (1, Ok(Applied::Stored)));
    assert!(writer.counters().is_healthy);
}

fn closing_commits_what_was_taken_and_takes_nothing_more(place: &Place) {
    let writer = writer(place, Limits { batch: 3, ..Limits::default() });
    let (told, receipts) = sync_channel(200);
    for number in 0..100 {
        writer.write(talk(number), receipt(number, &told)).unwrap();
    }
    writer.close();
    assert_eq!(receipts.try_iter().count(), 100);
    assert_eq!(user(&mut place.open(), "ann").unwrap().chat_lines, 100);
    assert_eq!(writer.write(talk(100), receipt(100, &told)), Err(NotTaken::Closed));
    assert!(!writer.counters().is_healthy);
    writer.close();
}

#[test]
fn a_closed_writer_leaves_one_file_that_can_be_copied_alone() {
    let place = Place::sqlite();
    let writer = writer(&place, Limits::default());
    let (told, receipts) = sync_channel(200);
    for number in 0..100 {
        writer.write(talk(number), receipt(number, &told)).unwrap();
    }
    writer.close();
    assert_eq!(receipts.try_iter().count(), 100);
    let copy = Place::sqlite();
    let path = |place: &Place| place.url.strip_prefix("sqlite:").unwrap().to_owned();
    std::fs::copy(path(&place), path(&copy)).unwrap();
    assert_eq!(user(&mut copy.open(), "ann").unwrap().chat_lines, 100);
}

#[test]
fn a_connection_that_was_lost_is_made_anew() {
    let place = Place::postgres();
    let writer = writer(&place, Limits::default());
    let (told, receipts) = sync_channel(100);
    writer.write(talk(0), receipt(0, &told)).unwrap();
    assert_eq!(next(&receipts).1, Ok(Applied::Stored));
    place.change_alike(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    // The loss may be noticed by the first event; a later one is stored.
    let stored = (0..1000).find(|_| {
        writer.write(talk(1), receipt(1, &told)).unwrap();
        next(&receipts).1 == Ok(Applied::Stored)
    });
    assert!(stored.is_some_and(|tries| tries <= 1), "{stored:?}");
    assert_eq!(user(&mut place.open(), "ann").unwrap().chat_lines, 2);
}
