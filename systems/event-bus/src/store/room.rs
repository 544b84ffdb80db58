//! How much an answer may hold, so that one message can carry it.

/// Bytes of an answer: less than the 1,048,576 that a server of NATS takes if not told otherwise.
const MOST: usize = 900_000;

/// What is left of an answer.
#[derive(Debug)]
pub(super) struct Room {
    left: usize,
    is_empty: bool,
}

impl Default for Room {
    fn default() -> Room {
        Room { left: MOST, is_empty: true }
    }
}

impl Room {
    /// Whether there is room for one more. The first is taken however large it is: without it no
    /// asking again would get any further.
    pub(super) fn takes(&mut self, bytes: usize) -> bool {
        let takes = self.is_empty || bytes <= self.left;
        self.left = self.left.saturating_sub(bytes);
        self.is_empty = false;
        takes
    }
}
