//! Which of the candidate paths a request takes. A policy sees the features of the candidates and
//! a mask of those it may choose, and answers with one of them or with none.

pub mod input;
pub mod learned;
pub mod matrix;
pub mod network;
pub mod weights;

use crate::state::{Action, State};

pub use learned::LearnedPolicy;

#[derive(Clone, Debug)]
pub enum Policy {
    /// The first candidate on which the request gets its slots.
    KspFirstFit,
    /// The unmasked candidate of least cost: its length against the longest candidate, weighed by
    /// `alpha`, and how full its fullest link is, weighed by the rest.
    LoadBalancing { alpha: f64 },
    /// The first candidate, or the second, or none.
    OnePlusOne,
    /// What a trained network prefers.
    Learned(Box<LearnedPolicy>),
}

/// What a policy may know of the candidates beside the state.
#[derive(Clone, Copy, Debug)]
pub struct Candidates<'a> {
    pub state: &'a State,
    pub mask: &'a [bool],
    pub metres: &'a [u32],
    /// Share of the slots taken on the fullest link.
    pub occupancy: &'a [f64],
}

impl Policy {
    /// The word of experiment files and reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Policy::KspFirstFit => "ksp-ff",
            Policy::LoadBalancing { .. } => "load-balancing",
            Policy::OnePlusOne => "one-plus-one",
            Policy::Learned(learned) => learned.kind.name(),
        }
    }

    /// Whether [`Candidates::occupancy`] and [`Candidates::metres`] are looked at.
    #[must_use]
    pub fn weighs_load(&self) -> bool {
        matches!(self, Policy::LoadBalancing { .. })
    }

    pub fn select(&mut self, candidates: Candidates) -> Action {
        let Candidates { mask, .. } = candidates;
        match self {
            Policy::KspFirstFit => first(mask),
            Policy::OnePlusOne => first(mask.get(..2).unwrap_or(mask)),
            Policy::LoadBalancing { alpha } => least_cost(*alpha, candidates),
            Policy::Learned(learned) => learned.select(candidates.state, mask),
        }
    }
}

fn first(mask: &[bool]) -> Action {
    mask.iter().position(|may| *may).map(|index| index as u16)
}

fn least_cost(alpha: f64, candidates: Candidates) -> Action {
    let Candidates { mask, metres, occupancy, .. } = candidates;
    let longest = f64::from(metres.iter().copied().max().unwrap_or(1).max(1));
    let mut best: Option<(f64, u16)> = None;
    for (index, may) in mask.iter().enumerate() {
        let length = f64::from(metres[index]) / longest;
        let cost = alpha * length + (1.0 - alpha) * occupancy[index];
        if *may && best.is_none_or(|(least, _)| cost < least) {
            best = Some((cost, index as u16));
        }
    }
    best.map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(policy: &mut Policy, mask: &[bool], metres: &[u32], occupancy: &[f64]) -> Action {
        policy.select(Candidates { state: &State::default(), mask, metres, occupancy })
    }

    #[test]
    fn k_shortest_path_takes_the_first_that_is_not_masked() {
        let select = |mask: &[bool]| select(&mut Policy::KspFirstFit, mask, &[], &[]);
        assert_eq!(select(&[true, true]), Some(0));
        assert_eq!(select(&[false, false, true]), Some(2));
        assert_eq!(select(&[false]), None);
        assert_eq!(select(&[]), None);
    }

    #[test]
    fn one_plus_one_looks_at_two_candidates_only() {
        let select = |mask: &[bool]| select(&mut Policy::OnePlusOne, mask, &[], &[]);
        assert_eq!(select(&[true, true, true]), Some(0));
        assert_eq!(select(&[false, true, true]), Some(1));
        assert_eq!(select(&[false, false, true]), None);
        assert_eq!(select(&[true]), Some(0));
        assert_eq!(select(&[]), None);
    }

    #[test]
    fn load_balancing_trades_length_for_emptiness() {
        let (mask, metres, occupancy) = ([true; 3], [100, 200, 400], [0.9, 0.1, 0.0]);
        let with = |alpha| Policy::LoadBalancing { alpha };
        assert_eq!(select(&mut with(1.0), &mask, &metres, &occupancy), Some(0));
        assert_eq!(select(&mut with(0.5), &mask, &metres, &occupancy), Some(1));
        assert_eq!(select(&mut with(0.0), &mask, &metres, &occupancy), Some(2));
        assert_eq!(select(&mut with(0.0), &[true, true, false], &metres, &occupancy), Some(1));
    }
}
