//! What the program `mycelium-bench` measures: the figures of the requirement's sections under
//! their names, how near a step comes to what the machine can do, and what load tests rest on.

mod baseline;
mod dataset;
mod growth;
mod headline;
mod roofline;
mod scalability;
mod scene;
mod streams;
mod stress;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    baseline::measure(bench);
    dataset::measure(bench);
    headline::measure(bench);
    scalability::measure(bench);
    stress::measure(bench);
    growth::measure(bench);
    roofline::measure(bench);
    streams::measure(bench);
}

/// What has passed since, when it is called.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn stopwatch() -> impl Fn() -> std::time::Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}
