//! One run against others: the ratio of a statistic, its interval, and how sure the difference is.

use tollgate_stats::bootstrap::{clustered_two_sample_ratio, two_sample_ratio};
use tollgate_stats::compare::{
    Alternative, hodges_lehmann, mann_whitney, paired_shift, wilcoxon_signed_rank,
};
use tollgate_stats::dependence::independent_quantile_interval;
use tollgate_stats::histogram::Histogram;
use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::{minimum_n, select};
use tollgate_stats::rng::seed_from;

use crate::metric::Statistic;
use crate::run::Data;

use super::estimate::{of_trial, single};
use super::evidence::{Evidence, INSTRUCTIONS, Lack, Measured};

/// Trials each side needs: with fewer, no order of the values is unlikely enough.
const FEWEST: usize = 4;

/// Pairs that an exact interval of a paired shift needs at 95 %.
const FEWEST_PAIRS: usize = 6;

const RESAMPLES: usize = 1_999;

/// Observations above which a bootstrap works on one number a trial.
const POOLED_MOST: usize = 4_000;

/// How one side stands to the other. The value is positive and lies within the interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ratio {
    pub value: f64,
    pub interval: Interval,
    pub method: &'static str,
    /// Trials of the two sides together, or pairs.
    pub n: u64,
    sides: Sides,
}

/// What a test of significance is made on.
#[derive(Clone, Debug, PartialEq)]
enum Sides {
    Independent(Vec<f64>, Vec<f64>),
    Paired(Vec<f64>, Vec<f64>),
    /// The interval alone decides.
    Untested,
}

impl Ratio {
    /// The chance of a difference as large as this one if the truth were at `factor`, tested in
    /// the direction of a breach.
    pub fn p(&self, factor: f64, upper: bool) -> Option<f64> {
        let alternative = if upper { Alternative::Greater } else { Alternative::Less };
        match &self.sides {
            Sides::Independent(left, right) => {
                let limit: Vec<f64> = left.iter().map(|value| value * factor).collect();
                Some(mann_whitney(right, &limit, alternative).p)
            }
            Sides::Paired(left, right) => {
                let pairs = left.iter().zip(right);
                let shifts: Vec<f64> =
                    pairs.map(|(left, right)| (right / left / factor).ln()).collect();
                Some(wilcoxon_signed_rank(&shifts, alternative).p)
            }
            Sides::Untested => None,
        }
    }

    /// Takes in the value itself and what the producers' rounding leaves possible.
    fn settled(mut self, left: f64, right: f64) -> Result<Ratio, Lack> {
        let low = self.interval.low.min(self.value) * (1.0 - right).max(0.0) / (1.0 + left);
        let high = self.interval.high.max(self.value) * (1.0 + right) / (1.0 - left).max(0.0);
        self.interval = Interval::new(low, high, self.interval.confidence);
        if self.value.is_finite() && self.value > 0.0 {
            Ok(self)
        } else {
            Err(Lack::new("the two sides are too far apart for a ratio"))
        }
    }
}

/// One number a trial, for every trial: a part would be a choice nobody made.
pub(super) fn numbers(evidence: &Evidence<'_>, statistic: Statistic) -> Result<Vec<f64>, Lack> {
    evidence.trials.iter().map(|trial| of_trial(trial, statistic)).collect()
}

