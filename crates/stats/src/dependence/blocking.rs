//! Blocks long enough that their means are nearly independent, found in one pass.

use super::effective_n;
use crate::distribution::{f_upper, normal_quantile, t_critical};
use crate::interval::tail;

/// Blocks from which a variance is estimated, where the series is long enough.
const ENOUGH: usize = 20;
/// Blocks that are kept when the dependence asks for longer ones than 20 allow.
const FEWEST: usize = 10;
/// Standard errors by which a design effect must exceed 1 to count as shown.
const SHOWN: f64 = 2.0;
/// A block is at least this many autocorrelation times long.
const TIMES: f64 = 3.0;
/// Level of the preliminary test that decides whether trials differ: Bancroft (1964) advises
/// 0.25 or more, since to pool wrongly costs more than not to pool.
const POOLING_LEVEL: f64 = 0.25;

/// What the blocks say about the mean of a series, or of several.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blocks {
    /// Mean of every value.
    pub(super) mean: f64,
    /// Variance of the mean over the one expected of independent values; 1 if nothing varies.
    pub(super) design_effect: f64,
    /// Degrees of freedom behind the design effect; none when there are too few values to
    /// estimate one, so that they are taken as independent.
    pub(super) freedom: Option<f64>,
    /// True when the design effect is above 1 by more than its own error.
    pub(super) shown: bool,
    /// Variance of a single value, divisor n.
    pub(super) variance: f64,
    /// Number of blocks.
    pub(super) count: usize,
    /// The shortest length at which blocks are nearly independent, in values or in the windows
    /// given; none where the series is too short for it.
    pub(super) length: Option<usize>,
}

impl Blocks {
    /// The standard error of the mean of `n` values.
    pub(super) fn standard_error(&self, n: u64) -> f64 {
        (self.variance * self.design_effect / n as f64).sqrt()
    }

    /// The effective n at which the interval of a share is read: n over the design effect and,
    /// once dependence is shown, times (z/t)^2, since the design effect is itself an estimate.
    pub(super) fn judged_n(&self, n: u64, confidence: f64) -> f64 {
        let n_eff = effective_n(n, self.design_effect);
        let Some(freedom) = self.freedom.filter(|_| self.shown) else { return n_eff };
        let a = tail(confidence);
        let shrink = normal_quantile(1.0 - a) / t_critical(a, freedom);
        n_eff * shrink * shrink
    }
}

/// Finds the block length and the design effect of the values of one or more trials; a block
/// never straddles two trials. It starts with 20 blocks or more; below 40 values none can be
/// formed, and the values are taken as independent, as are trials of a single value.
pub(super) fn long_blocks<I>(lengths: &[usize], values: impl Fn(usize) -> I) -> Blocks
where
    I: Iterator<Item = f64>,
{
    let n: usize = lengths.iter().sum();
    let moments = moments(n, lengths.len(), &values);
    let length = ((2.0 * n as f64).cbrt().ceil() as usize).min((n / ENOUGH).max(1)).max(1);
    if length == 1 && lengths.len() == 1 || lengths.iter().all(|&n| n <= 1) {
        return moments.independent();
    }
    let sums = |trial| block_sums(values(trial), length);
    let blocks = joined_blocks((0..lengths.len()).map(sums).collect(), length as f64, &moments);
    Blocks { length: blocks.length.map(|joined| joined.saturating_mul(length)), ..blocks }
}

/// The same for a share of which only the counts (hits, of) of consecutive blocks are kept, for
/// each trial. None when nothing was counted.
pub(super) fn counted_blocks(trials: &[&[(u64, u64)]]) -> Option<Blocks> {
    let total = |blocks: &[(u64, u64)]| {
        blocks.iter().fold((0.0, 0.0), |(h, m), b| (h + b.0 as f64, m + b.1 as f64))
    };
    let totals: Vec<(f64, f64)> =
        trials.iter().map(|t| total(t)).filter(|(_, of)| *of > 0.0).collect();
    let (hits, n) = totals.iter().fold((0.0, 0.0), |(h, m), t| (h + t.0, m + t.1));
    if n <= 0.0 {
        return None;
    }
    let p = hits / n;
    // Blocks differ in size: what counts is how far their hits are from their due (the ratio
    // estimator of Cochran, Sampling Techniques, 6.4).
    let counted = |blocks: &&[(u64, u64)]| -> Vec<f64> {
        let counted = blocks.iter().filter(|b| b.1 > 0);
        counted.map(|&(hits, of)| hits as f64 - p * of as f64).collect()
    };
    let sums: Vec<Vec<f64>> = trials.iter().map(counted).collect();
    let blocks: usize = sums.iter().map(Vec::len).sum();
    let trials = totals.into_iter().map(|(hits, of)| (hits / of, of)).collect();
    let moments = Moments { n, mean: p, variance: p * (1.0 - p), trials };
    if blocks < 2 {
        return Some(moments.independent());
    }
    Some(joined_blocks(sums, n / blocks as f64, &moments))
}

