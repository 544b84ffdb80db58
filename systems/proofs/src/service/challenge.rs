//! Challenges of assertions: those that the service issued and remembers, and sealed ones, of
//! which it remembers only those that were used.

use super::Service;
use super::failure::Failure;
use crate::audit::Event;
use crate::refusal::Refusal;
use crate::signed::sha256;

/// A challenge that may be answered.
#[derive(Clone, Copy, Debug)]
pub enum Challenge {
    Issued,
    Sealed { expires_ms: u64 },
}

impl Service {
    /// Which challenge that is, if it may be answered for the context.
    pub fn challenge(
        &self,
        challenge: &[u8; 32],
        context_sha256: &[u8; 32],
        now_ms: u64,
    ) -> Result<Challenge, Failure> {
        let issued = self.memory.challenges().check(challenge, context_sha256, now_ms);
        match (issued, &self.settings.challenge_secret) {
            (Ok(()), _) => Ok(Challenge::Issued),
            (Err(refusal), None) => Err(refusal.into()),
            (Err(_), Some(secret)) => {
                let longest_ms = self.verifier.settings().max_age_ms;
                let expires_ms = secret.open(challenge, context_sha256, now_ms, longest_ms)?;
                // The earliest time at which it may have been used.
                self.memory.check_issued(expires_ms.saturating_sub(longest_ms))?;
                Ok(Challenge::Sealed { expires_ms })
            }
        }
    }

    /// Takes the only use of a challenge. That of a sealed one has to be written down.
    pub fn take_challenge(
        &self,
        kind: Challenge,
        challenge: &[u8; 32],
        context_sha256: &[u8; 32],
        now_ms: u64,
    ) -> Result<Option<Event>, Refusal> {
        let memory = &self.memory;
        let Challenge::Sealed { expires_ms } = kind else {
            memory.challenges().take(challenge, context_sha256, now_ms)?;
            return Ok(None);
        };
        let proof = sha256(challenge);
        memory.used().reserve(proof, expires_ms, now_ms).map_err(|refusal| match refusal {
            Refusal::Replayed => Refusal::WrongChallenge,
            other => other,
        })?;
        Ok(Some(Event::Accepted { proof, expires_ms, kind: "sealed_challenge" }))
    }
}
