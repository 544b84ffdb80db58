use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::{block, feed, next};
use crate::feed::{FeedEnd, Feeds};
use crate::workload::{Order, Source};

fn run(dir: &Path, script: &str) -> Feeds {
    let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let env = vec![("WORD".to_owned(), "a b".to_owned())];
    let source = Source::Command { command, dir: dir.to_owned(), env };
    Feeds::open(&[feed(source, Order::Sequential)], 1).unwrap()
}

fn end(script: &str) -> String {
    let dir = TempDir::new().unwrap();
    let feeds = run(dir.path(), script);
    loop {
        if let Err(end) = next(&feeds) {
            assert_eq!(next(&feeds).unwrap_err(), end);
            return end.to_string();
        }
    }
}

/// Waits until something holds, and fails the test if it never does.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("never {what}");
}

#[test]
fn a_program_gives_its_lines_until_it_ends() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("rows"), "{\"a\":{\"b\":7}}\r\n2\n\"last\"").unwrap();
    let feeds = run(dir.path(), "cat rows; echo; echo \"[\\\"$WORD\\\"]\"");
    let row = next(&feeds).unwrap();
    assert_eq!((row.number(), row.raw()), (1, "{\"a\":{\"b\":7}}"));
    assert_eq!(row.field("a.b").unwrap(), "7");
    let rest: Vec<String> = (0..3).map(|_| next(&feeds).unwrap().raw().to_owned()).collect();
    assert_eq!(rest, ["2", "\"last\"", "[\"a b\"]"]);
    for _ in 0..2 {
        let end = next(&feeds).unwrap_err();
        assert_eq!(end, FeedEnd::Exhausted { feed: "orders".to_owned() });
    }
}

#[test]
fn a_program_that_fails_is_told_with_what_it_said_last() {
    assert_eq!(
        end("echo 1; echo first >&2; echo 'no such table' >&2; exit 3"),
        "feed `orders`: its program ended with exit status: 3: first\nno such table"
    );
    let said = end("kill -9 $$");
    assert!(said.contains("signal: 9") && said.ends_with(": it printed no error"), "{said}");
    let long = end("i=0; while [ $i -lt 3000 ]; do echo \"line $i\" >&2; i=$((i+1)); done; exit 1");
    assert!(long.ends_with("line 2999") && long.len() < 1100, "{long}");
}

#[test]
fn a_line_that_is_no_json_value_ends_the_feed() {
    let expected = "line 2 of its program: no JSON value: expected ident at column 2";
    assert_eq!(
        end("echo 1; echo nonsense; exec cat /dev/zero"),
        format!("feed `orders`: {expected}")
    );
    assert!(end("printf '\\377\\n'").ends_with("line 1 of its program: not UTF-8"));
}

#[test]
fn a_line_longer_than_a_mebibyte_is_an_error_and_not_kept() {
    let long = end("exec cat /dev/zero");
    assert_eq!(long, "feed `orders`: line 1 of its program: longer than 1048576 bytes");
    // A string of a mebibyte with its quotation marks is just short enough.
    let dir = TempDir::new().unwrap();
    let line = format!("\"{}\"\n", "a".repeat((1 << 20) - 2));
    std::fs::write(dir.path().join("rows"), &line).unwrap();
    let feeds = run(dir.path(), "cat rows");
    assert_eq!(next(&feeds).unwrap().raw().len(), 1 << 20);
    assert!(matches!(next(&feeds), Err(FeedEnd::Exhausted { .. })));
}

#[test]
fn a_program_that_cannot_be_started_is_told() {
    let source = |command: &[&str]| Source::Command {
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        dir: PathBuf::from("."),
        env: Vec::new(),
    };
    for (command, expected) in [
        (&["no-such-program-here"][..], "could not start `no-such-program-here` in .: "),
        (&[], "could not start `` in .: the command is empty"),
    ] {
        let error =
            Feeds::open(&[feed(source(command), Order::Unique)], 1).unwrap_err().to_string();
        assert!(error.starts_with("feed `orders`: ") && error.contains(expected), "{error}");
    }
}

#[test]
fn a_program_that_never_ends_can_be_read_and_closed() {
    let dir = TempDir::new().unwrap();
    let feeds = run(dir.path(), "yes 1");
    for _ in 0..10_000 {
        assert_eq!(next(&feeds).unwrap().raw(), "1");
    }
}

#[test]
fn waiting_for_a_row_does_not_hold_up_the_thread() {
    let dir = TempDir::new().unwrap();
    // The row comes after another task of the same thread has made the file.
    let feeds = run(dir.path(), "until [ -e go ]; do sleep 0.01; done; echo 1");
    block(async {
        let go = async { std::fs::write(dir.path().join("go"), "").unwrap() };
        let (row, ()) = tokio::join!(feeds.next("orders"), go);
        assert_eq!(row.unwrap().raw(), "1");
    });
}

#[test]
fn closing_feeds_ends_a_program_and_what_it_started() {
    let dir = TempDir::new().unwrap();
    let feeds = run(dir.path(), "sleep 1000 & echo $!; echo $$; wait");
    let pids = [(); 2].map(|()| next(&feeds).unwrap().raw().to_owned());
    drop(feeds);
    for pid in pids {
        // One that has ended but was not yet waited for is in state Z.
        let status = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        until("ended", || status().is_empty() || status().contains(") Z "));
    }
}

#[test]
fn a_program_that_closed_its_output_and_goes_on_is_ended_with_the_feeds() {
    let dir = TempDir::new().unwrap();
    let feeds = run(dir.path(), "echo $$; exec >&- 2>&-; sleep 1000");
    let pid = next(&feeds).unwrap().raw().to_owned();
    drop(feeds);
    until("ended", || !Path::new(&format!("/proc/{pid}")).exists());
}
