//! Transitions to log: a plain one, and any that is sound.

use proptest::collection::vec;
use proptest::num::f64::{NORMAL, SUBNORMAL, ZERO};
use proptest::option;
use proptest::prelude::*;
use survivability::state::{PathFeatures, State};
use survivability::transition::{Meta, Transition, WindowTag};

/// A decision over so many paths, all of them allowed.
pub fn plain(t: u64, paths: u16) -> Transition {
    let path = |index| PathFeatures {
        hops: 3 + index,
        min_residual_slots: 17,
        frag_indicator: 0.9917,
        is_failed: false,
        dist_to_disaster_centroid: 2,
    };
    Transition {
        t,
        seed: Some(42),
        state: State {
            src: 0,
            dst: 13,
            slots_needed: 3,
            est_remaining_time: 7.25,
            is_disaster: true,
            paths: (0..paths).map(path).collect(),
        },
        action: if paths == 0 { -1 } else { 0 },
        reward: if paths == 0 { -1.0 } else { 1.0 },
        next_state: None,
        action_mask: vec![true; paths.into()],
        meta: Meta {
            decision_time_ms: 0.0,
            restoration_latency_ms: 50.0,
            window: WindowTag::Fail,
            backup_available: true,
            was_groomed: false,
        },
    }
}

/// The lines of transitions.
pub fn lines(transitions: &[Transition]) -> Vec<u8> {
    let mut out = Vec::new();
    transitions.iter().for_each(|row| survivability::dataset::write_line(row, &mut out));
    out
}

pub fn any_transition(most_paths: usize) -> impl Strategy<Value = Transition> {
    let head = (any::<u64>(), option::of(any::<u64>()), finite());
    let states = (0..=most_paths).prop_flat_map(|paths| {
        let next = option::of(any_state(paths));
        (any_state(paths), next, vec(any::<bool>(), paths), -1..=paths as i32)
    });
    (head, states, any_meta()).prop_map(|(head, states, meta)| {
        let ((t, seed, reward), (state, next_state, action_mask, action)) = (head, states);
        let is_sound = usize::try_from(action).is_ok_and(|chosen| {
            action_mask.get(chosen).is_some_and(|allowed| *allowed || !action_mask.contains(&true))
        });
        let action = if is_sound { action } else { -1 };
        Transition { t, seed, state, action, reward, next_state, action_mask, meta }
    })
}

fn any_state(paths: usize) -> impl Strategy<Value = State> {
    let numbers = (any::<u32>(), any::<u32>(), any::<u16>(), finite(), any::<bool>());
    (numbers, vec(any_path(), paths)).prop_map(|(numbers, paths)| {
        let (src, dst, slots_needed, est_remaining_time, is_disaster) = numbers;
        State { src, dst, slots_needed, est_remaining_time, is_disaster, paths }
    })
}

fn any_path() -> impl Strategy<Value = PathFeatures> {
    let fraction = (0..=10_000_u16).prop_map(|parts| f64::from(parts) / 10_000.0);
    let frag = prop_oneof![fraction, finite()];
    (any::<u16>(), any::<u16>(), frag, any::<bool>(), any::<u16>()).prop_map(|path| PathFeatures {
        hops: path.0,
        min_residual_slots: path.1,
        frag_indicator: path.2,
        is_failed: path.3,
        dist_to_disaster_centroid: path.4,
    })
}

fn any_meta() -> impl Strategy<Value = Meta> {
    let windows = prop_oneof![Just(WindowTag::Pre), Just(WindowTag::Fail), Just(WindowTag::Post)];
    (finite(), finite(), windows, any::<bool>(), any::<bool>()).prop_map(|meta| Meta {
        decision_time_ms: meta.0,
        restoration_latency_ms: meta.1,
        window: meta.2,
        backup_available: meta.3,
        was_groomed: meta.4,
    })
}

fn finite() -> impl Strategy<Value = f64> {
    NORMAL | SUBNORMAL | ZERO
}