/// Right over left, from independent trials.
pub(super) fn independent(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<Ratio, Lack> {
    let (x, y) = sides(left, right, statistic, confidence)?;
    if let Some(ratio) = untested(left, right, (&x, &y), statistic, confidence) {
        return ratio;
    }
    if x.len() < FEWEST || y.len() < FEWEST {
        return Err(Lack::new(format!(
            "{} trials against {}; a comparison needs {FEWEST} on each side",
            y.len(),
            x.len()
        ))
        .hint("add trials"));
    }
    let seed = seed_from(&["ratio", &right.trials[0].series.metric, &statistic.to_string()]);
    let interval = bootstrap(left, right, (&x, &y), statistic, (confidence, seed))
        .ok_or_else(|| Lack::new("the ratio has no finite interval"))?;
    // With few trials a bootstrap is too sure of itself; the exact rank interval is not.
    let ranks = hodges_lehmann(&logs(&x), &logs(&y), confidence)
        .and_then(|shift| shift.interval)
        .ok_or_else(|| {
        let percent = confidence * 100.0;
        Lack::new(format!(
            "{} trials against {} are too few at {percent} % confidence",
            y.len(),
            x.len()
        ))
        .hint("add trials")
    })?;
    Ratio {
        value: middle(&y) / middle(&x),
        interval: interval.hull(&ranks.map(f64::exp)),
        method: "bootstrap and Hodges-Lehmann over trials",
        n: (x.len() + y.len()) as u64,
        sides: Sides::Independent(x.clone(), y.clone()),
    }
    .settled(rounding(left, &x), rounding(right, &y))
}

/// Right over left, trial by trial of one interleaved run: what drifts meets both alike.
pub(super) fn paired(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<Ratio, Lack> {
    let (all_x, all_y) = sides(left, right, statistic, confidence)?;
    if let Some(ratio) = untested(left, right, (&all_x, &all_y), statistic, confidence) {
        return ratio;
    }
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (trial, value) in right.trials.iter().zip(&all_y) {
        let partner = left.trials.iter().position(|other| other.number == trial.number);
        if let Some(at) = partner {
            x.push(all_x[at]);
            y.push(*value);
        }
    }
    if x.len() < FEWEST_PAIRS {
        return Err(Lack::new(format!(
            "{} pairs of trials; a paired comparison needs {FEWEST_PAIRS}",
            x.len()
        ))
        .hint(format!("set `trials` to {FEWEST_PAIRS} or more in both cases")));
    }
    let shifts: Vec<f64> = x.iter().zip(&y).map(|(x, y)| (y / x).ln()).collect();
    let shift = paired_shift(&shifts, confidence)
        .ok_or_else(|| Lack::new("the pairs have no finite ratio"))?;
    let interval = shift.interval.ok_or_else(|| {
        Lack::new(format!("{} pairs are too few at {} % confidence", x.len(), confidence * 100.0))
    })?;
    Ratio {
        value: shift.estimate.exp(),
        interval: interval.map(f64::exp),
        method: "Hodges-Lehmann over pairs of trials",
        n: x.len() as u64,
        sides: Sides::Paired(x.clone(), y.clone()),
    }
    .settled(rounding(left, &x), rounding(right, &y))
}

/// One number a trial, positive on both sides, from enough observations for the statistic.
fn sides(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<(Vec<f64>, Vec<f64>), Lack> {
    same_dimension(left, right)?;
    for evidence in [left, right] {
        enough(evidence, statistic, confidence)?;
    }
    let (x, y) = (numbers(left, statistic)?, numbers(right, statistic)?);
    if x.iter().chain(&y).any(|value| *value <= 0.0) {
        return Err(Lack::new("a value is zero or negative, so there is no ratio")
            .hint("give an absolute limit instead"));
    }
    Ok((x, y))
}

pub(super) fn same_dimension(left: &Evidence<'_>, right: &Evidence<'_>) -> Result<(), Lack> {
    if left.dimension == right.dimension {
        return Ok(());
    }
    Err(Lack::new(format!(
        "one side is measured in {}, the other in {}",
        left.dimension, right.dimension
    )))
}

/// A tail that a side never saw cannot be compared: the p99 of seven observations is their
/// largest, and that of seven thousand is not.
fn enough(evidence: &Evidence<'_>, statistic: Statistic, confidence: f64) -> Result<(), Lack> {
    let Some(q) = statistic.quantile().filter(|_| statistic != Statistic::MEDIAN) else {
        return Ok(());
    };
    let count = |trial: &Measured<'_>| match &trial.series.data {
        Data::Samples(values) => Some(values.len() as u64),
        Data::Histograms(windows) => Some(windows.iter().map(Histogram::count).sum()),
        Data::Points(points) => Some(points.len() as u64),
        Data::Total(_) => Some(1),
        _ => None,
    };
    let Some(n) = evidence.trials.iter().map(count).sum::<Option<u64>>() else { return Ok(()) };
    let needed = minimum_n(q, confidence);
    let needed = if q >= 0.5 { needed.upper } else { needed.lower };
    if n >= needed {
        return Ok(());
    }
    Err(Lack::new(format!("{n} observations; a comparison of {statistic} needs {needed}"))
        .hint("add trials, or compare the median"))
}

/// Comparisons that no test by ranks answers: a count that hardly varies, and the tail of trials
/// that gave one value each, where a rank test would quietly compare the middles.
fn untested(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    (x, y): (&[f64], &[f64]),
    statistic: Statistic,
    confidence: f64,
) -> Option<Result<Ratio, Lack>> {
    let ratio = |value, low, high, method| {
        let interval = Interval::new(low, high, confidence);
        let n = (x.len() + y.len()) as u64;
        Ratio { value, interval, method, n, sides: Sides::Untested }
            .settled(rounding(left, x), rounding(right, y))
    };
    if right.trials[0].series.metric == INSTRUCTIONS {
        let ends = |values: &[f64]| {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            (low, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        };
        let ((x_low, x_high), (y_low, y_high)) = (ends(x), ends(y));
        let value = middle(y) / middle(x);
        return Some(ratio(value, y_low / x_high, y_high / x_low, "spread over trials"));
    }
    let q = statistic.quantile().filter(|_| statistic != Statistic::MEDIAN)?;
    let one_each = |side: &Evidence<'_>| side.trials.iter().all(|trial| single(trial).is_some());
    if !one_each(left) || !one_each(right) {
        return None;
    }
    let (Ok(a), Ok(b)) = (
        independent_quantile_interval(x, q, confidence),
        independent_quantile_interval(y, q, confidence),
    ) else {
        return Some(Err(Lack::new("the trials have no finite quantile")));
    };
    // An end without a bound leaves the ratio without one.
    let low = b.interval.low.max(0.0) / a.interval.high;
    let high = b.interval.high / a.interval.low.max(0.0);
    Some(ratio(b.value / a.value, low, high, "quotient of order statistics"))
}

/// How far rounding may have moved a value of this side, as a share of it.
fn rounding(evidence: &Evidence<'_>, values: &[f64]) -> f64 {
    let around = |trial: &Measured<'_>| {
        let by = |value: &f64| trial.series.resolution.around(*value) / value;
        values.iter().map(by).fold(0.0, f64::max)
    };
    evidence.trials.iter().map(around).fold(0.0, f64::max)
}

/// The bootstrap of the statistic over all observations where there are few enough of them, else
/// of the middle of the trials' own statistics.
fn bootstrap(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    numbers: (&[f64], &[f64]),
    statistic: Statistic,
    (confidence, seed): (f64, u64),
) -> Option<Interval> {
    let whole = |evidence: &Evidence<'_>| -> Option<Vec<Vec<f64>>> {
        let mut clusters = Vec::new();
        for trial in &evidence.trials {
            let Data::Samples(values) = &trial.series.data else { return None };
            clusters.push(values.clone());
        }
        let pooled: usize = clusters.iter().map(Vec::len).sum();
        (pooled <= POOLED_MOST && pooled > clusters.len()).then_some(clusters)
    };
    if let (Some(x), Some(y), Some(of)) = (whole(left), whole(right), plain(statistic)) {
        return clustered_two_sample_ratio(&x, &y, of, confidence, RESAMPLES, seed);
    }
    let of = |values: &mut [f64]| select(values, 0.5);
    two_sample_ratio(numbers.0, numbers.1, of, confidence, RESAMPLES, seed)
}

/// A statistic as a function of unsorted values.
type Function = Box<dyn Fn(&mut [f64]) -> f64>;

fn plain(statistic: Statistic) -> Option<Function> {
    match statistic {
        Statistic::Quantile(_) => {
            let q = statistic.quantile()?;
            Some(Box::new(move |values| select(values, q)))
        }
        Statistic::Mean => {
            Some(Box::new(|values| values.iter().sum::<f64>() / values.len() as f64))
        }
        _ => None,
    }
}

fn logs(values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| value.ln()).collect()
}

fn middle(values: &[f64]) -> f64 {
    select(&mut values.to_vec(), 0.5)
}
