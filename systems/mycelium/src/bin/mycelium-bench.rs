//! Measures what simulations, features, datasets and the model cost, and prints records, or a table
//! on a terminal.

use tollgate_harness::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() {
    tollgate_harness::program(mycelium::bench::benchmarks);
}
