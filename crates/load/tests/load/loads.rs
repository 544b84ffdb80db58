//! Workloads in few words.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tollgate_load::LoadError;
use tollgate_load::report::{Progress, Report};
use tollgate_load::target::Target;
use tollgate_load::template::Template;
use tollgate_load::workload::{
    Act, Arrivals, Body, Bus, Expect, Leg, Protocol, Request, Schedule, Stop, Task, Think, User,
    Workload,
};

pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub fn template(text: &str) -> Template {
    Template::parse(text).expect("tests write templates that can be read")
}

pub fn get(path: &str) -> Request {
    Request {
        name: path.to_owned(),
        act: Act::Http("GET".to_owned()),
        path: template(path),
        headers: Vec::new(),
        body: Body::Empty,
        expect: Expect::default(),
        captures: Vec::new(),
    }
}

pub fn post(path: &str, body: &str) -> Request {
    Request { act: Act::Http("POST".to_owned()), body: Body::Text(template(body)), ..get(path) }
}

pub fn task(steps: Vec<Request>) -> Task {
    Task { weight: 1, feed: None, steps }
}

pub fn user(tasks: Vec<Task>) -> User {
    User { name: "user".to_owned(), weight: 1, think: Think::default(), start: Vec::new(), tasks }
}

pub fn level(to: f64, over: Duration) -> Vec<Leg> {
    vec![Leg { to, over: Duration::ZERO }, Leg { to, over }]
}

fn load(users: Vec<User>, schedule: Schedule) -> Workload {
    Workload {
        users,
        feeds: Vec::new(),
        schedule,
        stop: Stop::default(),
        protocol: Protocol { timeout: ms(5000), ..Protocol::default() },
        bus: Bus::default(),
        threads: Some(1),
        seed: 1,
    }
}

/// So many users who do one task each after the other.
pub fn closed(users: f64, over: Duration, steps: Vec<Request>) -> Workload {
    load(vec![user(vec![task(steps)])], Schedule::Users(level(users, over)))
}

/// One user until so many requests were sent; a minute is more than that takes.
pub fn counted(requests: u64, steps: Vec<Request>) -> Workload {
    let mut load = closed(1.0, Duration::from_secs(60), steps);
    load.stop.requests = Some(requests);
    load
}

/// So many tasks a second, evenly.
pub fn open(rate: f64, over: Duration, steps: Vec<Request>) -> Workload {
    let schedule = Schedule::Rate { legs: level(rate, over), arrivals: Arrivals::Even };
    load(vec![user(vec![task(steps)])], schedule)
}

pub fn try_run(workload: &Workload, target: &Target) -> Result<Report, LoadError> {
    let mut watch = |_: &Progress<'_>| ControlFlow::Continue(());
    tollgate_load::run(workload, target, &AtomicBool::new(false), &mut watch)
}

pub fn run(workload: &Workload, target: &Target) -> Report {
    try_run(workload, target).expect("the server is there")
}

/// Reasons and how often.
pub fn failures(report: &Report) -> Vec<(&str, u64)> {
    report.failures.iter().map(|failure| (failure.reason.as_str(), failure.count)).collect()
}

/// Asserts that nothing failed and so many succeeded.
#[track_caller]
pub fn assert_good(report: &Report, succeeded: u64) {
    assert_eq!(failures(report), []);
    assert_eq!((report.total().succeeded, report.total().failed), (succeeded, 0));
}

/// The shortest or longest of some times is at least that long, but for the width of a bucket.
#[track_caller]
pub fn assert_at_least(time: Option<u64>, least: Duration) {
    assert!(time >= Some((least * 99 / 100).as_nanos() as u64), "{time:?} of {least:?}");
}
