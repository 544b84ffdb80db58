//! Judges one proof, the cheap questions first.
//!
//! A service asks in this order and stops at the first refusal: [`Envelope::parse`], then
//! [`Verifier::check`] (policy, times, whose key), [`Revocations::check`], [`Verifier::verify`]
//! (key and signature), [`ReplaySet::reserve`], then its own durable write, and answers.
//! [`Verifier::judge`] does all of that but the write.

use crate::context;
use crate::envelope::{Envelope, SignedBy};
use crate::key::{KeyCache, KeyRing, PublicKey};
use crate::refusal::Refusal;
use crate::replay::{ReplaySet, SignatureId, signature_id};
use crate::revocation::Revocations;
use crate::signed::{HEAD_LENGTH, sha256};

/// What is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How far the clocks of signers may be off, in either direction.
    pub skew_ms: u64,
    /// The longest time from `issued_at` to `expires_at`.
    pub max_age_ms: u64,
    /// Whether contexts have to keep the policy of their type, beside their form.
    pub policies: bool,
    /// Whether keys that are not registered are accepted if they are given by `public_key`.
    pub unregistered_keys: bool,
    /// How many decoded keys a generation of the cache holds.
    pub cached_keys: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            skew_ms: 30_000,
            max_age_ms: 300_000,
            policies: true,
            unregistered_keys: false,
            cached_keys: 4096,
        }
    }
}

/// Judges proofs by settings and registered keys. It may be shared between threads.
#[derive(Debug)]
pub struct Verifier {
    settings: Settings,
    ring: KeyRing,
    cache: KeyCache,
}

/// A proof of which everything has been checked that costs little.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    /// The proof's name.
    pub id: SignatureId,
    /// The bytes of the key that is said to have signed.
    pub key: [u8; 32],
    /// From when on the proof is too old; until then its use has to be remembered.
    pub retain_until_ms: u64,
    /// What is signed before the context; legacy proofs have nothing there.
    head: Option<[u8; HEAD_LENGTH]>,
    context: &'a [u8],
    signature: &'a [u8; 64],
}

impl Verifier {
    pub fn new(settings: Settings, ring: KeyRing) -> Self {
        let cache = KeyCache::new(settings.cached_keys);
        Self { settings, ring, cache }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Checks all but revocation, key, signature and earlier use.
    pub fn check<'a>(&self, envelope: &'a Envelope, now_ms: u64) -> Result<Checked<'a>, Refusal> {
        let claims = &envelope.claims;
        let retain_until_ms =
            self.check_times(claims.issued_at_ms, claims.expires_at_ms, now_ms)?;
        match self.settings.policies {
            true => context::check(claims.context_type, &claims.context)?,
            false => context::check_form(&claims.context)?,
        }
        Ok(Checked {
            id: signature_id(&envelope.signature),
            key: self.key(&envelope.signed_by)?,
            retain_until_ms,
            head: Some(claims.head()),
            context: &claims.context,
            signature: &envelope.signature,
        })
    }

    /// Checks a legacy proof as [`Verifier::check`] does: it is issued when its context says, and
    /// lives as long as any may.
    pub(crate) fn check_legacy<'a>(
        &self,
        legacy: Legacy<'a>,
        now_ms: u64,
    ) -> Result<Checked<'a>, Refusal> {
        let expires_at_ms = legacy.issued_at_ms.saturating_add(self.settings.max_age_ms);
        Ok(Checked {
            id: signature_id(legacy.signature),
            key: self.key(&SignedBy::Key(legacy.key))?,
            retain_until_ms: self.check_times(legacy.issued_at_ms, expires_at_ms, now_ms)?,
            head: None,
            context: legacy.context,
            signature: legacy.signature,
        })
    }

    /// Checks key and signature.
    pub fn verify(&self, checked: &Checked<'_>) -> Result<(), Refusal> {
        let known = self.cache.get(&checked.key);
        let key = known.map_or_else(|| PublicKey::decode(&checked.key), Ok)?;
        let head = checked.head.as_ref().map_or(&[][..], |head| &head[..]);
        key.verify(&[head, checked.context], checked.signature)?;
        if known.is_none() {
            self.cache.remember(key);
        }
        Ok(())
    }

    /// Judges a proof and takes its only use.
    pub fn judge(
        &self,
        envelope: &Envelope,
        now_ms: u64,
        revocations: &Revocations,
        used: &mut ReplaySet,
    ) -> Result<SignatureId, Refusal> {
        let checked = self.check(envelope, now_ms)?;
        revocations.check(&checked.id, &checked.key)?;
        self.verify(&checked)?;
        used.reserve(checked.id, checked.retain_until_ms, now_ms)?;
        Ok(checked.id)
    }

    /// Until when a proof with these times may be accepted.
    fn check_times(&self, issued_ms: u64, expires_ms: u64, now_ms: u64) -> Result<u64, Refusal> {
        let limit_ms = self.settings.max_age_ms;
        let Some(lives_ms) = expires_ms.checked_sub(issued_ms).filter(|lives| *lives > 0) else {
            return Err(Refusal::malformed("expires_at", "not after issued_at"));
        };
        if lives_ms > limit_ms {
            return Err(Refusal::LivesTooLong { lives_ms, limit_ms });
        }
        let until_ms = expires_ms.saturating_add(self.settings.skew_ms);
        if until_ms <= now_ms {
            return Err(Refusal::Expired { ago_ms: now_ms - expires_ms });
        }
        if issued_ms > now_ms.saturating_add(self.settings.skew_ms) {
            return Err(Refusal::NotYetValid { ahead_ms: issued_ms - now_ms });
        }
        Ok(until_ms)
    }

    fn key(&self, signed_by: &SignedBy) -> Result<[u8; 32], Refusal> {
        match signed_by {
            SignedBy::Id(id) => {
                self.ring.get(id).map(|key| *key.as_bytes()).ok_or(Refusal::UnknownKey)
            }
            SignedBy::Key(key) if self.settings.unregistered_keys => Ok(*key),
            SignedBy::Key(key) if self.ring.contains(key) => Ok(*key),
            SignedBy::Key(_) => Err(Refusal::UnknownKey),
        }
    }
}

impl Envelope {
    /// Refuses a body that is not the one that was signed with the proof.
    pub fn covers(&self, body: &[u8]) -> Result<(), Refusal> {
        if sha256(body) == self.claims.body_sha256 {
            return Ok(());
        }
        Err(Refusal::WrongBody)
    }
}

/// A proof in a legacy shape, decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Legacy<'a> {
    pub(crate) key: [u8; 32],
    pub(crate) context: &'a [u8],
    pub(crate) signature: &'a [u8; 64],
    pub(crate) issued_at_ms: u64,
}

#[cfg(test)]
mod tests;
