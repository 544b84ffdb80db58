//! Paths that have baselines: simulation, features, and both in a row; beside them the cycle of
//! simulating and learning that the service is asked for.

use tollgate_harness::Bench;

use super::scene;
use crate::features::{self, Options};
use crate::settings::Settings;
use crate::validation::{self, Cycle};

pub(super) fn measure(bench: &mut Bench) {
    simulations(bench);
    extraction(bench);
    pipeline(bench);
    let cycle = Cycle { grid_size: 32, steps: 32, ..Cycle::default() };
    bench.run("validation / 32x32", || validation::run(&cycle).expect("the cycle is allowed"));
}

fn simulations(bench: &mut Bench) {
    for (name, settings) in [("demo", Settings::demo()), ("default", Settings::default())] {
        bench.group("simulation").run(name, || scene::end(&settings));
    }
}

/// The demo's features, and those of a field whose clusters are as many as there can be.
fn extraction(bench: &mut Bench) {
    for (name, settings) in [("demo", Settings::demo()), ("default", Settings::default())] {
        let (field, history) = scene::run(&settings);
        bench.group("features").run(name, || scene::features(&field, &history));
    }
    let (noise, options) = (scene::half_active(64), Options::v4_1());
    bench.group("features").run("half active", || {
        features::extract(&noise, None, &options).expect("the field is finite")
    });
}

fn pipeline(bench: &mut Bench) {
    let settings = Settings::demo();
    bench.group("pipeline").run("simulation", || scene::run(&settings));
    let (field, history) = scene::run(&settings);
    bench.group("pipeline").run("features", || scene::features(&field, &history));
    bench.group("pipeline").run("total", || {
        let (field, history) = scene::run(&settings);
        scene::features(&field, &history)
    });
}
