//! Readings over time: any statistic of their values, and how fast they grow.

use tollgate_stats::interval::Interval;
use tollgate_stats::quantile::select;
use tollgate_stats::trend::growth;

use super::Of;
use crate::judge::Estimate;
use crate::judge::evidence::{Lack, Measured};
use crate::metric::Statistic;
use crate::run::{Data, Point};

/// A growth needs values over time: fewer than these say nothing of a trend.
const FEWEST_POINTS: usize = 10;

impl Of {
    pub(super) fn points(self, trials: &[Measured<'_>]) -> Result<Estimate, Lack> {
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
        let value = select(&mut slopes, 0.5);
        let interval = interval.unwrap_or(Interval::new(value, value, self.confidence));
        let n = points.iter().map(|points| points.len() as u64).sum();
        Ok(self.bounded(value, &interval, n, n as f64, "Theil-Sen on block medians"))
    }
}
