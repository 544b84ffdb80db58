use super::*;
use crate::state::PathFeatures;
use crate::transition::{Meta, WindowTag};

/// A transition between nodes that tell it apart, with all of so many candidates feasible.
pub(crate) fn transition(t: u64, seed: u64, src: u32, candidates: usize) -> Transition {
    let path = PathFeatures {
        hops: 2,
        min_residual_slots: 80,
        frag_indicator: 0.5,
        is_failed: false,
        dist_to_disaster_centroid: 0,
    };
    Transition {
        t,
        seed: Some(seed),
        state: State {
            src,
            est_remaining_time: 1.0,
            paths: vec![path; candidates],
            ..State::default()
        },
        action: 0,
        reward: 1.0,
        next_state: None,
        action_mask: vec![true; candidates],
        meta: Meta {
            decision_time_ms: 0.0,
            restoration_latency_ms: 0.0,
            window: WindowTag::Pre,
            backup_available: false,
            was_groomed: false,
        },
    }
}

pub(crate) fn collect(k: usize, transitions: Vec<Transition>) -> Examples {
    Examples::collect(k, transitions.into_iter().map(Ok::<_, ()>)).unwrap()
}

/// The sources of the states that follow, decision by decision.
fn followers(examples: &Examples) -> Vec<Option<f32>> {
    let source = |decision: &Decision| decision.next.map(|next| examples.state(next)[0]);
    examples.decisions().iter().map(source).collect()
}

#[test]
fn the_following_line_of_the_same_seed_is_the_next_state() {
    let lines = vec![
        transition(0, 1, 10, 2),
        transition(0, 2, 20, 2),
        transition(1, 1, 11, 2),
        transition(1, 2, 21, 2),
        transition(2, 1, 12, 2),
    ];
    let expected = [Some(11.0), Some(21.0), Some(12.0), None, None];
    assert_eq!(followers(&collect(2, lines)), expected);
}

#[test]
fn a_count_that_begins_again_is_another_simulation() {
    let lines = vec![transition(0, 1, 10, 2), transition(1, 1, 11, 2), transition(0, 1, 12, 2)];
    assert_eq!(followers(&collect(2, lines)), [Some(11.0), None, None]);
}

#[test]
fn a_next_state_that_is_written_down_goes_before_the_following_line() {
    let mut first = transition(0, 1, 10, 2);
    first.next_state = Some(transition(0, 1, 99, 2).state);
    let examples = collect(2, vec![first, transition(1, 1, 11, 2)]);
    assert_eq!(followers(&examples), [Some(99.0), None]);
    let second = examples.decisions()[1].state;
    assert_eq!(examples.state(second)[0].to_bits(), 11.0_f32.to_bits());
}

#[test]
fn what_cannot_be_used_is_dropped_and_counted() {
    let mut lines: Vec<Transition> = (0..8).map(|t| transition(t, 1, 10 + t as u32, 2)).collect();
    lines[1] = transition(1, 1, 11, 3);
    lines[2].action_mask.pop();
    lines[3].action = 2;
    lines[4].action = -2;
    lines[5].state.est_remaining_time = f64::INFINITY;
    lines[6].reward = f64::NAN;
    let examples = collect(2, lines);
    let expected =
        Dropped { too_many_candidates: 1, mask_length: 1, unknown_action: 2, not_finite: 2 };
    assert_eq!((examples.dropped(), examples.dropped().total()), (expected, 6));
    assert_eq!(followers(&examples), [Some(17.0), None]);
}

#[test]
fn blocked_requests_and_masked_choices_are_no_choices() {
    let mut lines: Vec<Transition> = (0..4).map(|t| transition(t, 1, 1, 2)).collect();
    lines[0].action = -1;
    lines[1].action_mask[0] = false;
    lines[2].action = 1;
    let examples = collect(3, lines);
    assert_eq!(examples.choices(), (vec![2, 3], 1, 1));
    assert_eq!(examples.choice(2), Some(1));
    assert_eq!(examples.mask(1), [false, true, false]);
}

#[test]
fn the_first_error_ends_the_reading() {
    let lines = [Ok(transition(0, 1, 1, 2)), Err("line 2"), Err("line 3")];
    assert_eq!(Examples::collect(2, lines).unwrap_err(), "line 2");
}
