//! A value that knows where it was written, so that what is wrong with it can be shown there.

use std::fmt::{self, Debug};

use super::mistake::Place;

/// Equal to another of the same value, wherever both stand.
#[derive(Clone, Copy)]
pub struct Located<T> {
    pub value: T,
    /// None for a default.
    pub place: Option<Place>,
}

impl<T> Located<T> {
    #[must_use]
    pub fn default(value: T) -> Located<T> {
        Located { value, place: None }
    }
}

impl<T: Debug> Debug for Located<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Located<T>) -> bool {
        self.value == other.value
    }
}
