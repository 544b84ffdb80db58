//! What the service remembers between requests, behind locks that nobody holds while a signature
//! is checked or a commit awaited.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use thiserror::Error;

use super::failure::Failure;
use crate::audit::Recovered;
use crate::refusal::{Refusal, Revoked};
use crate::replay::{ReplaySet, SignatureId};
use crate::revocation::Revocations;
use crate::webauthn::{Challenges, Credential, CredentialKey};

pub struct Memory {
    used: Mutex<ReplaySet>,
    revocations: RwLock<Revocations>,
    credentials: RwLock<HashMap<Vec<u8>, Credential>>,
    challenges: Mutex<Challenges>,
    /// Proofs that were issued earlier may have been accepted without that being known.
    issued_after_ms: u64,
}

#[derive(Debug, Error)]
#[error("the database holds the credential {id}, whose key cannot be read: {refusal}")]
pub struct BadCredential {
    id: String,
    refusal: Refusal,
}

/// Challenges that may be open at a time.
const CHALLENGES: usize = 100_000;

impl Memory {
    pub fn new(
        capacity: usize,
        recovered: Recovered,
        skew_ms: u64,
        now_ms: u64,
    ) -> Result<Memory, BadCredential> {
        let mut revocations = Revocations::new();
        for (what, target) in recovered.revoked {
            add(&mut revocations, what, target);
        }
        let mut credentials = HashMap::new();
        for stored in recovered.credentials {
            let key = CredentialKey::from_sec1(&stored.key).map_err(|refusal| BadCredential {
                id: crate::encoding::base64url(&stored.id),
                refusal,
            })?;
            let credential = Credential { id: stored.id.clone(), key, counter: stored.counter };
            credentials.insert(stored.id, credential);
        }
        let issued_after_ms = match recovered.issued_after_ms {
            0 => 0,
            // The clock of a signer may have been ahead.
            time => time.saturating_add(skew_ms),
        };
        Ok(Memory {
            used: Mutex::new(ReplaySet::load(capacity, recovered.accepted, now_ms)),
            revocations: RwLock::new(revocations),
            credentials: RwLock::new(credentials),
            challenges: Mutex::new(Challenges::new(CHALLENGES)),
            issued_after_ms,
        })
    }

    /// Refuses a proof from before the time since when all that was accepted is known.
    pub fn check_issued(&self, issued_ms: u64) -> Result<(), Failure> {
        if issued_ms < self.issued_after_ms { Err(Failure::BeforeRestart) } else { Ok(()) }
    }

    pub fn used(&self) -> MutexGuard<'_, ReplaySet> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn challenges(&self) -> MutexGuard<'_, Challenges> {
        self.challenges.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn check_revoked(&self, id: &SignatureId, key: &[u8; 32]) -> Result<(), Refusal> {
        self.revocations.read().unwrap_or_else(PoisonError::into_inner).check(id, key)
    }

    /// Whether the one proof or key was revoked.
    pub fn is_revoked(&self, what: Revoked, target: &[u8; 32]) -> bool {
        // The other one is nobody's: nothing has the digest zero, and the key zero is weak.
        let found = match what {
            Revoked::Proof => self.check_revoked(target, &[0; 32]),
            Revoked::Key => self.check_revoked(&[0; 32], target),
        };
        matches!(found, Err(Refusal::Revoked { what: found }) if found == what)
    }

    pub fn revoke(&self, what: Revoked, target: [u8; 32]) -> bool {
        let mut revocations = self.revocations.write().unwrap_or_else(PoisonError::into_inner);
        add(&mut revocations, what, target)
    }

    pub fn credential(&self, id: &[u8]) -> Result<Credential, Refusal> {
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner);
        credentials.get(id).cloned().ok_or(Refusal::UnknownCredential)
    }

    /// Counts an assertion on its credential.
    pub fn raise(&self, id: &[u8], counter: u32) -> Result<(), Refusal> {
        let mut credentials = self.credentials.write().unwrap_or_else(PoisonError::into_inner);
        credentials.get_mut(id).ok_or(Refusal::UnknownCredential)?.raise(counter)
    }

    /// Registers a credential, and tells whether it is new. No other key can take its place.
    pub fn register(&self, credential: Credential) -> Result<bool, Failure> {
        let mut credentials = self.credentials.write().unwrap_or_else(PoisonError::into_inner);
        match credentials.entry(credential.id.clone()) {
            Entry::Occupied(known) if known.get().key == credential.key => Ok(false),
            Entry::Occupied(_) => Err(Failure::CredentialTaken),
            Entry::Vacant(place) => {
                place.insert(credential);
                Ok(true)
            }
        }
    }

    /// Takes a registration back that could not be written down.
    pub fn unregister(&self, id: &[u8]) {
        self.credentials.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    pub fn purge(&self, now_ms: u64) {
        self.used().purge(now_ms);
        self.challenges().purge(now_ms);
    }
}

fn add(revocations: &mut Revocations, what: Revoked, target: [u8; 32]) -> bool {
    match what {
        // For ever: a proof can be made today and begin to be valid next year.
        Revoked::Proof => revocations.revoke_proof(target, None),
        Revoked::Key => revocations.revoke_key(target),
    }
}
