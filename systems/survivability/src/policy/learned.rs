//! Policies whose choice comes from a trained network: the feasible candidate with the greatest
//! output.

use super::input::{encode, width};
use super::network::{Evaluator, Network};
use crate::state::{Action, State};

/// What a network was trained by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    BehaviourCloning,
    /// The actor of implicit Q-learning.
    ImplicitQ,
}

impl Kind {
    /// What files and configurations call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::BehaviourCloning => "bc",
            Kind::ImplicitQ => "iql",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        [Kind::BehaviourCloning, Kind::ImplicitQ].into_iter().find(|kind| kind.name() == name)
    }
}

/// A network over raw inputs with an output for each of K candidates.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    kind: Kind,
    network: Network,
}

impl Model {
    /// The network must be as wide as the input for as many candidates as it has outputs.
    #[must_use]
    pub fn new(kind: Kind, network: Network) -> Model {
        assert_eq!(network.inputs(), width(network.outputs()), "inputs for K candidates");
        Model { kind, network }
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// How many candidates it chooses among.
    #[must_use]
    pub fn k(&self) -> usize {
        self.network.outputs()
    }
}

/// A model with room for its inputs and what lies between its layers.
#[derive(Clone, Debug)]
pub struct LearnedPolicy {
    pub kind: Kind,
    evaluator: Evaluator,
    input: Vec<f32>,
}

impl LearnedPolicy {
    #[must_use]
    pub fn new(model: Model) -> LearnedPolicy {
        let Model { kind, network } = model;
        let input = vec![0.0; network.inputs()];
        LearnedPolicy { kind, evaluator: Evaluator::new(network), input }
    }

    #[must_use]
    pub fn k(&self) -> usize {
        self.evaluator.network().outputs()
    }

    /// The feasible candidate with the greatest output, the first of equals; `None` if none of the
    /// first K is feasible.
    ///
    /// The actor of implicit Q-learning ends in a softmax, which is left out: it keeps the order of
    /// its inputs. A probability so small that it would round to zero can thus still be chosen.
    pub fn select(&mut self, state: &State, mask: &[bool]) -> Action {
        let k = self.k();
        encode(state, k, &mut self.input);
        greatest(self.evaluator.forward(&self.input), mask)
    }
}

/// The index of the greatest value that is not masked out, the first of equals. Values without a
/// mask are masked out; what is not a number counts as the smallest.
pub(crate) fn greatest(values: &[f32], mask: &[bool]) -> Action {
    let mut best: Option<(u16, f32)> = None;
    for ((value, allowed), index) in values.iter().zip(mask).zip(0..) {
        let value = if value.is_nan() { f32::NEG_INFINITY } else { *value };
        if *allowed && best.is_none_or(|(_, greatest)| value > greatest) {
            best = Some((index, value));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::network::Layer;
    use crate::state::PathFeatures;

    /// Prefers the candidate with the most residual slots.
    fn most_slots(k: usize) -> LearnedPolicy {
        let mut weights = vec![0.0; width(k) * k];
        for candidate in 0..k {
            weights[(5 + 5 * candidate + 1) * k + candidate] = 1.0;
        }
        let network = Network::new(vec![Layer::new(width(k), weights, vec![0.0; k])]);
        LearnedPolicy::new(Model::new(Kind::BehaviourCloning, network))
    }

    fn state(slots: &[u16]) -> State {
        let path = |slots: &u16| PathFeatures {
            hops: 1,
            min_residual_slots: *slots,
            frag_indicator: 0.0,
            is_failed: false,
            dist_to_disaster_centroid: 0,
        };
        State { paths: slots.iter().map(path).collect(), ..State::default() }
    }

    #[test]
    fn the_greatest_output_among_the_feasible_is_chosen() {
        let mut policy = most_slots(4);
        let state = state(&[3, 9, 7, 1]);
        assert_eq!(policy.select(&state, &[true; 4]), Some(1));
        assert_eq!(policy.select(&state, &[true, false, true, true]), Some(2));
        assert_eq!(policy.select(&state, &[false, false, false, true]), Some(3));
    }

    #[test]
    fn of_equals_the_first_is_chosen() {
        assert_eq!(most_slots(4).select(&state(&[2, 5, 5, 5]), &[true; 4]), Some(1));
        let mask = [true, false, true, true];
        assert_eq!(most_slots(4).select(&state(&[2, 5, 5, 5]), &mask), Some(2));
    }

    #[test]
    fn nothing_is_chosen_if_nothing_is_feasible() {
        let mut policy = most_slots(4);
        assert_eq!(policy.select(&state(&[3, 9, 7, 1]), &[false; 4]), None);
        assert_eq!(policy.select(&state(&[]), &[]), None);
    }

    #[test]
    fn a_missing_candidate_is_never_chosen_and_one_beyond_k_is_not_seen() {
        assert_eq!(most_slots(4).select(&state(&[0, 0]), &[true, true]), Some(0));
        assert_eq!(most_slots(2).select(&state(&[3, 4, 9]), &[true; 3]), Some(1));
        assert_eq!(most_slots(2).select(&state(&[3, 4, 9]), &[false, false, true]), None);
    }

    #[test]
    fn what_is_not_a_number_is_chosen_only_if_nothing_else_is_there() {
        let values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        assert_eq!(greatest(&values, &[true; 3]), Some(1));
        assert_eq!(greatest(&values, &[true, false, false]), Some(0));
        assert_eq!(greatest(&[f32::NAN, -1.0], &[true; 2]), Some(1));
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in [Kind::BehaviourCloning, Kind::ImplicitQ] {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::from_name("BC"), None);
    }
}
