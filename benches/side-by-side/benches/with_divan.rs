//! The functions under divan. As closures: a function with its attribute on it is called through
//! another one, which a step of two nanoseconds shows.

use std::hint::black_box;

use divan::Bencher;
use side_by_side::{middle, steps};

fn main() {
    divan::main();
}

#[divan::bench(name = "one step")]
fn one_step(bencher: Bencher) {
    let mut state = 7;
    bencher.bench_local(|| {
        state = steps(state, 1);
        state
    });
}

#[divan::bench(name = "ten steps")]
fn ten_steps(bencher: Bencher) {
    let mut state = 7;
    bencher.bench_local(|| {
        state = steps(state, 10);
        state
    });
}

#[divan::bench(name = "a thousand")]
fn a_thousand(bencher: Bencher) {
    bencher.bench_local(|| steps(black_box(7), black_box(1_000)));
}

#[divan::bench(name = "a million")]
fn a_million(bencher: Bencher) {
    bencher.bench_local(|| steps(black_box(7), black_box(1_000_000)));
}

#[divan::bench(name = "a sort")]
fn a_sort(bencher: Bencher) {
    bencher.bench_local(|| middle(black_box(7)));
}
