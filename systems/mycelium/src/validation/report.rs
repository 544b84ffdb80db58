//! What a cycle found, for people and for programs.

use std::fmt;

use serde::Serialize;

/// The names are those that its users know from the first version.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Mean squared errors.
    pub loss_start: f64,
    pub loss_final: f64,
    pub loss_drop: f64,
    /// Over all fields that were learned from.
    #[serde(rename = "pot_min_mV")]
    pub pot_min_mv: f64,
    #[serde(rename = "pot_max_mV")]
    pub pot_max_mv: f64,
    /// Of one more field, which was not learned from; so the growth events.
    pub example_fractal_dim: f64,
    /// The area exponent of a random fractal, and the mean of sixteen others.
    pub lyapunov_exponent: f64,
    pub lyapunov_mean: f64,
    pub growth_events: u64,
    /// Of potassium: by the formula as it is written, and by what everything else here calls.
    #[serde(rename = "nernst_symbolic_mV")]
    pub nernst_symbolic_mv: f64,
    #[serde(rename = "nernst_numeric_mV")]
    pub nernst_numeric_mv: f64,
    /// RT/zF, by which the logarithm is multiplied.
    #[serde(rename = "nernst_rtfz_mV")]
    pub nernst_rtfz_mv: f64,
}

impl Report {
    /// Each number with its name.
    #[must_use]
    pub fn values(&self) -> [(&'static str, f64); 12] {
        [
            ("loss_start", self.loss_start),
            ("loss_final", self.loss_final),
            ("loss_drop", self.loss_drop),
            ("pot_min_mV", self.pot_min_mv),
            ("pot_max_mV", self.pot_max_mv),
            ("example_fractal_dim", self.example_fractal_dim),
            ("lyapunov_exponent", self.lyapunov_exponent),
            ("lyapunov_mean", self.lyapunov_mean),
            ("growth_events", self.growth_events as f64),
            ("nernst_symbolic_mV", self.nernst_symbolic_mv),
            ("nernst_numeric_mV", self.nernst_numeric_mv),
            ("nernst_rtfz_mV", self.nernst_rtfz_mv),
        ]
    }
}

/// A line for each number under a title.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "=== mycelium :: validation ===")?;
        for (name, value) in self.values() {
            writeln!(f, "{name:24}: {value:.6}")?;
        }
        Ok(())
    }
}
