//! Whether a client still lives: it is asked now and then, and given up where it is silent.

use std::time::Duration;

/// Times are counted from when the connection was opened.
#[derive(Clone, Copy, Debug)]
pub struct Heart {
    interval: Duration,
    silence: Duration,
    asked: Duration,
    heard: Duration,
}

/// What is to be done at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Wait(Duration),
    Ask,
    /// Nothing was heard for too long.
    Dead,
}

impl Heart {
    pub fn new(interval: Duration, silence: Duration) -> Heart {
        Heart { interval, silence, asked: Duration::ZERO, heard: Duration::ZERO }
    }

    /// Something came from the client, whatever it was.
    pub fn heard(&mut self, now: Duration) {
        self.heard = self.heard.max(now);
    }

    /// What is due. Whoever is told to ask does so at once.
    pub fn beat(&mut self, now: Duration) -> Beat {
        let (end, next) = (self.heard + self.silence, self.asked + self.interval);
        if now >= end {
            return Beat::Dead;
        }
        if now >= next {
            self.asked = now;
            return Beat::Ask;
        }
        Beat::Wait(end.min(next) - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn heart() -> Heart {
        Heart::new(30 * SECOND, 60 * SECOND)
    }

    #[test]
    fn a_silent_client_is_asked_after_half_a_minute_and_given_up_after_a_whole_one() {
        let mut heart = heart();
        assert_eq!(heart.beat(Duration::ZERO), Beat::Wait(30 * SECOND));
        assert_eq!(heart.beat(29 * SECOND), Beat::Wait(SECOND));
        assert_eq!(heart.beat(30 * SECOND), Beat::Ask);
        assert_eq!(heart.beat(30 * SECOND), Beat::Wait(30 * SECOND));
        assert_eq!(heart.beat(60 * SECOND), Beat::Dead);
    }

    #[test]
    fn a_client_that_answers_lives_on() {
        let mut heart = heart();
        for minute in 0..100 {
            let now = 60 * minute * SECOND;
            heart.heard(now);
            assert_eq!(heart.beat(now + 59 * SECOND), Beat::Ask);
        }
    }

    #[test]
    fn what_was_heard_late_does_not_count_for_less() {
        let mut heart = heart();
        heart.heard(50 * SECOND);
        heart.heard(10 * SECOND);
        assert_eq!(heart.beat(100 * SECOND), Beat::Ask);
        assert_eq!(heart.beat(110 * SECOND), Beat::Dead);
    }
}
