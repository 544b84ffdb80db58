//! When something is.

use serde::{Deserialize, Serialize};

/// A point in time by two clocks: how long something lasted is read from the steady one, which
/// nobody sets; what is told to people and outlives a restart is the calendar's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Since an origin that is the same for as long as the process lives; what was before that is
    /// below zero.
    pub steady_ms: i64,
    /// Since 1970.
    pub wall_ms: i64,
}

impl Moment {
    /// How long ago another moment was, by the steady clock; none if it is yet to come.
    #[must_use]
    pub fn since(self, earlier: Moment) -> u64 {
        u64::try_from(self.steady_ms.saturating_sub(earlier.steady_ms)).unwrap_or(0)
    }

    /// The moment that lies so far before this one on both clocks.
    #[must_use]
    pub fn back(self, ms: i64) -> Moment {
        Moment {
            steady_ms: self.steady_ms.saturating_sub(ms),
            wall_ms: self.wall_ms.saturating_sub(ms),
        }
    }
}
