//! The functions under criterion, with its own defaults.

use std::hint::black_box;

fn main() {
    let mut criterion = criterion::Criterion::default().configure_from_args();
    for (name, count) in side_by_side::SIZES {
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| side_by_side::steps(black_box(7), black_box(count)));
        });
    }
    criterion.final_summary();
}
