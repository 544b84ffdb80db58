//! What a dataset holds, counted.

use std::collections::BTreeMap;

use super::{DatasetError, WINDOWS};
use crate::state::{PathFeatures, State};
use crate::transition::{Transition, WindowTag};

#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub total: Outcomes,
    pub windows: [(WindowTag, Outcomes); 3],
    /// How often each action was taken; -1 is a blocked request.
    pub actions: BTreeMap<i32, u64>,
    /// Entries of all masks, and those of them that forbid their candidate.
    pub candidates: u64,
    pub masked: u64,
    /// Transitions that had candidates, every one masked.
    pub all_masked: u64,
    pub slots_needed: Option<Range>,
    pub est_remaining_time: Option<Range>,
    pub hops: Option<Range>,
    pub min_residual_slots: Option<Range>,
    pub frag_indicator: Option<Range>,
    pub dist_to_disaster_centroid: Option<Range>,
    /// The last line, if it is torn. It counts nowhere.
    pub torn_line: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    pub accepted: u64,
    pub blocked: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

/// Ends at the first error, but for a torn end.
pub fn summary(
    transitions: impl IntoIterator<Item = Result<Transition, DatasetError>>,
) -> Result<Summary, DatasetError> {
    let mut summary = Summary::new();
    for transition in transitions {
        match transition {
            Ok(transition) => summary.add(&transition),
            Err(DatasetError::TornTail { line, .. }) => summary.torn_line = Some(line),
            Err(error) => return Err(error),
        }
    }
    Ok(summary)
}

impl Outcomes {
    #[must_use]
    pub fn transitions(self) -> u64 {
        self.accepted + self.blocked
    }

    fn add(&mut self, reward: f64) {
        if reward > 0.0 {
            self.accepted += 1;
        } else {
            self.blocked += 1;
        }
    }
}

impl Summary {
    /// That of no transitions.
    #[must_use]
    pub fn new() -> Summary {
        Summary {
            total: Outcomes::default(),
            windows: WINDOWS.map(|window| (window, Outcomes::default())),
            actions: BTreeMap::new(),
            candidates: 0,
            masked: 0,
            all_masked: 0,
            slots_needed: None,
            est_remaining_time: None,
            hops: None,
            min_residual_slots: None,
            frag_indicator: None,
            dist_to_disaster_centroid: None,
            torn_line: None,
        }
    }

    pub fn add(&mut self, transition: &Transition) {
        self.total.add(transition.reward);
        for (window, outcomes) in &mut self.windows {
            if *window == transition.meta.window {
                outcomes.add(transition.reward);
            }
        }
        *self.actions.entry(transition.action).or_default() += 1;
        let mask = &transition.action_mask;
        let masked = mask.iter().filter(|is_allowed| !**is_allowed).count();
        self.candidates += mask.len() as u64;
        self.masked += masked as u64;
        self.all_masked += u64::from(masked == mask.len() && masked > 0);
        self.add_state(&transition.state);
    }

    /// The share of candidates that were masked.
    #[must_use]
    pub fn mask_rate(&self) -> Option<f64> {
        (self.candidates > 0).then(|| self.masked as f64 / self.candidates as f64)
    }

    fn add_state(&mut self, state: &State) {
        extend(&mut self.slots_needed, f64::from(state.slots_needed));
        extend(&mut self.est_remaining_time, state.est_remaining_time);
        for path in &state.paths {
            let PathFeatures {
                hops,
                min_residual_slots,
                frag_indicator,
                is_failed: _,
                dist_to_disaster_centroid,
            } = *path;
            extend(&mut self.hops, f64::from(hops));
            extend(&mut self.min_residual_slots, f64::from(min_residual_slots));
            extend(&mut self.frag_indicator, frag_indicator);
            extend(&mut self.dist_to_disaster_centroid, f64::from(dist_to_disaster_centroid));
        }
    }
}

impl Default for Summary {
    fn default() -> Summary {
        Summary::new()
    }
}

fn extend(range: &mut Option<Range>, value: f64) {
    let Range { low, high } = range.unwrap_or(Range { low: value, high: value });
    *range = Some(Range { low: low.min(value), high: high.max(value) });
}
