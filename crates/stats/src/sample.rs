//! A sorted sample of finite numbers, the checked entry for raw observations.

use thiserror::Error;

/// Observations in ascending order: at least one, all finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample(Vec<f64>);

/// Why numbers are not a sample.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum SampleError {
    /// There was no observation.
    #[error("the sample is empty")]
    Empty,
    /// An observation was NaN or infinite.
    #[error("observation {index} is {value}, not a finite number")]
    NotFinite {
        /// Position of the first such observation, counted from 0.
        index: usize,
        /// The observation.
        value: f64,
    },
}

impl Sample {
    /// Checks and sorts the observations.
    ///
    /// # Errors
    /// When there is none, or one is NaN or infinite.
    pub fn new(mut values: Vec<f64>) -> Result<Sample, SampleError> {
        check(&values)?;
        values.sort_unstable_by(f64::total_cmp);
        Ok(Sample(values))
    }

    /// The observations in ascending order.
    pub fn sorted(&self) -> &[f64] {
        &self.0
    }

    /// How many observations there are, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a sample is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest observation.
    pub fn min(&self) -> f64 {
        self.0[0]
    }

    /// The largest observation.
    pub fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// The arithmetic mean.
    pub fn mean(&self) -> f64 {
        crate::mean::mean(&self.0)
    }

    /// The standard deviation with divisor n - 1; a single observation has none.
    pub fn stddev(&self) -> Option<f64> {
        crate::mean::variance(&self.0).map(f64::sqrt)
    }
}

/// Refuses an empty slice and anything that is not finite.
pub(crate) fn check(values: &[f64]) -> Result<(), SampleError> {
    if values.is_empty() {
        return Err(SampleError::Empty);
    }
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(SampleError::NotFinite { index, value: values[index] }),
        None => Ok(()),
    }
}
