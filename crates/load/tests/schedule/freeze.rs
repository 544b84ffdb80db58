//! A server that freezes for one second in every five, under 500 tasks a second, on virtual time.
//!
//! Who comes during the freeze waits for its end, evenly between none and one second; that is one
//! in five. So the response times have p90 = 500 ms and p99 = 950 ms, and a generator that timed
//! requests from when it got round to sending them would not see it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use tollgate_load::schedule::Arrivals;
use tollgate_load::workload;

use crate::legs;

const PERIOD: Duration = Duration::from_secs(5);
const FREEZE: Duration = Duration::from_secs(1);

/// When an answer comes to what is sent at a moment: at once, or when the freeze ends.
fn answered(sent: Duration) -> Duration {
    let phase = Duration::from_nanos((sent.as_nanos() % PERIOD.as_nanos()) as u64);
    sent + FREEZE.saturating_sub(phase)
}

/// Response and service times of what is due, over so many connections. Each carries one request
/// at a time, and what is due while all are busy is sent by the first that is free.
fn simulate(due: impl Iterator<Item = Duration>, connections: usize) -> (Vec<f64>, Vec<f64>) {
    let mut free: BinaryHeap<Reverse<Duration>> = vec![Reverse(Duration::ZERO); connections].into();
    due.map(|scheduled| {
        let Reverse(since) = free.pop().expect("every connection comes back");
        let sent = scheduled.max(since);
        let end = answered(sent);
        free.push(Reverse(end));
        ((end - scheduled).as_secs_f64(), (end - sent).as_secs_f64())
    })
    .unzip()
}

fn quantile(mut values: Vec<f64>, q: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(values.len() as f64 * q) as usize]
}

fn arrivals(arrivals: workload::Arrivals) -> Arrivals {
    Arrivals::new(&legs(&[(500.0, 0), (500.0, 600_000)]), arrivals, 11, (0, 1))
}

#[test]
fn response_times_show_a_freeze_however_few_connections_there_are() {
    // Even arrivals are 2 ms apart; of random ones, the standard error of p90 is 3 ms, that of p99
    // 1 ms, by the density of the waits.
    let kinds = [(workload::Arrivals::Even, 0.003), (workload::Arrivals::Poisson, 0.012)];
    for (kind, close) in kinds {
        for connections in [1, 10, 1000] {
            let (response, _) = simulate(arrivals(kind), connections);
            assert!(response.len().abs_diff(300_000) < 2000);
            let at = |q| quantile(response.clone(), q);
            assert!((at(0.9) - 0.5).abs() < close, "{kind:?} {connections}: {}", at(0.9));
            assert!((at(0.99) - 0.95).abs() < close, "{kind:?} {connections}: {}", at(0.99));
            assert_eq!(at(0.75), 0.0);
        }
    }
}

#[test]
fn service_times_over_few_connections_hide_the_freeze() {
    let (_, service) = simulate(arrivals(workload::Arrivals::Even), 10);
    assert_eq!(quantile(service.clone(), 0.99), 0.0);
    assert!(quantile(service, 0.999) > 0.9);
}
