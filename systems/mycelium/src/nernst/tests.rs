use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Row {
    name: String,
    valence: i32,
    outside: f64,
    inside: f64,
    temperature: f64,
    millivolts: f64,
}

fn oracle() -> Vec<Row> {
    serde_json::from_str(include_str!("../../testdata/nernst/oracle.json")).unwrap()
}

/// Relative to the larger of the two.
fn apart(one: f64, other: f64) -> f64 {
    (one - other).abs() / one.abs().max(other.abs()).max(f64::MIN_POSITIVE)
}

#[test]
fn potentials_are_those_of_decimal_arithmetic() {
    for row in oracle() {
        let found = potential(row.valence, row.outside, row.inside, row.temperature).unwrap();
        assert!(apart(found * 1000.0, row.millivolts) < 1e-9, "{}: {found}", row.name);
    }
}

#[test]
fn the_presets_have_the_potentials_of_the_oracle() {
    let rows = oracle();
    let body = MAMMAL.map(|ion| (ion, BODY));
    let axon = SQUID.map(|ion| (ion, 291.65));
    let expected =
        ["K+", "Na+", "Cl-", "Ca2+", "K+ of a squid", "Na+ of a squid", "Cl- of a squid"];
    for ((ion, temperature), name) in body.into_iter().chain(axon).zip(expected) {
        let row = rows.iter().find(|row| row.name == name).unwrap();
        assert!(name.starts_with(ion.name));
        let found = ion.potential(temperature).unwrap() * 1000.0;
        assert!(apart(found, row.millivolts) < 1e-9, "{name}: {found}");
    }
}

#[test]
fn the_old_floor_raises_the_calcium_of_a_cell_and_the_usual_one_does_not() {
    let Ion { valence, outside, inside, .. } = CALCIUM;
    let floored = potential_clamped(valence, outside, inside, BODY, FLOOR_V4_1).unwrap();
    assert!((floored * 1000.0 - 101.5186).abs() < 1e-4, "{floored}");
    let found = CALCIUM.potential(BODY).unwrap();
    assert!((found * 1000.0 - 132.2722).abs() < 1e-4, "{found}");
    // Below the usual floor it is raised as well.
    assert_eq!(potential(1, 0.1, 1e-15, BODY), potential(1, 0.1, 1e-12, BODY));
}

#[test]
fn a_valence_of_zero_or_beyond_three_is_refused() {
    for valence in [0, 4, -4, i32::MAX, i32::MIN] {
        let refused = potential(valence, 0.1, 0.1, BODY).unwrap_err();
        let expected = format!("`valence` is {valence}, but must be from -3 to 3 and not 0");
        assert_eq!(refused.to_string(), expected);
    }
}

#[test]
fn concentrations_and_temperatures_that_cannot_be_are_refused() {
    for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(potential(1, wrong, 0.1, BODY).is_err(), "outside {wrong}");
        assert!(potential(1, 0.1, wrong, BODY).is_err(), "inside {wrong}");
        assert!(potential_clamped(1, 0.1, 0.1, BODY, wrong).is_err(), "floor {wrong}");
    }
    for wrong in [272.9, 373.1, f64::NAN, -1.0] {
        let refused = potential(1, 0.1, 0.2, wrong).unwrap_err();
        assert!(refused.to_string().starts_with("`temperature`"), "{refused}");
    }
    assert!(potential(1, 0.1, 0.2, 273.0).is_ok() && potential(1, 0.1, 0.2, 373.0).is_ok());
}

fn valence() -> impl Strategy<Value = i32> {
    (1..=3_i32, prop::bool::ANY).prop_map(|(size, negative)| if negative { -size } else { size })
}

/// From far below what a cell holds to far above, evenly in the logarithm.
fn concentration() -> impl Strategy<Value = f64> {
    (-27.0..3.0).prop_map(f64::exp)
}

proptest! {
    #[test]
    fn an_ion_as_concentrated_outside_as_inside_has_no_potential(
        valence in valence(),
        concentration in concentration(),
        temperature in 273.0..373.0,
    ) {
        prop_assert_eq!(potential(valence, concentration, concentration, temperature), Ok(0.0));
    }

    #[test]
    fn swapping_outside_and_inside_negates_and_so_does_the_opposite_charge(
        valence in valence(),
        outside in concentration(),
        inside in concentration(),
        temperature in 273.0..373.0,
    ) {
        let found = potential(valence, outside, inside, temperature).unwrap();
        prop_assert_eq!(potential(valence, inside, outside, temperature), Ok(-found));
        prop_assert_eq!(potential(-valence, outside, inside, temperature), Ok(-found));
    }

    #[test]
    fn twice_the_charge_halves_the_potential(
        outside in concentration(),
        inside in concentration(),
        temperature in 273.0..373.0,
    ) {
        let found = potential(1, outside, inside, temperature).unwrap();
        let half = potential(2, outside, inside, temperature).unwrap();
        prop_assert!((found / 2.0 - half).abs() <= found.abs() * 1e-15);
    }

    #[test]
    fn the_potential_is_linear_in_the_temperature(
        valence in valence(),
        outside in concentration(),
        inside in concentration(),
        temperature in 273.0..373.0,
    ) {
        let found = potential(valence, outside, inside, temperature).unwrap();
        let least = potential(valence, outside, inside, 273.0).unwrap();
        prop_assert!((found - least * temperature / 273.0).abs() <= found.abs() * 1e-14);
    }
}
