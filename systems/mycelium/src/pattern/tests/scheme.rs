//! The steps themselves: against an oracle, against linear growth, and what is refused.

use std::f64::consts::TAU;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    settings: PatternSettings,
    before: Fields,
    after: Fields,
}

#[derive(Deserialize)]
struct Fields {
    u: Vec<f64>,
    v: Vec<f64>,
}

#[test]
fn steps_are_those_of_an_array_program() {
    let text = include_str!("../../../testdata/pattern/steps.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 6);
    for Case { settings, before, after } in cases {
        let mut pattern = Pattern::from_fields(&settings, before.u, before.v).unwrap();
        pattern.run(settings.steps).unwrap();
        assert_eq!(pattern.steps_done(), settings.steps);
        for (found, expected) in [(pattern.u(), after.u), (pattern.v(), after.v)] {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{settings:?}: {found} {expected}");
            }
        }
    }
}

#[test]
fn a_small_wave_grows_as_linear_theory_says() {
    for settings in [preset("schnakenberg"), preset("stripes")] {
        let wavelength = predicted_wavelength(&settings).unwrap();
        let waves = (64.0 / wavelength).round();
        let mu = 2.0 - 2.0 * (TAU * waves / 64.0).cos();
        let rate = growth_rate(settings.reaction, settings.diffusion, mu);
        let (u, v) = settings.reaction.uniform_state();
        let wave = |index: usize| (TAU * waves * (index % 64) as f64 / 64.0).cos();
        let with = |value: f64| (0..64 * 64).map(|index| value + 1e-7 * wave(index)).collect();
        let mut pattern = Pattern::from_fields(&settings, with(u), with(v)).unwrap();
        let part = |pattern: &Pattern| -> f64 {
            pattern
                .u()
                .iter()
                .enumerate()
                .map(|(index, u)| (u - settings.reaction.uniform_state().0) * wave(index))
                .sum()
        };
        // The mode that decays is gone after some steps.
        let steps = 200;
        pattern.run(steps).unwrap();
        let before = part(&pattern);
        pattern.run(steps).unwrap();
        let factor = (part(&pattern) / before).ln();
        let expected = steps as f64 * (1.0 + settings.time_step * rate).ln();
        assert!((factor - expected).abs() < 1e-4, "{settings:?}: {factor} {expected}");
    }
}

#[test]
fn a_time_step_beyond_the_bound_is_refused_and_one_below_is_not() {
    // 8 times 10, and 2.8 of the reaction.
    let bound = 2.0 / 82.8;
    let with = |time_step| PatternSettings { time_step, ..preset("schnakenberg") };
    assert_eq!(with(bound - 1e-9).validate(), Ok(()));
    let error = with(bound + 1e-9).validate().unwrap_err();
    assert!(matches!(error, Error::Unstable(_)) && error.is_bad_input(), "{error}");
    assert!(error.to_string().contains("must be below 0.024155"), "{error}");
}

#[test]
fn values_that_make_no_pattern_are_refused_by_name() {
    let refused = |change: fn(&mut PatternSettings)| {
        let mut settings = preset("stripes");
        change(&mut settings);
        assert!(Pattern::new(&settings).is_err());
        settings.validate().unwrap_err().to_string()
    };
    let feed = |feed| Reaction::GrayScott { feed, kill: 0.06 };
    assert!(refused(|s| s.grid_size = 3).starts_with("`grid_size` is 3"));
    assert!(refused(|s| s.grid_size = 1025).starts_with("`grid_size` is 1025"));
    assert!(refused(|s| s.steps = 0).starts_with("`steps` is 0"));
    assert!(refused(|s| s.diffusion.0 = 0.0).starts_with("`diffusion of u` is 0"));
    assert!(refused(|s| s.diffusion.1 = f64::NAN).starts_with("`diffusion of v` is NaN"));
    assert!(refused(|s| s.time_step = f64::INFINITY).starts_with("`time_step` is inf"));
    assert!(refused(|s| s.time_step = -1.0).starts_with("`time_step` is -1"));
    let with = |reaction| PatternSettings { reaction, ..preset("stripes") };
    for bad in [0.0, -0.1, 1.5, f64::NAN] {
        assert!(with(feed(bad)).validate().unwrap_err().to_string().starts_with("`feed`"));
    }
    let b = Reaction::Schnakenberg { a: 0.1, b: -0.9 };
    assert!(with(b).validate().unwrap_err().to_string().starts_with("`b` is -0.9"));
}

