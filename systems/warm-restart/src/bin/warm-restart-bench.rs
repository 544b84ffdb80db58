//! Measures the evaluation of alerts and what it is made of, and prints records, or a table on a
//! terminal.

use tollgate_harness::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    tollgate_harness::program(warm_restart::bench::benchmarks);
}
