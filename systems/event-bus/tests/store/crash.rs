//! Writers that are killed: whatever a receipt was given for is there, and was counted once.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};

use event_bus::operation::{Operation, Query, Reply};
use event_bus::store::{Applied, Durability, Store};
use event_bus::writer::{Limits, NotTaken, Writer};

use crate::child::{say, writing};
use crate::place::{NOW, Place, event, facts, said, user};

facts!(what_a_killed_writer_gave_a_receipt_for_is_there_and_counted_once);

const KILLS: u64 = 12;

/// Numbers that each process begins before those of the one before it have ended, so that it
/// sends some again.
fn first(kill: u64) -> u64 {
    kill * 20
}

pub(crate) fn write_until_killed(url: &str, kill: u64) -> ! {
    let mut store = Store::open(url, Durability::Process).unwrap();
    store.migrate(NOW).unwrap();
    let limits = Limits { queue: 64, batch: 16, ..Limits::default() };
    let writer = Writer::start(store, limits, || NOW).unwrap();
    for number in first(kill).. {
        let mut taken = Err(NotTaken::Full);
        while taken == Err(NotTaken::Full) {
            let receipt = move |became| match became {
                Ok(Applied::Stored | Applied::Duplicate) => say(&number.to_string()),
                Err(error) => panic!("{error}"),
            };
            taken = writer.write(event(number, number, said("ann", "hi")), Box::new(receipt));
            std::thread::yield_now();
        }
        taken.unwrap();
    }
    unreachable!("numbers do not run out")
}

/// Kills while the process starts, or after it has said a few things; returns what it said.
fn kill(child: &mut Child, after: u64) -> Vec<u64> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    let mut hear = |line: &str| {
        let number = line.strip_prefix("> ").and_then(|line| line.trim_end().parse().ok());
        said.extend(number.filter(|_: &u64| line.ends_with('\n')));
    };
    for _ in 0..after {
        let mut line = String::new();
        assert!(out.read_line(&mut line).unwrap() > 0, "the writer ended by itself");
        hear(&line);
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    rest.split_inclusive('\n').for_each(hear);
    said
}

fn stored(store: &mut Store) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    let mut after = None;
    loop {
        let query = Operation::Events(Query { limit: 1000, after, ..Query::default() });
        let Reply::Events(page) = store.answer(&query, NOW).unwrap() else {
            panic!("another reply")
        };
        for event in page.events {
            assert!(numbers.insert(event.timestamp_ms - NOW));
        }
        after = page.next;
        if after.is_none() {
            return numbers;
        }
    }
}

fn what_a_killed_writer_gave_a_receipt_for_is_there_and_counted_once(place: &Place) {
    let mut told = BTreeSet::new();
    for number in 0..KILLS {
        let mut child = writing(&place.url, number);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // Each time after another number of lines, some of which the test harness says.
        told.extend(kill(&mut child, (number * 37) % 150));
        let mut store = place.open();
        let found = stored(&mut store);
        let lost: Vec<_> = told.difference(&found).collect();
        assert!(lost.is_empty(), "{lost:?} are lost after {number} kills");
        let lines = user(&mut store, "ann").map_or(0, |ann| ann.chat_lines);
        assert_eq!(lines, found.len() as u64, "the sum and the events differ");
        if place.is_sqlite() {
            let db = rusqlite::Connection::open(place.url.strip_prefix("sqlite:").unwrap());
            let integrity = db.unwrap().query_row("PRAGMA integrity_check", [], |row| row.get(0));
            assert_eq!(integrity, Ok("ok".to_owned()));
        }
    }
    assert!(told.len() > 200, "{} receipts were heard of", told.len());
}
