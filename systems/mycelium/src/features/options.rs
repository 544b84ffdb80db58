//! What features are computed with, and which of it is allowed.

use serde::{Deserialize, Serialize};

use super::boxes::{Boxes, Scales};
use super::components::Connectivity;
use super::threshold::Threshold;
use crate::error::Error;

/// How a field is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Above what a cell is active, and above what it is more so.
    pub threshold: Threshold,
    pub scales: Scales,
    /// The side of the smallest box, in cells.
    pub min_box: usize,
    /// The side of the largest box; without one, as many doublings as there are scales.
    pub max_box: Option<usize>,
    pub num_scales: usize,
    /// In millivolts: cells that change more alike than this in a step are stable.
    pub stability_threshold: f64,
    /// For how many steps in a row they have to be.
    pub stability_window: usize,
    pub connectivity: Connectivity,
    /// Whether a cluster goes on at the opposite edge.
    pub periodic: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            threshold: Threshold::default(),
            scales: Scales::Fitted,
            min_box: 2,
            max_box: None,
            num_scales: 5,
            stability_threshold: 0.001,
            stability_window: 10,
            connectivity: Connectivity::Four,
            periodic: false,
        }
    }
}

impl Options {
    /// For fields that are small and runs that are short.
    #[must_use]
    pub fn demo() -> Options {
        Options { num_scales: 3, stability_window: 5, ..Options::default() }
    }

    /// As the first version computed them: fixed thresholds, which the default dynamics never
    /// reaches, and box sizes with what was lost in rounding.
    #[must_use]
    pub fn v4_1() -> Options {
        Options {
            threshold: Threshold::Fixed { low: -60.0, medium: -50.0, high: -40.0 },
            scales: Scales::Truncated,
            ..Options::default()
        }
    }

    /// The same for the demo.
    #[must_use]
    pub fn v4_1_demo() -> Options {
        Options { num_scales: 3, stability_window: 5, ..Options::v4_1() }
    }

    #[must_use]
    pub fn boxes(&self) -> Boxes {
        Boxes {
            scales: self.scales,
            min_box: self.min_box,
            max_box: self.max_box,
            num_scales: self.num_scales,
        }
    }

    /// Refuses what no features can be computed with.
    pub fn validate(&self) -> Result<(), Error> {
        self.threshold.validate()?;
        self.boxes().validate()?;
        let stability = self.stability_threshold;
        if !(stability.is_finite() && stability > 0.0) {
            let bounds = "a finite number above 0";
            return Err(Error::out_of_range("stability_threshold", stability, bounds));
        }
        if self.stability_window == 0 {
            return Err(Error::out_of_range("stability_window", 0, "1 or more"));
        }
        Ok(())
    }
}
