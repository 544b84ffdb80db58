//! What the program `warm-restart-bench` measures: what an evaluation costs, quiet and not, and
//! what it is made of.

mod evaluation;
mod parts;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    evaluation::measure(bench);
    parts::measure(bench);
}
