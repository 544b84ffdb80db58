//! What the program `survivability-bench` measures: every figure of the budgets, and how cost grows
//! with the work.

mod dataset;
mod decision;
mod failures;
mod growth;
mod memory;
mod paths;
mod scene;
mod simulation;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    decision::measure(bench);
    paths::measure(bench);
    failures::measure(bench);
    dataset::measure(bench);
    memory::measure(bench);
    simulation::measure(bench);
    growth::measure(bench);
}
