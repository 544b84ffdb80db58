use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::{FeedEnd, Feeds, Row, csv};
use crate::workload::{Feed, Order, Source};

mod programs;

/// Waits on one thread, as the loop of a load does.
fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn feed(source: Source, order: Order) -> Feed {
    Feed { name: "orders".to_owned(), source, order }
}

fn write(dir: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn open(name: &str, bytes: &[u8], order: Order) -> Result<Feeds, String> {
    let dir = TempDir::new().unwrap();
    let path = write(&dir, name, bytes);
    let place = format!("{}/", dir.path().display());
    let opened = Feeds::open(&[feed(Source::File(path), order)], 1);
    opened.map_err(|error| error.to_string().replace(&place, ""))
}

fn next(feeds: &Feeds) -> Result<Arc<Row>, FeedEnd> {
    block(feeds.next("orders"))
}

fn raw(feeds: &Feeds, count: usize) -> Vec<String> {
    (0..count).map(|_| next(feeds).unwrap().raw().to_owned()).collect()
}

fn error(name: &str, bytes: &[u8]) -> String {
    open(name, bytes, Order::Sequential).unwrap_err()
}

#[test]
fn feeds_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Feeds>();
    fn sent<T: Send>(_: T) {}
    let feeds = open("a.txt", b"a", Order::Sequential).unwrap();
    sent(feeds.next("orders"));
}

#[test]
fn a_table_gives_its_fields_by_column() {
    let text = b"\xef\xbb\xbfid,name,a.b\r\n1,\"x, \"\"y\"\"\nz\",\r\n\r\n2,\xc3\xa4,deep\r\n";
    let feeds = open("a.CSV", text, Order::Sequential).unwrap();
    let row = next(&feeds).unwrap();
    assert_eq!((row.feed(), row.number(), row.raw()), ("orders", 1, "1,\"x, \"\"y\"\"\nz\","));
    assert_eq!(row.field("id").unwrap(), "1");
    assert_eq!(row.field("name").unwrap(), "x, \"y\"\nz");
    assert_eq!(row.field("a.b").unwrap(), "");
    let row = next(&feeds).unwrap();
    assert_eq!((row.number(), row.field("a.b").unwrap().as_ref()), (2, "deep"));
    let missing = row.field("a").unwrap_err().to_string();
    assert_eq!(missing, "feed `orders`, row 2: no field `a`");
}

