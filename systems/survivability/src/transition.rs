//! One decision with what came of it: a line of a dataset.

use crate::state::{ActionMask, State};

#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// Counts the transitions of one file, from 0.
    pub t: u64,
    /// The seed of the simulation, if it had one.
    pub seed: Option<u64>,
    pub state: State,
    /// The candidate that was chosen, -1 if the request was blocked.
    pub action: i32,
    /// +1 if the request got its slots, -1 if it was blocked.
    pub reward: f64,
    pub next_state: Option<State>,
    pub action_mask: ActionMask,
    pub meta: Meta,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meta {
    /// Wall time of the decision; 0 unless asked for, because it differs from run to run.
    pub decision_time_ms: f64,
    pub restoration_latency_ms: f64,
    pub window: WindowTag,
    /// Whether a disjoint second path was feasible.
    pub backup_available: bool,
    pub was_groomed: bool,
}

/// Where the arrival lies against the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum WindowTag {
    /// Before any failure, or in a run without one.
    #[default]
    Pre,
    /// While a failure is active.
    Fail,
    /// After the last repair.
    Post,
}

impl WindowTag {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WindowTag::Pre => "pre",
            WindowTag::Fail => "fail",
            WindowTag::Post => "post",
        }
    }
}
