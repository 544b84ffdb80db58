//! Measures what a proof costs and prints records, or a table on a terminal.

use tollgate_harness::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    tollgate_harness::program(proofs::bench::benchmarks);
}
