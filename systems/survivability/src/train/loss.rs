//! Losses and their slopes, a row at a time.

use super::elementary::{exp, ln};

/// How improbable the softmax over the feasible candidates finds the action: -ln π(action).
/// Writes the slope of `weight` times that by the logits; that of what is masked out is 0.
///
/// The action must be feasible.
pub fn cross_entropy(
    logits: &[f32],
    mask: &[bool],
    action: usize,
    weight: f64,
    slopes: &mut [f32],
) -> f64 {
    assert!(mask[action], "action {action} is masked out");
    let feasible = || logits.iter().zip(mask).filter(|(_, allowed)| **allowed).map(|(l, _)| *l);
    let top = f64::from(feasible().fold(f32::NEG_INFINITY, f32::max));
    let mut sum = 0.0;
    for logit in feasible() {
        sum += exp(f64::from(logit) - top);
    }
    for (index, slope) in slopes.iter_mut().enumerate() {
        let probability = if mask[index] { exp(f64::from(logits[index]) - top) / sum } else { 0.0 };
        let wanted = if index == action { 1.0 } else { 0.0 };
        *slope = (weight * (probability - wanted)) as f32;
    }
    if sum.is_normal() { ln(sum) + top - f64::from(logits[action]) } else { f64::NAN }
}

/// The asymmetric square of a difference u = target - estimate, |expectile - 1(u < 0)| u², and its
/// slope by the estimate. With an expectile above one half, falling short costs more.
#[must_use]
pub fn expectile(difference: f64, expectile: f64) -> (f64, f64) {
    let weight = if difference < 0.0 { 1.0 - expectile } else { expectile };
    (weight * difference * difference, -2.0 * weight * difference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{assert_close, golden, numbers};

    #[test]
    fn weighted_cross_entropy_and_its_slopes_are_what_numpy_says() {
        let case = golden().weighted;
        let (logits, rows) = (numbers(case.seed, 12, 6.0), case.actions.len() as f64);
        let mut slopes = vec![f32::NAN; 12];
        let mut loss = 0.0;
        for (row, slopes) in slopes.chunks_exact_mut(3).enumerate() {
            let (mask, weight) = (&case.mask[row], case.weights[row] / rows);
            let logits = &logits[3 * row..][..3];
            loss += weight * cross_entropy(logits, mask, case.actions[row], weight, slopes);
        }
        assert!((loss / case.loss - 1.0).abs() < 1e-9, "{loss} for {}", case.loss);
        assert_close(&slopes, &case.gradient, 1e-6);
    }

    #[test]
    fn the_expectile_loss_is_what_numpy_says() {
        let case = golden().expectile;
        let parts: Vec<(f64, f64)> =
            case.differences.iter().map(|u| expectile(*u, case.expectile)).collect();
        let loss: f64 = parts.iter().map(|(loss, _)| loss).sum();
        assert!((loss - case.loss).abs() < 1e-12, "{loss} for {}", case.loss);
        let slopes: Vec<f32> = parts.iter().map(|(_, slope)| *slope as f32).collect();
        assert_close(&slopes, &case.gradient, 1e-6);
    }

    #[test]
    fn falling_short_by_two_costs_seven_thirds_of_reaching_too_far_by_two() {
        let close = |found: (f64, f64), loss: f64, slope: f64| {
            (found.0 - loss).abs() < 1e-12 && (found.1 - slope).abs() < 1e-12
        };
        assert!(close(expectile(2.0, 0.7), 2.8, -2.8));
        assert!(close(expectile(-2.0, 0.7), 1.2, 1.2));
        assert!(close(expectile(3.0, 0.5), 4.5, -3.0));
    }

    #[test]
    fn the_only_feasible_candidate_costs_nothing() {
        let mut slopes = [f32::NAN; 3];
        let mask = [false, true, false];
        let loss = cross_entropy(&[900.0, -900.0, f32::MAX], &mask, 1, 1.0, &mut slopes);
        assert_eq!(loss.to_bits(), 0);
        assert_close(&slopes, &[0.0; 3], 0.0);
    }

    #[test]
    fn far_logits_neither_overflow_nor_vanish() {
        let mut slopes = [0.0; 2];
        let loss = cross_entropy(&[1e30, -1e30], &[true; 2], 1, 1.0, &mut slopes);
        assert!(loss > 1e30 && loss.is_finite());
        assert_close(&slopes, &[1.0, -1.0], 1e-6);
        assert!(cross_entropy(&[f32::NAN, 0.0], &[true; 2], 1, 1.0, &mut slopes).is_nan());
    }
}
