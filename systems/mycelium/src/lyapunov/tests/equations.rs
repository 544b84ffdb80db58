use std::f64::consts::LN_2;

use super::*;

fn logistic_exponent(rate: f64, steps: usize) -> Result<f64, Error> {
    let map = |[x]: [f64; 1]| [rate * x * (1.0 - x)];
    of_map(map, |[x]| [[rate * (1.0 - 2.0 * x)]], [0.3], 1000, steps).map(|[exponent]| exponent)
}

#[test]
fn the_logistic_map_doubles_differences_at_four() {
    let found = logistic_exponent(4.0, 200_000).unwrap();
    assert!(within(found, LN_2, 0.1), "{found}");
}

#[test]
fn the_logistic_map_has_the_exponent_of_its_cycle_at_three_point_two() {
    let found = logistic_exponent(3.2, 1000).unwrap();
    assert!(within(found, 0.5 * 0.16_f64.ln(), 0.01), "{found}");
}

#[test]
fn the_tent_map_doubles_differences() {
    // At a slope of two an orbit of binary fractions ends at zero, where the slope is the same; at
    // one below two it goes on.
    for slope in [2.0, 1.9] {
        let map = |[x]: [f64; 1]| [slope * if x < 0.5 { x } else { 1.0 - x }];
        let jacobian = |[x]: [f64; 1]| [[if x < 0.5 { slope } else { -slope }]];
        let [found] = of_map(map, jacobian, [0.3137], 100, 10_000).unwrap();
        assert!(within(found, f64::ln(slope), 1e-9), "{found}");
    }
}

#[test]
fn the_cat_map_has_two_exponents_that_sum_to_nothing() {
    let map = |[x, y]: [f64; 2]| [(2.0 * x + y).fract(), (x + y).fract()];
    let found = of_map(map, |_| [[2.0, 1.0], [1.0, 1.0]], [0.1, 0.7], 0, 1000).unwrap();
    let expected = ((3.0 + 5_f64.sqrt()) / 2.0).ln();
    assert!(within(found[0], expected, 0.1), "{found:?}");
    assert!(within(found[1], -expected, 0.1), "{found:?}");
    assert!((found[0] + found[1]).abs() < 1e-12, "{found:?}");
}

#[test]
fn henons_map_has_the_known_exponents() {
    let map = |[x, y]: [f64; 2]| [1.0 - 1.4 * x * x + y, 0.3 * x];
    let jacobian = |[x, _]: [f64; 2]| [[-2.8 * x, 1.0], [0.3, 0.0]];
    let found = of_map(map, jacobian, [0.1, 0.1], 1000, 100_000).unwrap();
    assert!(within(found[0], 0.4192, 1.0), "{found:?}");
    // The map shrinks every area by the same factor.
    assert!((found[0] + found[1] - 0.3_f64.ln()).abs() < 1e-9, "{found:?}");
}

#[test]
fn lorenzs_flow_has_the_known_exponents() {
    let (sigma, rho, beta) = (10.0, 28.0, 8.0 / 3.0);
    let velocity = |[x, y, z]: [f64; 3]| [sigma * (y - x), x * (rho - z) - y, x * y - beta * z];
    let jacobian = |[x, y, z]: [f64; 3]| [[-sigma, sigma, 0.0], [rho - z, -1.0, -x], [y, x, -beta]];
    let flow = Flow { time_step: 0.005, settle: 5000, steps: 200_000, every: 10 };
    let found = of_flow(velocity, jacobian, [1.0, 1.0, 20.0], &flow).unwrap();
    assert!(within(found[0], 0.9056, 2.0), "{found:?}");
    assert!(found[1].abs() < 0.01, "{found:?}");
    assert!(within(found[2], -14.572, 1.0), "{found:?}");
    let sum: f64 = found.iter().sum();
    assert!((sum + 13.6667).abs() < 0.001, "{found:?}");
}

#[test]
fn a_linear_flow_has_its_rates_for_exponents() {
    let velocity = |[x, y]: [f64; 2]| [0.5 * x, -2.0 * y];
    let flow = Flow { time_step: 0.01, settle: 0, steps: 1000, every: 7 };
    let found = of_flow(velocity, |_| [[0.5, 0.0], [0.0, -2.0]], [1e-3, 1.0], &flow).unwrap();
    assert!((found[0] - 0.5).abs() < 1e-9 && (found[1] + 2.0).abs() < 1e-8, "{found:?}");
}

#[test]
fn an_orbit_that_leaves_the_numbers_is_told_with_its_step() {
    let found = logistic_exponent(5.0, 1000);
    assert!(matches!(found, Err(Error::NotFinite { field: "orbit", .. })), "{found:?}");
    let outside = of_map(|x: [f64; 1]| x, |_| [[1.0]], [f64::NAN], 0, 1);
    assert!(matches!(outside, Err(Error::NotFinite { field: "orbit", step: 0, .. })));
}

#[test]
fn differences_that_vanish_have_no_exponent() {
    let found = of_map(|_: [f64; 1]| [0.0], |_| [[0.0]], [1.0], 0, 10);
    assert!(matches!(found, Err(Error::NotFinite { step: 1, .. })), "{found:?}");
}

#[test]
fn steps_that_cannot_be_are_refused() {
    assert!(logistic_exponent(4.0, 0).is_err());
    let refused = |flow: Flow| of_flow(|x: [f64; 1]| x, |_| [[1.0]], [1.0], &flow).is_err();
    let flow = Flow { time_step: 0.01, settle: 0, steps: 10, every: 1 };
    assert!(!refused(flow));
    for time_step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(refused(Flow { time_step, ..flow }), "{time_step}");
    }
    assert!(refused(Flow { every: 0, ..flow }));
    assert!(refused(Flow { every: 11, ..flow }));
    assert!(refused(Flow { steps: 0, ..flow }));
}
