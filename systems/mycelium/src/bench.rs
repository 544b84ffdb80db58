//! What the program `mycelium-bench` measures.

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(_bench: &mut Bench) {}
