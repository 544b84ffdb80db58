//! From evidence to an estimate: which method each form of data and each statistic gets.

use tollgate_stats::bootstrap::{clustered, percentile};
use tollgate_stats::dependence::{
    mean_interval_of_trials, quantile_interval_of_trials, quantile_interval_of_windowed_trials,
    share_interval_of_trials,
};
use tollgate_stats::histogram::Histogram;
use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::minimum_n;
use tollgate_stats::trend::growth;

use crate::metric::Statistic;
use crate::run::{Batch, Data, Point, Share};

use super::Estimate;
use super::evidence::{Evidence, Lack, Measured};

/// Resamples for a standard deviation's interval; its seed is fixed, so its bytes are too.
const RESAMPLES: usize = 1_999;
const SEED: u64 = 0x7011_6a7e;

/// A growth needs values over time: fewer than these say nothing of a trend.
const FEWEST_POINTS: usize = 10;

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
            "order statistics",
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

    fn histograms(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        let windows: Vec<Vec<&Histogram>> = trials
            .iter()
            .map(|measured| match &measured.series.data {
                Data::Histograms(windows) => {
                    windows.iter().filter(|window| !window.is_empty()).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        if let Some(q) = self.statistic.quantile() {
            let found = quantile_interval_of_windowed_trials(&windows, q, self.confidence)
                .ok_or_else(|| Lack::new("the histogram is empty"))?;
            let method = "order statistics in buckets of 0.1 %";
            return Ok(self.bounded(
                found.value,
                &found.interval,
                found.n,
                found.n_effective,
                method,
            ));
        }
        let all = Histogram::merged(&windows.concat());
        let (Some(first), Some(last)) = (all.iter().next(), all.iter().last()) else {
            return Err(Lack::new("the histogram is empty"));
        };
        let bucket = |value: u64, (low, high, _): (u64, u64, u64), word: &str| {
            let interval = Interval::new(low as f64, high as f64, self.confidence);
            let n = all.count();
            self.bounded(value as f64, &interval, n, n as f64, &format!("{word} bucket"))
        };
        match self.statistic {
            Statistic::Mean => self.histogram_mean(&windows, &all),
            Statistic::Min => Ok(bucket(first.0, first, "smallest")),
            Statistic::Max => Ok(bucket(last.1, last, "largest")),
            Statistic::Total => {
                let total =
                    |windows: &Vec<&Histogram>| windows.iter().map(|window| window.total()).sum();
                Ok(self.spread(&windows.iter().map(total).collect::<Vec<f64>>()))
            }
            Statistic::Stddev | Statistic::Rate | Statistic::Growth | Statistic::Quantile(_) => {
                Err(Lack::new(format!("a histogram does not tell the {}", self.statistic)))
            }
        }
    }

    fn histogram_mean(self, trials: &[Vec<&Histogram>], all: &Histogram) -> Result<Estimate, Lack> {
        let mean = all.mean().unwrap_or(f64::NAN);
        let n = all.count();
        let windows = trials.iter().map(Vec::len).sum::<usize>();
        if windows > 1 {
            // A slow window holds fewer requests, so windows weigh by what they hold: Cochran's
            // linearised ratio (Sampling Techniques, 6.4), whose plain mean is the overall mean.
            let share = windows as f64 / n as f64;
            let weighed = |window: &&Histogram| {
                let own = window.mean().unwrap_or(mean);
                mean + (own - mean) * window.count() as f64 * share
            };
            let values: Vec<Vec<f64>> =
                trials.iter().map(|windows| windows.iter().map(weighed).collect()).collect();
            let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
            return Ok(Estimate { value: mean, n, ..self.mean(&slices)? });
        }
        // One window: nothing is known of dependence, so the observations count as independent.
        let squares: f64 = all
            .iter()
            .map(|(low, high, count)| {
                let middle = low as f64 + (high - low) as f64 / 2.0;
                (middle - mean).powi(2) * count as f64
            })
            .sum();
        let error = (squares / (n.max(2) - 1) as f64 / n as f64).sqrt();
        let half = tollgate_stats::mean::t_half_width(n, self.confidence) * error;
        let interval = Interval::new(mean - half, mean + half, self.confidence);
        Ok(self.bounded(mean, &interval, n, n as f64, "t, taking observations as independent"))
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

    fn points(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        let points: Vec<&[Point]> = trials
            .iter()
            .map(|measured| match &measured.series.data {
                Data::Points(points) => points.as_slice(),
                _ => &[],
            })
            .collect();
        if matches!(self.statistic, Statistic::Total | Statistic::Rate) {
            let word = self.statistic;
            return Err(Lack::new(format!("readings over time have no {word}"))
                .hint("report the metric as a total of the trial"));
        }
        if self.statistic != Statistic::Growth {
            let values: Vec<Vec<f64>> = points
                .iter()
                .map(|points| points.iter().map(|point| point.value).collect())
                .collect();
            return self.values(trials, &values);
        }
        let mut slopes = Vec::new();
        let mut interval: Option<Interval> = None;
        for points in &points {
            if points.len() < FEWEST_POINTS {
                return Err(Lack::new(format!(
                    "{} points in time; a growth needs {FEWEST_POINTS}",
                    points.len()
                )));
            }
            let t: Vec<f64> = points.iter().map(|point| point.at_ns / 1e9).collect();
            let y: Vec<f64> = points.iter().map(|point| point.value).collect();
            let slope = growth(&t, &y, self.confidence)
                .ok_or_else(|| Lack::new("all points stand at one time"))?;
            slopes.push(slope.slope);
            let own = Interval::new(slope.low, slope.high, self.confidence);
            interval = Some(interval.map_or(own, |hull| hull.hull(&own)));
        }
        slopes.sort_by(f64::total_cmp);
        let value = tollgate_stats::quantile::inverse_ecdf(&slopes, 0.5);
        let interval = interval.unwrap_or(Interval::new(value, value, self.confidence));
        let n = points.iter().map(|points| points.len() as u64).sum();
        Ok(self.bounded(value, &interval, n, n as f64, "Theil-Sen on block medians"))
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

    /// What another tool computed: its interval if it gave one, else the number alone; over
    /// several trials the middle, with everything that any of them leaves possible.
    fn summaries(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
        let mut values = Vec::new();
        let (mut low, mut high, mut n) = (f64::INFINITY, f64::NEG_INFINITY, 0_u64);
        let mut bounded = false;
        for measured in trials {
            let Data::Summary(summary) = &measured.series.data else { continue };
            let stated = summary.values.get(&self.statistic).ok_or_else(|| {
                let given: Vec<String> = summary.values.keys().map(ToString::to_string).collect();
                Lack::new(format!("the file does not state the {}", self.statistic))
                    .hint(format!("it states: {}", given.join(", ")))
            })?;
            self.enough(summary.n)?;
            values.push(stated.value);
            low = low.min(stated.low.unwrap_or(stated.value));
            high = high.max(stated.high.unwrap_or(stated.value));
            bounded |= stated.low.is_some() || stated.high.is_some();
            n = summary.n.unwrap_or(1).saturating_add(n);
        }
        values.sort_by(f64::total_cmp);
        let value = tollgate_stats::quantile::inverse_ecdf(&values, 0.5);
        let method = match (values.len(), bounded) {
            (1, true) => "interval as stated by the tool",
            (1, false) => "as stated by the tool, without an interval",
            (_, true) => "intervals as stated by the tool, over trials",
            (_, false) => "as stated by the tool, spread over trials",
        };
        let interval = Interval::new(low, high, self.confidence);
        Ok(self.bounded(value, &interval, n, n as f64, method))
    }

    /// A tool prints a p99 of seven requests without blinking; it means nothing.
    fn enough(self, n: Option<u64>) -> Result<(), Lack> {
        let (Some(n), Some(q)) = (n, self.statistic.quantile()) else { return Ok(()) };
        let needed = minimum_n(q, self.confidence);
        let needed = if q >= 0.5 { needed.upper } else { needed.lower };
        if n >= needed {
            return Ok(());
        }
        Err(Lack::new(format!("{n} observations; {} needs {needed}", self.statistic)))
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

fn stddev(values: &mut [f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt()
}
