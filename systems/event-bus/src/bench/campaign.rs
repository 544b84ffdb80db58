//! Killing the service and the broker while events come in through a stream: what was acknowledged
//! has to be stored, once.
//!
//! `EVENT_BUS_KILLS` and `EVENT_BUS_BROKER_KILLS` say how often.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use tollgate_harness::Bench;

use super::ground::Ground;
use super::{events, raw, stopwatch, stored as storing};
use crate::bus::Bus;
use crate::bus::durable::Durable;
use crate::service::{Mode, Streams};
use crate::subject::Prefix;

/// Publishers, each of which waits until the stream has its event.
const PUBLISHERS: u64 = 8;
const AT_REST: Duration = Duration::from_secs(10);

pub(super) fn measure(bench: &mut Bench) {
    let quick = bench.is_quick();
    if bench.chooses("restart") {
        restart(bench);
    }
    if bench.chooses("kill the service") {
        let kills = times("EVENT_BUS_KILLS", if quick { 3 } else { 100 });
        campaign(bench, "kill the service", kills, |ground| {
            ground.kill_service();
            ground.start_service();
        });
    }
    if bench.chooses("kill the broker") {
        let kills = times("EVENT_BUS_BROKER_KILLS", if quick { 2 } else { 20 });
        campaign(bench, "kill the broker", kills, Ground::restart_broker);
    }
}

fn times(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// 50 events, 30 while the service is down, 50 after it is up again.
fn restart(bench: &mut Bench) {
    let mut ground = Ground::with_service("restart", &Mode::Stream(Streams::default()));
    let runtime = raw::runtime();
    let bus = runtime.block_on(ground.connect());
    runtime.block_on(storing::to_stream(&bus, 0..50));
    ground.kill_service();
    runtime.block_on(storing::to_stream(&bus, 50..80));
    let stopwatch = stopwatch();
    ground.start_service();
    let ready = stopwatch();
    runtime.block_on(storing::to_stream(&bus, 80..130));
    let stored = ground.await_stored(130, AT_REST);
    let mut group = bench.group("restart");
    group.value("time to ready", ready);
    group.value("lost", ((130 - stored.min(130)) as f64, ""));
    group.value("stored twice", (ground.stored_twice() as f64, ""));
}

fn campaign(bench: &mut Bench, name: &str, kills: u64, mut kill: impl FnMut(&mut Ground)) {
    let mut ground = Ground::with_service("campaign", &Mode::Stream(Streams::default()));
    let runtime = raw::runtime();
    let bus = runtime.block_on(ground.connect());
    let (stop, published) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|_| {
            let (bus, stop, published) = (bus.clone(), Arc::clone(&stop), Arc::clone(&published));
            runtime.spawn(async move { publish(&bus, &stop, &published).await })
        })
        .collect();
    // Where in its work it is struck has to differ from one time to the next, and may differ from
    // one campaign to the next.
    let mut lots = Xoshiro256PlusPlus::seed_from_u64(kills);
    for _ in 0..kills {
        std::thread::sleep(Duration::from_millis(lots.random_range(20..250)));
        kill(&mut ground);
    }
    stop.store(true, Ordering::Relaxed);
    runtime.block_on(async {
        for publisher in publishers {
            publisher.await.expect("it does not panic");
        }
    });
    let published = published.load(Ordering::Relaxed);
    let stored = ground.await_stored(published, AT_REST);
    let mut group = bench.group(name);
    group.value("kills", (kills as f64, ""));
    group.value("acknowledged events", (published as f64, ""));
    group.value("lost", (published.saturating_sub(stored) as f64, ""));
    group.value("stored twice", (ground.stored_twice() as f64, ""));
}

async fn publish(bus: &Bus, stop: &AtomicBool, published: &AtomicU64) {
    let (durable, prefix) = (Durable::new(bus).expect("it is a server"), Prefix::default());
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let event = events::mixed(number);
        number += 1;
        let message = events::message(&event, &prefix);
        let id = event.id.to_string();
        durable.publish(&message, &id, storing::PATIENCE).await.expect("the broker comes back");
        published.fetch_add(1, Ordering::Relaxed);
    }
}
