//! Many simulations of one experiment: every load with every seed, on several threads. What is
//! finished is kept at once, so that a sweep that was stopped goes on where it was.
//!
//! Which simulations run and in which order results stand depends on the plan alone, and never on
//! the number of threads or on how often the sweep was stopped.

mod crew;
mod error;
mod figures;
mod files;
mod journal;
mod schedule;
mod table;
mod text;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;

use crate::network::Network;
use crate::outcome::Outcome;
use crate::setup::Setup;

pub use error::SweepError;
pub use figures::{AxisScale, Shown, blocking, course};
pub use files::{read_summary, write, write_file};
pub use journal::Existing;
pub use table::table;
pub use text::{runs_csv, summarize, summary_csv};

use crew::{Crew, Done, Halt};
use journal::Journal;
use schedule::Schedule;

pub struct Plan {
    pub network: Network,
    /// One for each load, which is that of its traffic.
    pub setups: Vec<Setup>,
    pub seeds: Vec<u64>,
    /// Tells experiments apart whose results must not be mixed.
    pub fingerprint: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub threads: usize,
    /// No more seeds for a load whose interval of blocking reaches no further than that share of
    /// the mean.
    pub precision: Option<f64>,
    /// What is done with the results that the folder already has.
    pub existing: Existing,
}

/// What happens while a sweep runs, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many of the planned simulations are there from before.
    Started {
        known: usize,
        planned: usize,
    },
    Finished {
        done: usize,
        planned: usize,
    },
    /// Nothing, for a while.
    Waiting,
}

#[derive(Debug)]
pub struct Swept {
    /// For each load the outcomes in the order of the seeds. Without gaps only if it is complete.
    pub loads: Vec<Vec<Outcome>>,
    pub done: usize,
    pub planned: usize,
}

impl Swept {
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.done == self.planned
    }
}

/// Runs what the folder does not have yet. Ends early, with what was finished, once `stop` is set.
pub fn run(
    plan: &Plan,
    folder: &Path,
    options: &Options,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(Event),
) -> Result<Swept, SweepError> {
    let (mut journal, known) = Journal::open(folder, plan.fingerprint, options.existing)?;
    let mut schedule = Schedule::new(plan, known, options.precision);
    tell(Event::Started { known: schedule.done(), planned: schedule.planned() });
    let crew_stops = AtomicBool::new(false);
    let halt = Halt { asked: stop, crew: &crew_stops };
    thread::scope(|scope| {
        let mut crew = Crew::start(scope, plan, options.threads, halt);
        loop {
            while crew.is_idle() && !halt.is_set() {
                let Some(job) = schedule.next() else { break };
                crew.give(job);
            }
            if !crew.is_busy() {
                return Ok(());
            }
            match crew.wait() {
                Some(Done { job, outcome }) => {
                    let failed = |source| SweepError::simulation(&plan.setups[job.load], source);
                    if let Some(outcome) = outcome.map_err(failed)? {
                        journal.append(&outcome)?;
                        schedule.finished(job, outcome);
                        let (done, planned) = (schedule.done(), schedule.planned());
                        tell(Event::Finished { done, planned });
                    }
                }
                None => tell(Event::Waiting),
            }
        }
    })?;
    let (done, planned) = (schedule.done(), schedule.planned());
    if done == planned {
        journal.settle()?;
    }
    Ok(Swept { loads: schedule.into_loads(), done, planned })
}

#[cfg(test)]
mod tests;
