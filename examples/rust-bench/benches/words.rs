//! `cargo bench --package example-rust-bench` shows a table; Tollgate reads records.

use example_rust_bench::{count, text};
use tollgate_harness::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    tollgate_harness::main(|bench| {
        let mut group = bench.group("count");
        for words in [10, 1_000] {
            let input = text(words);
            let mut sized = group.parameter(words);
            let operation = sized.operation("words").elements(words as u64);
            operation.bytes(input.len() as u64).run(|| count(&input));
        }
        let input = text(1_000);
        let lines = || input.split(' ').collect::<Vec<&str>>();
        bench.operation("sort").with_inputs(lines).run(|mut words| {
            words.sort_unstable();
            words
        });
        bench.run("is empty", || input.is_empty());
    });
}
