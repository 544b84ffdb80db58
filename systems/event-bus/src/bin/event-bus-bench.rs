//! Measures the bus and the service that stores events, and prints records, or a table on a
//! terminal.

fn main() {
    tollgate_harness::program(event_bus::bench::benchmarks);
}
