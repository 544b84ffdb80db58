//! Challenges: issued for one context, for a while, for one use.

use std::collections::{BTreeSet, HashMap};

use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// Parts challenges from other hashes.
const TAG: &[u8] = b"proof/webauthn/v1\0";

/// The challenge for a context: the SHA-256 of a tag, the nonce and the context's SHA-256. So the
/// assertion that signs it signs the context, which anybody can check who knows the nonce.
pub fn challenge(nonce: &[u8; 32], context_sha256: &[u8; 32]) -> [u8; 32] {
    let hash = Sha256::new_with_prefix(TAG).chain_update(nonce).chain_update(context_sha256);
    hash.finalize().into()
}

/// The challenges that were issued and neither used nor expired.
#[derive(Debug)]
pub struct Challenges {
    open: HashMap<[u8; 32], Open>,
    by_expiry: BTreeSet<(u64, [u8; 32])>,
    capacity: usize,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    context_sha256: [u8; 32],
    expires_at_ms: u64,
}

impl Challenges {
    /// At most so many at a time, each about 200 bytes.
    pub fn new(capacity: usize) -> Self {
        Self { open: HashMap::new(), by_expiry: BTreeSet::new(), capacity }
    }

    /// Issues the challenge for a context. The nonce has to be random: who can guess it can have
    /// the assertion made beforehand.
    pub fn issue(
        &mut self,
        nonce: &[u8; 32],
        context_sha256: [u8; 32],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<[u8; 32], Refusal> {
        self.purge(now_ms);
        if self.open.len() >= self.capacity {
            return Err(Refusal::Busy);
        }
        let challenge = challenge(nonce, &context_sha256);
        if let Some(old) = self.open.insert(challenge, Open { context_sha256, expires_at_ms }) {
            self.by_expiry.remove(&(old.expires_at_ms, challenge));
        }
        self.by_expiry.insert((expires_at_ms, challenge));
        Ok(challenge)
    }

    /// Whether the challenge could be taken; nothing is used up.
    pub fn check(
        &self,
        challenge: &[u8; 32],
        context_sha256: &[u8; 32],
        now_ms: u64,
    ) -> Result<(), Refusal> {
        match self.open.get(challenge) {
            Some(open) if open.context_sha256 == *context_sha256 && open.expires_at_ms > now_ms => {
                Ok(())
            }
            _ => Err(Refusal::WrongChallenge),
        }
    }

    /// Uses the challenge up. One for another context stays.
    pub fn take(
        &mut self,
        challenge: &[u8; 32],
        context_sha256: &[u8; 32],
        now_ms: u64,
    ) -> Result<(), Refusal> {
        self.check(challenge, context_sha256, now_ms)?;
        if let Some(open) = self.open.remove(challenge) {
            self.by_expiry.remove(&(open.expires_at_ms, *challenge));
        }
        Ok(())
    }

    /// Forgets what has expired; `issue` does so itself.
    pub fn purge(&mut self, now_ms: u64) {
        while let Some((expires_at_ms, challenge)) = self.by_expiry.first().copied() {
            if expires_at_ms > now_ms {
                return;
            }
            self.by_expiry.pop_first();
            self.open.remove(&challenge);
        }
    }

    pub fn len(&self) -> usize {
        self.open.len()
    }

    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
