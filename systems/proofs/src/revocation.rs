//! Proofs and keys that were taken back.
//!
//! Both are known by decoded bytes, so that writing a signature in another case changes nothing. A
//! proof stays revoked until it has expired by itself, or for ever where its expiry is not known;
//! a key for ever.

use std::collections::{HashMap, HashSet};

use crate::refusal::{Refusal, Revoked};
use crate::replay::SignatureId;

/// What was taken back.
#[derive(Debug, Default)]
pub struct Revocations {
    /// Until when each has to be remembered; without a time, for ever.
    proofs: HashMap<SignatureId, Option<u64>>,
    keys: HashSet<[u8; 32]>,
}

impl Revocations {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a proof back, until it could no longer be accepted anyway, or for ever. Tells whether
    /// that changed anything; a revocation is never made shorter.
    pub fn revoke_proof(&mut self, id: SignatureId, until_ms: Option<u64>) -> bool {
        match self.proofs.get_mut(&id) {
            Some(until) => {
                let longer = until.is_some_and(|old| until_ms.is_none_or(|new| new > old));
                if longer {
                    *until = until_ms;
                }
                longer
            }
            None => {
                self.proofs.insert(id, until_ms);
                true
            }
        }
    }

    /// Takes back all that a key signed or will sign. Tells whether it was trusted before.
    pub fn revoke_key(&mut self, key: [u8; 32]) -> bool {
        self.keys.insert(key)
    }

    /// Refuses what was taken back.
    pub fn check(&self, id: &SignatureId, key: &[u8; 32]) -> Result<(), Refusal> {
        if self.proofs.contains_key(id) {
            return Err(Refusal::Revoked { what: Revoked::Proof });
        }
        if self.keys.contains(key) {
            return Err(Refusal::Revoked { what: Revoked::Key });
        }
        Ok(())
    }

    /// Forgets proofs that have expired meanwhile.
    pub fn purge(&mut self, now_ms: u64) {
        self.proofs.retain(|_, until| until.is_none_or(|until| until > now_ms));
    }

    /// How many proofs and keys are remembered.
    pub fn len(&self) -> usize {
        self.proofs.len() + self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
