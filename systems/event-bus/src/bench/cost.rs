//! What storing an event costs: over the bus, and directly as a program with its own database does
//! it, each event in a transaction of its own.

use std::time::Duration;

use tollgate_harness::Bench;

use super::ground::{Ground, Used, used_here};
use super::{events, raw, stored};
use crate::clock;
use crate::service::Mode;
use crate::store::{Durability, Store};
use crate::subject::Prefix;

const AT_REST: Duration = Duration::from_secs(3);
/// Published in a row, and how many may then be on their way.
const CHUNK: u64 = 500;
const WINDOW: u64 = 2000;

pub(super) fn measure(bench: &mut Bench) {
    if bench.chooses("over the bus") {
        over_the_bus(bench);
    }
    if bench.chooses("directly") {
        directly(bench);
    }
}

fn count(bench: &Bench) -> u64 {
    if bench.is_quick() { 10_000 } else { 50_000 }
}

/// The publisher, the broker and the service together, as fast as the service stores: the other
/// side does not rest either.
fn over_the_bus(bench: &mut Bench) {
    let count = count(bench);
    let ground = Ground::with_service("cost", &Mode::Core);
    let runtime = raw::runtime();
    let before = [used_here(), ground.used_by_broker(), ground.used_by_service()];
    let warm = runtime.block_on(async {
        let (bus, prefix) = (ground.connect().await, Prefix::default());
        let mut receipts = bus.subscribe("rosey.receipts", None).await.expect("a pattern");
        bus.settle(stored::PATIENCE).await.expect("the broker answers");
        let (mut told, mut warm) = (0, Used::default());
        for number in 0..count {
            let message = events::message(&events::mixed(number), &prefix);
            bus.publish(message).await.expect("the connection stays");
            while number % CHUNK == 0 && number - told.min(number) > WINDOW {
                let receipt = receipts.next().await.expect("the connection stays");
                told += stored::ids(&receipt.payload);
            }
            if number == count / 2 {
                warm = ground.used_by_service();
            }
        }
        bus.settle(stored::PATIENCE).await.expect("the broker answers");
        warm
    });
    // Looking whether all is stored costs something as well, which is nobody's.
    let here = used_here();
    let stored = ground.await_stored(count, AT_REST);
    let after = [here, ground.used_by_broker(), ground.used_by_service()];
    let each = u32::try_from(stored.max(1)).unwrap_or(u32::MAX);
    let cpu = [0, 1, 2].map(|at| (after[at].cpu - before[at].cpu) / each);
    let mut group = bench.group("over the bus");
    group.value("cpu per event", cpu.iter().sum::<Duration>());
    group.value("publisher cpu per event", cpu[0]);
    group.value("broker cpu per event", cpu[1]);
    group.value("service cpu per event", cpu[2]);
    let increase = after[2].memory as f64 / warm.memory as f64 - 1.0;
    group.value("memory increase", (increase * 100.0, "%"));
    group.value("storing memory", (after[2].peak_memory as f64, "B"));
    group.value("stored share", (stored as f64 / count as f64, ""));
}

/// One process that has the database to itself.
fn directly(bench: &mut Bench) {
    let count = count(bench);
    let folder = std::env::temp_dir().join(format!("event-bus-direct-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
    let path = folder.join("events.db");
    let url = path.to_str().expect("the folder for temporary files has a plain name");
    let mut store = Store::open(url, Durability::Process).expect("a new database");
    store.migrate(clock::now_ms()).expect("a new database");
    let before = used_here();
    for number in 0..count {
        store.apply(&[events::mixed(number)]).expect("the event is good");
    }
    let after = used_here();
    drop(store);
    let _ = std::fs::remove_dir_all(&folder);
    let cpu = after.cpu - before.cpu;
    let mut group = bench.group("directly");
    group.value("cpu per event", cpu / u32::try_from(count).unwrap_or(u32::MAX));
    group.value("storing memory", (after.peak_memory as f64, "B"));
}
