//! Recorded decisions in memory, as the inputs of networks.

use std::collections::BTreeMap;

use crate::policy::input::{encode, width};
use crate::state::State;
use crate::transition::Transition;

/// States as rows of numbers, and the decisions that were taken in them.
#[derive(Clone, Debug)]
pub struct Examples {
    k: usize,
    states: Vec<f32>,
    /// K of each decision.
    masks: Vec<bool>,
    decisions: Vec<Decision>,
    dropped: Dropped,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Of the simulation.
    pub seed: Option<u64>,
    /// By its place among the states.
    pub state: usize,
    /// The candidate that was chosen; `None` if the request was blocked.
    pub action: Option<u16>,
    pub reward: f32,
    /// The state after it; `None` if the simulation ended there.
    pub next: Option<usize>,
}

/// Transitions that could not be used at all, by the first reason found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// More candidates than the network is for.
    pub too_many_candidates: usize,
    /// A mask that is not as long as the candidates.
    pub mask_length: usize,
    /// An action that is none of the candidates.
    pub unknown_action: usize,
    /// A number of the state or the reward is not finite.
    pub not_finite: usize,
}

impl Dropped {
    #[must_use]
    pub fn total(&self) -> usize {
        self.too_many_candidates + self.mask_length + self.unknown_action + self.not_finite
    }
}

/// The last transition seen of a simulation.
struct Before {
    t: u64,
    decision: usize,
}

impl Examples {
    /// Reads all transitions, up to the first error.
    ///
    /// The next state is that of the transition if it has one, else that of the following
    /// transition with the same seed. Where `t` does not grow, another file begins, and the
    /// simulation ended before it. A dropped transition is skipped: its predecessor goes on to its
    /// successor.
    pub fn collect<E>(
        k: usize,
        transitions: impl IntoIterator<Item = Result<Transition, E>>,
    ) -> Result<Examples, E> {
        let dropped = Dropped::default();
        let (states, masks, decisions) = (Vec::new(), Vec::new(), Vec::new());
        let mut examples = Examples { k, states, masks, decisions, dropped };
        let mut before: BTreeMap<Option<u64>, Before> = BTreeMap::new();
        for transition in transitions {
            let transition = transition?;
            if examples.drops(&transition) {
                continue;
            }
            let decision = examples.decisions.len();
            let state = examples.push_state(&transition.state);
            let now = Before { t: transition.t, decision };
            if let Some(before) = before.insert(transition.seed, now)
                && before.t < transition.t
            {
                examples.decisions[before.decision].next.get_or_insert(state);
            }
            let next = transition.next_state.as_ref().map(|next| examples.push_state(next));
            let mask = &transition.action_mask;
            examples.masks.extend((0..k).map(|candidate| mask.get(candidate) == Some(&true)));
            examples.decisions.push(Decision {
                seed: transition.seed,
                state,
                action: u16::try_from(transition.action).ok(),
                reward: transition.reward as f32,
                next,
            });
        }
        Ok(examples)
    }

    /// How many candidates a decision has at most.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    #[must_use]
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// The numbers of a state, by its place.
    #[must_use]
    pub fn state(&self, state: usize) -> &[f32] {
        &self.states[state * width(self.k)..][..width(self.k)]
    }

    /// Which candidates were feasible in a decision; missing ones are not.
    #[must_use]
    pub fn mask(&self, decision: usize) -> &[bool] {
        &self.masks[decision * self.k..][..self.k]
    }

    /// The action of a decision, if it is one that a policy could have taken.
    #[must_use]
    pub fn choice(&self, decision: usize) -> Option<usize> {
        let action = usize::from(self.decisions[decision].action?);
        self.mask(decision)[action].then_some(action)
    }

    /// The decisions with a choice, and how many have none because the request was blocked or
    /// because what was chosen was masked out.
    #[must_use]
    pub fn choices(&self) -> (Vec<usize>, usize, usize) {
        let all = 0..self.decisions.len();
        let chosen: Vec<usize> = all.filter(|decision| self.choice(*decision).is_some()).collect();
        let blocked = self.decisions.iter().filter(|decision| decision.action.is_none()).count();
        let masked = self.decisions.len() - blocked - chosen.len();
        (chosen, blocked, masked)
    }

    fn push_state(&mut self, state: &State) -> usize {
        let width = width(self.k);
        let index = self.states.len() / width;
        self.states.resize((index + 1) * width, 0.0);
        encode(state, self.k, &mut self.states[index * width..]);
        index
    }

    /// Counts the transition as dropped if it has to be.
    fn drops(&mut self, transition: &Transition) -> bool {
        let candidates = transition.state.paths.len();
        let dropped = &mut self.dropped;
        let reason = if candidates > self.k {
            &mut dropped.too_many_candidates
        } else if transition.action_mask.len() != candidates {
            &mut dropped.mask_length
        } else if !(-1..candidates as i64).contains(&i64::from(transition.action)) {
            &mut dropped.unknown_action
        } else if !is_finite(transition) {
            &mut dropped.not_finite
        } else {
            return false;
        };
        *reason += 1;
        true
    }
}

/// Whether everything that can be infinite is a finite f32.
fn is_finite(transition: &Transition) -> bool {
    let finite = |number: f64| (number as f32).is_finite();
    let of_state = |state: &State| {
        let paths = state.paths.iter().all(|path| finite(path.frag_indicator));
        paths && finite(state.est_remaining_time)
    };
    let next = transition.next_state.as_ref().is_none_or(of_state);
    next && of_state(&transition.state) && finite(transition.reward)
}

#[cfg(test)]
pub(crate) mod tests;
