//! Whether two tools agree: medians of processes, their intervals, and the gap between those.

use tollgate_stats::quantile::{inverse_ecdf, ranks};

/// The least number of processes whose median has an interval at 95 % confidence.
pub const FEWEST: usize = 6;

/// The loops around what is timed differ, and so do the places where the compilers put them.
pub const TOLERANCE: f64 = 0.02;

/// A median of processes between two order statistics, which hold it in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Median {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

impl Median {
    /// None if there are too few values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Median> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let ranks = ranks(sorted.len() as u64, 0.5, 0.95);
        let at = |rank: u64| sorted[rank as usize - 1];
        let (low, high) = (at(ranks.low?), at(ranks.high?));
        Some(Median { low, middle: inverse_ecdf(&sorted, 0.5), high })
    }

    /// Half the interval's width, as a share of the median.
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0 / self.middle
    }

    /// By what share one interval lies beyond the other; nothing if they meet.
    pub fn gap(self, other: Median) -> f64 {
        (self.low / other.high).max(other.low / self.high).max(1.0) - 1.0
    }

    pub fn agrees(self, other: Median) -> bool {
        self.gap(other) <= TOLERANCE
    }

    /// The same of a ratio that should be one.
    pub fn is_one(self) -> bool {
        self.agrees(Median { low: 1.0, middle: 1.0, high: 1.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(low: f64, high: f64) -> Median {
        Median { low, middle: (low + high) / 2.0, high }
    }

    #[test]
    fn six_processes_bound_their_median_and_five_do_not() {
        assert_eq!(Median::of([3.0, 1.0, 2.0, 5.0, 4.0]), None);
        let median = Median::of([3.0, 1.0, 2.0, 6.0, 5.0, 4.0]);
        assert_eq!(median, Some(Median { low: 1.0, middle: 3.0, high: 6.0 }));
        assert_eq!(FEWEST, 6);
    }

    #[test]
    fn intervals_that_meet_agree_and_others_do_up_to_the_tolerance() {
        let ours = between(100.0, 102.0);
        assert!(ours.agrees(between(101.0, 130.0)) && ours.agrees(between(90.0, 101.0)));
        assert!(ours.agrees(between(104.0, 106.0)) && between(104.0, 106.0).agrees(ours));
        assert!(!ours.agrees(between(104.1, 106.0)) && !between(104.1, 106.0).agrees(ours));
    }
}
