//! Against the exact decay of the modes of the discrete Laplacian.

use std::f64::consts::PI;

use super::*;

const SIZE: usize = 64;
const ALPHA: f64 = 0.18;

/// After so many steps, each of which takes `alpha mu` of it.
fn left(mu: f64, steps: usize) -> f64 {
    (0..steps).fold(1.0, |left, _| left * (1.0 - ALPHA * mu))
}

fn assert_decays(boundary: Boundary, mode: impl Fn(f64, f64) -> f64, mu: f64) {
    let at = |index: usize| 0.03 * mode((index / SIZE) as f64, (index % SIZE) as f64);
    let start: Vec<f64> = (0..SIZE * SIZE).map(at).collect();
    let mut simulation = still(SIZE, boundary);
    simulation.begin_with(&start);
    simulation.steps(50);
    let left = left(mu, 50);
    for (start, cell) in start.iter().zip(simulation.cells()) {
        assert!((cell - start * left).abs() < 1e-12 * 0.03, "{boundary:?}: {cell} of {start}");
    }
    assert_eq!(simulation.counts(), Counts::default());
}

#[test]
fn a_wave_on_a_torus_decays_as_its_eigenvalue_says() {
    let size = SIZE as f64;
    let along = |waves: f64| 2.0 - 2.0 * (2.0 * PI * waves / size).cos();
    let mu = along(3.0) + along(5.0);
    assert!((left(mu, 50) - 0.05038702058203878).abs() < 1e-15);
    assert_decays(Boundary::Periodic, |x, y| (2.0 * PI * (3.0 * x + 5.0 * y) / size).cos(), mu);
}

#[test]
fn a_wave_between_mirrors_decays_as_its_eigenvalue_says() {
    let size = SIZE as f64;
    let along = |halves: f64| 2.0 - 2.0 * (PI * halves / size).cos();
    let wave = |x: f64, halves: f64| (PI * halves * (x + 0.5) / size).cos();
    let mode = |x, y| wave(x, 3.0) * wave(y, 8.0);
    assert_decays(Boundary::Neumann, mode, along(3.0) + along(8.0));
}

#[test]
fn a_wave_between_zeros_decays_as_its_eigenvalue_says() {
    let size = SIZE as f64 + 1.0;
    let along = |halves: f64| 2.0 - 2.0 * (PI * halves / size).cos();
    let wave = |x: f64, halves: f64| (PI * halves * (x + 1.0) / size).sin();
    let mode = |x, y| wave(x, 2.0) * wave(y, 5.0);
    assert_decays(Boundary::Dirichlet, mode, along(2.0) + along(5.0));
}

#[test]
fn nothing_is_lost_on_a_torus_and_between_mirrors() {
    for boundary in [Boundary::Periodic, Boundary::Neumann] {
        let mut simulation = still(33, boundary);
        let before = mean(simulation.cells());
        simulation.steps(500);
        let after = mean(simulation.cells());
        assert!((after / before - 1.0).abs() < 1e-12, "{boundary:?}: {before} became {after}");
    }
}

#[test]
fn zeros_outside_draw_a_field_at_rest_towards_zero() {
    let mut simulation = still(16, Boundary::Dirichlet);
    simulation.steps(50);
    let cells = simulation.cells();
    assert!(cells[0] > cells[8 * 16 + 8] && mean(cells) > -0.06, "{}", mean(cells));
}

fn checkerboard(size: usize) -> Vec<f64> {
    let sign =
        |index: usize| if (index / size + index % size).is_multiple_of(2) { 1.0 } else { -1.0 };
    (0..size * size).map(|index| 0.03125 * sign(index)).collect()
}

#[test]
fn a_checkerboard_flips_with_a_quarter_and_grows_with_more() {
    let mut simulation = still(8, Boundary::Periodic);
    simulation.begin_with(&checkerboard(8));
    simulation.alpha = 0.25;
    simulation.steps(101);
    let flipped: Vec<f64> = checkerboard(8).iter().map(|cell| -cell).collect();
    assert_eq!(bits(simulation.cells()), bits(&flipped));

    // More than settings allow.
    simulation.alpha = 0.2501;
    simulation.steps(100);
    let growth = simulation.cells()[0].abs() / 0.03125;
    let expected = (0..100).fold(1.0, |growth, _| growth * (8.0 * 0.2501 - 1.0));
    assert!((growth - expected).abs() < 1e-9, "{growth} {expected}");
}

#[test]
fn noise_is_smoothed_as_much_as_the_sum_over_all_modes_says() {
    for (size, steps, expected) in [(32, 32, 0.384006), (64, 64, 0.282910), (64, 100, 0.221527)] {
        let along = |waves: usize| 2.0 - 2.0 * (2.0 * PI * waves as f64 / size as f64).cos();
        let modes = (0..size * size).skip(1).map(|mode| along(mode / size) + along(mode % size));
        let squares: f64 = modes.map(|mu| left(mu, steps) * left(mu, steps)).sum();
        let exact = 5.0 * squares.sqrt() / size as f64;
        assert!((exact - expected).abs() < 5.1e-7, "{exact}");

        let seeds = 40;
        let variances = (0..seeds).map(|seed| {
            let settings = Settings {
                grid_size: size,
                steps,
                seed,
                spike_probability: 0.0,
                ..Settings::default()
            };
            let deviation = run(&settings).unwrap().field.summary().deviation;
            deviation * deviation
        });
        let found = (variances.sum::<f64>() / seeds as f64).sqrt();
        // A few dozen modes carry what is left, so that a run's variance is a tenth or two off.
        assert!((found / exact - 1.0).abs() < 0.07, "{found} against {exact}");
    }
}
