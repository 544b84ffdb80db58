//! What ten thousand requests hold in memory at once.

use tollgate_harness::Bench;

use super::scene::{self, K};
use crate::simulation::Simulation;
use crate::spectrum::Grid;

const LIVE: usize = 10_000;

pub(super) fn measure(bench: &mut Bench) {
    let operation = "active requests / 10000";
    if !bench.chooses(operation) {
        return;
    }
    let network = scene::network(scene::topology("nsfnet"), K);
    let mut setup = scene::setup(&network, 100_000.0, 1_000_000, scene::SLOTS);
    // Wide enough for all of them.
    setup.grid = Grid { slots: 2048, cores: 7, guard: 1 };
    let fill = || {
        let mut simulation = Simulation::new(&network, &setup, 1).expect("nothing fails");
        while simulation.live() < LIVE {
            simulation.step();
        }
        simulation
    };
    if bench.is_measuring() {
        let simulation = fill();
        let bytes = simulation.live_memory_bytes() + simulation.spectrum().memory_bytes();
        bench.group(operation).value("tracking memory", (bytes as f64, "B"));
    }
    bench.run(operation, fill);
}
