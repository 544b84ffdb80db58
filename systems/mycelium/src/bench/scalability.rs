//! The seven figures that say how far it goes: large grids, long runs, many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tollgate_harness::Bench;

use super::scene;
use crate::features::boxes::{self, Boxes};
use crate::lyapunov::{self, Form};
use crate::settings::Settings;

pub(super) fn measure(bench: &mut Bench) {
    simulate(bench, "large grid (128x128)", 128, 200);
    simulate(bench, "large grid (256x256)", 256, 100);
    simulate(bench, "long simulation", 64, 1000);
    let operation = bench.operation("scalability / concurrent throughput").elements(16);
    operation.run(|| concurrently(4, 16));
    bench.group("scalability").run("memory efficiency", || repeatedly(20));
    let mask = scene::noise_mask(256);
    bench.group("scalability").run("fractal dimension (256x256)", || {
        boxes::dimension(&mask, &Boxes::default()).expect("half of the cells are set")
    });
    if bench.chooses("scalability / lyapunov (500x64x64)") {
        let history = scene::noise_history(64, 500);
        let increment = || {
            let value = lyapunov::mean_log_increment(&history, Form::default(), 1.0);
            value.expect("the frames are finite")
        };
        bench.group("scalability").run("lyapunov (500x64x64)", increment);
    }
}

fn simulate(bench: &mut Bench, name: &str, grid_size: usize, steps: usize) {
    let settings = Settings { grid_size, steps, ..Settings::default() };
    bench.group("scalability").run(name, || scene::end(&settings));
}

/// So many runs of 32 cells a side and 50 steps, by threads that take the next one until all are
/// taken.
pub(super) fn concurrently(threads: usize, runs: usize) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs {
                        break;
                    }
                    scene::small_run(run as u64);
                }
            });
        }
    });
}

pub(super) fn repeatedly(runs: u64) {
    for run in 0..runs {
        scene::small_run(run);
    }
}
