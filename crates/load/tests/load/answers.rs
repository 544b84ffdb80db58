//! Answers as servers give them: how long they are, and what becomes of their connections.

use std::time::Duration;

use tollgate_load::workload::{Act, Status};

use crate::loads::{
    assert_at_least, assert_good, closed, counted, failures, get, ms, post, run, template,
};
use crate::raw::Raw;
use crate::server::{Reply, Server};

/// Asks a raw server that always says the same, twice, for a body that must contain `whole`.
#[track_caller]
fn is_read(answer: &str, close: bool, connections: u64) {
    let server = Raw::saying(answer, close);
    let mut request = get("/");
    request.expect.text = Some(template("whole"));
    let report = run(&counted(3, vec![request]), &server.target());
    assert_good(&report, 3);
    assert_eq!(report.generator.connects, connections, "{answer:?}");
    assert_eq!(report.total().received, 3 * answer.len() as u64);
}

#[test]
fn the_end_of_an_answer_is_found_however_it_is_told() {
    let cases = [
        ("1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole", false, 1),
        (
            "1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nwho\r\n2\r\nle\r\n0\r\n\r\n",
            false,
            1,
        ),
        (
            "1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nwhole\r\n0\r\nEnd: 1\r\n\r\n",
            false,
            1,
        ),
        ("1.1 200 OK\r\n\r\nwhole", true, 3),
        ("1.0 200 OK\r\nContent-Length: 5\r\n\r\nwhole", true, 3),
        ("1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nwhole", false, 1),
        ("1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole", true, 3),
        (
            "1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
            false,
            1,
        ),
    ];
    for (answer, close, connections) in cases {
        is_read(&format!("HTTP/{answer}"), close, connections);
    }
}

#[test]
fn answers_without_a_body_end_with_their_heads() {
    let server = Raw::start(|talk| {
        while let Some(request) = talk.request() {
            let answer = match request.split(' ').nth(1) {
                Some("/204") => "HTTP/1.1 204 No Content\r\n\r\n",
                Some("/304") => "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                _ => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            };
            if talk.say(answer).is_err() {
                return;
            }
        }
    });
    let mut head = get("/head");
    head.act = Act::Http("HEAD".to_owned());
    let report = run(&counted(6, vec![get("/204"), get("/304"), head]), &server.target());
    assert_good(&report, 6);
    assert_eq!(report.generator.connects, 1);
}

#[test]
fn a_head_that_comes_again_says_the_same_of_its_own_body_alone() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    let server = Raw::start(|talk| {
        let mut asked = 0;
        while let Some(request) = talk.request() {
            // Every other head comes in two pieces, the second together with the body.
            let half = if asked % 2 == 0 { HEAD.len() } else { HEAD.len() / 2 };
            asked += 1;
            let told = match request.split(' ').next() {
                Some("HEAD") => talk.say(HEAD),
                _ => talk
                    .say(&HEAD[..half])
                    .and_then(|()| talk.say(format!("{}{:05}", &HEAD[half..], (asked - 1) / 4))),
            };
            if told.is_err() {
                return;
            }
        }
    });
    let mut head = get("/head");
    head.act = Act::Http("HEAD".to_owned());
    let mut body = get("/body");
    body.expect.text = Some(template("0000"));
    let steps = vec![body.clone(), body.clone(), head, body];
    let report = run(&counted(40, steps), &server.target());
    assert_good(&report, 40);
    assert_eq!(report.total().received, (40 * HEAD.len() + 30 * 5) as u64);
}

#[test]
fn a_head_of_the_same_beginning_is_another() {
    let server = Raw::start(|talk| {
        for length in 0_usize.. {
            let body = "whole".repeat(length % 3 + 1);
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            if talk.request().is_none() || talk.say(answer + &body).is_err() {
                return;
            }
        }
    });
    let mut request = get("/");
    request.expect.text = Some(template("whole"));
    let report = run(&counted(9, vec![request]), &server.target());
    assert_good(&report, 9);
    assert_eq!(report.generator.connects, 1);
}

#[test]
fn connections_are_used_again_unless_the_load_is_told_not_to() {
    let server = Server::ok();
    run(&counted(20, vec![get("/")]), &server.target());
    assert_eq!(server.connections(), 1);
    let mut load = counted(20, vec![get("/")]);
    load.protocol.keep_alive = false;
    let server = Server::ok();
    let report = run(&load, &server.target());
    assert_eq!((server.connections(), report.generator.connects), (20, 20));
    assert!(server.asked().iter().all(|asked| asked.header("connection") == Some("close")));
}

