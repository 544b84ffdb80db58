use proptest::prelude::*;

use super::*;

fn levels(threshold: Threshold, cells: &[f64]) -> Levels {
    threshold.levels(cells, &Moments::of(cells))
}

#[test]
fn fixed_levels_are_as_given() {
    let threshold = Threshold::Fixed { low: -60.0, medium: -50.0, high: -40.0 };
    let expected = Levels { low: -60.0, medium: -50.0, high: -40.0 };
    assert_eq!(levels(threshold, &[0.0, 1.0]), expected);
}

#[test]
fn levels_above_the_mean_are_so_many_deviations_above_it() {
    let threshold = Threshold::MeanPlus { low: 0.0, medium: 1.0, high: 3.0 };
    let Levels { low, medium, high } = levels(threshold, &[-0.072, -0.068]);
    assert!((low + 70.0).abs() < 1e-9 && (medium + 68.0).abs() < 1e-9);
    assert!((high + 64.0).abs() < 1e-9);
}

#[test]
fn otsu_parts_two_groups_between_them() {
    let mut cells = vec![-0.070, -0.0701, -0.0699, -0.0702, -0.0698];
    cells.extend([-0.050, -0.0501, -0.0499]);
    let Levels { low, .. } = levels(Threshold::Otsu, &cells);
    assert!((low + 69.8).abs() < 1e-9, "{low}");
}

#[test]
fn levels_that_do_not_rise_or_are_far_off_are_refused() {
    let refused = |threshold: Threshold| threshold.validate().unwrap_err().to_string();
    let fixed = |low, medium, high| Threshold::Fixed { low, medium, high };
    for threshold in [
        fixed(-50.0, -60.0, -40.0),
        fixed(-60.0, -60.0, -40.0),
        fixed(-101.0, -60.0, -40.0),
        fixed(-60.0, -50.0, 51.0),
        fixed(f64::NAN, -50.0, -40.0),
        fixed(-60.0, -50.0, f64::INFINITY),
    ] {
        assert!(refused(threshold).starts_with("`threshold` is"), "{threshold:?}");
    }
    let percentile = Threshold::Percentile { low: 50.0, medium: 75.0, high: 101.0 };
    assert!(refused(percentile).starts_with("`percentile` is 50, 75, 101"));
    let deviations = Threshold::MeanPlus { low: 2.0, medium: 1.0, high: 3.0 };
    assert!(refused(deviations).starts_with("`deviations` is"));
    assert_eq!(Threshold::Otsu.validate(), Ok(()));
}

#[test]
fn a_threshold_is_written_and_read_by_its_name() {
    let threshold = Threshold::MeanPlus { low: 1.0, medium: 1.5, high: 2.0 };
    let written = serde_json::to_string(&threshold).unwrap();
    assert_eq!(written, r#"{"mean_plus":{"low":1.0,"medium":1.5,"high":2.0}}"#);
    assert_eq!(serde_json::from_str::<Threshold>(&written).unwrap(), threshold);
    assert_eq!(serde_json::to_string(&Threshold::Otsu).unwrap(), r#""otsu""#);
}

fn adaptive() -> impl Strategy<Value = Threshold> {
    prop_oneof![
        Just(Threshold::Otsu),
        Just(Threshold::Percentile { low: 60.0, medium: 80.0, high: 95.0 }),
        Just(Threshold::default()),
    ]
}

proptest! {
    #[test]
    fn levels_found_in_a_field_rise_strictly_however_few_potentials_it_has(
        cells in prop::collection::vec((-95..40).prop_map(|cell| f64::from(cell) / 1000.0), 1..40),
        few in 1..5_usize,
        threshold in adaptive(),
    ) {
        let cells: Vec<f64> = cells.iter().cycle().take(few).copied().cycle().take(40).collect();
        let Levels { low, medium, high } = levels(threshold, &cells);
        prop_assert!(low < medium && medium < high, "{low}, {medium}, {high}");
    }

    #[test]
    fn adaptive_levels_move_and_widen_with_the_field(
        cells in prop::collection::vec(-0.095..0.040, 4..40),
        threshold in adaptive(),
    ) {
        let moved: Vec<f64> = cells.iter().map(|cell| cell * 2.0 + 0.5).collect();
        let (before, after) = (levels(threshold, &cells), levels(threshold, &moved));
        prop_assert!((before.low * 2.0 + 500.0 - after.low).abs() < 1e-6);
    }
}