#[test]
fn a_line_of_json_gives_its_fields_by_path() {
    let text =
        b"\xef\xbb\xbf{\"a\":{\"b\":[1,{\"c\":\"x\"}]},\"n\":null,\"f\":1.50}\r\n\n\"text\"\n";
    let feeds = open("a.jsonl", text, Order::Sequential).unwrap();
    let row = next(&feeds).unwrap();
    for (path, expected) in
        [("a.b.0", "1"), ("a.b.1.c", "x"), ("a.b", r#"[1,{"c":"x"}]"#), ("n", "null"), ("f", "1.5")]
    {
        assert_eq!(row.field(path).unwrap(), expected);
        let mut out = b"before ".to_vec();
        row.write_field(path, &mut out).unwrap();
        assert_eq!(out, format!("before {expected}").as_bytes());
    }
    assert_eq!(row.raw(), r#"{"a":{"b":[1,{"c":"x"}]},"n":null,"f":1.50}"#);
    for path in ["b", "a.c", "a.b.2", "a.b.x", "n.x", "f.0", ""] {
        assert!(row.field(path).is_err(), "{path}");
    }
    let row = next(&feeds).unwrap();
    assert_eq!((row.number(), row.raw()), (2, "\"text\""));
}

#[test]
fn a_line_of_text_has_no_fields() {
    let feeds = open("names", b"anna\r\n\nb o b\n", Order::Sequential).unwrap();
    assert_eq!(raw(&feeds, 3), ["anna", "b o b", "anna"]);
    assert!(next(&feeds).unwrap().field("name").is_err());
}

#[test]
fn what_cannot_be_read_is_told_with_its_line() {
    for (name, bytes, expected) in [
        ("a.csv", &b"a,b\n1,2\n\n\"x\ny\",2,3\n"[..], "a.csv:4: 3 fields under a header of 2"),
        ("a.csv", b"a,b\n1\n", "a.csv:2: 1 fields under a header of 2"),
        ("a.csv", b"a,b,a\n1,2,3\n", "a.csv:1: two columns have the name `a`"),
        ("a.csv", b"a,\n1,2\n", "a.csv:1: column 2 has no name"),
        ("a.csv", b"a\n\"x\"\n\"\ny", "a.csv:3: a quotation mark is not closed"),
        ("a.csv", b"a,b\n\"x\n\" y,2\n", "a.csv:3: text after the closing quotation mark"),
        ("a.csv", b"a\n1\n\xff\n", "a.csv:3: not UTF-8"),
        ("a.jsonl", b"{}\n\n{\"a\":}\n", "a.jsonl:3: no JSON value: expected value at column 6"),
        ("a.jsonl", b"1 2\n", "a.jsonl:1: no JSON value: trailing characters at column 3"),
        ("a.jsonl", b"{\"a\":\xc3\n", "a.jsonl:1: not UTF-8"),
        ("a.txt", b"a\n\n\xc3", "a.txt:3: not UTF-8"),
    ] {
        let error = error(name, bytes);
        assert!(error.starts_with("feed `orders`, ") && error.contains(expected), "{error}");
    }
}

#[test]
fn a_feed_without_rows_is_refused() {
    for (name, text) in [
        ("a.csv", ""),
        ("a.csv", "\u{feff}\r\n"),
        ("a.csv", "a,b\n"),
        ("a.jsonl", "\n \n"),
        ("a.txt", ""),
    ] {
        assert_eq!(error(name, text.as_bytes()), format!("feed `orders`: no rows in {name}"));
    }
    let missing = Source::File(Path::new("no/such.csv").to_owned());
    let error = Feeds::open(&[feed(missing, Order::Random)], 1).unwrap_err().to_string();
    assert!(error.starts_with("could not read feed `orders` from no/such.csv: "), "{error}");
}

#[test]
fn two_feeds_of_one_name_are_refused() {
    let dir = TempDir::new().unwrap();
    let source = Source::File(write(&dir, "a.txt", b"a"));
    let one = feed(source, Order::Sequential);
    let error = Feeds::open(&[one.clone(), one], 1).unwrap_err();
    assert_eq!(error.to_string(), "two feeds have the name `orders`");
}

#[test]
fn an_unknown_feed_has_no_rows() {
    let feeds = open("a.txt", b"a", Order::Sequential).unwrap();
    assert_eq!((feeds.index("orders"), feeds.index("other")), (Some(0), None));
    let end = block(feeds.next("other")).unwrap_err();
    assert_eq!(end.to_string(), "no feed has the name `other`");
    assert!(block(feeds.next_at(1)).is_err());
}

#[test]
fn rows_in_sequence_begin_again_and_rows_used_once_do_not() {
    let feeds = open("a.txt", b"1\n2\n3", Order::Sequential).unwrap();
    assert_eq!(raw(&feeds, 7), ["1", "2", "3", "1", "2", "3", "1"]);
    let feeds = open("a.txt", b"1\n2\n3", Order::Unique).unwrap();
    assert_eq!(raw(&feeds, 3), ["1", "2", "3"]);
    for _ in 0..2 {
        let end = next(&feeds).unwrap_err();
        assert_eq!(end, FeedEnd::Exhausted { feed: "orders".to_owned() });
        assert_eq!(end.to_string(), "no rows left in feed `orders`");
    }
}

#[test]
fn random_rows_are_drawn_evenly_by_seed_and_name() {
    let dir = TempDir::new().unwrap();
    let path = write(&dir, "a.txt", b"0\n1\n2\n3\n");
    let draw = |name: &str, seed: u64| -> Vec<String> {
        let feed =
            Feed { name: name.to_owned(), ..feed(Source::File(path.clone()), Order::Random) };
        let feeds = Feeds::open(&[feed], seed).unwrap();
        (0..4000).map(|_| block(feeds.next(name)).unwrap().raw().to_owned()).collect()
    };
    let drawn = draw("a", 1);
    assert_eq!(drawn, draw("a", 1));
    assert!(drawn != draw("a", 2) && drawn != draw("b", 1));
    // 1000 expected with a standard deviation of 27: five of them on either side.
    for row in ["0", "1", "2", "3"] {
        let count = drawn.iter().filter(|drawn| *drawn == row).count();
        assert!((860..1140).contains(&count), "{row}: {count}");
        let pairs = drawn.windows(2).filter(|pair| pair[0] == row && pair[1] == row).count();
        assert!((180..320).contains(&pairs), "{row} twice in a row: {pairs}");
    }
}

#[test]
fn threads_that_share_rows_used_once_get_each_of_them_once() {
    let text: String = (0..1000).map(|row| format!("{row}\n")).collect();
    let feeds = open("a.txt", text.as_bytes(), Order::Unique).unwrap();
    let taken = std::thread::scope(|scope| {
        let take = || std::iter::from_fn(|| next(&feeds).ok()).map(|row| row.number()).collect();
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
        let taken = threads.into_iter().map(|thread| -> Vec<u64> { thread.join().unwrap() });
        taken.flatten().collect::<Vec<_>>()
    });
    let mut sorted = taken;
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=1000).collect::<Vec<u64>>());
}

#[derive(serde::Deserialize)]
struct Sample {
    text: String,
    rows: Vec<Vec<String>>,
}

#[test]
fn tables_are_read_as_python_reads_them() {
    let samples: Vec<Sample> =
        serde_json::from_str(include_str!("../../testdata/csv.json")).unwrap();
    assert_eq!(samples.len(), 300);
    for Sample { text, rows } in samples {
        let table = csv::parse(&text).unwrap_or_else(|error| panic!("{error} in {text:?}"));
        let fields = table.records.into_iter().map(|record| record.fields);
        let read: Vec<Vec<String>> = std::iter::once(table.names).chain(fields).collect();
        assert_eq!(read, rows, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_table_or_an_error_on_one_of_its_lines(text in "([ab,\"\u{e4}]|\r|\n|\r\n){0,40}") {
        match csv::parse(&text) {
            Ok(table) => {
                for record in &table.records {
                    prop_assert_eq!(record.fields.len(), table.names.len());
                    prop_assert!(text.contains(&record.raw));
                }
                let lines = table.records.iter().map(|record| record.line);
                prop_assert!(lines.is_sorted());
            }
            Err(error) => prop_assert!((1..=text.split('\n').count()).contains(&error.line)),
        }
    }

    #[test]
    fn quoted_fields_hold_any_text(rows in prop::collection::vec(["\\PC{0,8}", "[\r\n\",]{0,5}"], 0..5)) {
        let quote = |field: &str| format!("\"{}\"", field.replace('"', "\"\""));
        let written: Vec<String> =
            rows.iter().map(|row| format!("{},{}\r\n", quote(&row[0]), quote(&row[1]))).collect();
        let table = csv::parse(&format!("a,b\n{}", written.concat())).unwrap();
        let read: Vec<_> = table.records.into_iter().map(|record| record.fields).collect();
        let rows: Vec<_> = rows.into_iter().map(Vec::from).collect();
        prop_assert_eq!(read, rows);
    }
}
