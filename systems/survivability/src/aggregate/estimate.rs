//! A mean and how far it may be from the truth.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF as _, StudentsT};

use crate::number::rounded;

/// A mean over independent values, rounded to twelve significant digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub n: usize,
    pub mean: f64,
    /// Of the sample, with n - 1 in the denominator; 0 for a single value.
    pub std: f64,
    /// The 95 % interval by the normal distribution, which is too narrow for a few values and which
    /// FUSION writes. None for a single value.
    pub ci95: Option<[f64; 2]>,
    /// The 95 % interval by Student's t with n - 1 degrees of freedom.
    pub ci95_t: Option<[f64; 2]>,
}

/// The 97.5 % quantile of the normal distribution as FUSION rounds it.
const NORMAL: f64 = 1.96;

const DIGITS: usize = 12;

impl Estimate {
    /// None without values.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Estimate> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        // A running mean does not overflow and is exact for equal values.
        let (mut mean, mut squares) = (0.0, 0.0);
        for (value, count) in values.iter().zip(1_u32..) {
            let difference = value - mean;
            mean += difference / f64::from(count);
            squares += difference * (value - mean);
        }
        let freedom = n as f64 - 1.0;
        let std = if n > 1 { (squares / freedom).sqrt() } else { 0.0 };
        let interval = |quantile: f64| {
            let half = quantile * std / (n as f64).sqrt();
            [mean - half, mean + half].map(|end| rounded(end, DIGITS))
        };
        Some(Estimate {
            n,
            mean: rounded(mean, DIGITS),
            std: rounded(std, DIGITS),
            ci95: (n > 1).then(|| interval(NORMAL)),
            ci95_t: (n > 1).then(|| interval(t_quantile(freedom))),
        })
    }

    /// Half the width of the interval by Student's t.
    #[must_use]
    pub fn half_width(&self) -> Option<f64> {
        self.ci95_t.map(|[low, high]| rounded((high - low) / 2.0, DIGITS))
    }

    /// Whether the interval by Student's t reaches no further than that share of the mean to either
    /// side. Never for a mean of 0: that nothing was seen says little about how rare it is.
    #[must_use]
    pub fn is_within(&self, share: f64) -> bool {
        self.half_width().is_some_and(|half| self.mean != 0.0 && half <= share * self.mean.abs())
    }
}

/// The 97.5 % quantile of Student's t.
fn t_quantile(freedom: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, freedom).expect("two values or more have a degree of freedom");
    t.inverse_cdf(0.975)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_has_no_interval() {
        let estimate = Estimate::of(&[0.25]).unwrap();
        let expected = Estimate { n: 1, mean: 0.25, std: 0.0, ci95: None, ci95_t: None };
        assert_eq!(estimate, expected);
        assert!(!estimate.is_within(1.0));
        assert_eq!(Estimate::of(&[]), None);
    }

    #[test]
    fn equal_values_have_an_interval_of_no_width() {
        let estimate = Estimate::of(&[0.1; 7]).unwrap();
        assert_eq!((estimate.mean, estimate.std), (0.1, 0.0));
        assert_eq!(estimate.ci95_t, Some([0.1, 0.1]));
        assert!(estimate.is_within(0.0));
    }

    #[test]
    fn a_mean_of_zero_is_never_precise() {
        assert!(!Estimate::of(&[0.0; 50]).unwrap().is_within(0.5));
    }

    #[test]
    fn precision_is_half_the_interval_against_the_mean() {
        // t of 2 degrees of freedom is 4.302652729..., the half width 2.484...
        let estimate = Estimate::of(&[9.0, 10.0, 11.0]).unwrap();
        assert!(estimate.is_within(0.2485) && !estimate.is_within(0.2484));
    }
}
