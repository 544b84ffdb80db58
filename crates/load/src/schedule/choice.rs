//! Weights: by them one of several is drawn, or many are divided among several.

use rand::rngs::Xoshiro256PlusPlus;

use super::below;

/// Draws one of several, each as often as its weight says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Sums of the weights up to each.
    sums: Vec<u64>,
}

impl Choice {
    /// None if nothing has a weight.
    #[must_use]
    pub fn new(weights: &[u32]) -> Option<Choice> {
        let sums = weights.iter().scan(0, |sum, weight| {
            *sum += u64::from(*weight);
            Some(*sum)
        });
        let sums: Vec<u64> = sums.collect();
        (*sums.last()? > 0).then_some(Choice { sums })
    }

    /// The index of one.
    pub fn draw(&self, rng: &mut Xoshiro256PlusPlus) -> usize {
        let all = self.sums.last().copied().unwrap_or(0);
        let drawn = below(rng, all);
        self.sums.partition_point(|sum| *sum <= drawn)
    }
}

/// Divides so many among several by weight: each gets its exact due rounded down, and what is left
/// goes to the largest fractions, the first of equals before the others. Without any weight nobody
/// gets anything.
#[must_use]
pub fn share(weights: &[u32], total: u32) -> Vec<u32> {
    let all: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
    if all == 0 {
        return vec![0; weights.len()];
    }
    let due = |weight: u32| u128::from(weight) * u128::from(total);
    let all = u128::from(all);
    let mut shares: Vec<u32> = weights.iter().map(|weight| (due(*weight) / all) as u32).collect();
    let left = total - shares.iter().sum::<u32>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(due(weights[*index]) % all));
    for index in order.into_iter().take(left as usize) {
        shares[index] += 1;
    }
    shares
}

/// Who of so many is of which class: together as [`share`] says, and mixed as evenly as can be, so
/// that the first few are a fair sample too. Without any weight it is empty.
#[must_use]
pub fn deal(weights: &[u32], total: u32) -> Vec<usize> {
    let shares = share(weights, total);
    let all: i64 = shares.iter().map(|share| i64::from(*share)).sum();
    let mut credits = vec![0_i64; shares.len()];
    let turn = |_| {
        for (credit, share) in credits.iter_mut().zip(&shares) {
            *credit += i64::from(*share);
        }
        // The first of the richest.
        let richest = (0..credits.len()).rev().max_by_key(|index| credits[*index]);
        let class = richest.expect("somebody has a share, or there are no turns");
        credits[class] -= all;
        class
    };
    (0..all).map(turn).collect()
}
