//! How long a service was not well after something was taken away: from what the load saw, slice
//! by slice.

use std::time::Duration;

use tollgate_load::report::Progress;

/// What ended since the slice before. Times count from the start of the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub until: Duration,
    pub succeeded: u64,
    pub failed: u64,
}

/// How long a thread of the load may keep to itself what it has seen.
const TOLD_LATE: Duration = Duration::from_millis(250);

/// For each time at which something was taken away, in their order: how long until requests
/// succeeded again, or nothing if they did not before the load was over.
///
/// A slice is bad when more of its requests failed than of any slice before the first of these
/// times; without requests that succeed, when that lasts more than twice as long as it ever did
/// before. The service is well again at the end of the last bad slice, so that a recovery is not
/// told too short; and that it is must be seen in a slice that tells of nothing before. What has
/// not recovered when the next thing is taken away recovers with that.
pub(super) fn recoveries(slices: &[Slice], taken: &[Duration]) -> Vec<Option<Duration>> {
    let Some(first) = taken.first() else { return Vec::new() };
    let usual = Usual::of(slices, *first);
    let mut found: Vec<Option<Duration>> = Vec::new();
    for (index, &at) in taken.iter().enumerate().rev() {
        let next = taken.get(index + 1).copied();
        let within =
            |slice: &&Slice| slice.until > at && next.is_none_or(|next| slice.until <= next);
        let slices: Vec<Slice> = slices.iter().filter(within).copied().collect();
        found.push(match (usual.well_again(&slices, at), next) {
            (Some(again), _) => Some(again.saturating_sub(at)),
            (None, Some(next)) => found.last().copied().flatten().map(|later| next - at + later),
            (None, None) => None,
        });
    }
    found.reverse();
    found
}

/// How far the end of a slice lies behind what it tells of, at most.
pub(super) fn resolution(slices: &[Slice]) -> Duration {
    let ends = slices.iter().map(|slice| slice.until);
    let lengths = ends.clone().zip(std::iter::once(Duration::ZERO).chain(ends));
    let longest = lengths.map(|(end, begin)| end.saturating_sub(begin)).max();
    longest.unwrap_or_default() + TOLD_LATE
}

/// How the service was before anything was taken away.
struct Usual {
    failures: f64,
    silence: Duration,
    /// How long a slice may tell of what was before.
    late: Duration,
}

impl Usual {
    fn of(slices: &[Slice], until: Duration) -> Usual {
        let before = || slices.iter().filter(|slice| slice.until <= until);
        let spoken: Vec<Duration> =
            before().filter(|slice| slice.succeeded > 0).map(|slice| slice.until).collect();
        let silences = spoken.windows(2).map(|pair| pair[1] - pair[0]);
        // Nothing is known of a slice before there was one.
        let late = resolution(slices);
        let least = late.saturating_sub(TOLD_LATE);
        Usual {
            failures: before().map(Slice::failures).fold(0.0, f64::max),
            silence: silences.max().unwrap_or_default().max(least),
            late,
        }
    }

    /// When the service was well again, `at` itself if it never was not.
    fn well_again(&self, slices: &[Slice], at: Duration) -> Option<Duration> {
        let long = 2 * self.silence;
        let (mut again, mut spoken) = (at, at);
        let mut is_bad = false;
        for slice in slices {
            is_bad = slice.failures() > self.failures;
            if slice.succeeded > 0 {
                if slice.until - spoken > long {
                    again = slice.until;
                }
                spoken = slice.until;
            }
            if is_bad {
                again = slice.until;
            }
        }
        let end = slices.last().map_or(at, |slice| slice.until);
        let seen = spoken >= at + self.late;
        (seen && !is_bad && end - spoken <= long).then_some(again)
    }
}

impl Slice {
    pub fn of(progress: &Progress<'_>) -> Slice {
        Slice {
            until: progress.elapsed,
            succeeded: progress.latest.iter().map(|window| window.succeeded).sum(),
            failed: progress.latest.iter().map(|window| window.failed).sum(),
        }
    }

    /// The share that failed.
    fn failures(&self) -> f64 {
        self.failed as f64 / (self.succeeded + self.failed).max(1) as f64
    }
}

#[cfg(test)]
mod tests;
