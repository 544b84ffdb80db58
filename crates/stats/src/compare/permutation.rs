//! Permutation tests of a difference of means: exact where the arrangements can be counted.

use rand::Rng;

use crate::rng::{below, seeded};

/// Most arrangements that are enumerated.
const EXACT: u64 = 200_000;
/// Most pairs whose signs are enumerated: a million sums.
const EXACT_SIGNS: usize = 20;

/// The outcome of a permutation test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Permutation {
    /// mean(y) - mean(x).
    pub difference: f64,
    /// The two-sided p-value: twice the smaller of the one-sided ones.
    pub p: f64,
    /// True when every arrangement was counted.
    pub exact: bool,
}

/// The p-value of the test that paired differences are symmetric about zero, by flipping signs:
/// exact up to 20 differences, else from `resamples` random choices as (b+1)/(B+1), which never
/// understates it (Phipson and Smyth 2010). Without a difference it is 1.
pub fn sign_flip(d: &[f64], seed: u64, resamples: usize) -> f64 {
    let observed = d.iter().sum::<f64>().abs();
    // Sums that are equal in exact arithmetic differ by rounding; they must count as reached.
    let reached = observed - 1e-12 * d.iter().map(|v| v.abs()).sum::<f64>();
    if d.len() <= EXACT_SIGNS {
        return exact_sign_flip(d, reached);
    }
    let mut rng = seeded(seed);
    let flipped = || {
        let signs = d.chunks(64).map(|chunk| {
            let bits = rng.next_u64();
            let signed = chunk.iter().enumerate();
            signed.map(|(i, v)| if bits >> i & 1 == 1 { -v } else { *v }).sum::<f64>()
        });
        signs.sum::<f64>().abs()
    };
    let extreme = std::iter::repeat_with(flipped).take(resamples).filter(|&s| s >= reached).count();
    (extreme + 1) as f64 / (resamples + 1) as f64
}

/// Each sum differs from the one before by one sign (a Gray code). Every 1,024 steps the sum is
/// formed anew, lest rounding pile up.
fn exact_sign_flip(d: &[f64], reached: f64) -> f64 {
    let all = 1_u64 << d.len();
    let signed = |gray: u64| {
        let terms = d.iter().enumerate().map(|(i, v)| if gray >> i & 1 == 1 { -v } else { *v });
        terms.sum::<f64>()
    };
    let (mut extreme, mut sum) = (0_u64, signed(0));
    for i in 0..all {
        let gray = i ^ (i >> 1);
        if i % 1024 == 0 {
            sum = signed(gray);
        } else {
            let flipped = i.trailing_zeros() as usize;
            let minus = gray >> flipped & 1 == 1;
            sum += if minus { -2.0 * d[flipped] } else { 2.0 * d[flipped] };
        }
        extreme += u64::from(sum.abs() >= reached);
    }
    extreme as f64 / all as f64
}

/// The permutation test of a difference of means of independent samples: exact up to 200,000
/// arrangements, else from `resamples` random ones. None when a side is empty.
pub fn permutation_mean_difference(
    x: &[f64],
    y: &[f64],
    seed: u64,
    resamples: usize,
) -> Option<Permutation> {
    if x.is_empty() || y.is_empty() {
        return None;
    }
    let pool = [x, y].concat();
    let sum_x: f64 = x.iter().sum();
    let slack = 1e-12 * pool.iter().map(|v| v.abs()).sum::<f64>();
    let mut tally = Tally { observed: sum_x, slack, less: 0, greater: 0, all: 0 };
    // With the pool fixed, the difference of means falls as the sum over x grows.
    let exact = combinations(pool.len() as u64, x.len() as u64).is_some_and(|c| c <= EXACT);
    if exact {
        enumerate(&pool, x.len(), 0.0, &mut tally);
    } else {
        (tally.less, tally.greater, tally.all) = (1, 1, 1);
        shuffle(pool, x.len(), seed, resamples, &mut tally);
    }
    let p = 2.0 * tally.less.min(tally.greater) as f64 / tally.all as f64;
    let difference = crate::mean::mean(y) - crate::mean::mean(x);
    Some(Permutation { difference, p: p.min(1.0), exact })
}

struct Tally {
    observed: f64,
    slack: f64,
    less: u64,
    greater: u64,
    all: u64,
}

impl Tally {
    fn count(&mut self, sum: f64) {
        self.all += 1;
        self.less += u64::from(sum <= self.observed + self.slack);
        self.greater += u64::from(sum >= self.observed - self.slack);
    }
}

/// Every choice of `take` values of the pool.
fn enumerate(pool: &[f64], take: usize, sum: f64, tally: &mut Tally) {
    if take == 0 {
        return tally.count(sum);
    }
    for first in 0..=pool.len() - take {
        enumerate(&pool[first + 1..], take - 1, sum + pool[first], tally);
    }
}

fn shuffle(mut pool: Vec<f64>, take: usize, seed: u64, resamples: usize, tally: &mut Tally) {
    let mut rng = seeded(seed);
    for _ in 0..resamples {
        for i in 0..take {
            let j = i + below(&mut rng, pool.len() - i);
            pool.swap(i, j);
        }
        tally.count(pool[..take].iter().sum());
    }
}

/// C(n, k), unless it leaves 64 bits on the way.
fn combinations(n: u64, k: u64) -> Option<u64> {
    let k = k.min(n - k);
    (0..k).try_fold(1_u64, |c, i| Some(c.checked_mul(n - i)? / (i + 1)))
}
