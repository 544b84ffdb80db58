//! 500 clients that watch simulations at the same time, and what `/health` takes meanwhile: the
//! service is a process of its own, its clients are here.

mod client;
mod health;
mod server;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tollgate_harness::Bench;

use super::stopwatch;
use client::{Watch, Watched};
use server::Server;

const CLIENTS: usize = 500;
/// Updates a second of a stream that does not say how many it wants: one each 100 ms.
const PACE: u32 = 10;

pub(super) fn measure(bench: &mut Bench) {
    let share = if bench.is_quick() { 10 } else { 1 };
    for (name, pace, steps) in [
        ("streams / 500 clients", Some(PACE), 30 * PACE / share),
        ("streams / 500 clients, as fast as can be", None, 1000 / share),
    ] {
        if !bench.chooses(name) {
            continue;
        }
        if bench.is_measuring() {
            tell(bench, name, &crowd(CLIENTS, Watch { pace, steps }));
        } else {
            bench.run(name, || crowd(3, Watch { pace: None, steps: 5 }));
        }
    }
}

/// What a crowd of clients saw.
struct Seen {
    clients: usize,
    steps: u32,
    /// Of all clients together, from the first question to the last answer.
    elapsed: Duration,
    watched: Vec<Watched>,
    /// What each answer of `/health` took.
    health: Vec<Duration>,
    /// Of the service, in bytes, at most, beyond what it had before.
    memory: u64,
}

fn crowd(clients: usize, watch: Watch) -> Seen {
    let server = Server::start();
    let before = server.resident();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("this machine has what a runtime needs");
    let (health, (watched, elapsed)) = health::meanwhile(server.address, || {
        let elapsed = stopwatch();
        (runtime.block_on(all(&server, clients, watch)), elapsed())
    });
    let memory = server.most_resident().saturating_sub(before);
    Seen { clients, steps: watch.steps, elapsed, watched, health, memory }
}

/// All connect before the first one asks for a stream.
async fn all(server: &Server, clients: usize, watch: Watch) -> Vec<Watched> {
    let (address, all_there) = (server.address, Arc::new(Barrier::new(clients)));
    let mut tasks = JoinSet::new();
    for seed in 0..clients {
        let all_there = Arc::clone(&all_there);
        tasks.spawn(async move { client::watch(address, seed, watch, &all_there).await });
    }
    tasks.join_all().await
}

fn tell(bench: &mut Bench, name: &str, seen: &Seen) {
    let frames: usize = seen.watched.iter().map(|client| client.delays.len()).sum();
    let asked = seen.clients as f64 * f64::from(seen.steps);
    let served = seen.watched.iter().filter(|client| client.is_whole).count();
    let delays = seen.watched.iter().flat_map(|client| client.delays.iter().copied());
    let mut group = bench.group(name);
    group.value("clients that saw every step", (served as f64, ""));
    group.value("frames per second", (frames as f64 / seen.elapsed.as_secs_f64(), "/s"));
    group.value("frames lost", ((1.0 - frames as f64 / asked) * 100.0, "%"));
    group.value("frame delay", rarely_above(delays.collect()));
    group.value("health delay", rarely_above(seen.health.clone()));
    group.value("memory per client", (seen.memory as f64 / seen.clients as f64, "B"));
}

/// What one of a hundred is above.
fn rarely_above(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 99 / 100).copied().unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_hundred_is_above_what_is_told() {
        let times = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(rarely_above(times), Duration::from_millis(100));
        let times = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(rarely_above(times), Duration::from_millis(199));
        assert_eq!(rarely_above(Vec::new()), Duration::MAX);
    }
}
