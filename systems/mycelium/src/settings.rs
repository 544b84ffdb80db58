//! What a simulation is asked for, and the one place that says which values are allowed.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// A simulation, completely: the same settings give the same field, bit by bit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Cells along one side of the square.
    pub grid_size: usize,
    pub steps: usize,
    /// How much of the difference to its neighbours a cell takes over in a step.
    pub alpha: f64,
    /// The chance that a step begins with a spike somewhere.
    pub spike_probability: f64,
    pub turing_enabled: bool,
    /// A cell whose activator is above this is raised by 5 mV.
    pub turing_threshold: f64,
    pub quantum_jitter: bool,
    /// In square volts, in each cell and step.
    pub jitter_var: f64,
    pub activator_diffusion: f64,
    pub inhibitor_diffusion: f64,
    pub activator_rate: f64,
    pub inhibitor_rate: f64,
    pub boundary: Boundary,
    pub seed: u64,
    pub streams: Streams,
}

/// What a cell at the edge has for a neighbour outside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Boundary {
    /// The cell at the opposite edge.
    #[default]
    Periodic,
    /// Itself: nothing flows through the edge.
    Neumann,
    /// Zero volts.
    Dirichlet,
}

/// Which random numbers a seed stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Streams {
    /// The fastest there are.
    #[default]
    Fast,
    /// Those of `numpy.random.default_rng(seed)`, to the last bit.
    Numpy,
}

pub const GRID_SIZES: std::ops::RangeInclusive<usize> = 4..=1024;
pub const STEPS: std::ops::RangeInclusive<usize> = 1..=10_000;

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            grid_size: 64,
            steps: 100,
            alpha: 0.18,
            spike_probability: 0.25,
            turing_enabled: true,
            turing_threshold: 0.75,
            quantum_jitter: false,
            jitter_var: 0.0005,
            activator_diffusion: 0.1,
            inhibitor_diffusion: 0.05,
            activator_rate: 0.01,
            inhibitor_rate: 0.02,
            boundary: Boundary::Periodic,
            seed: 42,
            streams: Streams::Fast,
        }
    }
}

impl Settings {
    /// Small enough to be looked at: 32 cells a side, 32 steps.
    #[must_use]
    pub fn demo() -> Settings {
        Settings { grid_size: 32, steps: 32, ..Settings::default() }
    }

    /// Refuses what no simulation can be made of.
    ///
    /// Diffusion may be a quarter at most: a step multiplies the mode with the Laplacian's
    /// eigenvalue -mu, which goes down to -8, by 1 - D mu (von Neumann).
    pub fn validate(&self) -> Result<(), Error> {
        if !GRID_SIZES.contains(&self.grid_size) {
            return Err(Error::out_of_range("grid_size", self.grid_size, "from 4 to 1024"));
        }
        if !STEPS.contains(&self.steps) {
            return Err(Error::out_of_range("steps", self.steps, "from 1 to 10000"));
        }
        within("alpha", self.alpha, 0.001, 0.25, "from 0.001 to 0.25")?;
        within("spike_probability", self.spike_probability, 0.0, 1.0, "from 0 to 1")?;
        within("turing_threshold", self.turing_threshold, 0.0, 1.0, "from 0 to 1")?;
        within("jitter_var", self.jitter_var, 0.0, 0.01, "from 0 to 0.01")?;
        let diffusion = "from 0.001 to 0.25";
        within("activator_diffusion", self.activator_diffusion, 0.001, 0.25, diffusion)?;
        within("inhibitor_diffusion", self.inhibitor_diffusion, 0.001, 0.25, diffusion)?;
        let rate = "from 0.001 to 0.1";
        within("activator_rate", self.activator_rate, 0.001, 0.1, rate)?;
        within("inhibitor_rate", self.inhibitor_rate, 0.001, 0.1, rate)
    }
}

/// Refuses what is not between the two, not a number included.
fn within(
    parameter: &'static str,
    value: f64,
    least: f64,
    most: f64,
    bounds: &'static str,
) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::out_of_range(parameter, value, bounds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> &'static str {
        let mut settings = Settings::default();
        change(&mut settings);
        match settings.validate() {
            Err(Error::OutOfRange { parameter, .. }) => parameter,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_settings_that_come_with_it_are_allowed() {
        assert_eq!(Settings::default().validate(), Ok(()));
        assert_eq!(Settings::demo().validate(), Ok(()));
    }

    #[test]
    fn a_diffusion_of_a_quarter_is_the_most_there_may_be() {
        let quarter = Settings { alpha: 0.25, ..Settings::default() };
        assert_eq!(quarter.validate(), Ok(()));
        assert_eq!(refused(|settings| settings.alpha = 0.250_000_1), "alpha");
        assert_eq!(refused(|settings| settings.inhibitor_diffusion = 0.3), "inhibitor_diffusion");
    }

    #[test]
    fn each_value_out_of_its_bounds_is_refused_by_its_name() {
        assert_eq!(refused(|settings| settings.grid_size = 3), "grid_size");
        assert_eq!(refused(|settings| settings.grid_size = 1025), "grid_size");
        assert_eq!(refused(|settings| settings.steps = 0), "steps");
        assert_eq!(refused(|settings| settings.steps = 10_001), "steps");
        assert_eq!(refused(|settings| settings.alpha = 0.0), "alpha");
        assert_eq!(refused(|settings| settings.spike_probability = -0.1), "spike_probability");
        assert_eq!(refused(|settings| settings.turing_threshold = 1.5), "turing_threshold");
        assert_eq!(refused(|settings| settings.jitter_var = 0.02), "jitter_var");
        assert_eq!(refused(|settings| settings.activator_rate = 0.2), "activator_rate");
        assert_eq!(refused(|settings| settings.inhibitor_rate = 0.0), "inhibitor_rate");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        assert_eq!(refused(|settings| settings.alpha = f64::NAN), "alpha");
        assert_eq!(refused(|settings| settings.jitter_var = f64::INFINITY), "jitter_var");
    }

    #[test]
    fn a_misspelt_setting_in_a_file_is_refused() {
        let read = serde_json::from_str::<Settings>(r#"{"gridsize": 32}"#);
        assert!(read.unwrap_err().to_string().contains("gridsize"));
    }
}
