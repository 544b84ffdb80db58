//! What is remembered of proofs that were used.

use tollgate_harness::{Bench, Form};

use super::scene::NOW_MS;
use crate::replay::ReplaySet;
use crate::signed::sha256;

/// A proof every five milliseconds, each remembered for five minutes: 60,000 at a time.
const EVERY_MS: u64 = 5;
const KEPT_MS: u64 = 300_000;

pub(super) fn measure(bench: &mut Bench) {
    if !bench.chooses("replay insert") {
        return;
    }
    let mut used = ReplaySet::new(1_000_000);
    let mut number: u64 = 0;
    let mut insert = move || {
        number += 1;
        let now_ms = NOW_MS + number * EVERY_MS;
        used.insert(sha256(&number.to_be_bytes()), now_ms + KEPT_MS, now_ms)
    };
    if bench.is_measuring() {
        (0..KEPT_MS / EVERY_MS).for_each(|_| {
            insert();
        });
    }
    bench.operation("replay insert").elements(1).form(Form::Batches).run(insert);
}
