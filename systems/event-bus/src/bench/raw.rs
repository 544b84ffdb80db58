//! How many messages go through, with nobody storing them: inside the process, and over NATS with
//! our connection and with the bare client in turn.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;
use tollgate_harness::Bench;

use super::ground::Ground;
use super::stopwatch;
use crate::bus::embedded::Embedded;
use crate::bus::{Bus, Message, Subject};

const SUBJECT: &str = "rosey.events.chat.message";
/// Bytes of each message.
const SIZE: usize = 128;
/// A subscriber that is further behind than this would lose messages. How far it is, is looked at
/// now and then: looking costs as much as a message.
const WINDOW: u64 = 20_000;
const LOOK: u64 = 1024;
const ROUNDS: usize = 7;

pub(super) fn measure(bench: &mut Bench) {
    let runtime = runtime();
    if bench.chooses("embedded bus") {
        let count = if bench.is_quick() { 1_000_000 } else { 5_000_000 };
        let bus = tollgate_bus::Bus::new();
        let rate = driven(&runtime, embedded(bus, count));
        bench.group("embedded bus").value("throughput", (rate, "/s"));
    }
    if bench.chooses("publish and subscribe") {
        let ground = Ground::new("raw");
        let count = if bench.is_quick() { 50_000 } else { 300_000 };
        let rounds = if bench.is_quick() { 3 } else { ROUNDS };
        let mut rates: Vec<(f64, f64)> = (0..rounds)
            .map(|_| {
                let bare = driven(&runtime, bare(ground.url(), count));
                let (sender, receiver) =
                    runtime.block_on(async { (ground.connect().await, ground.connect().await) });
                (bare, driven(&runtime, ours(sender, receiver, count)))
            })
            .collect();
        rates.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
        let (bare, ours) = rates[rates.len() / 2];
        let mut group = bench.group("publish and subscribe");
        group.value("throughput", (ours, "/s"));
        group.value("bare throughput", (bare, "/s"));
        group.value("share of bare", (ours / bare, ""));
    }
}

pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("threads can be started")
}

/// What it says, done by the runtime's own threads: the one that waits for it would be one more.
fn driven(runtime: &Runtime, work: impl Future<Output = f64> + Send + 'static) -> f64 {
    runtime.block_on(runtime.spawn(work)).expect("it does not panic")
}

/// One publisher, one subscriber that takes what there is.
async fn embedded(bus: tollgate_bus::Bus, count: u64) -> f64 {
    let embedded = Embedded::new(bus.clone());
    let mut messages = embedded.inner().subscribe(SUBJECT).expect("a pattern");
    let payload = Bytes::from(vec![b'x'; SIZE]);
    let (taken, mut is_taken) = tokio::sync::watch::channel(0);
    let stopwatch = stopwatch();
    let receiver = tokio::spawn(async move {
        let (mut total, mut batch) = (0, Vec::new());
        while total < count {
            batch.clear();
            total += messages.next_many(&mut batch, 1024).await as u64;
            let _ = taken.send(total);
        }
    });
    for number in 0..count {
        while number % LOOK == 0 && number - *is_taken.borrow_and_update() >= WINDOW {
            let _ = is_taken.changed().await;
        }
        bus.publish(SUBJECT, payload.clone()).expect("a subject");
    }
    receiver.await.expect("it does not panic");
    count as f64 / stopwatch().as_secs_f64()
}

/// Two connections of our own.
async fn ours(sender: Bus, receiver: Bus, count: u64) -> f64 {
    let mut messages = receiver.subscribe(SUBJECT, None).await.expect("a pattern");
    receiver.settle(Duration::from_secs(5)).await.expect("the broker answers");
    let (taken, is_taken) = tokio::sync::watch::channel(0);
    let payload = Bytes::from(vec![b'x'; SIZE]);
    let stopwatch = stopwatch();
    let receiving = tokio::spawn(async move {
        for total in 1..=count {
            messages.next().await.expect("the connection stays");
            if total % LOOK == 0 || total == count {
                let _ = taken.send(total);
            }
        }
    });
    let message = Message::new(Subject::from_static(SUBJECT), payload);
    publish(&sender, &message, count, is_taken).await;
    receiving.await.expect("it does not panic");
    count as f64 / stopwatch().as_secs_f64()
}

async fn publish(
    bus: &Bus,
    message: &Message,
    count: u64,
    mut is_taken: tokio::sync::watch::Receiver<u64>,
) {
    for number in 0..count {
        while number % LOOK == 0 && number - *is_taken.borrow_and_update() >= WINDOW {
            let _ = is_taken.changed().await;
        }
        bus.publish(message.clone()).await.expect("the connection stays");
    }
}

/// Two connections of the client itself.
async fn bare(url: String, count: u64) -> f64 {
    let connect =
        || async { async_nats::connect(url.as_str()).await.expect("the broker is there") };
    let (sender, receiver) = (connect().await, connect().await);
    let mut messages = receiver.subscribe(SUBJECT).await.expect("a pattern");
    let own = receiver.new_inbox();
    let mut echo = receiver.subscribe(own.clone()).await.expect("an inbox");
    receiver.publish(own, Bytes::new()).await.expect("the connection stays");
    echo.next().await;
    let (taken, mut is_taken) = tokio::sync::watch::channel(0);
    let payload = Bytes::from(vec![b'x'; SIZE]);
    let stopwatch = stopwatch();
    let receiving = tokio::spawn(async move {
        for total in 1..=count {
            messages.next().await.expect("the connection stays");
            if total % LOOK == 0 || total == count {
                let _ = taken.send(total);
            }
        }
    });
    for number in 0..count {
        while number % LOOK == 0 && number - *is_taken.borrow_and_update() >= WINDOW {
            let _ = is_taken.changed().await;
        }
        sender.publish(SUBJECT, payload.clone()).await.expect("the connection stays");
    }
    receiving.await.expect("it does not panic");
    count as f64 / stopwatch().as_secs_f64()
}
