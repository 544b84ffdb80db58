//! From evidence to an estimate: which method each form of data and each statistic gets.

mod growth;
mod histograms;
mod points;
mod summaries;

use tollgate_stats::bootstrap::{clustered, percentile};
use tollgate_stats::dependence::{
    mean_interval_of_trials, quantile_interval_of_trials, share_interval_of_trials,
};
use tollgate_stats::interval::Interval;
use tollgate_stats::mean::variance;

use crate::metric::Statistic;
use crate::run::{Batch, Data, Share};

use super::Estimate;
use super::evidence::{Evidence, Lack, Measured};

/// Resamples for a standard deviation's interval; its seed is fixed, so its bytes are too.
const RESAMPLES: usize = 1_999;
const SEED: u64 = 0x7011_6a7e;

/// The estimate of a statistic, before the producer's rounding.
pub(super) fn estimate(
    evidence: &Evidence<'_>,
    statistic: Statistic,
    confidence: f64,
) -> Result<Estimate, Lack> {
    let of = Of { statistic, confidence };
    let trials = &evidence.trials;
    let mut estimate = match &trials[0].series.data {
        Data::Samples(_) => of.values(trials, &each(trials, samples)),
        Data::Histograms(_) => of.histograms(trials),
        Data::Batches(_) => of.batches(trials),
        Data::Points(_) => of.points(trials),
        Data::Shares(_) => of.shares(trials),
        Data::Total(_) => of.values(trials, &each(trials, total)),
        Data::Summary(_) => of.summaries(trials),
    }?;
    let around = trials
        .iter()
        .map(|measured| measured.series.resolution.around(estimate.value))
        .fold(0.0, f64::max);
    if around > 0.0 {
        estimate.low = estimate.low.map(|low| low - around);
        estimate.high = estimate.high.map(|high| high + around);
        estimate.method.push_str(", widened by the tool's rounding");
    }
    if !estimate.value.is_finite() {
        return Err(Lack::new(format!("the {statistic} is too large for a number")));
    }
    // Sums of rounded numbers may miss their own value by the last bit.
    let finite = |end: &f64| end.is_finite();
    estimate.low = estimate.low.map(|low| low.min(estimate.value)).filter(finite);
    estimate.high = estimate.high.map(|high| high.max(estimate.value)).filter(finite);
    Ok(estimate)
}

/// The statistic of one trial alone, as a plain number, for comparisons between trials.
pub(super) fn of_trial(measured: &Measured<'_>, statistic: Statistic) -> Result<f64, Lack> {
    let one = Evidence { dimension: measured.series.dimension, trials: vec![*measured] };
    let located = !matches!(statistic, Statistic::Rate | Statistic::Stddev | Statistic::Growth);
    match single(measured).filter(|_| located) {
        Some(value) => Ok(value),
        None => estimate(&one, statistic, 0.95).map(|estimate| estimate.value).map_err(|lack| {
            let reason = format!("trial {} alone: {}", measured.number, lack.reason);
            Lack { reason, hint: lack.hint }
        }),
    }
}

/// The value of a trial that gave just one.
pub(super) fn single(measured: &Measured<'_>) -> Option<f64> {
    match &measured.series.data {
        Data::Samples(values) if values.len() == 1 => Some(values[0]),
        Data::Total(total) => Some(*total),
        _ => None,
    }
}

fn each<'r>(trials: &[Measured<'r>], values: fn(&'r Data) -> Vec<f64>) -> Vec<Vec<f64>> {
    trials.iter().map(|measured| values(&measured.series.data)).collect()
}

fn samples(data: &Data) -> Vec<f64> {
    match data {
        Data::Samples(values) => values.clone(),
        _ => Vec::new(),
    }
}

fn total(data: &Data) -> Vec<f64> {
    match data {
        Data::Total(total) => vec![*total],
        _ => Vec::new(),
    }
}

/// A statistic asked at a confidence.
#[derive(Clone, Copy)]
struct Of {
    statistic: Statistic,
    confidence: f64,
}

