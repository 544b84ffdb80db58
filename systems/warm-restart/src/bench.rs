//! What the program `warm-restart-bench` measures: the figures of the requirement's tests, each
//! where nothing happens and where alerts fire, how cost grows with rules, and weeks on a clock of
//! their own.

mod evaluation;
mod latency;
mod memory;
mod parts;
mod paths;
mod scene;
mod stability;
mod throughput;

use std::time::Duration;

use tollgate_harness::Bench;

/// All of it. Names on the command line choose.
pub fn benchmarks(bench: &mut Bench) {
    latency::measure(bench);
    throughput::measure(bench);
    paths::measure(bench);
    memory::measure(bench);
    evaluation::measure(bench);
    parts::measure(bench);
    stability::measure(bench);
}

/// What has passed since, when it is called.
#[expect(clippy::disallowed_methods, reason = "what is measured is time")]
fn stopwatch() -> impl Fn() -> Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}

/// How long an operation is measured: those of some nanoseconds vary between processes, not in one.
const MEASURING: Duration = Duration::from_millis(200);

/// Tells percentiles of so many runs in a row, each timed by itself, after as many that do not
/// count. A reading of the clock, some tens of nanoseconds, stays in every one of them. A run may
/// be of several parts; then percentiles are those of means of its parts.
fn percentiles<T>(
    bench: &mut Bench,
    name: &str,
    (runs, parts): (usize, usize),
    mut run: impl FnMut() -> T,
) {
    let elapsed = stopwatch();
    for _ in 0..runs {
        std::hint::black_box(run());
    }
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let before = elapsed();
        std::hint::black_box(run());
        times.push((elapsed() - before).as_nanos() as f64 / parts as f64);
    }
    times.sort_by(f64::total_cmp);
    for percent in [50, 95, 99] {
        let rank = (runs * percent).div_ceil(100);
        bench.group(name).value(format!("p{percent} latency"), (times[rank - 1], "ns"));
    }
}
