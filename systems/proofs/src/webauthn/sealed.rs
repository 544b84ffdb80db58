//! Challenges that nobody has to remember: whoever has the secret can make them beforehand, and
//! tell them from those that were made up.
//!
//! A sealed challenge is its expiry (8 bytes) || a nonce (8) || the first 16 bytes of HMAC-SHA256
//! over a tag, both, and the SHA-256 of the context. That it is used once is for its reader to see
//! to, until it expires.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// Parts seals from anything else for which the secret may be used.
const TAG: &[u8] = b"proof/challenge/v1\0";

/// The key of the seals.
#[derive(Clone, PartialEq, Eq)]
pub struct ChallengeSecret(pub [u8; 32]);

impl ChallengeSecret {
    /// The challenge for a context. Each needs a nonce of its own.
    pub fn seal(&self, nonce: [u8; 8], context_sha256: &[u8; 32], expires_at_ms: u64) -> [u8; 32] {
        let mut challenge = [0; 32];
        challenge[..8].copy_from_slice(&expires_at_ms.to_be_bytes());
        challenge[8..16].copy_from_slice(&nonce);
        let seal = self.hmac(&[TAG, &challenge[..16], context_sha256]);
        challenge[16..].copy_from_slice(&seal[..16]);
        challenge
    }

    /// Until when the challenge may be used for the context, if it was sealed by this secret, has
    /// not expired, and does not expire later than in so long a time.
    pub fn open(
        &self,
        challenge: &[u8; 32],
        context_sha256: &[u8; 32],
        now_ms: u64,
        longest_ms: u64,
    ) -> Result<u64, Refusal> {
        let (expires_at_ms, rest) = challenge.split_first_chunk().expect("32 bytes begin with 8");
        let (nonce, _) = rest.split_first_chunk().expect("24 bytes begin with 8");
        let expires_at_ms = u64::from_be_bytes(*expires_at_ms);
        let sealed = self.seal(*nonce, context_sha256, expires_at_ms);
        // All bytes are looked at, so that the time does not tell how many fit.
        let differs = challenge.iter().zip(&sealed).fold(0, |all, (a, b)| all | (a ^ b));
        let is_due = now_ms < expires_at_ms && expires_at_ms - now_ms <= longest_ms;
        if differs == 0 && is_due { Ok(expires_at_ms) } else { Err(Refusal::WrongChallenge) }
    }

    fn hmac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let padded = |with: u8| {
            let mut block = [with; 64];
            block.iter_mut().zip(self.0).for_each(|(place, byte)| *place ^= byte);
            block
        };
        let inner = Sha256::new_with_prefix(padded(0x36));
        let inner = parts.iter().fold(inner, Digest::chain_update).finalize();
        Sha256::new_with_prefix(padded(0x5c)).chain_update(inner).finalize().into()
    }
}

/// Never the secret itself.
impl fmt::Debug for ChallengeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChallengeSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: ChallengeSecret = ChallengeSecret([7; 32]);
    const CONTEXT: [u8; 32] = [8; 32];

    #[test]
    fn the_seal_is_the_hmac_of_rfc_4231() {
        // Its first test case, whose key of 20 bytes HMAC fills up with zeros.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let told = ChallengeSecret(key).hmac(&[b"Hi", b" There"]);
        let hex: String = told.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    }

    #[test]
    fn a_sealed_challenge_opens_for_its_context_until_it_expires() {
        let challenge = SECRET.seal([1; 8], &CONTEXT, 1000);
        assert_eq!(SECRET.open(&challenge, &CONTEXT, 999, 100), Ok(1000));
        let wrong = Err(Refusal::WrongChallenge);
        assert_eq!(SECRET.open(&challenge, &CONTEXT, 1000, 100), wrong, "expired");
        assert_eq!(SECRET.open(&challenge, &CONTEXT, 899, 100), wrong, "too far ahead");
        assert_eq!(SECRET.open(&challenge, &[9; 32], 999, 100), wrong, "another context");
        assert_eq!(ChallengeSecret([6; 32]).open(&challenge, &CONTEXT, 999, 100), wrong);
        for at in 0..32 {
            let mut changed = challenge;
            changed[at] ^= 1;
            assert_eq!(SECRET.open(&changed, &CONTEXT, 999, u64::MAX), wrong, "byte {at}");
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert_eq!(format!("{SECRET:?}"), "ChallengeSecret(..)");
    }
}
