//! What a network sees of a state: five numbers of the request, then five of each candidate.

use crate::state::State;

/// Counts the meanings that the numbers have had. Weights name the one they were trained for.
pub const FEATURE_SCHEMA_VERSION: u32 = 1;

/// Numbers of the request, and of each candidate.
const GROUP: usize = 5;

/// How many numbers describe a state with K candidates.
#[must_use]
pub fn width(k: usize) -> usize {
    GROUP + GROUP * k
}

/// Writes a state as the input of a network for K candidates: source, destination, slots needed,
/// remaining time and whether there is a failure; then of each candidate its hops, residual slots,
/// fragmentation, whether it is failed and how far the failure is. The numbers are raw.
///
/// Candidates beyond K are not seen; those that are missing are zeros.
pub fn encode(state: &State, k: usize, into: &mut [f32]) {
    assert_eq!(into.len(), width(k), "the input has another width than that of {k} candidates");
    let (request, paths) = into.split_at_mut(GROUP);
    request.copy_from_slice(&[
        state.src as f32,
        state.dst as f32,
        f32::from(state.slots_needed),
        state.est_remaining_time as f32,
        f32::from(u8::from(state.is_disaster)),
    ]);
    paths.fill(0.0);
    for (numbers, path) in paths.chunks_exact_mut(GROUP).zip(&state.paths) {
        numbers.copy_from_slice(&[
            f32::from(path.hops),
            f32::from(path.min_residual_slots),
            path.frag_indicator as f32,
            f32::from(u8::from(path.is_failed)),
            f32::from(path.dist_to_disaster_centroid),
        ]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::PathFeatures;

    fn state(paths: u16) -> State {
        let path = |index| PathFeatures {
            hops: 2 + index,
            min_residual_slots: 100 + index,
            frag_indicator: 0.25,
            is_failed: index == 1,
            dist_to_disaster_centroid: 7,
        };
        State {
            src: 3,
            dst: 11,
            slots_needed: 5,
            est_remaining_time: 1.5,
            is_disaster: true,
            paths: (0..paths).map(path).collect(),
        }
    }

    #[test]
    fn the_request_comes_first_then_the_candidates_in_order() {
        let mut input = vec![f32::NAN; 15];
        encode(&state(2), 2, &mut input);
        let expected =
            [3.0, 11.0, 5.0, 1.5, 1.0, 2.0, 100.0, 0.25, 0.0, 7.0, 3.0, 101.0, 0.25, 1.0, 7.0];
        assert_eq!(input, expected);
    }

    #[test]
    fn missing_candidates_are_zeros_and_further_ones_are_not_seen() {
        let mut input = vec![f32::NAN; 15];
        encode(&state(1), 2, &mut input);
        assert_eq!(input[10..], [0.0; 5]);
        let (mut two, mut three) = (vec![0.0; 15], vec![1.0; 15]);
        encode(&state(2), 2, &mut two);
        encode(&state(3), 2, &mut three);
        assert_eq!(two, three);
    }

    #[test]
    fn four_candidates_take_twenty_five_numbers() {
        assert_eq!(width(4), 25);
        assert_eq!(width(0), 5);
    }
}
