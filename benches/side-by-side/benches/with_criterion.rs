//! The functions under criterion.

use std::hint::black_box;

use side_by_side::{A_MILLION, A_SORT, A_THOUSAND, ONE_STEP, TEN_STEPS, middle, steps};

fn main() {
    let mut criterion = criterion::Criterion::default().configure_from_args();
    let mut state = 7;
    criterion.bench_function(ONE_STEP, |bencher| {
        bencher.iter(|| {
            state = steps(state, 1);
            state
        });
    });
    criterion.bench_function(TEN_STEPS, |bencher| {
        bencher.iter(|| {
            state = steps(state, 10);
            state
        });
    });
    criterion.bench_function(A_THOUSAND, |bencher| {
        bencher.iter(|| steps(black_box(7), black_box(1_000)));
    });
    criterion.bench_function(A_MILLION, |bencher| {
        bencher.iter(|| steps(black_box(7), black_box(1_000_000)));
    });
    criterion.bench_function(A_SORT, |bencher| {
        bencher.iter(|| middle(black_box(7)));
    });
    criterion.final_summary();
}
