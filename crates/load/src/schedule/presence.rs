//! Which users are there when, in a closed loop.

use std::time::Duration;

use super::Curve;

/// The periods, from when until when, in which a user is there: while the level is above its
/// number. Users leave in the reverse order of their coming.
#[derive(Clone, Debug)]
pub struct Presence {
    periods: std::vec::IntoIter<(Duration, Duration)>,
}

impl Presence {
    /// Of the user of that number, from 0.
    #[must_use]
    pub fn of(curve: &Curve, user: u32) -> Presence {
        let level = f64::from(user);
        let mut periods: Vec<(Duration, Duration)> = Vec::new();
        for line in curve.lines() {
            let crossing = || line.start.saturating_add(line.reaches(level));
            let (from, until) = match (line.from > level, line.to > level) {
                (false, false) => continue,
                (true, true) => (line.start, line.end()),
                (false, true) => (crossing(), line.end()),
                (true, false) => (line.start, crossing()),
            };
            match periods.last_mut() {
                Some((_, last)) if *last == from => *last = until,
                _ if from < until => periods.push((from, until)),
                _ => {}
            }
        }
        Presence { periods: periods.into_iter() }
    }
}

impl Iterator for Presence {
    type Item = (Duration, Duration);

    fn next(&mut self) -> Option<(Duration, Duration)> {
        self.periods.next()
    }
}

/// The users, of so many, that one of several threads runs. They are dealt in turn, so that at any
/// level threads have the same number but for one.
pub fn spread(users: u32, share: (u32, u32)) -> impl Iterator<Item = u32> + Clone {
    (share.0..users).step_by(share.1.max(1) as usize)
}
