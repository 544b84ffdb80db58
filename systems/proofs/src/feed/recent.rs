//! The valid proofs of the last lines, to be repeated once they are answered.

use std::collections::VecDeque;

/// Valid proofs in the order of their lines.
#[derive(Debug)]
pub(super) struct Recent {
    proofs: VecDeque<Proof>,
    after: u64,
    is_needed: bool,
}

#[derive(Debug)]
struct Proof {
    line: u64,
    expires_ms: u64,
    body: String,
}

/// Lines for which a proof waits to be repeated: few, so that it is fresh.
const KEPT: u64 = 64;

impl Recent {
    pub(super) fn new(after: u64, is_needed: bool) -> Self {
        Self { proofs: VecDeque::new(), after, is_needed }
    }

    pub(super) fn put(&mut self, line: u64, expires_ms: u64, body: &str) {
        if !self.is_needed {
            return;
        }
        while self.proofs.front().is_some_and(|first| line - first.line > self.after + KEPT) {
            self.proofs.pop_front();
        }
        self.proofs.push_back(Proof { line, expires_ms, body: body.to_owned() });
    }

    /// A proof that was written so many lines ago and can still be used at that time. It is given
    /// out once.
    pub(super) fn take(&mut self, line: u64, at_ms: u64) -> Option<String> {
        let due = |first: &mut Proof| line - first.line >= self.after;
        while let Some(proof) = self.proofs.pop_front_if(due) {
            if proof.expires_ms > at_ms {
                return Some(proof.body);
            }
        }
        None
    }
}
