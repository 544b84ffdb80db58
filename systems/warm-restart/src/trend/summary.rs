//! What can be said of a recorded series, for people.

use std::fmt;

use super::read::Series;
use super::{Anomaly, Point, Season, Slope, anomalies, median, season, slope};

#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub name: String,
    pub count: usize,
    pub slope: Option<Slope>,
    /// What stands out, with how far.
    pub outliers: Vec<(Point, f64)>,
    pub season: Round,
}

/// What comes round again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Round {
    /// With the distance of two samples in seconds.
    Found(Season, f64),
    None,
    /// Samples are missing, or no numbers: only at equal distances can it be looked for.
    Uneven,
}

/// So many points make a good slope; of more, every second or third one does.
const ENOUGH: usize = 1000;
/// What clocks are late by, as a part of the distance.
const LATE: f64 = 0.05;
const DAY_S: f64 = 86_400.0;

impl Summary {
    #[must_use]
    pub fn of(series: &Series) -> Summary {
        let points = &series.points;
        let values: Vec<f64> = points.iter().map(|point| point.value).collect();
        let every = points.len().div_ceil(ENOUGH).max(1);
        let thinned: Vec<Point> = points.iter().copied().step_by(every).collect();
        let anomalies = anomalies(&values);
        let outlier = |anomaly: &Anomaly| (points[anomaly.index], anomaly.score);
        let season = match distance(points) {
            None => Round::Uneven,
            Some(apart_s) => season(&calm(&values, &anomalies))
                .map_or(Round::None, |season| Round::Found(season, apart_s)),
        };
        Summary {
            name: series.name.clone(),
            count: points.len(),
            slope: slope(&thinned),
            outliers: anomalies.iter().map(outlier).collect(),
            season,
        }
    }
}

/// What stands out hides what comes round: the value before it takes its place.
fn calm(values: &[f64], anomalies: &[Anomaly]) -> Vec<f64> {
    let mut calm = values.to_vec();
    for &Anomaly { index, .. } in anomalies {
        calm[index] = calm[index.saturating_sub(1)];
    }
    calm
}

/// Between samples that are equally far apart.
fn distance(points: &[Point]) -> Option<f64> {
    let gaps = || points.windows(2).map(|pair| pair[1].at_s - pair[0].at_s);
    let apart_s = median(gaps())?;
    let is_even = gaps().all(|gap| (gap - apart_s).abs() <= LATE * apart_s);
    (is_even && points.iter().all(|point| point.value.is_finite())).then_some(apart_s)
}

impl fmt::Display for Summary {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "{}: {} values", self.name, self.count)?;
        match &self.slope {
            None => writeln!(to, "  slope        too few values")?,
            Some(slope) => {
                let day = [slope.per_second, slope.low, slope.high].map(|slope| slope * DAY_S);
                let [middle, low, high] = day.map(|slope| format!("{slope:+.4}"));
                let word = match slope.is_significant() {
                    true if slope.per_second > 0.0 => "it rises",
                    true => "it falls",
                    false => "it may as well be level",
                };
                writeln!(to, "  slope        {middle} a day, 95 % from {low} to {high}: {word}")?;
            }
        }
        match self.outliers.as_slice() {
            [] => writeln!(to, "  stands out   nothing")?,
            some => {
                for (Point { at_s, value }, score) in some {
                    writeln!(to, "  stands out   {value} at {at_s} s, {score:+.1} deviations")?;
                }
            }
        }
        match self.season {
            Round::None => writeln!(to, "  comes round  nothing that chance does not explain"),
            Round::Uneven => writeln!(to, "  comes round  not looked for: samples are missing"),
            Round::Found(Season { period, correlation, bound }, apart_s) => {
                let seconds = period as f64 * apart_s;
                writeln!(
                    to,
                    "  comes round  every {period} samples ({seconds:.0} s), \
                     correlation {correlation:.2} (chance: up to {bound:.2})"
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: impl Iterator<Item = f64>) -> Series {
        let point = |(at, value)| Point { at_s: f64::from(at) * 3600.0, value };
        Series { name: "m".to_owned(), points: (0_u32..).zip(values).map(point).collect() }
    }

    #[test]
    fn a_rise_a_season_and_what_stands_out_are_told_in_words() {
        let hour = |hour: u32| f64::from(hour) / 24.0 + 5.0 * f64::from(hour % 24 / 12);
        let mut series = series((0..240).map(hour));
        let told = Summary::of(&series).to_string();
        for part in ["m: 240 values", ": it rises", "every 24 samples (86400 s)"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(told.contains("stands out   nothing"), "{told}");
        series.points[7].value = 999.0;
        let told = Summary::of(&series).to_string();
        assert!(told.contains("stands out   999 at 25200 s, +"), "{told}");
        assert!(told.contains("every 24 samples"), "what stands out hides it\n{told}");
        series.points.remove(100);
        assert_eq!(Summary::of(&series).season, Round::Uneven);
    }

    #[test]
    fn where_nothing_is_to_be_said_that_is_said() {
        let told = Summary::of(&series((0..100).map(|_| 3.0))).to_string();
        for part in ["level", "stands out   nothing", "nothing that chance does not explain"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(Summary::of(&series([1.0].into_iter())).to_string().contains("too few"));
    }

    #[test]
    fn a_long_series_is_thinned_and_keeps_its_slope() {
        let slope = Summary::of(&series((0..11_000).map(f64::from))).slope.unwrap();
        assert!((slope.per_second * 3600.0 - 1.0).abs() < 1e-9, "{slope:?}");
    }
}
