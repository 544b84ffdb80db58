//! One simulation: requests arrive, are decided on, hold spectrum and leave; links fail and come
//! back. The caller draws one arrival after the other, so that nothing here knows of files, clocks
//! or signals.

mod decide;
mod impact;
mod live;
mod schedule;
mod tally;

use std::time::Duration;

use crate::failure::{FailureError, FailureManager};
use crate::network::Network;
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::setup::Setup;
use crate::spectrum::Spectrum;
use crate::topology::Link;
use crate::traffic::{Draws, Request, Stream};
use crate::transition::Transition;

use decide::Observed;
use live::{Chain, LiveRequests};
use schedule::Schedule;
use tally::Tally;

pub use tally::Blocked;

/// Numbers of the random streams of one seed; traffic has stream 0.
const PLACEMENT: u64 = 1;
const EXPLORATION: u64 = 2;
const FAILURES: u64 = 3;

pub struct Simulation<'a> {
    network: &'a Network,
    setup: &'a Setup,
    seed: u64,
    stream: Stream,
    spectrum: Spectrum,
    live: LiveRequests,
    failures: FailureManager,
    schedule: Schedule,
    policy: Policy,
    fallback: Policy,
    placement: Draws,
    exploration: Draws,
    tally: Tally,
    observed: Observed,
    recording: Option<Recording>,
    now: f64,
}

/// How transitions are recorded.
struct Recording {
    /// Tells the time of decisions, if it is to be told.
    clock: Option<fn() -> Duration>,
}

/// What became of one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    pub request: Request,
    /// The reason if it was not served.
    pub blocked: Option<Blocked>,
}

impl<'a> Simulation<'a> {
    pub fn new(
        network: &'a Network,
        setup: &'a Setup,
        seed: u64,
    ) -> Result<Simulation<'a>, FailureError> {
        let topology = network.topology();
        let mut failures = FailureManager::new(topology);
        let draws = Draws::stream(seed, FAILURES);
        let schedule = Schedule::new(setup, topology, draws, &mut failures)?;
        Ok(Simulation {
            network,
            setup,
            seed,
            stream: Stream::new(&setup.traffic, topology, seed),
            spectrum: Spectrum::new(setup.grid, topology.links().len()),
            live: LiveRequests::default(),
            failures,
            schedule,
            policy: setup.policy.clone(),
            fallback: setup.fallback.clone(),
            placement: Draws::stream(seed, PLACEMENT),
            exploration: Draws::stream(seed, EXPLORATION),
            tally: Tally::new(setup, network),
            observed: Observed::new(seed),
            recording: None,
            now: 0.0,
        })
    }

    /// Makes [`Simulation::transition`] tell each decision. With a clock it tells how long each
    /// took, and is no longer the same from run to run.
    #[must_use]
    pub fn recording(mut self, clock: Option<fn() -> Duration>) -> Simulation<'a> {
        self.recording = Some(Recording { clock });
        self
    }

    /// Lets everything happen up to the next arrival and decides on it. None after the last.
    pub fn step(&mut self) -> Option<Arrival> {
        let request = self.stream.next()?;
        let due = &mut self.failures;
        self.schedule.before_arrival(&request, self.network.topology(), due);
        self.advance(request.arrive);
        self.tally.arrive(&request, self.network);
        let blocked = self.decide(&request).err();
        self.tally.decided(&request, self.network, blocked);
        Some(Arrival { request, blocked })
    }

    /// Steps until the last arrival.
    pub fn run(mut self) -> Outcome {
        while self.step().is_some() {}
        self.outcome()
    }

    /// The last decision, if decisions are recorded.
    #[must_use]
    pub fn transition(&self) -> &Transition {
        &self.observed.transition
    }

    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Arrivals so far, those of the warm-up included.
    #[must_use]
    pub fn arrivals(&self) -> u64 {
        self.tally.arrivals()
    }

    #[must_use]
    pub fn spectrum(&self) -> &Spectrum {
        &self.spectrum
    }

    #[must_use]
    pub fn failures(&self) -> &FailureManager {
        &self.failures
    }

    /// Requests that hold spectrum now.
    #[must_use]
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// Memory held for requests that are live now.
    #[must_use]
    pub fn live_memory_bytes(&self) -> usize {
        self.live.memory_bytes()
    }

    /// Lets every request end, and what happens to links until then.
    pub fn drain(&mut self) {
        while let Some(end) = self.live.next_end() {
            self.advance(end);
        }
    }

    /// What was counted so far.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let is_complete = self.arrivals() == self.setup.traffic.requests;
        let warnings = self.schedule.warnings(&self.failures, self.now, is_complete);
        self.tally.outcome(self.seed, self.spectrum.capacity(), self.setup, warnings)
    }

    /// Ends of requests, failures and repairs up to and including a time, in the order of time. At
    /// the same time failures come first, then repairs, then ends.
    fn advance(&mut self, until: f64) {
        loop {
            let end = self.live.next_end().filter(|end| *end <= until);
            let due = self.failures.next_due().filter(|due| *due <= until);
            match (end, due) {
                (None, None) => break,
                (Some(end), due) if due.is_none_or(|due| due > end) => {
                    self.pass_to(end);
                    if let Some((_, chain)) = self.live.end_next() {
                        self.release(chain);
                    }
                }
                (_, Some(due)) => {
                    self.pass_to(due);
                    self.change_links(due);
                }
                (Some(_), None) => break,
            }
        }
        self.pass_to(until);
    }

    /// Lets time pass in which nothing changes.
    fn pass_to(&mut self, time: f64) {
        self.tally.pass(time - self.now, self.spectrum.busy(), self.live.len());
        self.now = time;
    }

    /// Frees every lightpath of a chain.
    fn release(&mut self, mut chain: Chain) {
        while let Some(hold) = self.live.release(&mut chain) {
            self.spectrum.give(self.network.path(hold.path).links, hold.block);
        }
    }

    fn change_links(&mut self, now: f64) {
        let topology = self.network.topology();
        let failed: Vec<Link> = self.failures.activate_due(topology, now);
        // Also if every link of it was down already: the next one has to be drawn all the same.
        self.schedule.failed(now, topology, &mut self.failures);
        if !failed.is_empty() {
            self.tally.failed(now);
            self.hit(&failed);
        }
        let repaired = self.failures.repair_due(topology, now);
        if !repaired.is_empty() {
            let is_over = !self.failures.is_any_down();
            self.tally.repaired(now, is_over);
            self.revert();
        }
    }
}

#[cfg(test)]
mod tests;
