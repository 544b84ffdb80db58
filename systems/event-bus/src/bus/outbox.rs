//! What is to be sent while nobody is there to take it: a queue with an end.

use std::collections::VecDeque;

/// What happens to a message for which there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Its sender is told, and may try again.
    #[default]
    Refuse,
    /// It takes the place of the one that has waited longest.
    DropOldest,
}

/// Messages in the order in which they were handed over.
#[derive(Debug)]
pub struct Outbox<T> {
    waiting: VecDeque<T>,
    room: usize,
    policy: Policy,
    /// The first one is on its way, and no longer to be dropped.
    is_sending: bool,
    counts: Counts,
}

/// What became of those that could not be sent at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting now.
    pub held: u64,
    /// Waited, since the beginning.
    pub buffered: u64,
    pub refused: u64,
    pub dropped: u64,
}

/// There is no room, and the policy is to say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    pub held: usize,
}

impl<T: Clone> Outbox<T> {
    #[must_use]
    pub fn new(room: usize, policy: Policy) -> Outbox<T> {
        let counts = Counts::default();
        Outbox { waiting: VecDeque::new(), room, policy, is_sending: false, counts }
    }

    /// Whether nothing waits, so that the next one may be sent at once without passing another.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts { held: self.waiting.len() as u64, ..self.counts }
    }

    pub fn put(&mut self, item: T) -> Result<(), Full> {
        // What is on its way counts as held: it may come back.
        if self.waiting.len() >= self.room {
            let oldest = usize::from(self.is_sending);
            if self.policy == Policy::Refuse || self.waiting.len() <= oldest {
                self.counts.refused += 1;
                return Err(Full { held: self.waiting.len() });
            }
            self.waiting.remove(oldest);
            self.counts.dropped += 1;
        }
        self.waiting.push_back(item);
        self.counts.buffered += 1;
        Ok(())
    }

    /// The one to send next. It stays the first until it was sent.
    pub fn begin(&mut self) -> Option<T> {
        let first = self.waiting.front().cloned();
        self.is_sending = first.is_some();
        first
    }

    /// What began to be sent was sent, or can never be.
    pub fn sent(&mut self) {
        if std::mem::take(&mut self.is_sending) {
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn who_finds_no_room_is_told_and_counted() {
        let mut outbox = Outbox::new(2, Policy::Refuse);
        assert_eq!((outbox.put(1), outbox.put(2)), (Ok(()), Ok(())));
        assert_eq!(outbox.put(3), Err(Full { held: 2 }));
        assert_eq!(outbox.counts(), Counts { held: 2, buffered: 2, refused: 1, dropped: 0 });
        assert_eq!(outbox.begin(), Some(1));
    }

    #[test]
    fn the_oldest_makes_room_but_not_while_it_is_on_its_way() {
        let mut outbox = Outbox::new(2, Policy::DropOldest);
        for number in 1..=3 {
            outbox.put(number).unwrap();
        }
        assert_eq!(outbox.begin(), Some(2));
        outbox.put(4).unwrap();
        outbox.sent();
        assert_eq!(outbox.begin(), Some(4));
        assert_eq!(outbox.counts(), Counts { held: 1, buffered: 4, refused: 0, dropped: 2 });
    }

    #[test]
    fn without_room_everything_is_refused_whatever_the_policy() {
        for policy in [Policy::Refuse, Policy::DropOldest] {
            let mut outbox = Outbox::new(0, policy);
            assert_eq!(outbox.put(1), Err(Full { held: 0 }));
            assert_eq!(outbox.begin(), None);
        }
    }

    proptest! {
        /// Held, sent, dropped and refused are all there were, and the order is kept.
        #[test]
        fn every_message_is_somewhere_and_none_passes_another(
            room in 0..6usize,
            drops in any::<bool>(),
            steps in prop::collection::vec(0..3u8, 0..80),
        ) {
            let policy = if drops { Policy::DropOldest } else { Policy::Refuse };
            let mut outbox = Outbox::new(room, policy);
            let (mut next, mut begun, mut sent) = (0u64, None, Vec::new());
            for step in steps {
                match step {
                    0 => {
                        let _ = outbox.put(next);
                        next += 1;
                    }
                    1 => begun = outbox.begin(),
                    _ => {
                        outbox.sent();
                        sent.extend(begun.take());
                    }
                }
            }
            let counts = outbox.counts();
            prop_assert!(counts.held <= room as u64);
            let gone = counts.refused + counts.dropped + sent.len() as u64;
            prop_assert_eq!(counts.held + gone, next);
            prop_assert!(sent.is_sorted_by(|a, b| a < b));
        }
    }
}
