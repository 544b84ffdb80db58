//! What all threads of a load share: how many requests are left, and whether it is over.

use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

/// What all threads of a load share.
#[derive(Debug)]
pub(crate) struct Shared {
    cut: AtomicU8,
    /// Requests that may still be sent; below zero when there are none.
    left: Option<AtomicI64>,
}

/// Why a load ends before its schedule does. A later reason does not replace an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Cut {
    Not = 0,
    /// At once, leaving what is under way.
    Interrupted = 1,
    Decided = 2,
    /// With what is under way brought to its end.
    Count = 3,
    Exhausted = 4,
}

impl Shared {
    pub fn new(requests: Option<u64>) -> Shared {
        let left = requests.map(|n| AtomicI64::new(i64::try_from(n).unwrap_or(i64::MAX)));
        Shared { cut: AtomicU8::new(0), left }
    }

    pub fn cut(&self, why: Cut) {
        let _ = self.cut.compare_exchange(0, why as u8, Ordering::Relaxed, Ordering::Relaxed);
    }

    pub fn why_cut(&self) -> Cut {
        match self.cut.load(Ordering::Relaxed) {
            1 => Cut::Interrupted,
            2 => Cut::Decided,
            3 => Cut::Count,
            4 => Cut::Exhausted,
            _ => Cut::Not,
        }
    }

    /// Whether one more request may be sent.
    pub fn may_send(&self) -> bool {
        let Some(left) = &self.left else { return true };
        let may = left.fetch_sub(1, Ordering::Relaxed) > 0;
        if !may {
            self.cut(Cut::Count);
        }
        may
    }
}
