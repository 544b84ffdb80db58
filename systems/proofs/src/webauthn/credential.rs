//! A registered credential: its id, its key and the counter of its last assertion.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;

/// A credential that may approve.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    pub id: Vec<u8>,
    pub key: CredentialKey,
    pub counter: u32,
}

/// A point of P-256.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialKey(VerifyingKey);

/// A tag and two coordinates.
const UNCOMPRESSED: usize = 65;

impl Credential {
    /// Takes the counter of an assertion over: it has to be greater than the last one, unless both
    /// are zero, which is what an authenticator without a counter sends.
    pub fn raise(&mut self, counter: u32) -> Result<(), Refusal> {
        if (counter, self.counter) != (0, 0) && counter <= self.counter {
            return Err(Refusal::CounterNotRaised);
        }
        self.counter = counter;
        Ok(())
    }
}

impl CredentialKey {
    /// The key of an uncompressed point: `04`, x and y.
    pub fn from_sec1(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() != UNCOMPRESSED {
            let reason = format!("{} bytes instead of {UNCOMPRESSED}", bytes.len());
            return Err(Refusal::malformed("credential key", reason));
        }
        VerifyingKey::from_sec1_bytes(bytes)
            .map(Self)
            .map_err(|_| Refusal::malformed("credential key", "not a point of P-256"))
    }

    /// The uncompressed point.
    pub fn to_sec1(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Checks an ES256 signature in DER over the parts, one after the other.
    ///
    /// For each signature there is a second one with -s. Authenticators make either, and a use is
    /// counted by its challenge, so both are accepted.
    pub fn verify(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), Refusal> {
        let signature = Signature::from_der(signature)
            .map_err(|_| Refusal::malformed("signature", "not an ES256 signature in DER"))?;
        let hash = parts.iter().fold(Sha256::new(), Digest::chain_update);
        self.0.verify_prehash(&hash.finalize(), &signature).map_err(|_| Refusal::InvalidSignature)
    }
}
