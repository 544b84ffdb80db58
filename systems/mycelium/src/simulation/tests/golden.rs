//! Against values of the reference implementation in Python, run with NumPy 2.4, and against the
//! scheme as an array program.

use serde::Deserialize;

use super::*;

fn numpy(size: usize, steps: usize, seed: u64) -> Settings {
    let settings = Settings::default();
    Settings { grid_size: size, steps, seed, streams: Streams::Numpy, ..settings }
}

/// Of the population, as NumPy sums it.
fn deviation(cells: &[f64]) -> f64 {
    let middle = mean(cells);
    let squares: Vec<f64> =
        cells.iter().map(|cell| cell - middle).map(|error| error * error).collect();
    mean(&squares).sqrt()
}

fn extremes(cells: &[f64]) -> (f64, f64) {
    let least = cells.iter().copied().fold(f64::INFINITY, f64::min);
    (least, cells.iter().copied().fold(f64::NEG_INFINITY, f64::max))
}

#[test]
fn the_demo_agrees_with_the_reference_to_the_last_digit() {
    #[rustfmt::skip]
    let golden = [
        (0, 9, [-0.07110859479330252, -0.06653689575609958, -0.07005676492207447,
            0.0005161199886278401, 0.04689639043995651, 0.0486543725786418,
            -0.07020925251846999]),
        (7, 10, [-0.07113828673591975, -0.06678945300631306, -0.07017216692141755,
            0.0004996309305319754, 0.04950452755792797, 0.05072185606414994,
            -0.07071425364489767]),
        (42, 11, [-0.07109454351242177, -0.06727469469838403, -0.06994989814999815,
            0.0005591327365361042, 0.0498035539843752, 0.049985747519617776,
            -0.06945372732427692]),
    ];
    for (seed, events, expected) in golden {
        let outcome = run(&numpy(32, 32, seed)).unwrap();
        let cells = outcome.field.cells();
        let (least, most) = extremes(cells);
        let means = (outcome.activator_mean, outcome.inhibitor_mean);
        let found = [least, most, mean(cells), deviation(cells), means.0, means.1, cells[0]];
        assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{seed}: {found:?}");
        let counts = Counts { growth_events: events, ..Counts::default() };
        assert_eq!(outcome.counts, counts);
    }
}

/// Least, most, mean and deviation in millivolts, as far as they were written down.
fn assert_summary(settings: &Settings, events: u64, expected: [Option<f64>; 4]) {
    let outcome = run(settings).unwrap();
    assert_eq!(outcome.counts.growth_events, events);
    let cells = outcome.field.cells();
    let (least, most) = extremes(cells);
    let found = [least, most, mean(cells), deviation(cells)];
    for (found, expected) in found.iter().zip(expected) {
        let error = expected.map_or(0.0, |expected| found * 1000.0 - expected);
        assert!(error.abs() < 5.1e-7, "{found} against {expected:?} mV");
    }
}

#[test]
fn longer_and_larger_runs_agree_with_the_reference_to_six_places() {
    let all = |values: [f64; 4]| values.map(Some);
    let default = [-70.610109, -66.053750, -69.976594, 0.315224];
    assert_summary(&numpy(64, 100, 42), 25, all(default));
    let large = [-70.556716, -68.630634, -69.983171, 0.178447];
    assert_summary(&numpy(128, 200, 42), 49, all(large));
    let long = [None, None, Some(-68.896148), Some(0.188554)];
    assert_summary(&numpy(64, 1000, 42), 253, long);
}

#[test]
fn jitter_clamps_as_many_cells_as_in_the_reference() {
    let outcome = run(&Settings { quantum_jitter: true, ..numpy(64, 100, 42) }).unwrap();
    assert_eq!(outcome.counts.clamping_events, 16_284);
    let cells = outcome.field.cells();
    assert_eq!(extremes(cells), (-0.095, 0.040));
    assert!((mean(cells) + 0.032_53).abs() < 5e-6, "{}", mean(cells));
    assert!((deviation(cells) - 0.028_0).abs() < 5e-5, "{}", deviation(cells));
}

#[derive(Deserialize)]
struct Case {
    settings: Settings,
    counts: [u64; 3],
    cells: [String; 5],
    means: [String; 2],
    folds: [String; 3],
}

/// All bits in one number: each value's are added to three times the number so far.
fn folded(values: &[f64]) -> String {
    let fold = |fold: u64, value: &f64| fold.wrapping_mul(3).wrapping_add(value.to_bits());
    format!("{:x}", values.iter().fold(0, fold))
}

#[test]
fn runs_with_any_settings_agree_with_an_array_program_to_the_bit() {
    let text = include_str!("../../../testdata/simulation/fields.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    assert_eq!(cases.len(), 13);
    for Case { settings, counts, cells, means, folds } in cases {
        let outcome = run(&settings).unwrap();
        let Counts { growth_events, turing_activations, clamping_events } = outcome.counts;
        let found = [growth_events, turing_activations, clamping_events];
        assert_eq!(found, counts, "{settings:?}");

        let hexadecimal = |value: f64| format!("{:x}", value.to_bits());
        let field = outcome.field.cells();
        let (least, most) = extremes(field);
        let found = [least, most, mean(field), deviation(field), field[0]];
        assert_eq!(found.map(hexadecimal), cells, "{settings:?}");
        let found = [outcome.activator_mean, outcome.inhibitor_mean];
        assert_eq!(found.map(hexadecimal), means, "{settings:?}");

        let mut simulation = Simulation::new(&settings).unwrap();
        simulation.steps(settings.steps);
        let fields = [simulation.cells(), simulation.activator(), simulation.inhibitor()];
        assert_eq!(fields.map(folded), folds, "{settings:?}");
    }
}
