//! Attention that keeps, for each query, only the keys that fit it best. The scores are computed
//! for all pairs: that a few are kept saves the softmax and the sums, not the scores.

use super::matrix::{Scratch, View};
use super::real::Real;

/// How wide it is, in how many heads, and how many keys a query keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    pub hidden: usize,
    pub heads: usize,
    pub kept: usize,
}

/// What the attention keeps for its way back.
#[derive(Clone, Debug, Default)]
pub struct Attended<T> {
    scores: Vec<T>,
    /// For each item, head and query the kept positions, the best first.
    chosen: Vec<usize>,
    /// What weight each of them has.
    shares: Vec<T>,
    pub context: Vec<T>,
    slopes: Vec<T>,
}

/// Queries, keys and values: for each item of a batch as many rows as its sequence is long.
#[derive(Clone, Copy, Debug)]
pub struct Projected<'a, T> {
    pub query: &'a [T],
    pub key: &'a [T],
    pub value: &'a [T],
    pub sequence: usize,
}

/// The gradients of them, which are added to.
#[derive(Debug)]
pub struct ProjectedGradients<'a, T> {
    pub query: &'a mut [T],
    pub key: &'a mut [T],
    pub value: &'a mut [T],
}

impl Attention {
    pub fn forward<T: Real>(
        &self,
        from: Projected<'_, T>,
        attended: &mut Attended<T>,
        scratch: &mut Scratch<T>,
    ) {
        let (sequence, width) = (from.sequence, self.hidden / self.heads);
        attended.context.clear();
        attended.context.resize(from.value.len(), T::ZERO);
        attended.chosen.clear();
        attended.shares.clear();
        for start in self.blocks(from.value.len(), sequence) {
            attended.scores.clear();
            attended.scores.resize(sequence * sequence, T::ZERO);
            let query = View::spaced(&from.query[start..], sequence, width, self.hidden);
            let key = View::spaced(&from.key[start..], sequence, width, self.hidden);
            scratch.add(query, key.transposed(), &mut attended.scores, sequence);
            for position in 0..sequence {
                self.attend(from.value, attended, start, position);
            }
        }
    }

    /// The context of one query.
    fn attend<T: Real>(
        &self,
        value: &[T],
        attended: &mut Attended<T>,
        start: usize,
        position: usize,
    ) {
        let sequence = attended.scores.len().isqrt();
        let scores = &attended.scores[position * sequence..(position + 1) * sequence];
        let first = attended.chosen.len();
        largest(scores, self.kept, &mut attended.chosen);
        softmax(scores, &attended.chosen[first..], self.scale(), &mut attended.shares);
        let (chosen, shares) = (&attended.chosen[first..], &attended.shares[first..]);
        let context = self.row_mut(&mut attended.context, start, position);
        for (other, share) in chosen.iter().zip(shares) {
            let value = self.row(value, start, *other);
            context.iter_mut().zip(value).for_each(|(sum, value)| *sum += *share * *value);
        }
    }

    /// From the gradients of the context to those of queries, keys and values.
    pub fn backward<T: Real>(
        &self,
        from: Projected<'_, T>,
        attended: &mut Attended<T>,
        context: &[T],
        to: &mut ProjectedGradients<'_, T>,
    ) {
        let kept = self.kept.min(from.sequence);
        let scale = self.scale();
        let mut chosen = attended.chosen.chunks_exact(kept);
        let mut shares = attended.shares.chunks_exact(kept);
        let slopes = &mut attended.slopes;
        for start in self.blocks(from.value.len(), from.sequence) {
            for position in 0..from.sequence {
                let chosen = chosen.next().expect("each query has kept keys");
                let shares = shares.next().expect("and their shares");
                let context = self.row(context, start, position);
                slopes.clear();
                slopes
                    .extend(chosen.iter().map(|at| dot(context, self.row(from.value, start, *at))));
                let mean = dot(slopes, shares);
                for ((at, share), slope) in chosen.iter().zip(shares).zip(slopes.iter()) {
                    add(self.row_mut(to.value, start, *at), *share, context);
                    let slope = *share * (*slope - mean) * scale;
                    let query = self.row(from.query, start, position);
                    add(self.row_mut(to.key, start, *at), slope, query);
                    let key = self.row(from.key, start, *at);
                    add(self.row_mut(to.query, start, position), slope, key);
                }
            }
        }
    }

    fn scale<T: Real>(&self) -> T {
        T::of(1.0 / ((self.hidden / self.heads) as f64).sqrt())
    }

