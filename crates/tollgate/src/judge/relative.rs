//! One run against others: the ratio of a statistic, its interval, and how sure the difference is.

use tollgate_stats::bootstrap::{clustered_two_sample_ratio, two_sample_ratio};
use tollgate_stats::compare::{
    Alternative, hodges_lehmann, mann_whitney, paired_shift, wilcoxon_signed_rank,
};
use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::inverse_ecdf;
use tollgate_stats::rng::seed_from;

use crate::metric::Statistic;
use crate::run::Data;

use super::estimate::of_trial;
use super::evidence::{Evidence, Lack};

/// Trials each side needs: with fewer, no order of the values is unlikely enough.
const FEWEST: usize = 4;

/// Pairs that an exact interval of a paired shift needs at 95 %.
const FEWEST_PAIRS: usize = 6;

const RESAMPLES: usize = 1_999;

/// Observations above which a bootstrap works on one number a trial.
const POOLED_MOST: usize = 4_000;

/// How one side stands to the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ratio {
    pub value: f64,
    pub interval: Interval,
    pub method: &'static str,
    /// Trials of the two sides together, or pairs.
    pub n: u64,
    pub left: Vec<f64>,
    pub right: Vec<f64>,
    pub paired: bool,
}

impl Ratio {
    /// The chance of a difference as large as this one if the truth were at `factor`, tested in
    /// the direction of a breach.
    pub fn p(&self, factor: f64, upper: bool) -> f64 {
        let alternative = if upper { Alternative::Greater } else { Alternative::Less };
        if self.paired {
            let shifts: Vec<f64> = self
                .left
                .iter()
                .zip(&self.right)
                .map(|(left, right)| (right / left / factor).ln())
                .collect();
            return wilcoxon_signed_rank(&shifts, alternative).p;
        }
        let limit: Vec<f64> = self.left.iter().map(|value| value * factor).collect();
        mann_whitney(&self.right, &limit, alternative).p
    }
}

/// Right over left, from independent trials.
pub(super) fn independent(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<Ratio, Lack> {
    let (x, y) = sides(left, right, statistic)?;
    if x.len() < FEWEST || y.len() < FEWEST {
        return Err(Lack::new(format!(
            "{} trials against {}; a comparison needs {FEWEST} on each side",
            y.len(),
            x.len()
        )));
    }
    let seed = seed_from(&["ratio", &right.trials[0].series.metric, &statistic.to_string()]);
    let interval = bootstrap(left, right, (&x, &y), statistic, (confidence, seed))
        .ok_or_else(|| Lack::new("the ratio has no finite interval"))?;
    // With few trials a bootstrap is too sure of itself; the exact rank interval is not.
    let ranks = hodges_lehmann(&logs(&x), &logs(&y), confidence)
        .and_then(|shift| shift.interval)
        .map(|interval| interval.map(f64::exp));
    let interval = ranks.map_or(interval, |ranks| interval.hull(&ranks));
    let value = middle(&y) / middle(&x);
    Ok(Ratio {
        value,
        interval,
        method: "bootstrap and Hodges-Lehmann over trials",
        n: (x.len() + y.len()) as u64,
        left: x,
        right: y,
        paired: false,
    })
}

/// Right over left, trial by trial of one interleaved run: what drifts meets both alike.
pub(super) fn paired(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<Ratio, Lack> {
    let value = |evidence: &Evidence<'_>, number: u32| {
        let trial = evidence.trials.iter().find(|trial| trial.number == number)?;
        of_trial(trial, statistic).filter(|value| *value > 0.0)
    };
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for trial in &right.trials {
        if let (Some(a), Some(b)) = (value(left, trial.number), value(right, trial.number)) {
            x.push(a);
            y.push(b);
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
    Ok(Ratio {
        value: shift.estimate.exp(),
        interval: interval.map(f64::exp),
        method: "Hodges-Lehmann over pairs of trials",
        n: x.len() as u64,
        left: x,
        right: y,
        paired: true,
    })
}

/// One number a trial, positive on both sides.
fn sides(
    left: &Evidence<'_>,
    right: &Evidence<'_>,
    statistic: Statistic,
) -> Result<(Vec<f64>, Vec<f64>), Lack> {
    if left.dimension != right.dimension {
        return Err(Lack::new(format!(
            "one side is measured in {}, the other in {}",
            left.dimension, right.dimension
        )));
    }
    let numbers = |evidence: &Evidence<'_>| -> Vec<f64> {
        evidence.trials.iter().filter_map(|trial| of_trial(trial, statistic)).collect()
    };
    let (x, y) = (numbers(left), numbers(right));
    if x.iter().chain(&y).any(|value| *value <= 0.0) {
        return Err(Lack::new("a value is zero or negative, so there is no ratio")
            .hint("give an absolute limit instead"));
    }
    Ok((x, y))
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
    let of = |values: &mut [f64]| {
        values.sort_unstable_by(f64::total_cmp);
        inverse_ecdf(values, 0.5)
    };
    two_sample_ratio(numbers.0, numbers.1, of, confidence, RESAMPLES, seed)
}

/// A statistic as a function of unsorted values.
type Function = Box<dyn Fn(&mut [f64]) -> f64>;

fn plain(statistic: Statistic) -> Option<Function> {
    match statistic {
        Statistic::Quantile(_) => {
            let q = statistic.quantile()?;
            Some(Box::new(move |values| {
                values.sort_unstable_by(f64::total_cmp);
                inverse_ecdf(values, q)
            }))
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
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    inverse_ecdf(&sorted, 0.5)
}
