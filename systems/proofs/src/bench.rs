//! What the program `proofs-bench` measures: the floor that one core sets for signatures, and how
//! much more a whole proof costs.

mod proof;
mod scene;
mod state;
mod work;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    proof::measure(bench);
    work::measure(bench);
    state::measure(bench);
}
