//! Which simulation comes next, and when a load has seen enough seeds.
//!
//! Whether the interval of a load is narrow enough is asked in the order of its seeds, and the next
//! seed starts only after the answer. So what runs does not depend on which simulation is faster.

use super::Plan;
use super::journal::{Key, Known};
use crate::aggregate::Estimate;
use crate::outcome::Outcome;

pub(super) struct Schedule {
    loads: Vec<Load>,
    precision: Option<f64>,
}

/// A simulation by the places of its load and its seed in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub load: usize,
    pub seed: usize,
}

struct Load {
    /// By seed.
    outcomes: Vec<Option<Outcome>>,
    /// Seeds before this one are running or done.
    started: usize,
    /// Seeds before this one are done.
    in_a_row: usize,
    is_settled: bool,
}

/// From so many seeds on an interval is believed.
const LEAST_SEEDS: usize = 3;

impl Schedule {
    /// What is known already does not run again.
    pub(super) fn new(plan: &Plan, mut known: Known, precision: Option<f64>) -> Schedule {
        let load = |setup: &crate::setup::Setup| {
            let erlang = setup.traffic.erlang;
            let outcome = |seed: &u64| known.remove(&Key::new(erlang, *seed));
            let outcomes = plan.seeds.iter().map(outcome).collect();
            let mut load = Load { outcomes, started: 0, in_a_row: 0, is_settled: false };
            load.settle(precision);
            load
        };
        Schedule { loads: plan.setups.iter().map(load).collect(), precision }
    }

    /// The first that may start now. None while results are missing, and in the end.
    pub(super) fn next(&mut self) -> Option<Job> {
        let precision = self.precision.is_some();
        self.loads.iter_mut().zip(0..).find_map(|(load, place)| {
            let may = if precision {
                load.in_a_row.saturating_add(1).max(LEAST_SEEDS)
            } else {
                usize::MAX
            };
            let seed = load.next(may)?;
            Some(Job { load: place, seed })
        })
    }

    pub(super) fn finished(&mut self, job: Job, outcome: Outcome) {
        let load = &mut self.loads[job.load];
        load.outcomes[job.seed] = Some(outcome);
        load.settle(self.precision);
    }

    /// Simulations that are there and needed.
    pub(super) fn done(&self) -> usize {
        self.loads.iter().map(|load| load.needed().iter().flatten().count()).sum()
    }

    /// Simulations that are needed as far as one knows.
    pub(super) fn planned(&self) -> usize {
        self.loads.iter().map(|load| load.needed().len()).sum()
    }

    pub(super) fn into_loads(self) -> Vec<Vec<Outcome>> {
        let needed = |load: Load| {
            let count = load.needed().len();
            load.outcomes.into_iter().take(count).flatten().collect()
        };
        self.loads.into_iter().map(needed).collect()
    }
}

impl Load {
    fn next(&mut self, may: usize) -> Option<usize> {
        if self.is_settled {
            return None;
        }
        while self.outcomes.get(self.started).is_some_and(Option::is_some) {
            self.started += 1;
        }
        let seed = self.started;
        (seed < self.outcomes.len().min(may)).then(|| {
            self.started += 1;
            seed
        })
    }

    /// Goes on to the first seed that is missing, or at which the interval is narrow enough.
    fn settle(&mut self, precision: Option<f64>) {
        while !self.is_settled && self.outcomes.get(self.in_a_row).is_some_and(Option::is_some) {
            self.in_a_row += 1;
            if let (Some(share), LEAST_SEEDS..) = (precision, self.in_a_row) {
                let run = self.outcomes[..self.in_a_row].iter().flatten();
                let blocking: Vec<f64> = run.map(Outcome::blocking).collect();
                self.is_settled = Estimate::of(&blocking).is_some_and(|it| it.is_within(share));
            }
        }
    }

    fn needed(&self) -> &[Option<Outcome>] {
        if self.is_settled { &self.outcomes[..self.in_a_row] } else { &self.outcomes }
    }
}
