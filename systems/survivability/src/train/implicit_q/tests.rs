use std::sync::atomic::AtomicBool;

use super::*;
use crate::policy::learned::LearnedPolicy;
use crate::policy::weights::to_bytes;
use crate::train::behaviour_cloning;
use crate::train::examples::tests::{collect, transition};
use crate::train::random::hash;
use crate::transition::Transition;

fn settings() -> Settings {
    Settings {
        hidden: vec![16],
        critic_hidden: vec![16],
        epochs: 12,
        batch: 64,
        learning_rate: 0.005,
        target_rate: 0.05,
        holdout: Holdout::Nothing,
        ..Settings::usual(1)
    }
}

fn run(examples: &Examples, settings: &Settings) -> Result<Trained<Epoch>, TrainError> {
    let stop = AtomicBool::new(false);
    train(examples, settings, &mut Observer { stop: &stop, progress: &mut |_| {} })
}

fn clone(examples: &Examples) -> Model {
    let settings = behaviour_cloning::Settings {
        hidden: vec![16],
        epochs: 8,
        batch: 64,
        learning_rate: 0.005,
        holdout: Holdout::Nothing,
        ..behaviour_cloning::Settings::usual(1)
    };
    let stop = AtomicBool::new(false);
    let observer = &mut Observer { stop: &stop, progress: &mut |_| {} };
    behaviour_cloning::train(examples, &settings, observer).unwrap().model
}

/// In how many of these states the model chooses the second candidate.
fn seconds(model: &Model, lines: &[Transition]) -> usize {
    let mut policy = LearnedPolicy::new(model.clone());
    let chosen = lines.iter().map(|line| policy.select(&line.state, &line.action_mask));
    chosen.filter(|action| *action == Some(1)).count()
}

/// Two candidates in states that differ at random, each decision a simulation of its own.
fn states(count: u64) -> Vec<Transition> {
    let line = |t| {
        let mut line = transition(t, t, (hash(1, t) * 14.0) as u32, 2);
        line.state.est_remaining_time = hash(2, t);
        line.state.paths[0].min_residual_slots = (hash(3, t) * 300.0) as u16;
        line
    };
    (0..count).map(line).collect()
}

/// The second candidate is taken in 40 of 100 decisions and is the only one that is rewarded.
#[test]
fn the_rewarded_action_is_preferred_where_cloning_prefers_the_usual_one() {
    let mut lines = states(1500);
    for line in &mut lines {
        line.action = i32::from(hash(4, line.t) < 0.4);
        line.reward = f64::from(2 * line.action - 1);
    }
    let examples = collect(2, lines.clone());
    let learned = seconds(&run(&examples, &settings()).unwrap().model, &lines);
    assert!(learned > 1450, "{learned}");
    let cloned = seconds(&clone(&examples), &lines);
    assert!(cloned < 300, "{cloned}");
}

#[test]
fn the_rewarded_action_is_found_where_it_depends_on_the_state() {
    let mut lines = states(2000);
    for line in &mut lines {
        line.action = i32::from(hash(4, line.t) < 0.5);
        let is_full = line.state.paths[0].min_residual_slots < 150;
        line.reward = if (line.action == 1) == is_full { 1.0 } else { -1.0 };
    }
    let model = run(&collect(2, lines.clone()), &settings()).unwrap().model;
    let (full, free): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.state.paths[0].min_residual_slots < 150);
    let (right, wrong) = (seconds(&model, &full), seconds(&model, &free));
    assert!(right * 10 > full.len() * 9, "{right} of {}", full.len());
    assert!(wrong * 10 < free.len(), "{wrong} of {}", free.len());
}

/// Both choices get their slots, but after the first candidate the network is full and the next
/// request is blocked.
#[test]
fn a_blocked_request_speaks_against_the_choice_that_led_to_it() {
    let mut lines = Vec::new();
    for mut first in states(1500) {
        first.action = i32::from(hash(4, first.t) < 0.4);
        let mut second = transition(first.t + 1, first.t, 7, 2);
        second.state.paths.iter_mut().for_each(|path| path.min_residual_slots = 5);
        if first.action == 0 {
            second.state.is_disaster = true;
            second.action = -1;
            second.reward = -1.0;
            second.action_mask.fill(false);
        }
        lines.extend([first, second]);
    }
    let examples = collect(2, lines.clone());
    let firsts: Vec<Transition> = lines.into_iter().step_by(2).collect();
    let learned = seconds(&run(&examples, &settings()).unwrap().model, &firsts);
    assert!(learned > 1400, "{learned}");
    let blind = Settings { discount: 0.0, ..settings() };
    let learned = seconds(&run(&examples, &blind).unwrap().model, &firsts);
    assert!(learned < 500, "{learned}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let mut lines = states(300);
    lines.iter_mut().for_each(|line| line.action = i32::from(hash(4, line.t) < 0.5));
    let examples = collect(2, lines);
    let bytes = |seed| {
        let settings = Settings { seed, epochs: 2, ..settings() };
        to_bytes(&run(&examples, &settings).unwrap().model)
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn a_stop_keeps_the_actor_of_the_last_whole_epoch() {
    let examples = collect(2, states(300));
    let stop = AtomicBool::new(false);
    let mut progress =
        |epoch: &Epoch| stop.store(epoch.number == 2, std::sync::atomic::Ordering::Relaxed);
    let observer = &mut Observer { stop: &stop, progress: &mut progress };
    let trained = train(&examples, &settings(), observer).unwrap();
    assert_eq!((trained.ended, trained.best), (Ended::Stopped, 2));
    assert_eq!(train(&examples, &settings(), observer).unwrap_err(), TrainError::Stopped);
    let two = run(&examples, &Settings { epochs: 2, ..settings() }).unwrap();
    assert_eq!(trained.model, two.model);
}

#[test]
fn settings_that_make_no_sense_are_refused_by_name() {
    let examples = collect(2, states(10));
    for (settings, expected) in [
        (
            Settings { expectile: 1.0, ..settings() },
            "setting `expectile` is 1, not between 0 and 1",
        ),
        (
            Settings { temperature: f64::INFINITY, ..settings() },
            "setting `temperature` is inf, not 0 or more",
        ),
        (Settings { weight_limit: 0.0, ..settings() }, "setting `weight limit` is 0, not positive"),
        (
            Settings { discount: 1.0, ..settings() },
            "setting `discount` is 1, not from 0 to below 1",
        ),
        (
            Settings { target_rate: 0.0, ..settings() },
            "setting `target rate` is 0, not from above 0 to 1",
        ),
        (Settings { batch: 0, ..settings() }, "setting `batch` is 0, not positive"),
        (Settings { critic_hidden: vec![0], ..settings() }, "setting `hidden` is 0, not positive"),
    ] {
        assert_eq!(run(&examples, &settings).unwrap_err().to_string(), expected);
    }
}

#[test]
fn blocked_requests_alone_are_nothing_to_learn_from() {
    let mut lines = states(10);
    lines.iter_mut().for_each(|line| line.action = -1);
    let error = run(&collect(2, lines), &settings()).unwrap_err();
    assert_eq!(error, TrainError::NothingToLearn { blocked: 10, masked: 0 });
}
