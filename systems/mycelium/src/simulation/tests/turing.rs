//! Why activator and inhibitor form no pattern with the rates that come with the settings.

use std::f64::consts::TAU;

use super::*;

/// The largest absolute eigenvalue of a step of activator and inhibitor near zero, over all modes
/// but the constant one, and the mode's `mu`.
fn largest_eigenvalue(size: usize, settings: &Settings) -> (f64, f64) {
    let along = |waves: usize| 2.0 - 2.0 * (TAU * waves as f64 / size as f64).cos();
    let mut largest = (0.0, 0.0);
    for mode in 1..size * size {
        let mu = along(mode / size) + along(mode % size);
        let a = 1.0 + settings.activator_rate - settings.activator_diffusion * mu;
        let d = 1.0 - settings.inhibitor_rate - settings.inhibitor_diffusion * mu;
        let determinant = a * d + settings.activator_rate * settings.inhibitor_rate;
        let half_trace = (a + d) / 2.0;
        let square = half_trace * half_trace - determinant;
        let eigenvalue =
            if square < 0.0 { determinant.sqrt() } else { half_trace.abs() + square.sqrt() };
        if eigenvalue > largest.0 {
            largest = (eigenvalue, mu);
        }
    }
    largest
}

fn unstable() -> Settings {
    let settings = Settings::default();
    Settings { activator_diffusion: 0.02, inhibitor_diffusion: 0.2, ..settings }
}

#[test]
fn no_mode_grows_with_the_default_rates_and_some_do_with_a_fast_inhibitor() {
    let faster = Settings {
        activator_diffusion: 0.01,
        inhibitor_diffusion: 0.24,
        activator_rate: 0.05,
        inhibitor_rate: 0.06,
        ..Settings::default()
    };
    let cases = [
        (Settings::default(), 0.998501, 0.00963),
        (unstable(), 1.003383, 0.09575),
        (faster, 1.031450, 0.738),
    ];
    for (settings, eigenvalue, mu) in cases {
        let (found, found_mu) = largest_eigenvalue(64, &settings);
        assert!((found - eigenvalue).abs() < 5.1e-7, "{found} against {eigenvalue}");
        assert!((found_mu / mu - 1.0).abs() < 1e-3, "{found_mu} against {mu}");
    }
}

#[test]
fn a_step_of_small_waves_is_the_matrix_whose_eigenvalues_are_told() {
    let settings = Settings { grid_size: 16, spike_probability: 0.0, ..unstable() };
    let mut simulation = Simulation::new(&settings).unwrap();
    let wave = |index: usize| (TAU * (index / 16) as f64 / 16.0).cos();
    let small = 1e-9;
    // Above zero, where nothing is clipped.
    let start: Vec<f64> = (0..256).map(|index| small * (2.0 + wave(index))).collect();
    simulation.sheets.fields_mut()[1].copy_from_slice(&start);
    simulation.sheets.fields_mut()[2].fill(small);
    simulation.step().unwrap();
    let part = |cells: &[f64]| -> f64 {
        cells.iter().enumerate().map(|(index, cell)| cell * wave(index)).sum::<f64>() / 128.0
    };
    let mu = 2.0 - 2.0 * (TAU / 16.0).cos();
    let activator = 1.0 + settings.activator_rate - settings.activator_diffusion * mu;
    assert!((part(simulation.activator()) / small - activator).abs() < 1e-6);
    assert!((part(simulation.inhibitor()) / small - settings.inhibitor_rate).abs() < 1e-6);
}

#[test]
fn with_the_default_rates_the_field_is_the_same_with_and_without_them() {
    for streams in [Streams::Fast, Streams::Numpy] {
        let on = Settings { steps: 200, streams, ..Settings::default() };
        let off = Settings { turing_enabled: false, ..on.clone() };
        let (on, off) = (run(&on).unwrap(), run(&off).unwrap());
        assert_eq!(bits(on.field.cells()), bits(off.field.cells()));
        assert_eq!(on.counts, off.counts);
        assert_eq!(on.counts.turing_activations, 0);
        assert!(on.activator_mean < off.activator_mean);
    }
}

#[test]
fn the_activator_dies_away_and_never_comes_near_the_threshold() {
    let settings = Settings { grid_size: 32, steps: 3000, ..Settings::default() };
    let outcome = run(&settings).unwrap();
    assert_eq!(outcome.counts.turing_activations, 0);
    assert!(outcome.activator_mean < 0.02, "{}", outcome.activator_mean);
}

#[test]
fn a_threshold_of_zero_raises_nearly_every_cell_and_each_is_counted() {
    let settings = Settings { grid_size: 8, steps: 1, turing_threshold: 0.0, ..Settings::demo() };
    let calm = Settings { spike_probability: 0.0, ..settings };
    let raised = run(&calm).unwrap();
    let plain = run(&Settings { turing_enabled: false, ..calm }).unwrap();
    let pairs = raised.field.cells().iter().zip(plain.field.cells());
    let up = pairs.filter(|(raised, plain)| (*raised - *plain - 0.005).abs() < 1e-15).count();
    assert_eq!(raised.counts.turing_activations, up as u64);
    assert!(up > 55, "{up} of 64");
}
