//! Krum: of all clients the one among whose neighbours it is closest.

use super::width;
use crate::error::Error;

/// Above this the squared distances of all pairs are too many to be kept: 64 MiB.
const MOST: usize = 4096;

/// The client with the smallest sum of squared distances to its `n - liars - 2` nearest others, the
/// first of equals. `liars` must be below (n - 2) / 2: with more of them they may be the majority
/// of everybody's nearest.
pub fn krum(clients: &[Vec<f64>], liars: usize) -> Result<Vec<f64>, Error> {
    width(clients)?;
    check(clients.len(), liars)?;
    Ok(clients[pick(clients, liars)].clone())
}

/// The mean of the `picks` clients that Krum likes best, at most `n - liars - 2` of them.
pub fn multi_krum(clients: &[Vec<f64>], liars: usize, picks: usize) -> Result<Vec<f64>, Error> {
    let width = width(clients)?;
    check(clients.len(), liars)?;
    if !(1..=clients.len() - liars - 2).contains(&picks) {
        return Err(Error::out_of_range("picks", picks, "from 1 to clients - liars - 2"));
    }
    let mut mean = vec![0.0; width];
    for place in ranking(clients, liars).into_iter().take(picks) {
        mean.iter_mut().zip(&clients[place]).for_each(|(sum, value)| *sum += value);
    }
    mean.iter_mut().for_each(|sum| *sum /= picks as f64);
    Ok(mean)
}

/// How many liars Krum bears among so many clients: the most that are below (n - 2) / 2.
pub(super) fn borne(clients: usize) -> usize {
    clients.saturating_sub(3) / 2
}

/// The place of the best client, of which there are at least three.
pub(super) fn pick(clients: &[impl AsRef<[f64]>], liars: usize) -> usize {
    ranking(clients, liars)[0]
}

pub(super) fn check(clients: usize, liars: usize) -> Result<(), Error> {
    if !(3..=MOST).contains(&clients) {
        return Err(Error::out_of_range("clients", clients, "from 3 to 4096 for Krum"));
    }
    if liars > borne(clients) {
        return Err(Error::out_of_range("liars", liars, "below (clients - 2) / 2 for Krum"));
    }
    Ok(())
}

/// The places of the clients, the best first.
fn ranking(clients: &[impl AsRef<[f64]>], liars: usize) -> Vec<usize> {
    let near = clients.len() - liars - 2;
    let distances = distances(clients);
    let mut row = Vec::with_capacity(clients.len());
    let mut scored: Vec<(f64, usize)> = (0..clients.len())
        .map(|place| {
            row.clear();
            let others = (0..clients.len()).filter(|other| *other != place);
            row.extend(others.map(|other| distances[pair(place, other)]));
            let (nearest, last, _) = row.select_nth_unstable_by(near - 1, f64::total_cmp);
            // The sum must not depend on the order of the clients.
            nearest.sort_unstable_by(f64::total_cmp);
            (nearest.iter().sum::<f64>() + *last, place)
        })
        .collect();
    scored.sort_by(|left, right| left.0.total_cmp(&right.0));
    scored.into_iter().map(|(_, place)| place).collect()
}

/// The squared distance of each pair once.
fn distances(clients: &[impl AsRef<[f64]>]) -> Vec<f64> {
    let mut distances = Vec::with_capacity(clients.len() * (clients.len() - 1) / 2);
    for (place, client) in clients.iter().enumerate() {
        let others = clients[..place].iter();
        distances.extend(others.map(|other| squared_distance(client.as_ref(), other.as_ref())));
    }
    distances
}

/// Where the distance of two clients is.
fn pair(one: usize, other: usize) -> usize {
    let (low, high) = (one.min(other), one.max(other));
    high * (high - 1) / 2 + low
}

/// In eight sums, so that they fill registers.
fn squared_distance(left: &[f64], right: &[f64]) -> f64 {
    let (lefts, left_rest) = left.as_chunks::<8>();
    let (rights, right_rest) = right.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (left, right) in lefts.iter().zip(rights) {
        for (sum, (left, right)) in sums.iter_mut().zip(left.iter().zip(right)) {
            *sum += (left - right) * (left - right);
        }
    }
    let rest =
        left_rest.iter().zip(right_rest).map(|(left, right)| (left - right) * (left - right));
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f64]) -> Vec<Vec<f64>> {
        values.iter().map(|value| vec![*value]).collect()
    }

    #[test]
    fn of_points_on_a_line_the_first_with_the_smallest_sum_of_squares_is_picked() {
        let clients = line(&[0.0, 1.0, 2.0, 3.0, 100.0]);
        let row = |place: usize| {
            let mut row: Vec<f64> = (0..5)
                .filter(|other| *other != place)
                .map(|other| distances(&clients)[pair(place, other)])
                .collect();
            row.sort_by(f64::total_cmp);
            row[0] + row[1]
        };
        let scores: Vec<f64> = (0..5).map(row).collect();
        assert_eq!(scores, [5.0, 2.0, 2.0, 5.0, 19_013.0]);
        assert_eq!(ranking(&clients, 1), [1, 2, 0, 3, 4]);
        assert_eq!(krum(&clients, 1), Ok(vec![1.0]));
    }

    #[test]
    fn identical_clients_give_their_vector() {
        let clients = vec![vec![0.1, -0.2]; 5];
        assert_eq!(krum(&clients, 1), Ok(vec![0.1, -0.2]));
        assert!((multi_krum(&clients, 1, 2).unwrap()[1] + 0.2).abs() < 1e-15);
    }

    #[test]
    fn the_mean_is_over_as_many_of_the_best_as_are_asked_for() {
        let clients = line(&[0.0, 1.0, 2.0, 3.0, 100.0]);
        assert_eq!(multi_krum(&clients, 1, 1), Ok(vec![1.0]));
        assert_eq!(multi_krum(&clients, 1, 2), Ok(vec![1.5]));
        assert!(multi_krum(&clients, 1, 3).is_err());
        assert!(multi_krum(&clients, 1, 0).is_err());
    }

    #[test]
    fn liars_must_be_fewer_than_half_of_the_clients_but_two() {
        let clients = line(&[0.0; 6]);
        assert!(krum(&clients, 1).is_ok());
        assert!(krum(&clients, 2).is_err());
        assert!(krum(&clients, usize::MAX).is_err());
        assert!(krum(&clients[..3], 0).is_ok());
        assert!(krum(&clients[..2], 0).is_err());
    }

    #[test]
    fn more_clients_than_can_be_compared_are_refused() {
        let error = krum(&line(&[0.0; MOST + 1]), 1).unwrap_err();
        assert!(error.to_string().contains("`clients` is 4097"), "{error}");
    }

    #[test]
    fn a_lie_as_large_as_a_number_can_be_is_not_picked() {
        let clients = line(&[0.0, 1.0, 2.0, f64::MAX, f64::MIN, 1.5, 0.5]);
        assert!(krum(&clients, 2).unwrap()[0] <= 2.0);
    }

    #[test]
    fn a_distance_counts_each_coordinate_whatever_the_length() {
        for length in 1..20 {
            let left: Vec<f64> = (0..length).map(f64::from).collect();
            let found = squared_distance(&left, &vec![0.0; left.len()]);
            let expected = f64::from((0..length).map(|value| value * value).sum::<i32>());
            assert_eq!(found.to_bits(), expected.to_bits());
        }
    }
}
