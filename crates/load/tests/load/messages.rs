//! Loads over a real message bus.

use std::time::Duration;

use tollgate_load::report::Deliveries;
use tollgate_load::template::Template;
use tollgate_load::workload::{
    Act, Body, Capture, Expect, Expected, Login, Origin, Request, Stream, Tls,
};

use crate::bus::Bus;
use crate::loads::{
    assert_at_least, assert_good, closed, counted, failures, get, ms, open, run, template, try_run,
};

fn message(act: Act, subject: &str, body: &str) -> Request {
    Request { act, body: Body::Text(template(body)), ..get(subject) }
}

pub fn publish(subject: &str) -> Request {
    message(Act::Publish, subject, "{{letters 128}}")
}

#[test]
fn a_message_is_done_when_all_subscribers_of_the_load_have_it() {
    let bus = Bus::start();
    for subscribers in [0, 1, 3] {
        let mut load = counted(500, vec![publish("shop.orders.{{int 1 9}}")]);
        load.bus.subscribers = subscribers;
        let report = run(&load, &bus.target());
        assert_good(&report, 500);
        let none = (subscribers > 0).then(Deliveries::default);
        assert_eq!(report.deliveries, none, "{subscribers}");
        assert_eq!(report.operations[0].method, "PUB");
    }
}

#[test]
fn messages_begin_when_they_are_due_whatever_became_of_the_others() {
    let bus = Bus::start();
    let report = run(&open(400.0, ms(1000), vec![publish("shop.orders")]), &bus.target());
    assert_good(&report, 400);
    assert_eq!((report.generator.due, report.generator.begun), (400, 400));
}

#[test]
fn a_request_is_done_with_the_reply_which_is_checked_and_captured_from() {
    let bus = Bus::start();
    bus.serve("stock.>", |client, message| {
        let client = client.clone();
        Box::pin(async move {
            let Some(reply) = message.reply else { return };
            let text = match message.subject.as_str() {
                "stock.reserve" => "{\"ticket\":\"t-17\",\"ok\":true}".to_owned(),
                _ => String::from_utf8(message.payload.to_vec()).unwrap_or_default(),
            };
            let _ = client.publish(reply, text.into()).await;
        })
    });
    let mut reserve = message(Act::Ask, "stock.reserve", "{\"item\":1}");
    reserve.expect.json = vec![("/ok".to_owned(), Expected::Is(true.into()))];
    reserve.captures =
        vec![Capture { name: "ticket".to_owned(), from: Origin::Json("/ticket".to_owned()) }];
    let mut echo = message(Act::Ask, "stock.take", "{{ticket}}");
    echo.expect = Expect { text: Some(template("t-17")), ..Expect::default() };
    let report = run(&counted(40, vec![reserve, echo]), &bus.target());
    assert_good(&report, 40);
}

#[test]
fn a_request_that_nobody_can_reply_to_says_so_at_once() {
    let bus = Bus::start();
    let report = run(&counted(3, vec![message(Act::Ask, "nobody.here", "")]), &bus.target());
    assert_eq!(failures(&report), [("nobody subscribes to the subject", 3)]);
}

#[test]
fn what_a_stream_keeps_is_acknowledged_and_can_be_pulled() {
    let bus = Bus::start();
    let stream = Stream {
        name: "ORDERS".to_owned(),
        subjects: vec!["orders.>".to_owned()],
        in_memory: false,
        most_bytes: Some(64 << 20),
    };
    let mut load = counted(300, vec![message(Act::Store, "orders.new", "{{uuid}}")]);
    load.bus.streams = vec![stream];
    assert_good(&run(&load, &bus.target()), 300);
    let pull = Request { body: Body::Empty, ..message(Act::Pull { most: 100 }, "ORDERS/all", "") };
    assert_good(&run(&counted(3, vec![pull.clone()]), &bus.target()), 3);
    let mut none_left = counted(1, vec![pull]);
    none_left.protocol.timeout = ms(300);
    assert_eq!(failures(&run(&none_left, &bus.target())), [("no answer in time", 1)]);
}

#[test]
fn a_message_that_no_stream_keeps_is_not_acknowledged() {
    let bus = Bus::start();
    let report = run(&counted(1, vec![message(Act::Store, "orders.new", "")]), &bus.target());
    assert_eq!(failures(&report), [("nobody subscribes to the subject", 1)]);
}

#[test]
fn a_bus_that_freezes_delays_what_is_delivered_later_and_loses_nothing() {
    let bus = Bus::start();
    let mut load = open(200.0, ms(1500), vec![publish("shop.orders")]);
    load.protocol.timeout = ms(10_000);
    std::thread::scope(|scope| {
        let report = scope.spawn(|| run(&load, &bus.target()));
        std::thread::sleep(ms(400));
        bus.signal("STOP");
        std::thread::sleep(ms(600));
        bus.signal("CONT");
        let report = report.join().unwrap();
        assert_good(&report, 300);
        assert_eq!(report.deliveries, Some(Deliveries::default()));
        assert_at_least(report.total().latency.max(), ms(400));
    });
}

