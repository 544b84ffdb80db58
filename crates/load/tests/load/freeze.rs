//! A server that freezes for a quarter of a second now and then: what requests due meanwhile have
//! to wait is what a fifth of them must show, however few connections there are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tollgate_load::report::Report;
use tollgate_load::workload::{Feed, Order, Source};

use crate::loads::{assert_good, get, ms, open, run};
use crate::server::{Reply, Server};

const RATE: f64 = 120.0;
/// That many within the load; in a freeze thirty come.
const TASKS: u64 = 300;
const LENGTH: Duration = ms(2500);
const FREEZE: Duration = ms(250);
const EVERY: Duration = ms(1250);
/// From the first request to the first freeze.
const LEAD: Duration = ms(500);

/// One at a time: the other would be noise.
static ALONE: Mutex<()> = Mutex::new(());

/// What the server saw.
#[derive(Default)]
struct Seen {
    first: Option<Instant>,
    /// Which task, and when it was answered.
    answered: Vec<(u32, Instant)>,
    freezes: Vec<Duration>,
}

#[expect(clippy::disallowed_methods, reason = "the server's own clock is what the load is held to")]
fn now() -> Instant {
    Instant::now()
}

/// Stops the server's only thread when the next freeze is due, and says how long it really was.
fn freeze(seen: &Mutex<Seen>) {
    let mut seen = seen.lock().unwrap();
    let start = now();
    let first = *seen.first.get_or_insert(start);
    let due = first + LEAD + EVERY * u32::try_from(seen.freezes.len()).unwrap();
    if start >= due && seen.freezes.len() < 2 {
        std::thread::sleep((due + FREEZE).saturating_duration_since(start));
        let frozen = now() - due;
        seen.freezes.push(frozen);
    }
}

fn loaded(connections: u32) -> (Report, Arc<Mutex<Seen>>, f64) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers.txt");
    let numbers: Vec<String> = (0..TASKS).map(|number| number.to_string()).collect();
    std::fs::write(&path, numbers.join("\n")).unwrap();
    let seen = Arc::new(Mutex::new(Seen::default()));
    let told = Arc::clone(&seen);
    let server = Server::start(move |asked| {
        freeze(&told);
        let number = asked.path[1..].parse().unwrap();
        told.lock().unwrap().answered.push((number, now()));
        Reply::new(200, "")
    });
    let mut load = open(RATE, LENGTH, vec![get("/{{feed}}")]);
    load.users[0].tasks[0].feed = Some("numbers".to_owned());
    let source = Source::File(path);
    load.feeds = vec![Feed { name: "numbers".to_owned(), source, order: Order::Sequential }];
    load.protocol.connections = connections;
    let sleeper = Sleeper::start();
    let report = run(&load, &server.target());
    let slept = sleeper.end();
    assert_good(&report, TASKS);
    (report, seen, slept)
}

/// How much too late a thread that only sleeps wakes, at worst: what the machine adds by itself.
struct Sleeper {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Duration>,
}

impl Sleeper {
    fn start() -> Sleeper {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut worst = Duration::ZERO;
            while !stopped.load(Ordering::SeqCst) {
                let start = now();
                std::thread::sleep(ms(1));
                worst = worst.max((now() - start).saturating_sub(ms(1)));
            }
            worst
        });
        Sleeper { stop, thread }
    }

    fn end(self) -> f64 {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap().as_nanos() as f64
    }
}

/// The latencies as the server saw them, sorted, but for what the quickest took: task n was due n
/// intervals after the first.
fn waits(seen: &Seen) -> Vec<f64> {
    let spacing = 1e9 / RATE;
    let first = seen.first.unwrap();
    let late = |(number, at): &(u32, Instant)| {
        (*at - first).as_nanos() as f64 - f64::from(*number) * spacing
    };
    let mut waits: Vec<f64> = seen.answered.iter().map(late).collect();
    waits.sort_by(f64::total_cmp);
    let quickest = waits[0];
    waits.iter_mut().for_each(|wait| *wait -= quickest);
    waits
}

/// The wait that a share of all requests exceeds: those due in a freeze of length f wait evenly
/// between nothing and f.
fn exceeded_by(share: f64, freezes: &[Duration]) -> f64 {
    let share = share * LENGTH.as_nanos() as f64;
    let over = |x: f64| freezes.iter().map(|f| (f.as_nanos() as f64 - x).max(0.0)).sum::<f64>();
    let (mut low, mut high) = (0.0, 1e9);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if over(middle) > share { low = middle } else { high = middle }
    }
    low
}

fn rank(q: f64) -> u64 {
    (q * TASKS as f64) as u64
}

/// Both the server's record and the closed form, to 2 % and what the machine adds. The form knows
/// nothing of single requests, so that their distance comes on top.
#[track_caller]
fn latency_shows_the_freezes(report: &Report, seen: &Seen, slept: f64) {
    let total = report.total();
    let waits = waits(seen);
    for q in [0.9, 0.95, 0.99] {
        let got = total.latency.at_rank(rank(q)).unwrap() as f64;
        let server = waits[rank(q) as usize - 1];
        let form = exceeded_by(1.0 - q, &seen.freezes);
        let text = format!("{q}: {got}, server {server}, form {form}, machine {slept}");
        assert!(got >= 0.98 * server && got <= 1.02 * server + slept, "{text}");
        assert!(got >= 0.98 * form - 1e9 / RATE, "{text}");
        assert!(got <= 1.02 * form + 1e9 / RATE + slept, "{text}");
    }
    assert_eq!(seen.freezes.len(), 2);
}

#[test]
fn with_few_connections_the_latency_shows_the_freezes_and_the_service_time_does_not() {
    let (report, seen, slept) = loaded(10);
    latency_shows_the_freezes(&report, &seen.lock().unwrap(), slept);
    // Ten in each freeze are under way; twenty wait unsent, and take no time once they are sent.
    let total = report.total();
    let service = total.service.at_rank(rank(0.9)).unwrap() as f64;
    assert!(service < 50e6 + slept, "{service}");
    // The generator was not late: it had nobody left to send with.
    let late = total.lateness.at_rank(rank(0.9)).unwrap() as f64;
    assert!(late < 50e6 + slept, "{late}");
}

#[test]
fn with_many_connections_the_latency_shows_the_freezes_and_so_does_the_service_time() {
    let (report, seen, slept) = loaded(500);
    latency_shows_the_freezes(&report, &seen.lock().unwrap(), slept);
    let total = report.total();
    let [latency, service] =
        [&total.latency, &total.service].map(|times| times.at_rank(rank(0.9)).unwrap() as f64);
    assert!(service > latency - slept - 1e9 / RATE, "{service} {latency}");
}
