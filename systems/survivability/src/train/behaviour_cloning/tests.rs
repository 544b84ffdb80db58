use std::sync::atomic::AtomicBool;

use super::*;
use crate::policy::weights::to_bytes;
use crate::state::PathFeatures;
use crate::train::evaluation::evaluate;
use crate::train::examples::tests::{collect, transition};
use crate::train::random::hash;
use crate::transition::Transition;

fn settings() -> Settings {
    Settings {
        hidden: vec![16, 8],
        epochs: 8,
        batch: 64,
        learning_rate: 0.003,
        ..Settings::usual(1)
    }
}

fn run(examples: &Examples, settings: &Settings) -> Result<Trained<Epoch>, TrainError> {
    let stop = AtomicBool::new(false);
    train(examples, settings, &mut Observer { stop: &stop, progress: &mut |_| {} })
}

/// What the shortest-path policy does in random states: it takes the first feasible candidate.
fn first_feasible(count: u64, seed: u64) -> Vec<Transition> {
    let line = |t| {
        let draw = |of: u64, below: f64| hash(seed, 1000 * t + of) * below;
        let path = |index: u64| PathFeatures {
            hops: 1 + draw(10 * index + 1, 6.0) as u16,
            min_residual_slots: draw(10 * index + 2, 320.0) as u16,
            frag_indicator: draw(10 * index + 3, 1.0),
            is_failed: draw(10 * index + 4, 1.0) < 0.2,
            dist_to_disaster_centroid: draw(10 * index + 5, 5.0) as u16,
        };
        let mut line = transition(t, seed, draw(1, 14.0) as u32, 0);
        line.state.dst = draw(2, 14.0) as u32;
        line.state.slots_needed = draw(3, 20.0) as u16;
        line.state.est_remaining_time = draw(4, 3.0);
        line.state.paths = (1..5).map(path).collect();
        let needed = line.state.slots_needed;
        let is_feasible = |p: &PathFeatures| !p.is_failed && p.min_residual_slots >= needed;
        line.action_mask = line.state.paths.iter().map(is_feasible).collect();
        let first = line.action_mask.iter().position(|feasible| *feasible);
        line.action = first.map_or(-1, |first| first as i32);
        line
    };
    (0..count).map(line).collect()
}

#[test]
fn the_first_feasible_candidate_is_learned_and_recognised_in_new_states() {
    let trained = run(&collect(4, first_feasible(3000, 1)), &settings()).unwrap();
    let evaluation = evaluate(&trained.model, &collect(4, first_feasible(1000, 2)));
    let score = evaluation.score.unwrap();
    assert!(score.agreement > 0.97, "{score:?}");
    assert_eq!(score.decisions + evaluation.blocked, 1000);
}

/// That one is learned from the mask alone; here the mask is no help.
#[test]
fn the_candidate_with_the_most_slots_is_learned_from_the_inputs() {
    let most_slots = |seed| {
        let mut lines = first_feasible(4000, seed);
        for line in &mut lines {
            line.action_mask.fill(true);
            let slots = |index: &usize| line.state.paths[*index].min_residual_slots;
            line.action = (0..4).max_by_key(slots).map_or(-1, |most| most as i32);
        }
        collect(4, lines)
    };
    let trained = run(&most_slots(1), &settings()).unwrap();
    let score = evaluate(&trained.model, &most_slots(2)).score.unwrap();
    assert!(score.agreement > 0.9, "{score:?}");
}

/// Recorded once; the same on every machine and in every build, because nothing of the platform
/// takes part.
#[test]
fn the_same_seed_gives_the_same_bytes_everywhere() {
    let examples = collect(4, first_feasible(500, 1));
    let bytes = |seed| {
        to_bytes(&run(&examples, &Settings { seed, epochs: 2, ..settings() }).unwrap().model)
    };
    let first = bytes(1);
    assert_eq!(first, bytes(1));
    assert_ne!(first, bytes(2));
    let sum = first.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    assert_eq!(sum, 12_330_374_939_584_860_640);
}

#[test]
fn training_ends_when_nothing_better_comes_and_keeps_the_best() {
    // Choices by lot: what the network learns beyond their shares is wrong elsewhere.
    let mut lines = first_feasible(300, 1);
    for line in &mut lines {
        line.action_mask.fill(true);
        line.action = (hash(9, line.t) * 4.0) as i32;
    }
    let settings = Settings { epochs: 200, patience: 2, learning_rate: 0.01, ..settings() };
    let trained = run(&collect(4, lines), &settings).unwrap();
    assert_eq!(trained.ended, Ended::Early);
    assert_eq!(trained.best + 2, trained.epochs.len());
    let best = trained.epochs[trained.best - 1].loss();
    assert!(trained.epochs.iter().all(|epoch| epoch.loss() >= best));
}

#[test]
fn progress_is_told_after_each_epoch_and_a_stop_keeps_what_was_learned() {
    let examples = collect(4, first_feasible(300, 1));
    let stop = AtomicBool::new(false);
    let mut numbers = Vec::new();
    let mut progress = |epoch: &Epoch| {
        numbers.push(epoch.number);
        stop.store(epoch.number == 3, std::sync::atomic::Ordering::Relaxed);
    };
    let observer = &mut Observer { stop: &stop, progress: &mut progress };
    let trained = train(&examples, &settings(), observer).unwrap();
    assert_eq!((trained.ended, trained.epochs.len()), (Ended::Stopped, 3));
    assert_eq!(train(&examples, &settings(), observer).unwrap_err(), TrainError::Stopped);
    assert_eq!(numbers, [1, 2, 3]);
    let three = run(&examples, &Settings { epochs: 3, ..settings() }).unwrap();
    assert_eq!(trained.model, three.model);
}

#[test]
fn nothing_to_copy_is_an_error_that_says_why() {
    let mut lines = first_feasible(10, 1);
    lines.iter_mut().take(4).for_each(|line| line.action = -1);
    for line in &mut lines[4..] {
        line.action = 1;
        line.action_mask[1] = false;
    }
    let error = run(&collect(4, lines), &settings()).unwrap_err();
    let expected = "no decision to train on: 4 blocked requests, 6 choices not feasible";
    assert_eq!(error.to_string(), expected);
    let one = collect(4, vec![transition(0, 1, 1, 4)]);
    let most = Settings { holdout: Holdout::Decisions(0.999_999), ..settings() };
    assert_eq!(run(&one, &most).unwrap_err(), TrainError::AllHeldOut);
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let examples = collect(4, first_feasible(10, 1));
    for (settings, expected) in [
        (Settings { epochs: 0, ..settings() }, "setting `epochs` is 0, not positive"),
        (Settings { batch: 0, ..settings() }, "setting `batch` is 0, not positive"),
        (Settings { hidden: vec![8, 0], ..settings() }, "setting `hidden` is 0, not positive"),
        (
            Settings { learning_rate: f32::NAN, ..settings() },
            "setting `learning rate` is NaN, not positive",
        ),
        (
            Settings { holdout: Holdout::Simulations(1.0), ..settings() },
            "setting `holdout` is 1, not a share from 0 to below 1",
        ),
    ] {
        assert_eq!(run(&examples, &settings).unwrap_err().to_string(), expected);
    }
    let none = collect(0, Vec::new());
    assert_eq!(run(&none, &settings()).unwrap_err().to_string(), "setting `k` is 0, not positive");
}

#[test]
fn a_training_that_diverges_says_so() {
    let examples = collect(4, first_feasible(300, 1));
    let settings = Settings { learning_rate: 1e37, ..settings() };
    assert!(matches!(run(&examples, &settings), Err(TrainError::Diverged(_))));
}