impl Of {
    /// Single observations, or one number a trial.
    fn values(self, trials: &[Measured<'_>], values: &[Vec<f64>]) -> Result<Estimate, Lack> {
        let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        let all: Vec<f64> = values.concat();
        if all.is_empty() {
            return Err(Lack::new("there are no observations"));
        }
        match self.statistic {
            Statistic::Quantile(_) => self.quantile(&slices),
            Statistic::Mean => self.mean(&slices),
            Statistic::Min => Ok(self.extreme(&all, f64::min, "smallest")),
            Statistic::Max => Ok(self.extreme(&all, f64::max, "largest")),
            Statistic::Stddev => self.stddev(values),
            Statistic::Total => {
                let sums: Vec<f64> = values.iter().map(|values| values.iter().sum()).collect();
                Ok(self.spread(&sums))
            }
            Statistic::Rate => {
                if let Some(trial) = trials.iter().find(|trial| trial.elapsed_ns == 0) {
                    return Err(Lack::new(format!("trial {} has no duration", trial.number)));
                }
                let rates: Vec<f64> = trials
                    .iter()
                    .zip(values)
                    .map(|(trial, values)| {
                        values.iter().sum::<f64>() / (trial.elapsed_ns as f64 / 1e9)
                    })
                    .collect();
                self.mean(&rates.iter().map(std::slice::from_ref).collect::<Vec<_>>())
            }
            Statistic::Growth => {
                Err(Lack::new("growth needs values over time")
                    .hint("report the metric as `points`"))
            }
        }
    }

    fn quantile(self, slices: &[&[f64]]) -> Result<Estimate, Lack> {
        let q = self.statistic.quantile().unwrap_or(0.5);
        let found = quantile_interval_of_trials(slices, q, self.confidence)
            .map_err(|error| Lack::new(error.to_string()))?;
        Ok(self.bounded(
            found.value,
            &found.interval,
            found.n,
            found.n_effective,
            &by("order statistics", found.by_bursts),
        ))
    }

    fn mean(self, slices: &[&[f64]]) -> Result<Estimate, Lack> {
        let found = mean_interval_of_trials(slices, self.confidence)
            .map_err(|error| Lack::new(error.to_string()))?;
        let method = format!("t on {} batch means", found.batches);
        Ok(self.bounded(found.value, &found.interval, found.n, found.n_effective, &method))
    }

    /// The smallest or largest is the number itself: no sample bounds what was never seen.
    fn extreme(self, all: &[f64], pick: fn(f64, f64) -> f64, word: &str) -> Estimate {
        let value = all.iter().copied().reduce(pick).unwrap_or(f64::NAN);
        self.exact(value, all.len() as u64, format!("{word} of {}", all.len()))
    }

    /// The middle of the trials' numbers, with the spread over trials as its interval.
    fn spread(self, sums: &[f64]) -> Estimate {
        let mut sorted = sums.to_vec();
        sorted.sort_by(f64::total_cmp);
        let value = tollgate_stats::quantile::inverse_ecdf(&sorted, 0.5);
        let interval = Interval::new(sorted[0], sorted[sorted.len() - 1], self.confidence);
        let n = sums.len() as u64;
        self.bounded(value, &interval, n, n as f64, "spread over trials")
    }

    fn stddev(self, values: &[Vec<f64>]) -> Result<Estimate, Lack> {
        let all = values.concat();
        let value = stddev(&mut all.clone());
        if all.len() < 6 {
            return Err(Lack::new(format!(
                "{} observations say too little of a spread",
                all.len()
            )));
        }
        let several = values.iter().any(|values| values.len() > 1);
        let found = if several && values.len() > 5 {
            clustered(values, stddev, self.confidence, RESAMPLES, SEED)
        } else {
            percentile(&all, stddev, self.confidence, RESAMPLES, SEED)
        };
        let interval = found.unwrap_or(Interval::new(value, value, self.confidence));
        let n = all.len() as u64;
        Ok(self.bounded(value, &interval, n, n as f64, "bootstrap"))
    }

    /// Only centres survive batching; a batch's mean hides the slowest of its iterations.
    fn batches(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        let means: Vec<Vec<f64>> = trials
            .iter()
            .map(|measured| match &measured.series.data {
                Data::Batches(batches) => batches.iter().map(Batch::mean).collect(),
                _ => Vec::new(),
            })
            .collect();
        let slices: Vec<&[f64]> = means.iter().map(Vec::as_slice).collect();
        match self.statistic {
            Statistic::MEDIAN => self.quantile(&slices),
            Statistic::Mean => self.mean(&slices),
            Statistic::Min => Ok(self.extreme(&means.concat(), f64::min, "smallest batch mean")),
            _ => Err(Lack::new(format!(
                "{} of single observations is lost when they are timed in batches",
                self.statistic
            ))
            .hint("ask for the median, mean or min, or time each observation")),
        }
    }

    fn shares(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        if !matches!(self.statistic, Statistic::Mean | Statistic::MEDIAN) {
            return Err(Lack::new(format!("a share has no {}", self.statistic)));
        }
        let windows: Vec<Vec<(u64, u64)>> = trials
            .iter()
            .map(|measured| match &measured.series.data {
                Data::Shares(shares) => {
                    shares.iter().map(|&Share { hits, of }| (hits, of)).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        // Hits are never more than attempts, so their sum fits where that of the attempts does.
        let mut attempts = windows.iter().flatten().map(|window| window.1);
        if attempts.try_fold(0_u64, u64::checked_add).is_none() {
            return Err(Lack::new("more was attempted than can be counted"));
        }
        let slices: Vec<&[(u64, u64)]> = windows.iter().map(Vec::as_slice).collect();
        let found = share_interval_of_trials(&slices, self.confidence)
            .ok_or_else(|| Lack::new("nothing was attempted"))?;
        Ok(self.bounded(
            found.value,
            &found.interval,
            found.n,
            found.n_effective,
            "Clopper-Pearson",
        ))
    }

    fn bounded(
        self,
        value: f64,
        interval: &Interval,
        n: u64,
        n_effective: f64,
        method: &str,
    ) -> Estimate {
        let bound = |end: f64| end.is_finite().then_some(end);
        Estimate {
            value,
            low: bound(interval.low),
            high: bound(interval.high),
            confidence: self.confidence,
            method: method.to_owned(),
            n,
            n_effective,
        }
    }

    fn exact(self, value: f64, n: u64, method: String) -> Estimate {
        Estimate {
            value,
            low: Some(value),
            high: Some(value),
            confidence: self.confidence,
            method,
            n,
            n_effective: n as f64,
        }
    }
}

/// How a quantile was bounded.
fn by(method: &str, by_bursts: bool) -> String {
    format!("{method}{}", if by_bursts { ", upper end by counting bursts" } else { "" })
}

fn stddev(values: &mut [f64]) -> f64 {
    variance(values).unwrap_or(0.0).sqrt()
}
