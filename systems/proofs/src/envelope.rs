//! The JSON object in which a proof travels.
//!
//! `{"v":1, "alg":"Ed25519", "kid" or "public_key", "nonce", "issued_at", "expires_at",
//! "context_type", "context", "body_sha256", "signature"}`: times in milliseconds since 1970, bytes
//! as base64url without padding. Of `kid` and `public_key` there is exactly one. A `kid` is the
//! SHA-256 of the key's 32 bytes and nothing else, so no registry can let it mean another key.

mod read;
mod write;

use crate::encoding;
use crate::key::KeyId;
use crate::refusal::Refusal;
use crate::signed::Claims;

/// The largest context, in bytes: hashing it costs less than a third of checking a signature.
pub const CONTEXT_LIMIT: usize = 16 * 1024;

/// The largest envelope, in bytes: the context in base64url and everything else.
pub const ENVELOPE_LIMIT: usize = 24 * 1024;

/// Later times could not be written exactly by every JSON library.
pub const LATEST_MS: u64 = (1 << 53) - 1;

/// A proof as received: in good form, and nothing of it checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    pub signed_by: SignedBy,
    pub claims: Claims,
    pub signature: [u8; 64],
}

/// Which key signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// A registered key, by its `kid`.
    Id(KeyId),
    /// The key itself, as bytes that nobody has looked at.
    Key([u8; 32]),
}

impl Envelope {
    /// Reads an envelope, strictly: what is unknown, doubled, missing or written in another way
    /// than the one canonical way is malformed, and the refusal names the field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > ENVELOPE_LIMIT {
            let bytes = bytes.len();
            return Err(Refusal::TooLarge { field: "envelope", bytes, limit: ENVELOPE_LIMIT });
        }
        read::raw(bytes)?.envelope()
    }

    /// The same proof with its key named by `kid`. The signature does not cover which it is.
    pub fn naming_its_key(mut self) -> Self {
        if let SignedBy::Key(key) = self.signed_by {
            self.signed_by = SignedBy::Id(KeyId::of(&key));
        }
        self
    }

    /// The text of the envelope.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an envelope is strings and numbers")
    }
}

/// The fields in the order in which they are written.
const FIELDS: [&str; 11] = [
    "v",
    "alg",
    "kid",
    "public_key",
    "nonce",
    "issued_at",
    "expires_at",
    "context_type",
    "context",
    "body_sha256",
    "signature",
];

fn time(field: &'static str, value: u64) -> Result<u64, Refusal> {
    if value > LATEST_MS {
        return Err(Refusal::malformed(field, "later than 2^53 - 1 milliseconds"));
    }
    Ok(value)
}

fn context(text: &str) -> Result<Vec<u8>, Refusal> {
    encoding::bounded("context", text, CONTEXT_LIMIT)
}

#[cfg(test)]
mod tests;
