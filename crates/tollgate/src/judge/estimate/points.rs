//! Readings over time: any statistic of their values, and how fast they grow.

use super::{Of, growth};
use crate::judge::Estimate;
use crate::judge::evidence::{Lack, Measured};
use crate::metric::Statistic;
use crate::run::{Data, Point};

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
        growth::of(self, trials, &points)
    }
}
