//! Open loop: what is due is sent, whatever becomes of it.

use std::collections::HashMap;

use tollgate_load::report::Ended;
use tollgate_load::workload::{Arrivals, Feed, Leg, Order, Schedule, Source, Task, User};

use crate::loads::{assert_at_least, assert_good, failures, get, level, ms, open, run, task, user};
use crate::raw::Raw;
use crate::server::{Reply, Server};

#[test]
fn every_even_arrival_is_sent_with_one_thread_and_with_several() {
    for threads in [1, 3] {
        let server = Server::ok();
        let mut load = open(200.0, ms(700), vec![get("/")]);
        load.threads = Some(threads);
        let report = run(&load, &server.target());
        assert_eq!(report.ended, Ended::Complete);
        assert_good(&report, 140);
        assert_eq!(server.count(), 140);
        assert_eq!((report.generator.due, report.generator.begun), (140, 140));
        assert_eq!(report.generator.threads, threads);
    }
}

#[test]
fn a_ramp_sends_as_many_as_the_area_below_it() {
    let server = Server::ok();
    let mut load = open(1.0, ms(1), vec![get("/")]);
    let legs = vec![Leg { to: 400.0, over: ms(500) }, Leg { to: 0.0, over: ms(250) }];
    load.schedule = Schedule::Rate { legs, arrivals: Arrivals::Even };
    assert_good(&run(&load, &server.target()), 150);
}

#[test]
fn poisson_arrivals_are_as_many_as_their_distribution_allows() {
    let server = Server::ok();
    let mut load = open(1.0, ms(1), vec![get("/")]);
    let schedule = Schedule::Rate { legs: level(500.0, ms(800)), arrivals: Arrivals::Poisson };
    load.schedule = schedule;
    load.threads = Some(2);
    let report = run(&load, &server.target());
    // 400 with a standard deviation of 20; the seed is fixed.
    let sent = report.total().attempts();
    assert!((320..=480).contains(&sent), "{sent}");
    assert_eq!((server.count(), report.generator.due), (sent, sent));
    assert_eq!(run(&load, &server.target()).total().attempts(), sent, "by the seed alone");
}

#[test]
fn what_queues_for_a_connection_has_its_wait_in_the_latency() {
    // Five connections of 50 ms each serve 100 a second: of 200 a second, half the wait grows.
    let server = Server::start(|_| Reply::new(200, "").after(ms(50)));
    let mut load = open(200.0, ms(500), vec![get("/")]);
    load.protocol.connections = 5;
    let report = run(&load, &server.target());
    let total = report.total();
    assert_good(&report, 100);
    assert_eq!(server.connections(), 5);
    assert_eq!(report.generator.users, 5);
    // The last was due at 0.5 s and ends no sooner than at 1 s, after 20 turns of 50 ms.
    assert_at_least(total.latency.max(), ms(500));
    // Which is not the generator's doing.
    assert!(total.lateness.at_rank(50) < Some(100_000_000));
    assert!(total.service.at_rank(50) < total.latency.at_rank(50));
    // Throughput is what the server did in time: at most ten turns of five.
    assert!(total.in_time <= 50, "{}", total.in_time);
    assert_eq!(report.generator.due, 100);
    assert_eq!(report.measured, ms(500));
}

#[test]
fn what_is_not_answered_by_the_end_of_the_time_out_is_counted_as_timed_out() {
    // One connection and never an answer: the queue is given up as well.
    let server = Raw::start(|talk| while talk.request().is_some() {});
    let mut load = open(100.0, ms(400), vec![get("/")]);
    load.protocol.connections = 1;
    load.protocol.timeout = ms(300);
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("no answer in time", 40)]);
    let total = report.total();
    assert_eq!((total.latency.count(), total.failed), (40, 40));
    assert_at_least(total.latency.min(), ms(300));
    assert_eq!(report.generator.due, 40);
    assert!(report.generator.begun <= 3, "{}", report.generator.begun);
}

#[test]
fn tasks_that_wait_for_a_row_that_never_comes_are_told() {
    let server = Server::ok();
    let mut load = open(20.0, ms(300), vec![get("/{{feed}}")]);
    load.users[0].tasks[0].feed = Some("slow".to_owned());
    load.protocol.timeout = ms(200);
    let command = ["sh", "-c", "echo 1; exec sleep 60"].map(str::to_owned).to_vec();
    let source = Source::Command { command, dir: std::env::temp_dir(), env: Vec::new() };
    load.feeds = vec![Feed { name: "slow".to_owned(), source, order: Order::Sequential }];
    let report = run(&load, &server.target());
    assert_eq!(failures(&report), [("feed `slow`: no row before the load ended", 5)]);
    assert_eq!((report.total().succeeded, server.count()), (1, 1));
}

#[test]
fn no_class_of_users_waits_for_ever_for_the_connections_of_another() {
    let server = Server::ok();
    let mut load = open(300.0, ms(600), vec![]);
    let class = |weight, path: &str| User { weight, ..user(vec![task(vec![get(path)])]) };
    load.users = vec![class(8, "/a"), class(1, "/b"), class(1, "/c")];
    load.protocol.connections = 2;
    let report = run(&load, &server.target());
    assert_good(&report, 180);
    let mut seen: HashMap<String, u64> = HashMap::new();
    server.paths().into_iter().for_each(|path| *seen.entry(path).or_default() += 1);
    assert_eq!(seen.len(), 3);
    // 144 with a standard deviation of 5.4; the seed is fixed.
    assert!((120..=168).contains(&seen["/a"]), "{seen:?}");
}

#[test]
fn tasks_of_several_requests_are_timed_from_the_end_of_the_one_before() {
    let server = Server::start(|asked| {
        Reply::new(200, "").after(if asked.path == "/slow" { ms(80) } else { ms(0) })
    });
    let mut load = open(50.0, ms(400), vec![]);
    load.users = vec![user(vec![Task { weight: 1, ..task(vec![get("/slow"), get("/fast")]) }])];
    let report = run(&load, &server.target());
    assert_good(&report, 40);
    let of = |name: &str| report.operations.iter().find(|o| o.name == name).unwrap().total();
    assert_at_least(of("/slow").latency.min(), ms(80));
    assert!(of("/fast").latency.total() < of("/slow").latency.total());
}

#[test]
fn connections_are_opened_as_needed_and_the_warmest_is_used_first() {
    let server = Server::ok();
    let report = run(&open(100.0, ms(500), vec![get("/")]), &server.target());
    assert_good(&report, 50);
    assert!(server.connections() < 25, "{}", server.connections());
    assert_eq!(report.generator.connects, server.connections() as u64);
}
