//! Curves against a table of scipy's and against exact arithmetic on whole numbers.

use std::time::Duration;

use proptest::prelude::*;
use tollgate_load::schedule::Curve;
use tollgate_load::workload::Leg;

use crate::legs;

#[test]
fn areas_and_moments_are_those_of_scipy() {
    let table = include_str!("../../testdata/curves.json");
    let table: serde_json::Value = serde_json::from_str(table).unwrap();
    let cases = table.as_array().unwrap();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let legs: Vec<Leg> = pairs(&case["legs"])
            .map(|(to, over)| Leg { to, over: Duration::from_secs_f64(over) })
            .collect();
        let curve = Curve::new(&legs);
        let name = &case["name"];
        let total = case["total"].as_f64().unwrap();
        let whole = case["whole"].as_f64().unwrap();
        assert!((curve.total().as_secs_f64() - total).abs() < 1e-9, "{name}");
        for (at, area) in pairs(&case["areas"]).chain([(total, whole)]) {
            let ours = curve.area(Duration::from_secs_f64(at));
            // The moment is rounded to a nanosecond.
            let close = 1e-9 * curve.highest() + 1e-12 * whole;
            assert!((ours - area).abs() < close, "{name}: {ours} at {at}, not {area}");
        }
        for (area, at) in pairs(&case["moments"]) {
            let ours = curve.when(area).unwrap().as_secs_f64();
            assert!((ours - at).abs() < 2e-9, "{name}: {area} at {ours}, not {at}");
        }
    }
}

fn pairs(value: &serde_json::Value) -> impl Iterator<Item = (f64, f64)> {
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    value.as_array().unwrap().iter().map(move |pair| (number(&pair[0]), number(&pair[1])))
}

#[test]
fn the_level_at_a_jump_is_the_one_after_it_and_at_the_end_zero() {
    let curve = Curve::new(&legs(&[(10.0, 1000), (4.0, 0), (4.0, 1000)]));
    let level = |ms| curve.level(Duration::from_millis(ms));
    assert_eq!((level(0), level(500), level(1000), level(1999)), (0.0, 5.0, 4.0, 4.0));
    assert_eq!((level(2000), level(9000)), (0.0, 0.0));
    assert_eq!(curve.highest(), 10.0);
}

#[test]
fn a_jump_that_is_left_at_once_is_not_there() {
    let curve = Curve::new(&legs(&[(90.0, 0), (3.0, 0), (3.0, 1000), (50.0, 0)]));
    assert_eq!((curve.highest(), curve.users()), (3.0, 3));
    assert_eq!(curve.area(curve.total()), 3.0);
}

#[test]
fn a_value_reached_before_a_rest_is_reached_at_its_start() {
    let curve = Curve::new(&legs(&[(2.0, 0), (2.0, 1000), (0.0, 0), (0.0, 5000)]));
    assert_eq!(curve.when(2.0), Some(Duration::from_secs(1)));
    assert_eq!(curve.when(0.0), Some(Duration::ZERO));
    assert_eq!(curve.when(2.000_001), None);
    assert_eq!(curve.area(Duration::from_secs(3)), 2.0);
}

#[test]
fn no_legs_no_levels_and_nonsense_are_zero() {
    let nonsense = [(f64::NAN, 1000), (-5.0, 1000), (f64::INFINITY, 1000)];
    for legs in [legs(&[]), legs(&[(0.0, 1000)]), legs(&[(5.0, 0)]), legs(&nonsense)] {
        let curve = Curve::new(&legs);
        assert_eq!((curve.highest(), curve.area(Duration::MAX)), (0.0, 0.0));
        assert_eq!(curve.when(0.5), None);
        assert_eq!(curve.when(f64::NAN).unwrap_or_default(), Duration::ZERO);
        assert_eq!(curve.users(), 0);
    }
    let endless = [Leg { to: 1.0, over: Duration::MAX }, Leg { to: 1.0, over: Duration::MAX }];
    assert_eq!(Curve::new(&endless).total(), Duration::MAX);
}

/// Twice the area of the first `ns` of a line, times its length, in level times ns squared.
fn twice(from: i128, to: i128, length: i128, ns: i128) -> i128 {
    2 * from * ns * length + (to - from) * ns * ns
}

/// Twice the exact area up to a moment, rounded down, in level times ns times 1024.
fn exactly(corners: &[(u32, u64)], until: i128) -> i128 {
    let (mut level, mut start, mut sum) = (0_i128, 0_i128, 0_i128);
    for (to, length) in corners {
        let (to, length) = (i128::from(*to), i128::from(*length));
        let within = (until - start).clamp(0, length);
        if length > 0 {
            sum += (twice(level, to, length, within) * 1024).div_euclid(length);
        }
        (level, start) = (to, start + length);
    }
    sum
}

fn corners() -> impl Strategy<Value = Vec<(u32, u64)>> {
    let level = prop_oneof![Just(0), 1..20_u32, 0..100_000_u32];
    let length = prop_oneof![Just(0), 1..2_000_000_000_u64, 0..600_000_000_000_u64];
    prop::collection::vec((level, length), 1..8)
}

fn curve_of(corners: &[(u32, u64)]) -> Curve {
    let leg = |(to, ns): &(u32, u64)| Leg { to: f64::from(*to), over: Duration::from_nanos(*ns) };
    Curve::new(&corners.iter().map(leg).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn the_exact_area_a_nanosecond_before_and_after_encloses_the_value(
        corners in corners(), share in 0.0..1.0_f64,
    ) {
        let curve = curve_of(&corners);
        let whole = curve.area(Duration::MAX);
        // A multiple of 1/1024, so that it is exact as a whole number too.
        let wanted = (whole * share * 1024.0).floor();
        let at = curve.when(wanted / 1024.0).map(|at| at.as_nanos() as i128);
        prop_assume!(whole > 0.0);
        let at = at.expect("it is not above the whole");
        let wanted = wanted as i128 * 2_000_000_000;
        // What doubles cannot tell apart in sums as large as the whole.
        let blur = (whole * 1e-14 * 2e9 * 1024.0) as i128 + 8;
        prop_assert!(exactly(&corners, at - 1) <= wanted + blur);
        prop_assert!(exactly(&corners, at + 1) >= wanted - blur);
    }

    #[test]
    fn the_area_is_the_exact_one(corners in corners(), share in 0.0..1.0_f64) {
        let curve = curve_of(&corners);
        let at = curve.total().mul_f64(share);
        let exact = exactly(&corners, at.as_nanos() as i128) as f64 / 2e9 / 1024.0;
        prop_assert!((curve.area(at) - exact).abs() <= curve.area(Duration::MAX) * 1e-14 + 1e-11);
    }

    #[test]
    fn more_area_is_never_reached_earlier(
        corners in corners(), shares in prop::collection::vec(0.0..1.0_f64, 2..40),
    ) {
        let curve = curve_of(&corners);
        let whole = curve.area(Duration::MAX);
        let mut areas: Vec<f64> = shares.iter().map(|share| share * whole).collect();
        areas.sort_by(f64::total_cmp);
        let moments: Vec<_> = areas.iter().map(|area| curve.when(*area)).collect();
        prop_assert!(moments.is_sorted(), "{moments:?}");
    }
}
