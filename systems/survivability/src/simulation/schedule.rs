//! When failures of the setup happen: before a certain arrival, at a time, or at random.

use crate::failure::{EventId, Failure, FailureError, FailureManager};
use crate::setup::{After, At, PlannedFailure, RandomFailures, Setup};
use crate::topology::Topology;
use crate::traffic::{Draws, Request};

/// Random failures that may fall between two arrivals in the mean.
const MOST_FAILURES: f64 = 1000.0;

/// What is still to be injected. Failures at known times are given to the manager at once.
pub(super) struct Schedule {
    /// By the number of the arrival, the last first.
    at_arrival: Vec<(u64, PlannedFailure)>,
    /// Repairs by the number of the arrival.
    repairs: Vec<(u64, EventId)>,
    /// Failures at known times whose repair counts arrivals from then.
    timed: Vec<(f64, u64, EventId)>,
    random: Option<(RandomFailures, Draws)>,
    /// When the last of the random failures happens that is scheduled.
    random_at: f64,
    /// Failures of the setup that were injected.
    planned: Vec<EventId>,
    requests: u64,
    warnings: Vec<String>,
}

impl Schedule {
    pub(super) fn new(
        setup: &Setup,
        topology: &Topology,
        draws: Draws,
        failures: &mut FailureManager,
    ) -> Result<Schedule, FailureError> {
        let mut schedule = Schedule {
            at_arrival: Vec::new(),
            repairs: Vec::new(),
            timed: Vec::new(),
            random: setup.random_failures.clone().map(|random| (random, draws)),
            random_at: 0.0,
            planned: Vec::new(),
            requests: setup.traffic.requests,
            warnings: Vec::new(),
        };
        for planned in &setup.failures {
            // What cannot be injected later is told now.
            planned.failure.links(topology)?;
            check_repair(planned.repair)?;
            match planned.at {
                At::Arrival(number) if number >= schedule.requests => {
                    schedule.warnings.push(format!(
                        "a failure does not happen in this run: it is due before request {number}, \
                         of {}",
                        schedule.requests
                    ));
                }
                At::Arrival(number) => schedule.at_arrival.push((number, planned.clone())),
                At::Time(time) => schedule.at_time(time, planned, topology, failures)?,
            }
        }
        if let Some((random, _)) = &schedule.random {
            check_random(random, setup.traffic.rate())?;
            for failure in &random.among {
                failure.links(topology)?;
            }
        }
        schedule.at_arrival.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        schedule.draw_next(topology, failures);
        Ok(schedule)
    }

    /// Injects what is planned for this arrival.
    pub(super) fn before_arrival(
        &mut self,
        request: &Request,
        topology: &Topology,
        failures: &mut FailureManager,
    ) {
        while self.at_arrival.last().is_some_and(|(number, _)| *number <= request.id) {
            let Some((_, PlannedFailure { failure, repair, .. })) = self.at_arrival.pop() else {
                break;
            };
            let time = match repair {
                Some(After::Time(after)) => Some(later(request.arrive, after)),
                _ => None,
            };
            let injected = failures.inject(topology, &failure, request.arrive, time);
            let id = injected.expect("its links and its repair were checked at the start");
            self.planned.push(id);
            if let Some(After::Arrivals(after)) = repair {
                self.repair_before(request.id.saturating_add(after), id);
            }
        }
        self.repair_timed(request);
        self.repairs.retain(|(number, id)| {
            // Of two arrivals at one time the second cannot repair what failed at the first; the
            // next one does.
            *number > request.id || failures.schedule_repair(*id, request.arrive).is_err()
        });
    }

    /// After a failure: the next random one is drawn once the last has happened.
    pub(super) fn failed(&mut self, now: f64, topology: &Topology, failures: &mut FailureManager) {
        if now >= self.random_at {
            self.draw_next(topology, failures);
        }
    }

    /// What was planned and does not happen. What is due at a time shows only once the last
    /// request has arrived.
    pub(super) fn warnings(
        &self,
        failures: &FailureManager,
        now: f64,
        is_complete: bool,
    ) -> Vec<String> {
        let planned = failures.open().iter().filter(|event| self.planned.contains(&event.id));
        // Repairs that are due before an arrival were told when the failure happened.
        let late = planned.filter_map(|event| match (event.t_fail > now, event.t_repair) {
            (true, _) => Some(format!(
                "a failure does not happen in this run: it is due at {}, after the last request",
                event.t_fail
            )),
            (false, Some(_)) => Some(
                "a failure is not repaired in this run: its repair is due after the last request"
                    .to_owned(),
            ),
            (false, None) => None,
        });
        self.warnings.iter().cloned().chain(late.filter(|_| is_complete)).collect()
    }

    fn at_time(
        &mut self,
        time: f64,
        planned: &PlannedFailure,
        topology: &Topology,
        failures: &mut FailureManager,
    ) -> Result<(), FailureError> {
        let repair = match planned.repair {
            Some(After::Time(after)) => Some(later(time, after)),
            _ => None,
        };
        let id = failures.inject(topology, &planned.failure, time, repair)?;
        self.planned.push(id);
        if let Some(After::Arrivals(after)) = planned.repair {
            self.timed.push((time, after, id));
        }
        Ok(())
    }

    /// The first arrival from the time of a failure on is the one its repair counts from.
    fn repair_timed(&mut self, request: &Request) {
        while let Some(at) = self.timed.iter().position(|(time, ..)| *time <= request.arrive) {
            let (_, after, id) = self.timed.remove(at);
            self.repair_before(request.id.saturating_add(after), id);
        }
    }

    fn repair_before(&mut self, number: u64, id: EventId) {
        if number >= self.requests {
            self.warnings.push(format!(
                "a failure is not repaired in this run: its repair is due before request {number}, \
                 of {}",
                self.requests
            ));
        }
        self.repairs.push((number, id));
    }

    fn draw_next(&mut self, topology: &Topology, failures: &mut FailureManager) {
        let Some((random, draws)) = &mut self.random else {
            self.random_at = f64::INFINITY;
            return;
        };
        self.random_at += random.mean_time_between * draws.exponential();
        let failure: &Failure = &random.among[draws.below(random.among.len() as u64) as usize];
        let repair = later(self.random_at, random.mean_time_to_repair * draws.exponential());
        // Only a time past all numbers has no later one, and is never reached.
        let _ = failures.inject(topology, failure, self.random_at, Some(repair));
    }
}

/// A time after another, also where adding the difference does not change it.
fn later(time: f64, after: f64) -> f64 {
    (time + after).max(time.next_up())
}

fn check_repair(repair: Option<After>) -> Result<(), FailureError> {
    match repair {
        Some(After::Arrivals(0)) => Err(FailureError::RepairAfter(0.0)),
        Some(After::Time(after)) if after.is_nan() || after <= 0.0 => {
            Err(FailureError::RepairAfter(after))
        }
        _ => Ok(()),
    }
}

fn check_random(random: &RandomFailures, arrival_rate: f64) -> Result<(), FailureError> {
    for mean in [random.mean_time_between, random.mean_time_to_repair] {
        if mean.is_nan() || mean <= 0.0 {
            return Err(FailureError::MeanTime(mean));
        }
    }
    if random.among.is_empty() {
        return Err(FailureError::NoneToDraw);
    }
    // All that happens between two arrivals happens in one step, which nobody can stop.
    let between = random.mean_time_between;
    if between * arrival_rate * MOST_FAILURES < 1.0 {
        return Err(FailureError::TooOften { between, most: MOST_FAILURES });
    }
    Ok(())
}
