//! An interval of plausible values and the confidence it was made for.

/// A closed interval. A side without a finite bound is infinite, never NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end, `-inf` when the data give no lower bound.
    pub low: f64,
    /// Upper end, `+inf` when the data give no upper bound.
    pub high: f64,
    /// Two-sided confidence, for example 0.95.
    pub confidence: f64,
}

impl Interval {
    /// The interval from `low` to `high`.
    pub fn new(low: f64, high: f64, confidence: f64) -> Interval {
        Interval { low, high, confidence }
    }

    /// True when `value` lies in the interval, its ends included.
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Distance between the ends.
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The smallest interval that holds both.
    pub fn hull(&self, other: &Interval) -> Interval {
        Interval::new(self.low.min(other.low), self.high.max(other.high), self.confidence)
    }

    /// Both ends through an increasing function, for example `exp` after work on logarithms.
    pub fn map(&self, increasing: impl Fn(f64) -> f64) -> Interval {
        Interval::new(increasing(self.low), increasing(self.high), self.confidence)
    }
}

/// The probability left on each side of a two-sided interval.
pub(crate) fn tail(confidence: f64) -> f64 {
    assert!(confidence > 0.0 && confidence < 1.0, "confidence {confidence} is not within (0, 1)");
    (1.0 - confidence) / 2.0
}