/// Joins neighbouring blocks until they are long enough.
///
/// Too short a block misses the memory beyond it (a bias like 1/b), too long a block leaves few
/// of them (a variance like b/n). The squared error is least near b^3 = 2 n D^2 with D the design
/// effect (Flyvbjerg and Petersen 1989; Lee et al., Phys. Rev. E 83, 066706, 2011). The length
/// doubles until it satisfies that rule and is at least three autocorrelation times, or until a
/// further doubling would leave fewer than 10 blocks.
fn joined_blocks(mut sums: Vec<Vec<f64>>, mut length: f64, moments: &Moments) -> Blocks {
    // Nothing varies, or squares overflow and nothing can be said.
    if moments.variance <= 0.0 || !moments.variance.is_finite() {
        return moments.independent();
    }
    let mut shorter = None;
    let mut joined = 1;
    let mut apart = None;
    loop {
        let mut within = Within::of(&sums, length, moments.variance);
        let (b, d) = (length, within.design_effect);
        let rule = b * b * b >= 2.0 * moments.n * d * d;
        let long = b >= TIMES * d;
        apart = if long { apart.or(Some(joined)) } else { None };
        let halved: usize = sums.iter().map(|s| s.len() / 2).sum();
        let last = halved < FEWEST + sums.len() - 1;
        if last && !(rule && long) && within.shown {
            within.extrapolate(shorter);
        }
        if (rule && long) || last {
            return with_trials(&within, moments, apart);
        }
        shorter = Some(within.design_effect);
        sums.iter_mut().for_each(join_pairs);
        length *= 2.0;
        joined *= 2;
    }
}

struct Moments {
    n: f64,
    mean: f64,
    variance: f64,
    /// Mean and number of values of each trial that has any.
    trials: Vec<(f64, f64)>,
}

impl Moments {
    /// The values taken as independent.
    fn independent(&self) -> Blocks {
        Blocks {
            mean: self.mean,
            design_effect: 1.0,
            freedom: None,
            shown: false,
            variance: self.variance,
            count: self.n as usize,
            length: Some(1),
        }
    }
}

fn moments<I: Iterator<Item = f64>>(
    n: usize,
    trials: usize,
    values: &impl Fn(usize) -> I,
) -> Moments {
    let summed = |trial| values(trial).fold((0.0, 0.0), |(sum, m), v| (sum + v, m + 1.0));
    let sums: Vec<(f64, f64)> = (0..trials).map(summed).filter(|s| s.1 > 0.0).collect();
    let all = || (0..trials).flat_map(values);
    let (low, high) =
        all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    // The sum of equal values need not be a multiple of them; the mean stays within their range.
    let mean = (sums.iter().map(|s| s.0).sum::<f64>() / n as f64).max(low).min(high);
    let squares = |trial| values(trial).map(|v| (v - mean) * (v - mean)).sum::<f64>();
    let variance = (0..trials).map(squares).sum::<f64>() / n as f64;
    let trials = sums.into_iter().map(|(sum, m)| (sum / m, m)).collect();
    Moments { n: n as f64, mean, variance, trials }
}

/// The variance of block means about the mean of their own trial.
struct Within {
    design_effect: f64,
    freedom: f64,
    shown: bool,
    count: usize,
}

