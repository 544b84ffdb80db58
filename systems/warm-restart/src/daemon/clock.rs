//! The one place where clocks are read.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tollgate_alerts::moment::Moment;

/// The steady clock counts from when it was made.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

/// The clock by which systemd tells whether what it hears came after what it asked.
#[must_use]
pub fn monotonic_us() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    part(now.tv_sec) * 1_000_000 + part(now.tv_nsec) / 1000
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the daemon is driven by the real clock")]
    #[must_use]
    pub fn start() -> Clock {
        Clock(Instant::now())
    }

    #[expect(clippy::disallowed_methods, reason = "people are told when something was")]
    #[must_use]
    pub fn now(&self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Moment { steady_ms: ms(self.0.elapsed()), wall_ms: ms(wall) }
    }

    /// What something took, for the record.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
