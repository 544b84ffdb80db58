//! Several tests at once: adjusted p-values that bound the share of false discoveries.

/// Benjamini and Hochberg (1995): adjusted p-values in the order given; reject those at or below
/// the rate wanted. Valid for independent and for positively dependent tests.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, 1.0)
}

/// Benjamini and Yekutieli (2001): the same under any dependence, at the price of the factor
/// 1 + 1/2 + ... + 1/m.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    step_up(p, (1..=p.len()).map(|i| 1.0 / i as f64).sum())
}

fn step_up(p: &[f64], factor: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 1.0_f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * factor * p.len() as f64 / (rank + 1) as f64);
        adjusted[i] = least;
    }
    adjusted
}