#[test]
fn a_connection_closed_while_idle_is_replaced_without_a_failure() {
    // It closes behind every second answer without having said so.
    let server = Raw::start(|talk| {
        for _ in 0..2 {
            if talk.request().is_none() {
                return;
            }
            if talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").is_err() {
                return;
            }
        }
    });
    let report = run(&counted(40, vec![get("/")]), &server.target());
    assert_good(&report, 40);
    assert_eq!((report.generator.connects, server.accepted()), (20, 21));
}

#[test]
fn a_server_that_says_an_idle_connection_took_too_long_has_not_answered() {
    let server = Raw::start(|talk| {
        if talk.request().is_some() {
            let _ = talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            std::thread::sleep(ms(10));
            let _ = talk.say("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let mut load = counted(3, vec![get("/")]);
    load.users[0].think.shortest = ms(60);
    load.users[0].think.longest = ms(60);
    let report = run(&load, &server.target());
    assert_good(&report, 3);
}

#[test]
fn a_request_that_no_fresh_connection_answers_fails_after_one_more_try() {
    // The first connection answers once; all that follow are closed at once.
    let server = Raw::start({
        let first = std::sync::atomic::AtomicBool::new(true);
        move |talk| {
            while talk.request().is_some() {
                if !first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                    return;
                }
                let _ = talk.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        }
    });
    let report = run(&counted(3, vec![get("/")]), &server.target());
    assert_eq!(failures(&report), [("connection closed before the answer", 2)]);
    assert_eq!(report.generator.connects, 3);
}

#[test]
fn a_body_of_ten_megabytes_is_read_whole_and_one_that_is_too_large_is_not() {
    let body = vec![b'x'; 10 << 20];
    let server = Server::start(move |_| Reply::new(200, body.clone()));
    let mut load = counted(2, vec![get("/")]);
    let report = run(&load, &server.target());
    assert_good(&report, 2);
    assert!(report.total().received >= 20 << 20);
    load.protocol.largest_body = (10 << 20) - 1;
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("answer too large", 2)]);
    assert!(report.total().latency.is_empty());
}

#[test]
fn a_large_request_arrives_whole() {
    let server = Server::start(|asked| Reply::new(200, asked.body.len().to_string()));
    let mut request = post("/", &"y".repeat(3 << 20));
    request.expect.text = Some(template("3145728"));
    assert_good(&run(&counted(2, vec![request]), &server.target()), 2);
}

#[test]
fn a_compressed_body_is_held_against_expectations_as_it_was_before() {
    let server = Server::start(|asked| {
        assert_eq!(asked.header("accept-encoding"), Some("gzip, deflate"));
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, &b"a whole body ".repeat(100)).expect("in memory");
        let body = gzip.finish().expect("in memory");
        Reply::new(200, body).with("content-encoding", "gzip")
    });
    let mut request = get("/");
    request.expect.text = Some(template("a whole body a whole"));
    let mut load = counted(4, vec![request]);
    load.protocol.compression = true;
    let report = run(&load, &server.target());
    assert_good(&report, 4);
    assert!(report.total().received < 4 * 1300, "bytes are those that travelled");
    load.protocol.largest_body = 1299;
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("answer too large", 4)]);
}

#[test]
fn an_answer_takes_as_long_as_its_last_byte_does() {
    let server = Raw::start(|talk| {
        while talk.request().is_some() {
            let _ = talk.say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
            for byte in ["a", "b", "c"] {
                std::thread::sleep(ms(20));
                let _ = talk.say(byte);
            }
        }
    });
    let report = run(&counted(3, vec![get("/")]), &server.target());
    assert_good(&report, 3);
    assert_at_least(report.total().service.min(), ms(60));
}

#[test]
fn a_header_of_the_person_replaces_the_usual_one() {
    let server = Server::ok();
    let mut request = get("/a?b=c");
    for (name, value) in [("host", "other.example"), ("user-agent", "me"), ("X-Own", "1")] {
        request.headers.push((name.to_owned(), template(value)));
    }
    request.expect.status = Status::Is(200);
    assert_good(&run(&counted(1, vec![request]), &server.target()), 1);
    let asked = &server.asked()[0];
    assert_eq!(asked.headers.get_all("host").iter().count(), 1);
    assert_eq!(asked.header("host"), Some("other.example"));
    assert_eq!(asked.header("user-agent"), Some("me"));
    assert_eq!((asked.path.as_str(), asked.header("x-own")), ("/a?b=c", Some("1")));
}

#[test]
fn a_load_of_many_users_over_one_thread_mixes_up_no_answers() {
    let server = Server::start(|asked| {
        Reply::new(200, asked.path.clone()).after(Duration::from_millis(asked.path.len() as u64))
    });
    let mut request = get("/{{user}}/{{uuid}}");
    request.expect.text = Some(template("/{{user}}/"));
    let mut load = closed(50.0, Duration::from_secs(60), vec![request]);
    load.stop.requests = Some(500);
    assert_good(&run(&load, &server.target()), 500);
}
