//! What the program `event-bus-bench` measures: how many events go through, how long storing takes
//! and costs, and whether any is lost or stored twice when something is killed. Each starts a
//! broker and a service of its own.

mod campaign;
mod cost;
mod events;
mod ground;
mod raw;
mod stored;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    if !bench.is_measuring() {
        return;
    }
    raw::measure(bench);
    stored::measure(bench);
    cost::measure(bench);
    campaign::measure(bench);
}

/// What has passed since, when it is called.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn stopwatch() -> impl Fn() -> std::time::Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}
