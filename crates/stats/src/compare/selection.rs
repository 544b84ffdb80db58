//! The k-th smallest of all pairwise combinations of two sorted lists, without listing them.
//!
//! The combinations grow along both lists, so that a walk along the border counts how many are
//! at most v. Bisection on the bits of v then finds the k-th exactly in at most 64 walks.

/// Combinations of two lists, or of a list with itself.
pub(super) struct Pairs {
    /// Ascending.
    left: Vec<f64>,
    /// Ascending; empty when `left` is combined with itself (each pair once, with repetition).
    right: Vec<f64>,
    combine: fn(f64, f64) -> f64,
}

impl Pairs {
    /// All y - x.
    pub(super) fn differences(x: &[f64], y: &[f64]) -> Pairs {
        let negated = x.iter().map(|v| -v).collect();
        Pairs {
            left: sorted(negated),
            right: sorted(y.to_vec()),
            combine: |minus_x, y| y + minus_x,
        }
    }

    /// All (d_i + d_j)/2 with i <= j, the Walsh averages.
    pub(super) fn walsh(d: &[f64]) -> Pairs {
        Pairs { left: sorted(d.to_vec()), right: Vec::new(), combine: f64::midpoint }
    }

    /// How many combinations there are.
    pub(super) fn len(&self) -> u64 {
        let n = self.left.len() as u64;
        if self.right.is_empty() { n * (n + 1) / 2 } else { n * self.right.len() as u64 }
    }

    /// The median; the mean of the middle two when their number is even.
    pub(super) fn median(&self) -> f64 {
        let n = self.len();
        let upper = self.select(n / 2 + 1);
        if n % 2 == 1 { upper } else { f64::midpoint(self.select(n / 2), upper) }
    }

    /// The k-th smallest combination, counted from 1.
    pub(super) fn select(&self, k: u64) -> f64 {
        let right = if self.right.is_empty() { &self.left } else { &self.right };
        let mut low = key((self.combine)(self.left[0], right[0]));
        let mut high = key((self.combine)(self.left[self.left.len() - 1], right[right.len() - 1]));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at_most(value(middle)) >= k {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        value(low) + 0.0
    }

    fn at_most(&self, v: f64) -> u64 {
        let oneself = self.right.is_empty();
        let right = if oneself { &self.left } else { &self.right };
        let mut end = right.len();
        let mut count = 0;
        for (i, &left) in self.left.iter().enumerate() {
            while end > 0 && (self.combine)(left, right[end - 1]) > v {
                end -= 1;
            }
            count += if oneself { end.saturating_sub(i) } else { end } as u64;
        }
        count
    }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The bits of a float in an order that agrees with the order of floats.
fn key(v: f64) -> u64 {
    let bits = (v + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

fn value(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}