    /// Where each head of each item begins.
    fn blocks(&self, values: usize, sequence: usize) -> impl Iterator<Item = usize> + use<> {
        let (heads, width) = (self.heads, self.hidden / self.heads);
        let items = (0..values).step_by(sequence * self.hidden);
        items.flat_map(move |item| (0..heads).map(move |head| item + head * width))
    }

    fn row<'a, T>(&self, all: &'a [T], start: usize, position: usize) -> &'a [T] {
        let start = start + position * self.hidden;
        &all[start..start + self.hidden / self.heads]
    }

    fn row_mut<'a, T>(&self, all: &'a mut [T], start: usize, position: usize) -> &'a mut [T] {
        let start = start + position * self.hidden;
        &mut all[start..start + self.hidden / self.heads]
    }
}

/// Appends the places of the largest, falling; of equals the first ones. A number that is none is
/// not exchanged for another, so that it shows in the result.
fn largest<T: Real>(scores: &[T], kept: usize, chosen: &mut Vec<usize>) {
    let first = chosen.len();
    for (index, score) in scores.iter().enumerate() {
        let smaller = chosen[first..].iter().position(|other| *score > scores[*other]);
        match smaller {
            Some(place) => {
                chosen.insert(first + place, index);
                chosen.truncate(first + kept);
            }
            None if chosen.len() - first < kept => chosen.push(index),
            None => {}
        }
    }
}

/// Appends shares that add up to one. The first of the chosen has the largest score.
fn softmax<T: Real>(scores: &[T], chosen: &[usize], scale: T, shares: &mut Vec<T>) {
    let first = shares.len();
    let largest = scores[chosen[0]];
    let mut sum = T::ZERO;
    for index in chosen {
        let share = ((scores[*index] - largest) * scale).exp();
        sum += share;
        shares.push(share);
    }
    shares[first..].iter_mut().for_each(|share| *share = *share / sum);
}

fn dot<T: Real>(left: &[T], right: &[T]) -> T {
    left.iter().zip(right).fold(T::ZERO, |sum, (left, right)| sum + *left * *right)
}

fn add<T: Real>(to: &mut [T], factor: T, values: &[T]) {
    to.iter_mut().zip(values).for_each(|(to, value)| *to += factor * *value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(scores: &[f64], kept: usize) -> Vec<usize> {
        let mut chosen = Vec::new();
        largest(scores, kept, &mut chosen);
        chosen
    }

    #[test]
    fn the_largest_scores_are_kept_and_of_equals_the_first() {
        assert_eq!(chosen(&[1.0, 3.0, 2.0, 5.0, 4.0], 3), [3, 4, 1]);
        assert_eq!(chosen(&[2.0, 2.0, 2.0, 2.0], 2), [0, 1]);
        assert_eq!(chosen(&[1.0, 2.0, 2.0, 2.0], 2), [1, 2]);
        assert_eq!(chosen(&[1.0, 2.0], 4), [1, 0]);
    }

    #[test]
    fn a_score_that_is_no_number_is_not_lost() {
        let scores = [f64::NAN, 1.0, 2.0];
        assert_eq!(chosen(&scores, 2)[0], 0);
        let mut shares = Vec::new();
        softmax(&scores, &chosen(&scores, 2), 1.0, &mut shares);
        assert!(shares.iter().all(|share| share.is_nan()));
    }

    #[test]
    fn shares_of_kept_keys_add_up_to_one_and_large_scores_do_not_overflow() {
        let scores = [1000.0, 1001.0, 0.0];
        let mut shares = Vec::new();
        softmax(&scores, &chosen(&scores, 2), 1.0, &mut shares);
        let expected = 1.0 / (1.0 + (-1.0_f64).exp());
        assert!((shares[0] - expected).abs() < 1e-15);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_keys_a_query_does_not_keep_do_not_change_its_context() {
        let attention = Attention { hidden: 1, heads: 1, kept: 2 };
        let context = |value: &[f64]| {
            let (query, key) = ([1.0; 4], [3.0, 2.0, 1.0, 0.0]);
            let from = Projected { query: &query, key: &key, value, sequence: 4 };
            let mut attended = Attended::default();
            attention.forward(from, &mut attended, &mut Scratch::default());
            attended.context
        };
        assert_eq!(context(&[1.0, 2.0, 7.0, 7.0]), context(&[1.0, 2.0, -7.0, 99.0]));
        assert_ne!(context(&[1.0, 2.0, 7.0, 7.0]), context(&[1.0, 2.5, 7.0, 7.0]));
    }
}
