//! A value over time in bounded space, however long somebody looks at it.

use crate::run::{Data, Point};

/// Parts that are kept at most; then each two become one.
const MOST: usize = 4096;

/// Keeps every value while there are few, and then of each stretch of time the lowest, the highest
/// and the mean: what is judged of a long series are its extremes and its medians of blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Gauge {
    parts: Vec<Part>,
    /// Parts were joined so many times: each but the last holds two to this power values.
    joined: u32,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    low: Point,
    high: Point,
    mean: Point,
    count: f64,
}

impl Gauge {
    pub fn push(&mut self, at_ns: f64, value: f64) {
        let point = Point { at_ns, value };
        let one = Part { low: point, high: point, mean: point, count: 1.0 };
        let full = f64::from(self.joined).exp2();
        match self.parts.last_mut() {
            Some(last) if last.count < full => *last = last.with(&one),
            _ => self.parts.push(one),
        }
        if self.parts.len() > MOST {
            let join = |pair: &[Part]| pair[1..].iter().fold(pair[0], |all, part| all.with(part));
            self.parts = self.parts.chunks(2).map(join).collect();
            self.joined += 1;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What is kept, in the order of time.
    pub fn points(&self) -> Data {
        let mut points: Vec<Point> = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            let mut own = [part.low, part.mean, part.high];
            own.sort_by(|a, b| a.at_ns.total_cmp(&b.at_ns));
            let distinct = if part.count > 1.0 { &own[..] } else { &own[..1] };
            points.extend(distinct);
        }
        Data::Points(points)
    }

    /// The means, for what is spent over time.
    pub fn means(&self) -> Data {
        Data::Samples(self.parts.iter().map(|part| part.mean.value).collect())
    }
}

impl Part {
    fn with(&self, later: &Part) -> Part {
        let count = self.count + later.count;
        let mean = |a: f64, b: f64| (a * self.count + b * later.count) / count;
        Part {
            low: if later.low.value < self.low.value { later.low } else { self.low },
            high: if later.high.value > self.high.value { later.high } else { self.high },
            mean: Point {
                at_ns: mean(self.mean.at_ns, later.mean.at_ns),
                value: mean(self.mean.value, later.mean.value),
            },
            count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(gauge: &Gauge) -> Vec<Point> {
        match gauge.points() {
            Data::Points(points) => points,
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_short_series_is_kept_as_it_is() {
        let mut gauge = Gauge::default();
        for at in 0..MOST {
            gauge.push(at as f64, (at % 7) as f64);
        }
        let kept: Vec<f64> = points(&gauge).iter().map(|point| point.value).collect();
        assert_eq!(kept, (0..MOST).map(|at| (at % 7) as f64).collect::<Vec<_>>());
    }

    #[test]
    fn a_week_of_looks_stays_small_and_keeps_its_extremes_and_its_slope() {
        let mut gauge = Gauge::default();
        let looks = 7 * 86_400 * 4;
        for look in 0..looks {
            let spike = if look == 1_234_567 { 1e6 } else { 0.0 };
            let dip = if look == 2_000_001 { -1e6 } else { 0.0 };
            gauge.push(look as f64, look as f64 * 0.01 + spike + dip);
        }
        let points = points(&gauge);
        assert!(points.len() <= 3 * MOST && points.len() > MOST, "{}", points.len());
        assert!(points.windows(2).all(|pair| pair[0].at_ns <= pair[1].at_ns));
        let values = || points.iter().map(|point| point.value);
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        assert!((low - (2_000_001.0 * 0.01 - 1e6)).abs() < 1e-6, "{low}");
        assert!((high - (1_234_567.0 * 0.01 + 1e6)).abs() < 1e-6, "{high}");
        let (t, y): (Vec<f64>, Vec<f64>) = points.iter().map(|p| (p.at_ns, p.value)).unzip();
        let found = tollgate_stats::trend::growth(&t, &y, 0.95).unwrap();
        assert!((found.line.slope - 0.01).abs() < 1e-6, "{found:?}");
    }
}
