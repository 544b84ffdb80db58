//! The functions under divan, with its own defaults.

use std::hint::black_box;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 1_000, 1_000_000])]
fn steps(count: u32) -> u64 {
    side_by_side::steps(black_box(7), black_box(count))
}
