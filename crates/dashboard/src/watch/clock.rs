//! The one place where clocks are read.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tollgate_alerts::moment::Moment;

/// The steady clock counts from when it was made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "runs are watched by the real clock")]
    pub(super) fn start() -> Clock {
        Clock(Instant::now())
    }

    #[expect(clippy::disallowed_methods, reason = "people are told when something was")]
    pub(super) fn now(self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let ms = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Moment { steady_ms: ms(self.0.elapsed()), wall_ms: ms(wall) }
    }
}
