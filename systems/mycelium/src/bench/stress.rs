//! The stress tests: sizes and numbers well beyond the usual, and whether the results are sound.
//! What is no time is told as a value of the operation it belongs to.

use tollgate_harness::Bench;

use super::scalability::{concurrently, repeatedly};
use super::{scene, stopwatch};
use crate::federated::{Hierarchy, hierarchical_krum};
use crate::field::Summary;
use crate::ifs;
use crate::nernst;
use crate::settings::{Settings, Streams};
use crate::simulation::Simulation;

pub(super) fn measure(bench: &mut Bench) {
    grids(bench);
    memory(bench);
    bench.operation("stress / 2 workers, 10 runs").elements(10).run(|| concurrently(2, 10));
    bench.operation("stress / 4 workers, 8 runs").elements(8).run(|| concurrently(4, 8));
    fractals(bench);
    aggregation(bench);
    soundness(bench);
    reuse(bench);
    bench.group("stress").run("40,000 nernst potentials", potentials);
}

fn grids(bench: &mut Bench) {
    for (name, grid_size, steps) in [
        ("grid 128, 200 steps", 128, 200),
        ("grid 256, 100 steps", 256, 100),
        ("grid 64, 1000 steps", 64, 1000),
    ] {
        let settings = Settings { grid_size, steps, ..Settings::default() };
        bench.group("stress").run(name, || {
            let (field, history) = scene::run(&settings);
            assert_eq!(history.len(), steps, "every step is computed");
            field
        });
    }
    let name = "stress / grid 128 over grid 32";
    let of = |grid_size| Settings { grid_size, steps: 50, ..Settings::default() };
    if bench.is_measuring() && bench.chooses(name) {
        let (large, small) = (least_time(&of(128)), least_time(&of(32)));
        bench.group(name).value("time ratio", (large / small, ""));
    }
    let settings = of(128);
    bench.run(name, || scene::end(&settings));
}

/// Seconds of the fastest of twenty runs.
fn least_time(settings: &Settings) -> f64 {
    let time = |_| {
        let elapsed = stopwatch();
        std::hint::black_box(scene::end(settings));
        elapsed().as_secs_f64()
    };
    (0..20).map(time).fold(f64::INFINITY, f64::min)
}

fn memory(bench: &mut Bench) {
    let settings = Settings { grid_size: 32, steps: 500, ..Settings::default() };
    bench.group("stress").run("history 500x32x32", || scene::run(&settings));
    bench.group("stress").run("20 runs in a row", || repeatedly(20));
    let demo = Settings::demo();
    bench.group("stress").run("10 pipelines in a row", || {
        for seed in 0..10 {
            let (field, history) = scene::run(&Settings { seed, ..demo.clone() });
            std::hint::black_box(scene::features(&field, &history));
        }
    });
}

fn fractals(bench: &mut Bench) {
    bench.group("stress").run("ifs 50,000 points", || {
        ifs::generate(Streams::Fast, 42, 4, 50_000).expect("the numbers are allowed")
    });
}

fn aggregation(bench: &mut Bench) {
    for (name, clients, width, clusters) in
        [("krum 100x1,000", 100, 1000, 20), ("krum 20x100,000", 20, 100_000, 5)]
    {
        if bench.chooses(&format!("stress / {name}")) {
            let gradients = scene::gradients(clients, width);
            let hierarchy = Hierarchy { clusters, ..Hierarchy::default() };
            bench.group("stress").run(name, || {
                hierarchical_krum(&gradients, &hierarchy).expect("the gradients are finite")
            });
        }
    }
}

/// A diffusion near the edge of stability, and jitter for 2,000 steps.
fn soundness(bench: &mut Bench) {
    let edge = Settings { alpha: 0.24, ..Settings::default() };
    let name = "stress / alpha 0.24";
    if bench.is_measuring() && bench.chooses(name) {
        let outcome = scene::end(&edge);
        let strays = outcome.field.cells().iter().filter(|cell| !cell.is_finite()).count();
        bench.group(name).value("not finite", (strays as f64, ""));
    }
    bench.run(name, || scene::end(&edge));

    let jitter = Settings { quantum_jitter: true, steps: 2000, ..Settings::default() };
    let name = "stress / jitter, 2,000 steps";
    if bench.is_measuring() && bench.chooses(name) {
        let outcome = scene::end(&jitter);
        let Summary { min, max, .. } = outcome.field.summary();
        bench.group(name).value("lowest potential in mV", (min, ""));
        bench.group(name).value("highest potential in mV", (max, ""));
    }
    bench.run(name, || scene::end(&jitter));
}

/// Ten runs, one after the other: all end as the first.
fn reuse(bench: &mut Bench) {
    let name = "stress / the same 10 times";
    let settings = Settings::default();
    let end = || {
        let mut simulation = Simulation::new(&settings).expect("the settings are allowed");
        for _ in 0..settings.steps {
            simulation.step().expect("the field stays finite");
        }
        simulation.cells().to_vec()
    };
    if bench.is_measuring() && bench.chooses(name) {
        let bits = |cells: Vec<f64>| cells.into_iter().map(f64::to_bits).collect::<Vec<_>>();
        let first = bits(end());
        let others = (1..10).filter(|_| bits(end()) != first).count();
        bench.group(name).value("that differ", (others as f64, ""));
    }
    bench.run(name, end);
}

fn potentials() -> f64 {
    let potential = |step: u32| {
        let outside = 0.001 + 0.000_01 * f64::from(step);
        nernst::potential(1, outside, 0.14, 310.0).expect("the numbers are allowed")
    };
    (0..40_000).map(potential).sum()
}
