//! Observations counted in buckets.

use serde::{Deserialize, Serialize};

/// Sorted pairs of bucket index and count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    buckets: Vec<(u32, u64)>,
}
