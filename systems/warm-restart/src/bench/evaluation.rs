//! How an evaluation's cost grows with the rules, and what firing costs beside being quiet.

use std::hint::black_box;

use tollgate_harness::{Bench, Form, Values};

use super::scene::{Path, Scene};
use super::{MEASURING, stopwatch};

pub(super) fn measure(bench: &mut Bench) {
    for rules in [1, 10, 100, 1000, 100_000] {
        for path in Path::ALL {
            let name = format!("evaluate / {rules} {path}");
            if bench.chooses(&name) {
                let mut scene = Scene::new(rules, path);
                let operation = bench.operation(name).form(Form::Batches).elements(rules);
                operation.measuring(MEASURING).run(|| scene.evaluate());
            }
        }
    }
    for rules in [1, 1000] {
        firing_over_quiet(bench, rules);
    }
}

/// Evaluations of a round, by rules.
const CHECKS: u64 = 20_000;
const ROUNDS: usize = 41;

/// One after the other in each round, so that a machine that slows down slows both.
fn firing_over_quiet(bench: &mut Bench, rules: u64) {
    let name = format!("firing over quiet / {rules}");
    if !bench.chooses(&name) {
        return;
    }
    let (mut quiet, mut firing) = (Scene::new(rules, Path::Quiet), Scene::new(rules, Path::Firing));
    if bench.is_measuring() {
        let elapsed = stopwatch();
        let time = |scene: &mut Scene| {
            let before = elapsed();
            black_box((0..CHECKS / rules).map(|_| scene.evaluate()).sum::<usize>());
            (elapsed() - before).as_secs_f64()
        };
        let ratio = |_| {
            let below = time(&mut quiet);
            time(&mut firing) / below
        };
        let ratios = (0..ROUNDS).map(ratio).collect();
        bench.group(&name).evidence("time ratio", "", Values::Samples(ratios));
    }
    let operation = bench.operation(name).form(Form::Batches).measuring(MEASURING);
    operation.run(|| firing.evaluate());
}
