//! What can be wrong with what is asked for, and what a computation may end in. One type for all of
//! the core, so that a caller maps it to an exit code or a status in one place.

use std::fmt::Display;

use thiserror::Error;

/// Why something was refused, or could not be computed.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Error {
    /// A value lies outside of what is allowed.
    #[error("`{parameter}` is {value}, but must be {bounds}")]
    OutOfRange { parameter: &'static str, value: String, bounds: &'static str },
    /// Values that fit one by one do not fit together, such as rows of two lengths.
    #[error("{0}")]
    Shape(String),
    /// A computation left the numbers.
    #[error("{count} cells of the {field} are not finite after step {step}")]
    NotFinite { field: &'static str, step: usize, count: usize },
    /// Rates and diffusion with which a step of the scheme amplifies what it should damp.
    #[error("unstable: {0}")]
    Unstable(String),
}

impl Error {
    /// A value outside of its bounds, which are written as they are read: `from 4 to 1024`.
    pub fn out_of_range(
        parameter: &'static str,
        value: impl Display,
        bounds: &'static str,
    ) -> Error {
        Error::OutOfRange { parameter, value: value.to_string(), bounds }
    }

    /// Whether another input would be computed, as against a computation that went wrong.
    #[must_use]
    pub fn is_bad_input(&self) -> bool {
        match self {
            Error::OutOfRange { .. } | Error::Shape(_) | Error::Unstable(_) => true,
            Error::NotFinite { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_parameter_its_value_and_the_bounds() {
        let error = Error::out_of_range("alpha", 0.9, "above 0.001 and at most 0.25");
        assert_eq!(error.to_string(), "`alpha` is 0.9, but must be above 0.001 and at most 0.25");
        assert!(error.is_bad_input());
    }

    #[test]
    fn a_computation_that_left_the_numbers_is_not_the_callers_fault() {
        let error = Error::NotFinite { field: "potential", step: 3, count: 2 };
        assert!(!error.is_bad_input());
    }
}
