//! What can be detected, against statsmodels.

use tollgate_stats::power::{paired_mde, paired_power, two_sample_mde, two_sample_power};

use crate::golden::{close, number, rows, table, whole};

#[test]
fn the_power_of_t_tests_is_that_of_statsmodels() {
    for row in rows(&table("power")["paired"]) {
        let found = paired_power(number(&row[0]), whole(&row[1]), number(&row[2]));
        close(found, number(&row[3]), &row.to_string());
    }
    for row in rows(&table("power")["two_sample"]) {
        let found = two_sample_power(number(&row[0]), whole(&row[1]), number(&row[2]));
        close(found, number(&row[3]), &row.to_string());
    }
}

#[test]
fn the_smallest_detectable_change_is_that_of_statsmodels() {
    for row in rows(&table("power")["paired_mde"]) {
        let found = paired_mde(number(&row[0]), whole(&row[1]), 0.05, 0.8);
        close(found, number(&row[2]), &row.to_string());
    }
}

#[test]
fn a_change_of_the_noise_itself_takes_eighteen_values_a_side() {
    assert!(two_sample_mde(0.02, 18, 0.05, 0.8) <= 0.02);
    assert!(two_sample_mde(0.02, 17, 0.05, 0.8) > 0.02 - 1e-4);
    assert!(two_sample_mde(0.05, 102, 0.05, 0.8) <= 0.02);
}

#[test]
fn one_value_detects_nothing_and_no_noise_hides_nothing() {
    assert!(paired_mde(0.02, 1, 0.05, 0.8).is_infinite());
    assert!(two_sample_mde(0.02, 0, 0.05, 0.8).is_infinite());
    assert_eq!(paired_mde(0.0, 10, 0.05, 0.8), 0.0);
}
