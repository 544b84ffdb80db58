//! When a load ends, what of it counts, and in which windows.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate_load::report::{Ended, Progress, Report, Window};

use crate::loads::{assert_good, closed, counted, failures, get, ms, open, run};
use crate::server::{Reply, Server};

const LONG: Duration = Duration::from_secs(60);

#[track_caller]
fn windows_are_whole(report: &Report) {
    let total = report.total();
    for operation in &report.operations {
        assert!((1..=120).contains(&operation.windows.len()), "{}", operation.windows.len());
    }
    let windows = report.windows();
    let sum = |of: fn(&Window) -> u64| windows.iter().map(of).sum::<u64>();
    assert_eq!(sum(|w| w.succeeded), total.succeeded);
    assert_eq!(sum(|w| w.failed), total.failed);
    assert_eq!(sum(|w| w.in_time), total.in_time);
    assert_eq!(sum(|w| w.received), total.received);
    assert_eq!(sum(|w| w.latency.count()), total.latency.count());
    assert_eq!(sum(|w| w.lateness.count()), total.attempts());
    let covered = report.window * u32::try_from(windows.len()).unwrap();
    assert!(covered >= report.measured, "{covered:?} of {:?}", report.measured);
}

#[test]
fn a_count_is_kept_to_the_request_with_several_threads() {
    let server = Server::ok();
    let mut load = closed(16.0, LONG, vec![get("/a"), get("/b")]);
    load.threads = Some(3);
    load.stop.requests = Some(777);
    let report = run(&load, &server.target());
    assert_eq!(report.ended, Ended::Count);
    assert_eq!(server.count(), 777);
    assert_good(&report, 777);
    windows_are_whole(&report);
    assert!(report.measured < LONG / 2 && report.measured > Duration::ZERO);
    // Whole buckets are counted, each up to its end.
    let longest = report.total().service.max().unwrap() as f64;
    assert!(longest <= 1.01 * report.measured.as_nanos() as f64, "{longest}");
}

#[test]
fn the_measured_time_of_a_count_ends_with_the_last_answer() {
    let server = Server::start(|_| Reply::new(200, "").after(ms(100)));
    let report = run(&counted(3, vec![get("/")]), &server.target());
    assert_eq!(report.ended, Ended::Count);
    let slept = report.total().service.total();
    let measured = report.measured.as_nanos() as f64;
    // One after the other: the rest is what lies between them.
    assert!(measured >= 0.99 * slept && measured >= 300e6, "{measured} {slept}");
}

#[test]
fn a_count_ends_an_open_loop_at_once_though_tasks_queue() {
    let server = Server::start(|_| Reply::new(200, "").after(ms(100)));
    let mut load = open(500.0, LONG, vec![get("/")]);
    load.protocol.connections = 2;
    load.stop.requests = Some(6);
    let report = run(&load, &server.target());
    assert_eq!((report.ended.clone(), server.count()), (Ended::Count, 6));
    assert_good(&report, 6);
    assert!(report.measured < LONG / 2);
    assert_eq!((report.generator.due, report.generator.begun), (6, 6));
}

#[test]
fn the_warm_up_does_not_count() {
    let server = Server::start(|asked| Reply::new(200, asked.path.clone()));
    let mut load = open(200.0, ms(800), vec![get("/")]);
    load.stop.warmup = ms(300);
    let report = run(&load, &server.target());
    // Sixty were due before, which the server saw as well.
    assert_good(&report, 100);
    assert_eq!(server.count(), 160);
    assert_eq!(report.measured, ms(500));
    windows_are_whole(&report);
}

#[test]
fn failures_of_the_warm_up_do_not_count() {
    let seen = std::sync::atomic::AtomicU64::new(0);
    let server = Server::start(move |_| {
        let warm = seen.fetch_add(1, Ordering::SeqCst) < 20;
        Reply::new(if warm { 503 } else { 200 }, "")
    });
    let mut load = open(100.0, ms(600), vec![get("/")]);
    load.stop.warmup = ms(300);
    assert_good(&run(&load, &server.target()), 30);
}

#[test]
fn whoever_watches_ends_the_load_and_sees_it_grow() {
    let server = Server::ok();
    let load = open(200.0, LONG, vec![get("/")]);
    let (mut seen, mut latest) = (Vec::new(), 0);
    let mut watch = |progress: &Progress<'_>| {
        seen.push(progress.report.total().attempts());
        latest += progress.latest.iter().map(Window::attempts).sum::<u64>();
        assert_eq!(latest, progress.report.total().attempts());
        assert_eq!(progress.total, LONG);
        assert!(!progress.warming && progress.users > 0);
        if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let never = AtomicBool::new(false);
    let report = tollgate_load::run(&load, &server.target(), &never, &mut watch).unwrap();
    assert_eq!((report.ended.clone(), seen.len()), (Ended::Decided, 3));
    assert!(seen.is_sorted() && seen[0] > 0);
    assert!(report.total().attempts() >= seen[2]);
    assert!(report.measured >= ms(750) && report.measured < LONG / 2);
    windows_are_whole(&report);
}

#[test]
fn a_load_that_is_stopped_leaves_what_is_under_way_and_reports_the_rest() {
    let stop = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&stop);
    let server = Server::start(move |asked| {
        if asked.path == "/last" {
            set.store(true, Ordering::SeqCst);
            return Reply::new(200, "").after(LONG);
        }
        Reply::new(200, "")
    });
    let load = closed(1.0, LONG, vec![get("/a"), get("/b"), get("/last")]);
    let mut watch = |_: &Progress<'_>| ControlFlow::Continue(());
    let report = tollgate_load::run(&load, &server.target(), &stop, &mut watch).unwrap();
    assert_eq!(report.ended, Ended::Interrupted);
    assert_good(&report, 2);
    // What was awaited when it was stopped is a part of what was measured.
    assert!(report.measured < LONG / 2);
    assert!(report.measured.as_nanos() as f64 >= report.total().service.total());
    windows_are_whole(&report);
}

#[test]
fn a_load_stopped_in_its_warm_up_has_measured_nothing() {
    let server = Server::ok();
    let mut load = open(100.0, LONG, vec![get("/")]);
    load.stop.warmup = LONG / 2;
    let mut watch = |progress: &Progress<'_>| {
        assert!(progress.warming);
        ControlFlow::Break(())
    };
    let never = AtomicBool::new(false);
    let report = tollgate_load::run(&load, &server.target(), &never, &mut watch).unwrap();
    assert_eq!((report.measured, report.total().attempts()), (Duration::ZERO, 0));
    assert!(server.count() > 0);
    windows_are_whole(&report);
}

#[test]
fn the_windows_of_a_load_hold_all_of_it() {
    let server =
        Server::start(|asked| Reply::new(if asked.path == "/bad" { 500 } else { 200 }, "body"));
    let report = run(&open(100.0, ms(1300), vec![get("/good"), get("/bad")]), &server.target());
    let total = report.total();
    assert_eq!((total.succeeded, total.failed), (130, 130));
    assert_eq!(server.count(), 260);
    assert_eq!(failures(&report), [("status 500, expected below 400", 130)]);
    assert_eq!(report.operations.len(), 2);
    assert!(report.windows().len() >= 20, "{}", report.windows().len());
    windows_are_whole(&report);
}
