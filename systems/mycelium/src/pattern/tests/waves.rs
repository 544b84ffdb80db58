//! The wavelength of patterns that developed, against that of the mode that linear theory has
//! grow fastest.

use super::*;

/// The largest deviation of u from its mean, relative to the uniform state.
fn amplitude(pattern: &Pattern, uniform: f64) -> f64 {
    let cells = pattern.u();
    let mean = cells.iter().sum::<f64>() / cells.len() as f64;
    cells.iter().map(|u| (u - mean).abs()).fold(0.0, f64::max) / uniform
}

fn wavelength(pattern: &Pattern) -> f64 {
    measured_wavelength(pattern.u(), pattern.size())
}

/// Steps until the pattern is that strong.
fn grow(pattern: &mut Pattern, settings: &PatternSettings, strong: f64) {
    let uniform = settings.reaction.uniform_state().0;
    while amplitude(pattern, uniform) < strong {
        assert!(pattern.steps_done() < settings.steps, "no pattern of {settings:?}");
        pattern.run(20).unwrap();
    }
}

fn assert_close(found: f64, predicted: f64, share: f64, settings: &PatternSettings) {
    let off = (found / predicted - 1.0).abs();
    assert!(off < share, "{found} against {predicted}: {settings:?}");
}

fn schnakenberg(a: f64, b: f64, diffusion: f64, time_step: f64, seed: u64) -> PatternSettings {
    let reaction = Reaction::Schnakenberg { a, b };
    let diffusion = (1.0, diffusion);
    let settings = PatternSettings { reaction, diffusion, time_step, seed, ..preset("stripes") };
    settings.validate().unwrap();
    settings
}

/// From small waves to where they stop growing. Later the pattern settles at a wavelength of its
/// own, which is shorter the further it is from onset.
#[test]
fn schnakenbergs_patterns_have_the_wavelength_that_linear_theory_predicts_as_they_grow() {
    let cases = [
        (0.1, 0.9, 10.0, 0.02, 0.6),
        (0.1, 0.9, 12.0, 0.018, 0.9),
        (0.1, 0.9, 20.0, 0.01, 1.8),
        (0.15, 1.0, 16.0, 0.014, 0.75),
        (0.05, 1.2, 20.0, 0.01, 1.3),
    ];
    for (a, b, diffusion, time_step, saturated) in cases {
        for seed in [1, 2, 3] {
            let settings = schnakenberg(a, b, diffusion, time_step, seed);
            let predicted = predicted_wavelength(&settings).unwrap();
            let mut pattern = Pattern::new(&settings).unwrap();
            for strong in [0.1, 0.3, saturated] {
                grow(&mut pattern, &settings, strong);
                assert_close(wavelength(&pattern), predicted, 0.10, &settings);
            }
        }
    }
}

#[test]
fn close_to_onset_the_pattern_keeps_that_wavelength() {
    for (a, b, diffusion, time_step) in [(0.1, 0.9, 10.0, 0.02), (0.15, 1.0, 16.0, 0.014)] {
        let settings = schnakenberg(a, b, diffusion, time_step, 5);
        let mut pattern = Pattern::new(&settings).unwrap();
        pattern.run((300.0 / time_step) as usize).unwrap();
        let predicted = predicted_wavelength(&settings).unwrap();
        assert_close(wavelength(&pattern), predicted, 0.10, &settings);
    }
}

/// Growth does not end in small waves here: stripes are as strong right after onset as far from it,
/// and choose their distance themselves, close to that of the waves but not equal.
#[test]
fn gray_and_scotts_stripes_grow_with_the_predicted_wavelength_and_stay_near_it() {
    for seed in [1, 2, 3] {
        let settings = PatternSettings { seed, ..preset("stripes") };
        let predicted = predicted_wavelength(&settings).unwrap();
        let mut pattern = Pattern::new(&settings).unwrap();
        grow(&mut pattern, &settings, 0.05);
        assert_close(wavelength(&pattern), predicted, 0.10, &settings);
        pattern.run(6000).unwrap();
        assert!(amplitude(&pattern, settings.reaction.uniform_state().0) > 0.5);
        assert_close(wavelength(&pattern), predicted, 0.20, &settings);
    }
}

/// With more taken out, waves of a wide range grow nearly as fast as the fastest.
#[test]
fn gray_and_scotts_stripes_are_near_the_prediction_up_to_where_the_uniform_state_ends() {
    for (kill, seed) in [(0.0622, 1), (0.0623, 2), (0.0624, 3)] {
        let reaction = Reaction::GrayScott { feed: 0.06, kill };
        let settings = PatternSettings { reaction, seed, ..preset("stripes") };
        let mut pattern = Pattern::new(&settings).unwrap();
        pattern.run(6000).unwrap();
        let predicted = predicted_wavelength(&settings).unwrap();
        assert_close(wavelength(&pattern), predicted, 0.20, &settings);
    }
}

#[test]
fn spots_spread_from_squares_though_no_small_wave_grows() {
    let settings = PatternSettings { steps: 6000, ..preset("spots") };
    assert_eq!(predicted_wavelength(&settings), None);
    let mut pattern = Pattern::new(&settings).unwrap();
    pattern.run(settings.steps).unwrap();
    let covered = pattern.v().iter().filter(|v| **v > 0.1).count();
    assert!((200..3500).contains(&covered), "{covered} cells");
    let wavelength = measured_wavelength(pattern.v(), 64);
    assert!((6.0..30.0).contains(&wavelength), "{wavelength}");
}
