use super::*;

const REST: f64 = -0.070;
/// Seconds in which a membrane comes closer to its rest by a factor of e.
const RELAXATION: f64 = 0.010;

/// Where a membrane is that started at zero, so many seconds later.
fn exact(time: f64) -> f64 {
    REST - REST * (-time / RELAXATION).exp()
}

fn relax(scheme: Scheme, time_step: f64, steps: usize) -> f64 {
    let membrane = Membrane { scheme, time_step, ..Membrane::default() };
    let outcome = membrane.integrate(&[0.0], steps, |_, potentials, slopes| {
        slopes[0] = (REST - potentials[0]) / RELAXATION;
    });
    outcome.unwrap().potentials[0]
}

#[test]
fn a_membrane_relaxes_as_the_closed_form_says() {
    assert!((relax(Scheme::RungeKutta, 1e-4, 200) - exact(0.020)).abs() < 1e-11);
    assert!((relax(Scheme::Euler, 1e-6, 20_000) - exact(0.020)).abs() < 1e-6);
}

#[test]
fn half_the_step_halves_the_error_of_euler_and_divides_that_of_runge_and_kutta_by_sixteen() {
    for (scheme, factor) in [(Scheme::Euler, 2.0), (Scheme::RungeKutta, 16.0)] {
        let error = |time_step: f64, steps| (relax(scheme, time_step, steps) - exact(0.020)).abs();
        let ratio = error(1e-3, 20) / error(0.5e-3, 40);
        assert!((ratio / factor - 1.0).abs() < 0.1, "{scheme:?}: {ratio}");
    }
}

#[test]
fn the_derivative_is_told_the_time() {
    let membrane = Membrane { scheme: Scheme::RungeKutta, time_step: 1e-3, ..Membrane::default() };
    let outcome = membrane.integrate(&[0.0], 100, |time, _, slopes| slopes[0] = 3.0 * time * time);
    // The integral of 3 t^2 is t^3, which the method has exactly.
    assert!((outcome.unwrap().potentials[0] - 0.001).abs() < 1e-15);
}

#[test]
fn a_potential_beyond_the_clamp_is_brought_back_and_counted() {
    // By 8 mV a step: past 150 mV for the first time with the 19th.
    let outcome = Membrane::default().integrate(&[0.0, 0.0], 20, |_, _, slopes| {
        slopes.copy_from_slice(&[80.0, 0.0]);
    });
    let outcome = outcome.unwrap();
    assert_eq!(outcome.potentials, [0.150, 0.0]);
    let metrics = outcome.metrics;
    assert_eq!((metrics.steps, metrics.clamping_events), (20, 2));
    assert_eq!((metrics.max, metrics.min), (0.150, 0.0));
    assert!((metrics.mean - 0.075).abs() < 1e-15 && (metrics.deviation - 0.075).abs() < 1e-15);
    assert!(!metrics.is_physiological());
}

#[test]
fn a_derivative_that_leaves_the_numbers_is_told_with_its_step() {
    let outcome = Membrane::default().integrate(&[0.0, 0.0], 5, |time, _, slopes| {
        slopes[0] = if time > 1.5e-4 { f64::NAN } else { 0.0 };
        slopes[1] = 0.0;
    });
    assert_eq!(outcome, Err(Error::NotFinite { field: "potential", step: 3, count: 1 }));
}

#[test]
fn what_cannot_be_integrated_is_refused() {
    let nothing = |_: f64, _: &[f64], _: &mut [f64]| {};
    for time_step in [0.0, 1e-8, 0.02, f64::NAN, -1e-4] {
        let membrane = Membrane { time_step, ..Membrane::default() };
        let refused = membrane.integrate(&[0.0], 1, nothing).unwrap_err();
        assert!(refused.to_string().starts_with("`time_step` is"), "{refused}");
    }
    for clamp in [(0.1, -0.1), (f64::NAN, 0.1), (0.1, 0.1)] {
        let membrane = Membrane { clamp, ..Membrane::default() };
        assert!(membrane.integrate(&[0.0], 1, nothing).is_err());
    }
    assert!(Membrane::default().integrate(&[], 1, nothing).is_err());
    assert!(Membrane::default().integrate(&[f64::INFINITY], 1, nothing).is_err());
}

#[test]
fn a_potential_at_rest_is_physiological_and_one_above_40_mv_is_not() {
    let metrics = |potential| {
        let outcome = Membrane::default().integrate(&[potential], 0, |_, _, _| {});
        outcome.unwrap().metrics
    };
    assert!(metrics(-0.070).is_physiological());
    assert!(!metrics(0.041).is_physiological());
    assert!(!metrics(-0.096).is_physiological());
}