#[test]
fn fields_of_another_size_are_refused() {
    let settings = PatternSettings { grid_size: 4, ..preset("stripes") };
    let error = Pattern::from_fields(&settings, vec![1.0; 16], vec![0.0; 15]).unwrap_err();
    assert_eq!(error.to_string(), "16 and 15 cells, 4 a side");
}

#[test]
fn a_pattern_whose_peaks_are_too_fast_for_its_step_ends_in_an_error() {
    let settings = PatternSettings { grid_size: 4, ..preset("schnakenberg") };
    let mut pattern = Pattern::from_fields(&settings, vec![1e9; 16], vec![1e9; 16]).unwrap();
    let error = pattern.run(100).unwrap_err();
    assert!(matches!(error, Error::NotFinite { field: "u", step: 16, count: 16 }), "{error}");
}

#[test]
fn every_preset_is_allowed_and_is_written_and_read() {
    for name in PRESETS {
        let settings = preset(name);
        assert_eq!(settings.validate(), Ok(()), "{name}");
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<PatternSettings>(&text).unwrap(), settings, "{text}");
    }
    assert_eq!(PatternSettings::preset("zebra"), None);
    let misspelt = r#"{"reaction": {"name": "gray-scott", "feed": 0.1, "kil": 0.1}}"#;
    assert!(serde_json::from_str::<PatternSettings>(misspelt).is_err());
    assert!(serde_json::from_str::<PatternSettings>(r#"{"gridsize": 8}"#).is_err());
}

#[test]
fn a_seed_stands_for_one_start() {
    for name in PRESETS {
        let start = |seed| Pattern::new(&PatternSettings { seed, ..preset(name) }).unwrap();
        assert_eq!(start(1).v(), start(1).v());
        assert_ne!(start(1).v(), start(2).v());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn gray_and_scotts_substances_stay_between_nothing_and_all(
        feed in 0.01..0.09,
        kill in 0.03..0.07,
        seed in any::<u64>(),
        grid_size in 4_usize..20,
    ) {
        let reaction = Reaction::GrayScott { feed, kill };
        let settings = PatternSettings { reaction, grid_size, seed, ..preset("spots") };
        let mut pattern = Pattern::new(&settings).unwrap();
        pattern.run(300).unwrap();
        prop_assert!(pattern.u().iter().all(|u| (0.0..=1.0 + 1e-12).contains(u)));
        prop_assert!(pattern.v().iter().all(|v| (0.0..=1.0).contains(v)));
    }
}

proptest! {
    #[test]
    fn steps_at_once_end_as_one_by_one(
        boundary in prop::sample::select(&[
            Boundary::Periodic, Boundary::Neumann, Boundary::Dirichlet,
        ][..]),
        name in prop::sample::select(&["schnakenberg", "spots"][..]),
        grid_size in 4_usize..24,
        strides in prop::collection::vec(1_usize..20, 1..6),
    ) {
        let settings = PatternSettings { boundary, grid_size, ..preset(name) };
        let mut at_once = Pattern::new(&settings).unwrap();
        let mut one_by_one = at_once.clone();
        for steps in strides {
            at_once.run(steps).unwrap();
            (0..steps).for_each(|_| one_by_one.step().unwrap());
            prop_assert_eq!(at_once.steps_done(), one_by_one.steps_done());
            prop_assert_eq!(at_once.u(), one_by_one.u());
            prop_assert_eq!(at_once.v(), one_by_one.v());
        }
    }
}

#[test]
fn a_run_that_is_told_to_stop_stops_within_a_few_steps() {
    let mut pattern = Pattern::new(&preset("spots")).unwrap();
    assert_eq!(pattern.run_unless(100, |done| done >= 50), Ok(false));
    assert!((50..50 + LEVELS).contains(&pattern.steps_done()));
    let done = pattern.steps_done();
    assert_eq!(pattern.run_unless(10, |_| true), Ok(false));
    assert_eq!(pattern.steps_done(), done);
    assert_eq!(pattern.run_unless(10, |_| false), Ok(true));
    assert_eq!(pattern.steps_done(), done + 10);
}
