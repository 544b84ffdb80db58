//! Aggregates that treat each coordinate on its own.

use super::width;
use crate::error::Error;

/// What the median of an even number of values is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Middle {
    /// Half way between the two in the middle.
    #[default]
    Mean,
    /// The lower of the two, as PyTorch's.
    Lower,
}

/// The median of each coordinate.
pub fn coordinate_median(clients: &[Vec<f64>], middle: Middle) -> Result<Vec<f64>, Error> {
    width(clients)?;
    Ok(by_coordinate(clients, |values| median(values, middle)))
}

/// The mean of each coordinate without its `trim` smallest and its `trim` largest values.
pub fn trimmed_mean(clients: &[Vec<f64>], trim: usize) -> Result<Vec<f64>, Error> {
    width(clients)?;
    if trim > (clients.len() - 1) / 2 {
        return Err(Error::out_of_range("trim", trim, "below half of the clients"));
    }
    let kept = trim..clients.len() - trim;
    Ok(by_coordinate(clients, |values| {
        // Sorted also so that the sum does not depend on the order of the clients.
        values.sort_unstable_by(f64::total_cmp);
        values[kept.clone()].iter().sum::<f64>() / kept.len() as f64
    }))
}

/// Of clients that were checked.
pub(super) fn by_coordinate(
    clients: &[impl AsRef<[f64]>],
    mut aggregate: impl FnMut(&mut [f64]) -> f64,
) -> Vec<f64> {
    let mut values = Vec::with_capacity(clients.len());
    let coordinates = 0..clients.first().map_or(0, |client| client.as_ref().len());
    coordinates
        .map(|place| {
            values.clear();
            values.extend(clients.iter().map(|client| client.as_ref()[place]));
            aggregate(&mut values)
        })
        .collect()
}

pub(super) fn median(values: &mut [f64], middle: Middle) -> f64 {
    let half = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    if !even {
        return *upper;
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).expect("two values at least");
    match middle {
        Middle::Mean => f64::midpoint(lower, *upper),
        Middle::Lower => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f64]) -> Vec<Vec<f64>> {
        values.iter().map(|value| vec![*value, -*value]).collect()
    }

    #[test]
    fn the_median_of_an_even_number_lies_half_way_unless_the_lower_is_asked_for() {
        let even = line(&[100.0, 1.0, 3.0, 2.0]);
        assert_eq!(coordinate_median(&even, Middle::Mean), Ok(vec![2.5, -2.5]));
        assert_eq!(coordinate_median(&even, Middle::Lower), Ok(vec![2.0, -3.0]));
        let odd = line(&[100.0, 1.0, 3.0]);
        assert_eq!(coordinate_median(&odd, Middle::Lower), Ok(vec![3.0, -3.0]));
    }

    #[test]
    fn the_smallest_and_the_largest_do_not_count_for_a_trimmed_mean() {
        let clients = line(&[1e9, 1.0, 2.0, 6.0, -1e9]);
        assert_eq!(trimmed_mean(&clients, 1), Ok(vec![3.0, -3.0]));
        assert_eq!(trimmed_mean(&clients, 2), Ok(vec![2.0, -2.0]));
        assert!(trimmed_mean(&clients, 3).is_err());
        assert_eq!(trimmed_mean(&clients[..4], 0), Ok(vec![250_000_002.25, -250_000_002.25]));
        assert!(trimmed_mean(&clients[..4], 2).is_err());
    }

    #[test]
    fn a_client_alone_is_its_own_median_and_mean() {
        let clients = line(&[7.0]);
        assert_eq!(coordinate_median(&clients, Middle::Mean), Ok(vec![7.0, -7.0]));
        assert_eq!(trimmed_mean(&clients, 0), Ok(vec![7.0, -7.0]));
    }

    #[test]
    fn the_middle_of_two_large_numbers_does_not_overflow() {
        let clients = vec![vec![f64::MAX], vec![f64::MAX]];
        assert_eq!(coordinate_median(&clients, Middle::Mean), Ok(vec![f64::MAX]));
    }
}
