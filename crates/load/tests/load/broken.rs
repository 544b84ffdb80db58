//! Answers that are none: torn, endless, slow, refused.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_load::LoadError;
use tollgate_load::report::Report;
use tollgate_load::workload::Status;

use crate::loads::{
    assert_at_least, assert_good, closed, counted, failures, get, ms, post, run, try_run,
};
use crate::raw::Raw;
use crate::server::target;

/// Two requests to a server that always says the same; all fail for one reason, which is given.
#[track_caller]
fn reason(answer: impl Into<Vec<u8>>, close: bool) -> String {
    let server = Raw::saying(answer, close);
    let mut load = counted(2, vec![get("/")]);
    load.protocol.timeout = ms(200);
    load.protocol.largest_body = 1000;
    all_fail(&run(&load, &server.target()), 2)
}

#[track_caller]
fn all_fail(report: &Report, count: u64) -> String {
    let [(reason, failed)] = failures(report)[..] else { panic!("{:?}", report.failures) };
    assert_eq!((failed, report.total().failed, report.total().succeeded), (count, count, 0));
    reason.to_owned()
}

#[test]
fn what_is_no_answer_is_told_by_what_is_wrong_with_it() {
    let (closed, malformed) = ("connection closed before the answer", "malformed answer: ");
    let cases = [
        ("", true, closed),
        ("HTTP/1.1 200 OK\r\n", true, closed),
        ("garbage\r\n\r\n", true, malformed),
        ("SSH-2.0-OpenSSH_9\r\n", false, malformed),
        ("HTTP/1.1 2000 OK\r\n\r\n", true, malformed),
    ];
    for (answer, close, expected) in cases {
        let reason = reason(answer, close);
        assert!(reason.starts_with(expected), "{answer:?}: {reason}");
    }
    let cases = [
        ("Content-Length: 9\r\n\r\nshort", true, "an answer that ends early"),
        ("Transfer-Encoding: chunked\r\n\r\n5\r\nab", true, "an answer that ends early"),
        ("Transfer-Encoding: chunked\r\n\r\nzz\r\n", false, "a chunk without a size"),
        ("Transfer-Encoding: gzip\r\n\r\n", false, "the transfer encoding `gzip`"),
        ("Content-Length: -1\r\n\r\n", false, "the length `-1`"),
        ("Content-Length: 99999999999999999999\r\n\r\n", false, "the length `9999"),
        ("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", false, "two lengths that differ"),
        ("Content-Length: 2\r\n\r\nok and more", false, "more than was asked for"),
    ];
    for (rest, close, expected) in cases {
        let reason = reason(format!("HTTP/1.1 200 OK\r\n{rest}"), close);
        assert!(reason.starts_with(&format!("{malformed}{expected}")), "{rest:?}: {reason}");
    }
}

#[test]
fn what_has_no_end_or_too_late_a_one_is_no_answer() {
    let cases = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", "answer too large"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf", "no answer in time"),
    ];
    for (answer, expected) in cases {
        assert_eq!(reason(answer, false), expected);
    }
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(200_000));
    assert!(reason(endless, true).contains("a head of more than"));
    let body = "y".repeat(1001);
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{body}");
    assert_eq!(reason(chunk, false), "answer too large");
    assert_eq!(reason(format!("HTTP/1.1 200 OK\r\n\r\n{body}"), true), "answer too large");
}

#[test]
fn what_nobody_asked_for_is_no_answer_to_the_next_request() {
    let server = Raw::start(|talk| {
        while talk.request().is_some() {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            let _ = talk.say(answer);
            std::thread::sleep(ms(10));
            let _ = talk.say(answer);
        }
    });
    let mut load = counted(4, vec![get("/")]);
    load.users[0].think.shortest = ms(60);
    load.users[0].think.longest = ms(60);
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("malformed answer: more than was asked for", 2)]);
    assert_eq!(report.total().succeeded, 2);
}

