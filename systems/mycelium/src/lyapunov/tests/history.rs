use super::*;
use crate::field::History;
use crate::random::Random;
use crate::settings::Streams;

fn history(size: usize, cells: &[f64]) -> History {
    History::new(size, cells.to_vec()).unwrap()
}

#[test]
fn the_increment_of_growing_steps_is_the_mean_of_their_logarithms() {
    // Steps of 1, 2 and 4 in each of four cells.
    let cells: Vec<f64> = [0.0, 1.0, 3.0, 7.0].iter().flat_map(|cell| [*cell; 4]).collect();
    let history = history(2, &cells);
    let found = mean_log_increment(&history, Form::Norm, 1.0).unwrap();
    assert!((found - 4_f64.ln()).abs() < 1e-12, "{found}");
    let found = mean_log_increment(&history, Form::RootMeanSquare, 0.5).unwrap();
    assert!((found - 2.0 * 2_f64.ln()).abs() < 1e-12, "{found}");
}

#[test]
fn a_step_without_change_is_left_out_of_one_form_and_counted_by_the_other() {
    let history = history(1, &[0.0, 2.0, 2.0, 4.0]);
    let of = |form| mean_log_increment(&history, form, 1.0).unwrap();
    assert!((of(Form::Norm) - 2_f64.ln()).abs() < 1e-12);
    assert!((of(Form::RootMeanSquare) - 2.0 / 3.0 * 2_f64.ln()).abs() < 1e-12);
}

#[test]
fn noise_has_the_increment_of_its_unit_and_its_number_of_cells() {
    let mut random = Random::new(Streams::Fast, 3);
    let cells: Vec<f64> = (0..100 * 64 * 64).map(|_| 0.01 * random.normal()).collect();
    let found = mean_log_increment(&history(64, &cells), Form::Norm, 1.0).unwrap();
    let expected = (0.01 * 2_f64.sqrt() * 64.0).ln();
    assert!((found - expected).abs() < 0.005, "{found} for {expected}");
}

#[test]
fn chaos_has_a_negative_increment_and_a_positive_exponent() {
    let series = logistic(5000, 0.3);
    let found = mean_log_increment(&history(1, &series), Form::Norm, 1.0).unwrap();
    assert!(found < -1.0, "{found}");
    assert!(rosenstein(&series[..1000], &Embedding::default(), 5).unwrap().exponent > 0.6);
}

#[test]
fn a_history_of_one_frame_or_of_no_change_has_no_increment() {
    for cells in [&[][..], &[1.0], &[1.0, 1.0, 1.0]] {
        for form in [Form::Norm, Form::RootMeanSquare] {
            let found = mean_log_increment(&history(1, cells), form, 1.0).unwrap();
            assert!(found.abs() < 1e-15, "{cells:?}: {found}");
        }
    }
}

#[test]
fn stability_is_told_per_unit_of_time() {
    let history = history(2, &[0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, -0.3]);
    let found = stability(&history, Form::Norm, 0.5).unwrap();
    assert!((found.mean_log_increment - (0.1_f64.ln() + 0.3_f64.ln()) / 2.0 / 0.5).abs() < 1e-12);
    assert!(found.is_stable);
    assert!((found.mean_change - 0.4 / 8.0 / 0.5).abs() < 1e-12, "{found:?}");
    assert!((found.max_change - 0.3 / 0.5).abs() < 1e-12, "{found:?}");
    // Of 0.1, 0, 0 and -0.3.
    assert!((found.deviation - 0.15).abs() < 1e-12, "{found:?}");
}

#[test]
fn a_time_step_that_is_none_and_a_history_that_is_not_finite_are_refused() {
    let fine = history(1, &[0.0, 1.0]);
    for time_step in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(mean_log_increment(&fine, Form::Norm, time_step).is_err(), "{time_step}");
    }
    let broken = history(1, &[0.0, 1.0, f64::NAN, 2.0]);
    let found = mean_log_increment(&broken, Form::Norm, 1.0);
    assert_eq!(found, Err(Error::NotFinite { field: "potential", step: 3, count: 1 }));
}
