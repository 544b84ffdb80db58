//! The exact bytes that a signature covers, and how to sign them.
//!
//! `"proof/v1\0" || context type (1) || nonce (16) || issued_at (8) || expires_at (8) ||
//! SHA-256 of the body (32) || length of the context (4) || context`, numbers in big-endian order,
//! times in milliseconds since 1970. Every part before the context has a fixed length, so that no
//! two sets of claims have the same bytes.

use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};

use crate::context::ContextType;
use crate::envelope::{Envelope, SignedBy};

/// Parts proofs from anything else that the same key may sign.
pub const TAG: &[u8; 9] = b"proof/v1\0";

/// The length of what stands before the context.
pub const HEAD_LENGTH: usize = TAG.len() + 1 + 16 + 8 + 8 + 32 + 4;

/// What a signer states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    pub context_type: ContextType,
    pub nonce: [u8; 16],
    pub issued_at_ms: u64,
    pub expires_at_ms: u64,
    pub body_sha256: [u8; 32],
    /// As received: it is never written again from what was read.
    pub context: Vec<u8>,
}

impl Claims {
    /// What is signed before the context.
    pub fn head(&self) -> [u8; HEAD_LENGTH] {
        let length = u32::try_from(self.context.len()).expect("a context is capped far below");
        let mut head = [0; HEAD_LENGTH];
        let mut rest = &mut head[..];
        for part in [
            &TAG[..],
            &[self.context_type.byte()],
            &self.nonce,
            &self.issued_at_ms.to_be_bytes(),
            &self.expires_at_ms.to_be_bytes(),
            &self.body_sha256,
            &length.to_be_bytes(),
        ] {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        head
    }

    /// All that is signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        [&self.head()[..], &self.context].concat()
    }
}

/// Signs the claims; the envelope carries the public key itself.
pub fn sign(key: &SigningKey, claims: &Claims) -> Envelope {
    Envelope {
        signed_by: SignedBy::Key(key.verifying_key().to_bytes()),
        claims: claims.clone(),
        signature: key.sign(&claims.signed_bytes()).to_bytes(),
    }
}

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests;
