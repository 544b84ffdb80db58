//! The functions under criterion.

use std::hint::black_box;

use side_by_side::{A_MILLION, A_THOUSAND, ONE_STEP, TEXTS, steps, texts};

fn main() {
    let mut criterion = criterion::Criterion::default().configure_from_args();
    let mut state = 7;
    criterion.bench_function(ONE_STEP, |bencher| {
        bencher.iter(|| {
            state = steps(state, 1);
            state
        });
    });
    criterion.bench_function(A_THOUSAND, |bencher| {
        bencher.iter(|| steps(black_box(7), black_box(1_000)));
    });
    criterion.bench_function(A_MILLION, |bencher| {
        bencher.iter(|| steps(black_box(7), black_box(1_000_000)));
    });
    criterion.bench_function(TEXTS, |bencher| {
        bencher.iter(|| texts(black_box(100)));
    });
    criterion.final_summary();
}
