//! What is known from elsewhere, and what is computed here, line by line.
//!
//! Eleven lines are those of the requirement, with the tolerances that follow from the digits of
//! what they are held against; the others compare with theory, and can fail.

mod fields;
mod ions;
mod patterns;
mod shapes;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::error::Error;

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    pub name: &'static str,
    /// Whether it is one of the eleven.
    pub is_required: bool,
    pub unit: &'static str,
    pub finding: Finding,
    /// Where the expected value is from.
    pub source: &'static str,
    /// What the line does not show, or what one has to know about it.
    pub note: Option<String>,
}

/// What was expected and what came out.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    Value {
        expected: f64,
        tolerance: f64,
        computed: f64,
    },
    /// All of what was computed has to lie between the bounds.
    Within {
        bounds: (f64, f64),
        tolerance: f64,
        computed: (f64, f64),
    },
    AtLeast {
        bound: f64,
        computed: f64,
    },
}

/// One step of the work, so that a person sees how far it is.
type Part = fn() -> Result<Vec<Check>, Error>;

/// The eleven first.
const PARTS: [Part; 7] = [
    ions::required,
    fields::required,
    patterns::required,
    ions::ours,
    shapes::ours,
    fields::ours,
    patterns::ours,
];

/// Computes all lines; `done` hears how many of how many parts are done, and says whether to go on.
pub fn checks(mut done: impl FnMut(usize, usize) -> bool) -> Result<Vec<Check>, Error> {
    let mut checks = Vec::new();
    for (index, part) in PARTS.iter().enumerate() {
        if !done(index, PARTS.len()) {
            break;
        }
        checks.extend(part()?);
    }
    Ok(checks)
}

impl Check {
    #[must_use]
    pub fn holds(&self) -> bool {
        self.finding.holds()
    }
}

impl Finding {
    /// How far the computed value is off; none for a bound alone.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        match *self {
            Finding::Value { expected, computed, .. } => Some((computed - expected).abs()),
            Finding::Within { bounds, computed, .. } => {
                Some((bounds.0 - computed.0).max(computed.1 - bounds.1).max(0.0))
            }
            Finding::AtLeast { .. } => None,
        }
    }

    #[must_use]
    pub fn tolerance(&self) -> Option<f64> {
        match *self {
            Finding::Value { tolerance, .. } | Finding::Within { tolerance, .. } => Some(tolerance),
            Finding::AtLeast { .. } => None,
        }
    }

    /// What is not a number holds nowhere.
    #[must_use]
    pub fn holds(&self) -> bool {
        match *self {
            Finding::Within { computed, .. } if computed.0.is_nan() || computed.1.is_nan() => false,
            Finding::AtLeast { bound, computed } => computed >= bound,
            Finding::Value { .. } | Finding::Within { .. } => self
                .error()
                .zip(self.tolerance())
                .is_some_and(|(error, tolerance)| error <= tolerance),
        }
    }
}
