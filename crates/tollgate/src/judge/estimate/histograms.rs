//! Observations counted by value: a histogram a window of time.

use tollgate_stats::dependence::quantile_interval_of_windowed_trials;
use tollgate_stats::histogram::Histogram;
use tollgate_stats::interval::Interval;

use super::{Of, by};
use crate::judge::Estimate;
use crate::judge::evidence::{Lack, Measured};
use crate::metric::Statistic;
use crate::run::Data;

impl Of {
    pub(super) fn histograms(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
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
            let method = by("order statistics in buckets of 0.1 %", found.by_bursts);
            return Ok(self.bounded(
                found.value,
                &found.interval,
                found.n,
                found.n_effective,
                &method,
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
                (middle - mean) * (middle - mean) * count as f64
            })
            .sum();
        let error = (squares / (n.max(2) - 1) as f64 / n as f64).sqrt();
        let half = tollgate_stats::mean::t_half_width(n, self.confidence) * error;
        let interval = Interval::new(mean - half, mean + half, self.confidence);
        Ok(self.bounded(mean, &interval, n, n as f64, "t, taking observations as independent"))
    }
}
