//! How time grows with the side of the grid: the time of a cell in a step stays the same as long
//! as the fields stay near the processor.

use tollgate_harness::Bench;

use crate::settings::Settings;
use crate::simulation::Simulation;

const STEPS: usize = 20;

pub(super) fn measure(bench: &mut Bench) {
    for grid_size in [32, 64, 128, 256, 512, 1024] {
        let name = format!("growth / {grid_size}");
        if !bench.chooses(&name) {
            continue;
        }
        let settings = Settings { grid_size, steps: STEPS, ..Settings::default() };
        let make = || Simulation::new(&settings).expect("the settings are allowed");
        let cells = (grid_size * grid_size * STEPS) as u64;
        let operation = bench.operation(name).per_part("time per cell and step", cells);
        operation.with_inputs(make).run(|mut simulation| {
            simulation.advance(STEPS).expect("the field stays finite");
            simulation
        });
    }
}
