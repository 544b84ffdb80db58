use std::f64::consts::LN_2;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Row {
    name: String,
    series: Vec<f64>,
    dimension: usize,
    lag: usize,
    theiler: usize,
    steps: usize,
    exponent: f64,
    divergence: Vec<f64>,
}

fn oracle() -> Vec<Row> {
    serde_json::from_str(include_str!("../../../testdata/lyapunov/oracle.json")).unwrap()
}

#[test]
fn rosensteins_exponent_and_divergence_are_those_of_nolds() {
    for row in oracle() {
        let Row { dimension, lag, theiler, .. } = row;
        let embedding = Embedding { dimension, lag, theiler };
        let found = rosenstein(&row.series, &embedding, row.steps).unwrap();
        // The oracle keeps distances in half as many digits.
        assert!((found.exponent - row.exponent).abs() < 1e-4, "{}: {found:?}", row.name);
        for (found, expected) in found.divergence.iter().zip(&row.divergence) {
            assert!((found - expected).abs() < 1e-4, "{}: {found} for {expected}", row.name);
        }
    }
}

#[test]
fn rosenstein_finds_the_exponent_of_the_logistic_map() {
    for start in [0.1, 0.2345, 0.71] {
        let found = rosenstein(&logistic(2000, start), &Embedding::default(), 5).unwrap();
        assert!(within(found.exponent, LN_2, 2.0), "{start}: {}", found.exponent);
    }
}

#[test]
fn wolf_finds_the_exponent_of_the_logistic_map() {
    for start in [0.1, 0.2345, 0.71] {
        let found = wolf(&logistic(3000, start), &Wolf::default()).unwrap();
        assert!(within(found, LN_2, 5.0), "{start}: {found}");
    }
}

#[test]
fn wolf_in_any_direction_is_the_mean_growth_towards_the_nearest_neighbour() {
    let series = logistic(300, 0.3);
    let embedding = Embedding { dimension: 1, lag: 1, theiler: 3 };
    let found = wolf(&series, &Wolf { embedding, follow: 1, cosine: -1.0 }).unwrap();
    let growth = |one: usize| {
        let away = |other: usize| (series[one] - series[other]).abs();
        let far = |other: &usize| one.abs_diff(*other) > 3 && away(*other) > 0.0;
        let near = (0..299).filter(far).min_by(|a, b| away(*a).total_cmp(&away(*b))).unwrap();
        ((series[one + 1] - series[near + 1]).abs() / away(near)).ln()
    };
    let expected = (0..299).map(growth).sum::<f64>() / 299.0;
    assert!((found - expected).abs() < 1e-12, "{found} for {expected}");
}

#[test]
fn wolf_finds_the_exponent_of_henons_map() {
    let next = |&(x, y): &(f64, f64)| Some((1.0 - 1.4 * x * x + y, 0.3 * x));
    let orbit = std::iter::successors(Some((0.1, 0.1)), next).skip(100).take(4000);
    let series: Vec<f64> = orbit.map(|(x, _)| x).collect();
    let found = wolf(&series, &Wolf::default()).unwrap();
    assert!(within(found, 0.4192, 5.0), "{found}");
}

/// Squares of these values are infinite or nothing, and so are differences of the largest.
#[test]
fn exponents_do_not_depend_on_the_unit_however_large_or_small_it_is() {
    let series: Vec<f64> = logistic(300, 0.3).iter().map(|value| value - 0.5).collect();
    let embedding = Embedding::default();
    let expected = rosenstein(&series, &embedding, 5).unwrap();
    let expected_wolf = wolf(&series, &Wolf::default()).unwrap();
    for power in [-900, -600, -340, -330, 330, 340, 600, 1024] {
        let half = f64::from(power / 2).exp2();
        let scaled: Vec<f64> = series.iter().map(|value| value * half * half).collect();
        assert!(scaled.iter().all(|value| value.is_finite()), "{power}");
        let found = rosenstein(&scaled, &embedding, 5).unwrap();
        assert!((found.exponent - expected.exponent).abs() < 1e-9, "2^{power}: {found:?}");
        let shift = f64::from(power) * LN_2;
        for (found, expected) in found.divergence.iter().zip(&expected.divergence) {
            assert!((found - expected - shift).abs() < 1e-9, "2^{power}: {found}");
        }
        let found = wolf(&scaled, &Wolf::default()).unwrap();
        assert!((found - expected_wolf).abs() < 1e-9, "2^{power}: {found}");
    }
}

