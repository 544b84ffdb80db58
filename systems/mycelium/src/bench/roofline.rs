//! How near steps come to what this machine, now, can do with their numbers: the time in which the
//! same bytes would only be moved, or the same sums and products only be computed, over their own.

use std::hint::black_box;

use tollgate_harness::Bench;

use super::stopwatch;
use crate::settings::Settings;
use crate::simulation::{LEVELS, Simulation};
use crate::wide::{Simd, Work, widely};

/// Sums, differences, products and comparisons of a cell in a step: 7 of the potential, 13 of the
/// activator, 11 of the inhibitor.
const OPERATIONS: usize = 31;
/// Fields that are read and written in place, once for all steps of a sweep.
const FIELDS: usize = 3;
const STEPS: usize = 100;
const SWEEPS: usize = STEPS / LEVELS;
/// Rounds, of which the fastest counts: whoever else has the processor only makes slower.
const ROUNDS: usize = 20;
/// Registers of numbers: so many that no operation waits for the one before, and so few that there
/// is room for them.
const REGISTERS: usize = 8;

pub(super) fn measure(bench: &mut Bench) {
    for grid_size in [64, 256] {
        let name = format!("roofline / {grid_size}");
        if !bench.chooses(&name) {
            continue;
        }
        let mut sides = Sides::new(grid_size);
        if bench.is_measuring() {
            let rounds = if bench.is_quick() { ROUNDS / 2 } else { ROUNDS };
            let times = sides.fastest(rounds);
            let mut group = bench.group(&name);
            let bytes = (2 * FIELDS * 8 * grid_size * grid_size * SWEEPS) as f64;
            group.value("stream", (bytes / times.moving / 1e9, "GB/s"));
            let operations = (OPERATIONS * grid_size * grid_size * STEPS) as f64;
            group.value("operations per second", (operations / times.computing, "/s"));
            group.value("share of roofline", (times.share() * 100.0, "%"));
        }
        bench.run(name, || sides.step(1));
    }
}

/// Seconds of a hundred steps, and of their parts.
struct Times {
    stepping: f64,
    moving: f64,
    computing: f64,
}

impl Times {
    /// The roof is the slower one of its two sides: the processor moves while it computes.
    fn share(&self) -> f64 {
        self.moving.max(self.computing) / self.stepping
    }
}

struct Sides {
    grid_size: usize,
    simulation: Simulation,
    fields: [Vec<f64>; FIELDS],
}

impl Sides {
    fn new(grid_size: usize) -> Sides {
        let settings = Settings { grid_size, steps: 10_000, ..Settings::default() };
        let simulation = Simulation::new(&settings).expect("the settings are allowed");
        let fields = std::array::from_fn(|_| vec![0.25; grid_size * grid_size]);
        Sides { grid_size, simulation, fields }
    }

    fn step(&mut self, steps: usize) {
        self.simulation.advance(steps).expect("the field stays finite");
    }

    /// The three in turn, so that all meet the same machine.
    fn fastest(&mut self, rounds: usize) -> Times {
        let mut best = Times { stepping: f64::MAX, moving: f64::MAX, computing: f64::MAX };
        for _ in 0..rounds {
            best.stepping = best.stepping.min(seconds(|| self.step(STEPS)));
            best.moving = best.moving.min(seconds(|| (0..SWEEPS).for_each(|_| self.stream())));
            let operations = OPERATIONS * self.grid_size * self.grid_size * STEPS;
            best.computing = best.computing.min(seconds(|| compute(operations)));
        }
        best
    }

    /// Reads three fields and writes them, as a sweep does.
    fn stream(&mut self) {
        for field in &mut self.fields {
            for cell in black_box(&mut *field) {
                *cell = 1.0 - *cell;
            }
            black_box(field);
        }
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let elapsed = stopwatch();
    work();
    elapsed().as_secs_f64()
}

/// One product to two sums, much as a step has them, none of them fused.
fn compute(operations: usize) {
    black_box(widely(Sums { operations }));
}

/// With the same registers as a step.
struct Sums {
    operations: usize,
}

impl Work for Sums {
    type Output = f64;

    #[inline(always)]
    fn work<S: Simd>(self) -> f64 {
        match size_of::<S::f64s>() {
            64.. => self.sum::<{ 8 * REGISTERS }>(),
            32.. => self.sum::<{ 4 * REGISTERS }>(),
            // What is compiled for any processor has two numbers in a register.
            _ => self.sum::<{ 2 * REGISTERS }>(),
        }
    }
}

impl Sums {
    #[inline(always)]
    fn sum<const LANES: usize>(self) -> f64 {
        let mut lanes: [f64; LANES] = black_box(std::array::from_fn(|lane| lane as f64));
        let [factor, plus, minus] = black_box([0.999_9, 0.3, 0.2]);
        for _ in 0..self.operations / (3 * LANES) {
            for lane in &mut lanes {
                *lane = *lane * factor + plus - minus;
            }
        }
        lanes.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roof_is_the_slower_of_moving_and_computing() {
        let times = Times { stepping: 4.0, moving: 1.0, computing: 3.0 };
        assert!((times.share() - 0.75).abs() < 1e-12);
        let times = Times { stepping: 4.0, moving: 2.0, computing: 1.0 };
        assert!((times.share() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_stream_writes_every_field() {
        let mut sides = Sides::new(8);
        sides.stream();
        let is_written = |field: &Vec<f64>| field.iter().all(|cell| (cell - 0.75).abs() < 1e-12);
        assert!(sides.fields.iter().all(is_written));
    }
}
