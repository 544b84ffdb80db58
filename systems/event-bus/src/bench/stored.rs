//! Publishing until it is stored: as fast as it goes, and a burst.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tollgate_harness::Bench;

use super::ground::Ground;
use super::{events, raw, stopwatch};
use crate::bus::Bus;
use crate::bus::durable::Durable;
use crate::service::{Mode, Streams};
use crate::subject::Prefix;

/// Events that may be on their way to the stream at a time.
const OPEN: usize = 2048;
const BURST: u64 = 1000;
/// After so long without another row there will be none.
const AT_REST: Duration = Duration::from_secs(3);
/// How long one event may take until the stream has it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn measure(bench: &mut Bench) {
    if bench.chooses("sustained") {
        sustained(bench);
    }
    if bench.chooses("burst") {
        burst(bench);
    }
}

/// Through a stream into the database; the clock stops at the last commit.
fn sustained(bench: &mut Bench) {
    let count = if bench.is_quick() { 50_000 } else { 300_000 };
    let ground = Ground::with_service("sustained", &Mode::Stream(Streams::default()));
    let runtime = raw::runtime();
    let stopwatch = stopwatch();
    runtime.block_on(async { to_stream(&ground.connect().await, 0..count).await });
    let acknowledged = stopwatch();
    let stored = ground.await_stored(count, AT_REST);
    let elapsed = stopwatch();
    let mut group = bench.group("sustained");
    group.value("throughput", (stored as f64 / elapsed.as_secs_f64(), "/s"));
    group.value("acknowledged", (count as f64 / acknowledged.as_secs_f64(), "/s"));
    group.value("lost", (count.saturating_sub(stored) as f64, ""));
    group.value("stored twice", (ground.stored_twice() as f64, ""));
}

/// Publishes events of all kinds to the stream, many at a time; returns once it has them all.
pub(super) async fn to_stream(bus: &Bus, numbers: std::ops::Range<u64>) {
    let durable = Arc::new(Durable::new(bus).expect("it is a server"));
    let room = Arc::new(Semaphore::new(OPEN));
    let prefix = Prefix::default();
    for number in numbers {
        let permit = Arc::clone(&room).acquire_owned().await.expect("nobody closes it");
        let event = events::mixed(number);
        let (message, durable) = (events::message(&event, &prefix), Arc::clone(&durable));
        tokio::spawn(async move {
            let id = event.id.to_string();
            durable.publish(&message, &id, PATIENCE).await.expect("the stream takes it");
            drop(permit);
        });
    }
    let all = u32::try_from(OPEN).expect("it is small");
    let _ = room.acquire_many(all).await;
}

/// A thousand at once, at most once: the clock stops when the last is stored.
fn burst(bench: &mut Bench) {
    let ground = Ground::with_service("burst", &Mode::Core);
    let prefix = Prefix::default();
    let messages: Vec<_> =
        (0..BURST).map(|number| events::message(&events::mixed(number), &prefix)).collect();
    let runtime = raw::runtime();
    let (elapsed, published) = runtime.block_on(async {
        let bus = ground.connect().await;
        let mut receipts = bus.subscribe("rosey.receipts", None).await.expect("a pattern");
        bus.settle(PATIENCE).await.expect("the broker answers");
        let stopwatch = stopwatch();
        for message in messages {
            bus.publish(message).await.expect("the connection stays");
        }
        let published = stopwatch();
        let mut told = 0;
        while told < BURST {
            let next = tokio::time::timeout(AT_REST, receipts.next()).await;
            let Ok(Some(receipt)) = next else { break };
            told += ids(&receipt.payload);
        }
        (stopwatch(), published)
    });
    let stored = ground.await_stored(BURST, AT_REST);
    let mut group = bench.group("burst");
    group.value("time to last commit", elapsed);
    group.value("time to publish", published);
    group.value("stored share", (stored as f64 / BURST as f64, ""));
}

/// How many events a receipt is about.
pub(super) fn ids(receipt: &[u8]) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(receipt).unwrap_or_default();
    value.get("ids").and_then(|ids| ids.as_array()).map_or(0, |ids| ids.len() as u64)
}
