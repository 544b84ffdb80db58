//! A program that measures itself: its start, and its memory while it works.

use std::time::Duration;

use example_rust_bench::{count, text};

fn main() {
    tollgate_harness::program(|bench| {
        let every = Duration::from_millis(if bench.is_quick() { 5 } else { 50 });
        let words = if bench.is_measuring() { 200_000 } else { 1_000 };
        let different = bench.memory_during(every, || {
            let input = text(words);
            count(&input).len()
        });
        bench.value("different words", (different as f64, ""));
        let input = text(100);
        bench.run("count", || count(&input));
    });
}