#[test]
fn what_comes_too_late_failed_but_is_not_lost() {
    let bus = Bus::start();
    let mut load = open(100.0, ms(1500), vec![publish("shop.orders")]);
    load.protocol.timeout = ms(100);
    std::thread::scope(|scope| {
        let report = scope.spawn(|| run(&load, &bus.target()));
        std::thread::sleep(ms(300));
        bus.signal("STOP");
        std::thread::sleep(ms(600));
        bus.signal("CONT");
        let report = report.join().unwrap();
        assert!(report.total().failed > 10, "{:?}", failures(&report));
        assert_eq!(report.deliveries.unwrap().lost, 0, "all came in the end");
    });
}

#[test]
fn a_delivery_that_comes_again_is_counted() {
    let bus = Bus::start();
    bus.serve("shop.>", |client, message| {
        let client = client.clone();
        Box::pin(async move {
            let Some(mut headers) = message.headers else { return };
            if headers.get("Again").is_none() {
                headers.insert("Again", "1");
                let _ =
                    client.publish_with_headers(message.subject, headers, message.payload).await;
                let _ = client.flush().await;
            }
        })
    });
    // The last ones may come again after the load.
    let report = run(&open(100.0, ms(500), vec![publish("shop.orders")]), &bus.target());
    assert_good(&report, 50);
    let duplicates = report.deliveries.unwrap().duplicates;
    assert!((40..=50).contains(&duplicates), "{duplicates}");
}

#[test]
fn only_who_logs_in_is_served() {
    let bus = Bus::with("authorization { user: load, password: hunter2222 }", "nats");
    let mut load = counted(5, vec![publish("shop.orders")]);
    let refused = try_run(&load, &bus.target()).unwrap_err().to_string();
    assert!(refused.contains("does not accept the login"), "{refused}");
    let text = |text: &str| Template::text(text.to_owned());
    load.bus.login = Login::User { name: text("load"), password: text("hunter2222") };
    assert_good(&run(&load, &bus.target()), 5);
    load.bus.login = Login::User { name: text("load"), password: text("wrong") };
    assert!(try_run(&load, &bus.target()).is_err());
}

#[test]
fn a_token_or_a_key_is_a_login_too() {
    let bus = Bus::with("authorization { token: s3cr3t-t0ken }", "nats");
    let mut load = counted(5, vec![publish("shop.orders")]);
    load.bus.login = Login::Token(Template::text("s3cr3t-t0ken".to_owned()));
    assert_good(&run(&load, &bus.target()), 5);
    let pair = nkeys::KeyPair::new_user();
    let settings = format!("authorization {{ users: [ {{ nkey: {} }} ] }}", pair.public_key());
    let bus = Bus::with(&settings, "nats");
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("load.nk");
    std::fs::write(&seed, pair.seed().unwrap() + "\n").unwrap();
    load.bus.login = Login::Nkey(seed.clone());
    assert_good(&run(&load, &bus.target()), 5);
    std::fs::write(&seed, nkeys::KeyPair::new_user().seed().unwrap()).unwrap();
    assert!(try_run(&load, &bus.target()).is_err(), "another key");
    load.bus.login = Login::Credentials(seed);
    let error = try_run(&load, &bus.target()).unwrap_err().to_string();
    assert!(error.contains("holds no token and key"), "{error}");
}

#[test]
fn a_secure_bus_is_believed_by_its_authority_alone() {
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let settings = format!("tls {{ cert_file: {certificate:?}, key_file: {key:?} }}");
    let bus = Bus::with(&settings, "tls");
    let mut load = counted(5, vec![publish("shop.orders")]);
    load.protocol.tls = Tls::Authority(certificate);
    assert_good(&run(&load, &bus.target()), 5);
    load.protocol.tls = Tls::System;
    assert!(try_run(&load, &bus.target()).is_err());
    load.protocol.tls = Tls::Anyone;
    assert_good(&run(&load, &bus.target()), 5);
}

#[test]
fn what_the_target_does_not_speak_is_refused_before_the_load() {
    let bus = Bus::start();
    let error = try_run(&counted(1, vec![get("/")]), &bus.target()).unwrap_err().to_string();
    assert!(error.contains("is a message bus"), "{error}");
    let mut load = closed(1.0, Duration::from_secs(1), vec![publish("a.*")]);
    load.bus.subscribers = 0;
    let report = run(&load, &bus.target());
    assert_eq!(report.total().succeeded, 0);
    assert!(failures(&report)[0].0.contains("`a.*` is no subject"), "{:?}", failures(&report));
}
