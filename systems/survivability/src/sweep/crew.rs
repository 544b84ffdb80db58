//! Threads that simulate what they are given and hand the outcomes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::Duration;

use super::Plan;
use super::schedule::Job;
use crate::failure::FailureError;
use crate::network::Network;
use crate::outcome::Outcome;
use crate::setup::Setup;
use crate::simulation::Simulation;

/// Ends with the scope it was started in. Dropping it stops what still runs.
pub(super) struct Crew<'scope> {
    threads: Vec<ScopedJoinHandle<'scope, ()>>,
    jobs: SyncSender<Job>,
    done: Receiver<Done>,
    halt: Halt<'scope>,
    busy: usize,
}

pub(super) struct Done {
    pub job: Job,
    /// None if it was stopped.
    pub outcome: Result<Option<Outcome>, FailureError>,
}

/// Why a simulation may have to end early: somebody asked, or the crew is dropped.
#[derive(Clone, Copy)]
pub(super) struct Halt<'a> {
    pub asked: &'a AtomicBool,
    pub crew: &'a AtomicBool,
}

/// How long to wait for an outcome before something else gets its turn.
const PATIENCE: Duration = Duration::from_millis(200);
/// Arrivals between two looks at whether to stop.
const BATCH: u32 = 1024;

impl Halt<'_> {
    pub(super) fn is_set(self) -> bool {
        self.asked.load(Ordering::Relaxed) || self.crew.load(Ordering::Relaxed)
    }
}

impl<'scope> Crew<'scope> {
    pub(super) fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        plan: &'env Plan,
        threads: usize,
        halt: Halt<'env>,
    ) -> Crew<'scope> {
        let threads = threads.max(1);
        let (jobs, given) = sync_channel(threads);
        let (results, done) = sync_channel(threads);
        let given = Arc::new(Mutex::new(given));
        let work = |_| {
            let (given, results) = (Arc::clone(&given), results.clone());
            scope.spawn(move || work(plan, &given, &results, halt))
        };
        let threads = (0..threads).map(work).collect();
        Crew { threads, jobs, done, halt, busy: 0 }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.busy < self.threads.len()
    }

    pub(super) fn is_busy(&self) -> bool {
        self.busy > 0
    }

    pub(super) fn give(&mut self, job: Job) {
        self.busy += 1;
        // There is room for a job of every thread. That nobody takes it shows while waiting.
        let _ = self.jobs.try_send(job);
    }

    /// The next outcome, or nothing after a while. A panic of a thread becomes one here.
    pub(super) fn wait(&mut self) -> Option<Done> {
        match self.done.recv_timeout(PATIENCE) {
            Ok(done) => {
                self.busy -= 1;
                Some(done)
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                // As long as jobs may come, a thread ends only by a panic.
                let ended = self.threads.iter().position(ScopedJoinHandle::is_finished)?;
                match self.threads.swap_remove(ended).join() {
                    Err(panic) => std::panic::resume_unwind(panic),
                    Ok(()) => None,
                }
            }
        }
    }
}

impl Drop for Crew<'_> {
    fn drop(&mut self) {
        self.halt.crew.store(true, Ordering::Relaxed);
    }
}

fn work(plan: &Plan, given: &Mutex<Receiver<Job>>, results: &SyncSender<Done>, halt: Halt) {
    loop {
        // The lock is held while waiting: another thread could only wait as well.
        let job = given.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let outcome = simulate(&plan.network, &plan.setups[job.load], plan.seeds[job.seed], halt);
        if results.send(Done { job, outcome }).is_err() {
            return;
        }
    }
}

fn simulate(
    network: &Network,
    setup: &Setup,
    seed: u64,
    halt: Halt,
) -> Result<Option<Outcome>, FailureError> {
    let mut simulation = Simulation::new(network, setup, seed)?;
    while !halt.is_set() {
        for _ in 0..BATCH {
            if simulation.step().is_none() {
                return Ok(Some(simulation.outcome()));
            }
        }
    }
    Ok(None)
}