#[test]
fn an_answer_that_drips_or_never_ends_is_given_up_in_time() {
    for (start, drop) in [
        ("HTTP/1.1 200 OK\r\nX: ", "y"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "y"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", ";"),
        ("", "HTTP/1.1 100 Continue\r\n\r\n"),
    ] {
        let server = Raw::start(move |talk| {
            if talk.request().is_some() && talk.say(start).is_ok() {
                while talk.say(drop).is_ok() {
                    std::thread::sleep(ms(3));
                }
            }
        });
        let mut load = counted(2, vec![get("/")]);
        load.protocol.timeout = ms(150);
        let report = run(&load, &server.target());
        assert_eq!(all_fail(&report, 2), "no answer in time", "{start}{drop}");
        assert_eq!(report.total().latency.count(), 2);
        assert_at_least(report.total().latency.min(), ms(150));
    }
}

#[test]
fn a_flood_without_an_end_is_given_up_in_time() {
    let server = Raw::start(|talk| {
        if talk.request().is_some() {
            let flood = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000);
            while talk.say(&flood).is_ok() {}
        }
    });
    let mut load = counted(1, vec![get("/")]);
    load.protocol.timeout = ms(150);
    assert_eq!(all_fail(&run(&load, &server.target()), 1), "no answer in time");
}

#[test]
fn a_connection_reset_amid_an_answer_is_a_failure() {
    let server = Raw::start(|talk| {
        if talk.leave_unread() {
            let _ = talk.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            std::thread::sleep(ms(20));
        }
    });
    let report = run(&counted(2, vec![get("/")]), &server.target());
    assert_eq!(all_fail(&report, 2), "connection reset");
}

#[test]
fn an_answer_that_refuses_the_body_halfway_is_an_answer() {
    let server = Raw::start(|talk| {
        if talk.request().is_some() {
            let _ = talk.say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let mut request = post("/", &"y".repeat(8 << 20));
    request.expect.status = Status::Is(413);
    assert_good(&run(&counted(3, vec![request]), &server.target()), 3);
}

#[test]
fn a_closed_port_is_told_before_the_load() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = try_run(&counted(1, vec![get("/")]), &target(address)).unwrap_err();
    assert!(matches!(error, LoadError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn users_who_are_refused_take_breaks() {
    // The only connection accepted is the one that tries whether somebody is there.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let closing = std::thread::spawn(move || drop(listener.accept()));
    let report = run(&closed(5.0, ms(1000), vec![get("/")]), &target(address));
    closing.join().unwrap();
    let total = report.total();
    assert_eq!(total.succeeded, 0);
    // Breaks of 10, 20, 40, ... ms: the seventh ends after 1270 ms.
    assert!((5..=5 * 7).contains(&total.failed), "{}", total.failed);
    assert!(failures(&report).iter().any(|(reason, _)| *reason == "connection refused"));
    assert!(total.latency.is_empty(), "a refusal must not look like a fast answer");
}

#[test]
fn a_server_that_hangs_up_on_everyone_is_not_flooded_with_connections() {
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    let server = Raw::start(move |talk| {
        count.fetch_add(1, Ordering::SeqCst);
        drop(talk.request());
    });
    let report = run(&closed(2.0, ms(500), vec![get("/")]), &server.target());
    assert!(report.total().failed >= 2);
    assert!(accepted.load(Ordering::SeqCst) <= 1 + 2 * 6);
}

#[test]
fn time_outs_count_at_their_full_length() {
    let server = Raw::start(|talk| while talk.request().is_some() {});
    let mut load = closed(3.0, ms(500), vec![get("/")]);
    load.protocol.timeout = ms(200);
    let report = run(&load, &server.target());
    let total = report.total();
    assert_eq!(all_fail(&report, total.failed), "no answer in time");
    assert!(total.failed >= 6);
    assert_eq!((total.latency.count(), total.service.count()), (total.failed, total.failed));
    assert_at_least(total.service.min(), ms(200));
}