#[test]
fn a_series_that_does_not_part_has_an_exponent_near_nothing() {
    let series: Vec<f64> = (0..1000).map(|step| (f64::from(step) * 0.37).sin()).collect();
    let embedding = Embedding { theiler: 20, ..Embedding::default() };
    let found = rosenstein(&series, &embedding, 10).unwrap().exponent;
    assert!(found.abs() < 0.01, "{found}");
    let found = wolf(&series, &Wolf { embedding, follow: 5, ..Wolf::default() }).unwrap();
    assert!(found.abs() < 0.01, "{found}");
}

#[test]
fn a_series_that_repeats_itself_is_refused() {
    let series: Vec<f64> = (0..100).map(|step| f64::from(step % 2)).collect();
    let embedding = Embedding::default();
    assert!(matches!(rosenstein(&series, &embedding, 5), Err(Error::Shape(_))));
    // Its only neighbours that are elsewhere never come nearer or part.
    assert_eq!(wolf(&series, &Wolf::default()), Ok(0.0));
    assert!(matches!(wolf(&[1.0; 50], &Wolf::default()), Err(Error::Shape(_))));
}

#[test]
fn a_series_too_short_or_not_finite_is_refused() {
    let embedding = Embedding { dimension: 3, lag: 2, theiler: 2 };
    let series = logistic(16, 0.3);
    // Four of its sixteen numbers begin no state, and eleven states are wanted.
    assert!(rosenstein(&series[..15], &embedding, 5).is_ok());
    assert!(matches!(rosenstein(&series[..14], &embedding, 5), Err(Error::Shape(_))));
    assert!(matches!(wolf(&series[..6], &Wolf::default().with(embedding)), Err(Error::Shape(_))));
    assert!(matches!(rosenstein(&[], &Embedding::default(), 5), Err(Error::OutOfRange { .. })));
    let mut broken = series;
    broken[3] = f64::NAN;
    let expected = Error::NotFinite { field: "series", step: 3, count: 1 };
    assert_eq!(rosenstein(&broken, &embedding, 5), Err(expected.clone()));
    assert_eq!(wolf(&broken, &Wolf::default()), Err(expected));
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let series = logistic(200, 0.3);
    let embedding = Embedding::default();
    for wrong in [
        Embedding { dimension: 0, ..embedding },
        Embedding { dimension: 21, ..embedding },
        Embedding { lag: 0, ..embedding },
        Embedding { lag: usize::MAX, ..embedding },
        Embedding { theiler: usize::MAX, ..embedding },
    ] {
        assert!(rosenstein(&series, &wrong, 5).is_err(), "{wrong:?}");
        assert!(wolf(&series, &Wolf::default().with(wrong)).is_err(), "{wrong:?}");
    }
    for steps in [0, 1, 10_001] {
        assert!(rosenstein(&series, &embedding, steps).is_err(), "{steps}");
    }
    assert!(wolf(&series, &Wolf { follow: 0, ..Wolf::default() }).is_err());
    assert!(wolf(&series, &Wolf { follow: usize::MAX, ..Wolf::default() }).is_err());
    for cosine in [1.1, -1.1, f64::NAN] {
        assert!(wolf(&series, &Wolf { cosine, ..Wolf::default() }).is_err(), "{cosine}");
    }
}

impl Wolf {
    fn with(self, embedding: Embedding) -> Wolf {
        Wolf { embedding, ..self }
    }
}
