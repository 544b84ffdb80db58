//! What follows from the counters. Shares are in per cent.

use super::WarmRestartMetrics;

/// The least health there is: all three deductions at their most.
pub const WORST_HEALTH: f64 = 30.0;

/// A mean duration above it is an anomaly, in seconds.
const LONG_S: f64 = 300.0;

impl WarmRestartMetrics {
    /// Starts of both kinds.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.warm_restarts.saturating_add(self.cold_starts)
    }

    /// Of all starts; none before there was one.
    #[must_use]
    pub fn warm_percent(&self) -> Option<f64> {
        percent(self.warm_restarts, self.starts())
    }

    /// Of initial syncs that ended; none before there was one.
    #[must_use]
    pub fn timeout_percent(&self) -> Option<f64> {
        percent(self.sync_timeouts, self.syncs_ended)
    }

    /// Recoveries for each hundred corruptions; none where nothing was corrupt.
    #[must_use]
    pub fn recovery_percent(&self) -> Option<f64> {
        percent(self.recoveries, self.corruptions)
    }

    /// Corruptions that no recovery made good.
    #[must_use]
    pub fn unrecovered(&self) -> u64 {
        self.corruptions.saturating_sub(self.recoveries)
    }

    /// Syncs, recoveries and corruptions for each start; none before there was one.
    #[must_use]
    pub fn events_per_start(&self) -> Option<f64> {
        let events = self.syncs_ended as f64 + self.recoveries as f64 + self.corruptions as f64;
        (self.starts() > 0).then(|| events / self.starts() as f64)
    }

    /// From 100 down to `WORST_HEALTH`: at most 30 for what was not recovered, 20 for timeouts and
    /// 20 for cold starts.
    #[must_use]
    pub fn health_score(&self) -> f64 {
        let unrecovered = (10.0 * self.unrecovered() as f64).min(30.0);
        let timeouts = (self.timeout_percent().unwrap_or(0.0) / 2.0).min(20.0);
        let cold = ((80.0 - self.warm_percent().unwrap_or(100.0)) / 4.0).clamp(0.0, 20.0);
        100.0 - unrecovered - timeouts - cold
    }

    #[must_use]
    pub fn is_healthy(&self) -> bool {
        let mostly_in_time = self.timeout_percent().is_none_or(|percent| percent <= 50.0);
        let mostly_warm = self.warm_percent().is_none_or(|percent| percent >= 50.0);
        self.unrecovered() == 0 && mostly_in_time && mostly_warm
    }

    /// Most syncs run out of time, half of the starts find something corrupt, or syncs take long.
    #[must_use]
    pub fn has_anomaly(&self) -> bool {
        let late = self.sync_timeouts > self.syncs_ended / 2;
        let corrupt =
            self.starts() > 0 && self.corruptions > 5 && self.corruptions >= self.starts() / 2;
        late || corrupt || self.durations.mean_s().is_some_and(|mean| mean > LONG_S)
    }
}

fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| 100.0 * part as f64 / whole as f64)
}
