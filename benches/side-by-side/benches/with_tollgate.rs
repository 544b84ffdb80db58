//! The functions under tollgate-harness.

use std::hint::black_box;

use side_by_side::{A_MILLION, A_SORT, A_THOUSAND, ONE_STEP, TEN_STEPS, middle, steps};

fn main() {
    tollgate_harness::main(|bench| {
        let mut state = 7;
        bench.run(ONE_STEP, || {
            state = steps(state, 1);
            state
        });
        bench.run(TEN_STEPS, || {
            state = steps(state, 10);
            state
        });
        bench.run(A_THOUSAND, || steps(black_box(7), black_box(1_000)));
        bench.run(A_MILLION, || steps(black_box(7), black_box(1_000_000)));
        bench.run(A_SORT, || middle(black_box(7)));
    });
}