impl Within {
    /// A variance estimated from normal block means has as many degrees of freedom as there are
    /// blocks to spare. Exceedances of a high quantile come in bursts instead: most blocks hold
    /// none, a few hold many, and the variance rests on those few. Its own variance then is
    /// s^4 (2/f + k/B) with k the excess kurtosis (Cramer 1946, 27.4), as if there were
    /// 1/(1/f + k/2B) degrees of freedom. Without that correction 95 % intervals of the p99 of a
    /// queue cover 89 to 92.5 %. It is applied once dependence is shown: without it the clamp of
    /// the design effect to 1 is caution enough.
    fn of(sums: &[Vec<f64>], length: f64, variance: f64) -> Within {
        let count: usize = sums.iter().map(Vec::len).sum();
        let trials = sums.iter().filter(|s| !s.is_empty()).count();
        let plain = (count - trials) as f64;
        let (squares, fourths) = central(sums);
        if plain < 1.0 || squares <= 0.0 {
            return Within { design_effect: 1.0, freedom: plain, shown: false, count };
        }
        let spread = squares / plain;
        let design_effect = spread / (length * variance);
        let blocks = count as f64;
        let excess = (fourths / (blocks * spread * spread) - 3.0).max(0.0);
        let bursty = (1.0 / (1.0 / plain + excess / (2.0 * blocks))).max(1.0);
        let shown = design_effect > 1.0 + SHOWN * (2.0 / bursty).sqrt();
        Within { design_effect, freedom: if shown { bursty } else { plain }, shown, count }
    }
}

impl Within {
    /// What is missing from the design effect falls like 1/b, so that twice the value at b less
    /// the one at b/2 cancels it (the "lugsail" of Vats and Flegal 2022). That costs variance,
    /// hence it is used only where the series ends before the blocks are long enough.
    fn extrapolate(&mut self, shorter: Option<f64>) {
        let gained = shorter.map_or(0.0, |shorter| self.design_effect - shorter);
        self.design_effect += gained.max(0.0);
    }
}

/// The sums over all blocks of the second and the fourth power of the distance from the mean of
/// their trial.
fn central(sums: &[Vec<f64>]) -> (f64, f64) {
    let (mut squares, mut fourths) = (0.0, 0.0);
    for blocks in sums {
        let centre = blocks.iter().sum::<f64>() / blocks.len().max(1) as f64;
        for sum in blocks {
            let square = (sum - centre) * (sum - centre);
            squares += square;
            fourths += square * square;
        }
    }
    (squares, fourths)
}

/// Adds what the trials say. When their means differ by more than the blocks explain (F test at
/// a lenient level), a trial is one observation and the degrees of freedom are those of the
/// trials. Otherwise both estimates are pooled; the design effect is never below the one within.
fn with_trials(within: &Within, moments: &Moments, length: Option<usize>) -> Blocks {
    let plain = moments.independent();
    let freedom = moments.trials.len() as f64 - 1.0;
    if freedom < 1.0 {
        let design_effect = within.design_effect;
        return Blocks {
            design_effect,
            freedom: Some(within.freedom),
            shown: within.shown,
            count: within.count,
            length,
            ..plain
        };
    }
    let apart = |(mean, m): &(f64, f64)| m * (mean - plain.mean) * (mean - plain.mean);
    let squares: f64 = moments.trials.iter().map(apart).sum();
    let between = squares / freedom / plain.variance;
    let ratio = between / within.design_effect.max(f64::MIN_POSITIVE);
    if within.freedom < 1.0 || f_upper(ratio, freedom, within.freedom) < POOLING_LEVEL {
        let count = moments.trials.len();
        let design_effect = between.max(within.design_effect);
        let (freedom, length) = (Some(freedom), Some(usize::MAX));
        return Blocks { design_effect, freedom, shown: true, count, length, ..plain };
    }
    let total = freedom + within.freedom;
    let pooled = (within.freedom * within.design_effect + freedom * between) / total;
    let design_effect = pooled.max(within.design_effect);
    let (shown, count) = (within.shown, within.count);
    Blocks { design_effect, freedom: Some(total), shown, count, length, ..plain }
}

/// Sums of consecutive blocks; a shorter rest is left out.
fn block_sums(values: impl Iterator<Item = f64>, length: usize) -> Vec<f64> {
    let (mut sums, mut sum, mut filled) = (Vec::new(), 0.0, 0);
    for value in values {
        sum += value;
        filled += 1;
        if filled == length {
            sums.push(sum);
            (sum, filled) = (0.0, 0);
        }
    }
    sums
}

fn join_pairs(sums: &mut Vec<f64>) {
    for i in 0..sums.len() / 2 {
        sums[i] = sums[2 * i] + sums[2 * i + 1];
    }
    sums.truncate(sums.len() / 2);
}
