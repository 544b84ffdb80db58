//! The functions under tollgate-harness.

use std::hint::black_box;

fn main() {
    tollgate_harness::main(|bench| {
        for (name, count) in side_by_side::SIZES {
            bench.run(name, || side_by_side::steps(black_box(7), black_box(count)));
        }
    });
}
