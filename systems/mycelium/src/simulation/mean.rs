//! Means of many numbers, summed pairwise: the error grows with the logarithm of their count, and
//! the result is that of NumPy to the last bit.

/// Numbers that are summed without being halved further.
const BLOCK: usize = 128;

#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

fn sum(values: &[f64]) -> f64 {
    if values.len() <= BLOCK {
        return block(values);
    }
    let half = values.len() / 2;
    let half = half - half % 8;
    sum(&values[..half]) + sum(&values[half..])
}

/// Eight sums side by side, put together in pairs.
fn block(values: &[f64]) -> f64 {
    let mut eights = values.chunks_exact(8);
    let Some(first) = eights.next() else {
        return values.iter().sum();
    };
    let mut sums: [f64; 8] = first.try_into().expect("a chunk of eight");
    for eight in eights.by_ref() {
        for (sum, value) in sums.iter_mut().zip(eight) {
            *sum += value;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let whole = ((a + b) + (c + d)) + ((e + f) + (g + h));
    eights.remainder().iter().fold(whole, |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_exact_where_every_sum_is() {
        for count in [1, 7, 8, 9, 127, 128, 129, 1000, 4096] {
            let values: Vec<f64> = (0..count).map(f64::from).collect();
            assert_eq!(mean(&values).to_bits(), (f64::from(count - 1) / 2.0).to_bits(), "{count}");
        }
    }

    #[test]
    fn errors_do_not_grow_with_the_count() {
        let tenths = vec![0.1; 1 << 20];
        assert!((mean(&tenths) - 0.1).abs() < 1e-16);
        let one_by_one = tenths.iter().sum::<f64>() / tenths.len() as f64;
        assert!((one_by_one - 0.1).abs() > 1e-13, "an easy case: {one_by_one}");
    }
}
