//! Which decisions are kept from training, to see whether it learns what holds elsewhere.

use super::examples::Examples;
use super::random::hash;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Holdout {
    Nothing,
    /// About this share of the decisions. Neighbours resemble each other, so that the score on what
    /// is held out is flattering.
    Decisions(f64),
    /// The decisions of about this share of the simulations, told apart by their seeds.
    Simulations(f64),
}

impl Holdout {
    pub(super) fn share(self) -> f64 {
        match self {
            Holdout::Nothing => 0.0,
            Holdout::Decisions(share) | Holdout::Simulations(share) => share,
        }
    }

    /// What to train on, and what to hold out. Whether a decision is held out depends on the seed
    /// and its own place or simulation, and not on other decisions.
    pub(super) fn split(
        self,
        examples: &Examples,
        decisions: &[usize],
        seed: u64,
    ) -> (Vec<usize>, Vec<usize>) {
        let is_held_out = |decision: &usize| {
            let simulation = examples.decisions()[*decision].seed;
            let drawn = match self {
                Holdout::Nothing => return false,
                Holdout::Decisions(_) => hash(seed, *decision as u64),
                Holdout::Simulations(_) => hash(seed, simulation.unwrap_or(u64::MAX)),
            };
            drawn < self.share()
        };
        let (held_out, training) = decisions.iter().partition(|decision| is_held_out(decision));
        (training, held_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::examples::tests::{collect, transition};

    #[test]
    fn a_share_is_held_out_and_nothing_is_in_both_parts() {
        let examples = collect(1, (0..1000).map(|t| transition(t, t / 10, 1, 1)).collect());
        let all: Vec<usize> = (0..1000).collect();
        for holdout in [Holdout::Decisions(0.2), Holdout::Simulations(0.2)] {
            let (training, held_out) = holdout.split(&examples, &all, 7);
            assert!((100..300).contains(&held_out.len()), "{}", held_out.len());
            let mut both = [training, held_out].concat();
            both.sort_unstable();
            assert_eq!(both, all);
        }
        assert_eq!(Holdout::Nothing.split(&examples, &all, 7), (all, Vec::new()));
    }

    #[test]
    fn a_simulation_is_held_out_as_a_whole() {
        let examples = collect(1, (0..1000).map(|t| transition(t, t % 50, 1, 1)).collect());
        let all: Vec<usize> = (0..1000).collect();
        let (training, held_out) = Holdout::Simulations(0.3).split(&examples, &all, 7);
        let seed = |decision: &usize| examples.decisions()[*decision].seed;
        assert!(held_out.iter().all(|held| !training.iter().any(|t| seed(t) == seed(held))));
    }
}
