//! Everything a simulation is told beside the network and its seed.

use crate::failure::Failure;
use crate::policy::Policy;
use crate::spectrum::{Assignment, Grid};
use crate::traffic::Traffic;

#[derive(Clone, Debug)]
pub struct Setup {
    pub grid: Grid,
    pub traffic: Traffic,
    pub assignment: Assignment,
    /// Into how many lightpaths of a lower rate a request may be cut that fits no other way; 1 for
    /// never.
    pub max_segments: u16,
    pub policy: Policy,
    /// Asked when every candidate is masked.
    pub fallback: Policy,
    pub mask: MaskRule,
    /// How often the second unmasked candidate is taken instead of the policy's, so that a dataset
    /// shows more than one action.
    pub epsilon: f64,
    pub failures: Vec<PlannedFailure>,
    pub random_failures: Option<RandomFailures>,
    pub protection: Option<Protection>,
    pub restoration: Option<Restoration>,
    /// Requests at the start that are served and not counted.
    pub warmup: u64,
    /// Arrivals before and from a failure over which blocking is told.
    pub window: u64,
    /// Of how many requests served the fragmentation of one is measured; 0 for never.
    pub fragmentation_every: u64,
}

impl Setup {
    /// K-shortest-path first-fit of whole requests on a network where nothing fails.
    #[must_use]
    pub fn plain(grid: Grid, traffic: Traffic) -> Setup {
        Setup {
            grid,
            traffic,
            assignment: Assignment::FirstFit,
            max_segments: 1,
            policy: Policy::KspFirstFit,
            fallback: Policy::KspFirstFit,
            mask: MaskRule::Residual,
            epsilon: 0.0,
            failures: Vec::new(),
            random_failures: None,
            protection: None,
            restoration: None,
            warmup: 0,
            window: 1000,
            fragmentation_every: 10,
        }
    }
}

/// What a candidate needs so that a policy may choose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MaskRule {
    /// It works, and every link has a free run as long as the request on the shortest candidate. A
    /// choice may then still fail, because the runs need not overlap.
    #[default]
    Residual,
    /// The request would get its slots there, guard included.
    Assignable,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlannedFailure {
    pub failure: Failure,
    pub at: At,
    pub repair: Option<After>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// Just before the request of that number, from 0.
    Arrival(u64),
    Time(f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    Arrivals(u64),
    Time(f64),
}

/// Failures as a Poisson process, each repaired after an exponential time.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFailures {
    /// Drawn from evenly.
    pub among: Vec<Failure>,
    pub mean_time_between: f64,
    pub mean_time_to_repair: f64,
}

/// Dedicated 1+1: the same slots on two disjoint paths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Protection {
    pub switchover_ms: f64,
    /// Whether a request goes back to its first path once that works again.
    pub revert: bool,
}

/// How long it takes until a request has a new path: the same for all, and more for each link of
/// the new path and for each request that is restored before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restoration {
    pub latency_ms: f64,
    pub per_hop_ms: f64,
    pub per_request_ms: f64,
}
