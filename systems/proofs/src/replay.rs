//! Remembers the proofs that were accepted until they can no longer be, so that each is used once.
//!
//! A proof is known by the SHA-256 of its signature's bytes. Proofs lie in sets by the second in
//! which they expire, so forgetting is dropping whole sets. A proof costs 38 to 76 bytes (33 in a
//! hash set that is 7/8 to 7/16 full), and a set 250 bytes of its own: the 60,000 proofs of 200 a
//! second over five minutes take at most 5 MB.

use std::collections::{BTreeMap, HashSet};

use crate::refusal::Refusal;
use crate::signed::sha256;

/// A proof's name: the SHA-256 of the 64 bytes of its signature, never of a text of it.
pub type SignatureId = [u8; 32];

pub fn signature_id(signature: &[u8; 64]) -> SignatureId {
    sha256(signature)
}

const BUCKET_MS: u64 = 1000;

/// The proofs that were used and have not expired.
#[derive(Debug)]
pub struct ReplaySet {
    buckets: BTreeMap<u64, HashSet<SignatureId>>,
    len: usize,
    capacity: usize,
    /// The latest time seen. A clock that is set back must not revive what was forgotten.
    now_ms: u64,
}

impl ReplaySet {
    /// A set of at most so many proofs.
    pub fn new(capacity: usize) -> Self {
        Self { buckets: BTreeMap::new(), len: 0, capacity, now_ms: 0 }
    }

    /// The set after a start, from what was stored: what has expired is left out, and what was
    /// stored is kept even beyond the capacity.
    pub fn load(
        capacity: usize,
        stored: impl IntoIterator<Item = (SignatureId, u64)>,
        now_ms: u64,
    ) -> Self {
        let mut set = Self { now_ms, ..Self::new(capacity) };
        for (id, expires_at_ms) in stored {
            if expires_at_ms > now_ms {
                set.put(id, expires_at_ms);
            }
        }
        set
    }

    /// Whether the proof is new; it no longer is afterwards.
    pub fn insert(&mut self, id: SignatureId, expires_at_ms: u64, now_ms: u64) -> bool {
        self.reserve(id, expires_at_ms, now_ms).is_ok()
    }

    /// Takes the proof's only use, or tells why it cannot. Who then fails to store that gives it
    /// back with [`ReplaySet::remove`].
    ///
    /// A proof that has expired is refused, because an earlier use would be forgotten already.
    pub fn reserve(
        &mut self,
        id: SignatureId,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        self.purge(now_ms);
        if expires_at_ms <= self.now_ms {
            return Err(Refusal::Expired { ago_ms: self.now_ms - expires_at_ms });
        }
        if self.contains(&id, expires_at_ms) {
            return Err(Refusal::Replayed);
        }
        if self.len >= self.capacity {
            return Err(Refusal::Busy);
        }
        self.put(id, expires_at_ms);
        Ok(())
    }

    pub fn contains(&self, id: &SignatureId, expires_at_ms: u64) -> bool {
        self.buckets.get(&(expires_at_ms / BUCKET_MS)).is_some_and(|bucket| bucket.contains(id))
    }

    /// Gives a use back, and tells whether there was one.
    pub fn remove(&mut self, id: &SignatureId, expires_at_ms: u64) -> bool {
        let key = expires_at_ms / BUCKET_MS;
        let Some(bucket) = self.buckets.get_mut(&key) else { return false };
        let removed = bucket.remove(id);
        if bucket.is_empty() {
            self.buckets.remove(&key);
        }
        self.len -= usize::from(removed);
        removed
    }

    /// Forgets what has expired; `reserve` does so itself.
    pub fn purge(&mut self, now_ms: u64) {
        self.now_ms = self.now_ms.max(now_ms);
        while let Some(first) = self.buckets.first_entry() {
            if (first.key() + 1) * BUCKET_MS > self.now_ms {
                return;
            }
            self.len -= first.remove().len();
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn put(&mut self, id: SignatureId, expires_at_ms: u64) {
        let new = self.buckets.entry(expires_at_ms / BUCKET_MS).or_default().insert(id);
        self.len += usize::from(new);
    }
}

#[cfg(test)]
mod tests;
