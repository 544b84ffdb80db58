//! The shapes in which proofs were sent before there were envelopes, with signatures that verify.
//!
//! A legacy proof signs the bytes of its context and nothing else: it names no body, has no nonce,
//! and its time is the `timestamp` in the context, in seconds. A service accepts it only if it is
//! told to. Bytes are hex in either case, or base64url without padding.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::batch::check_count;
use crate::context::legacy_timestamp_ms;
use crate::encoding::{fixed, hex};
use crate::envelope::CONTEXT_LIMIT;
use crate::refusal::Refusal;
use crate::verify::{Checked, Legacy, Verifier};

/// A proof in a legacy shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyProof {
    pub key: [u8; 32],
    pub context: Vec<u8>,
    pub signature: [u8; 64],
}

#[derive(Deserialize)]
struct Relayed {
    sender: String,
    context: String,
    proof: String,
}

#[derive(Deserialize)]
struct Single {
    proof_bundle: Bundle,
}

/// It takes no other field, or an envelope could be read as one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    context: String,
    signature: String,
    public_key: String,
    algorithm: Option<String>,
}

#[derive(Deserialize)]
struct Many<'a> {
    #[serde(borrow)]
    proofs: Vec<&'a RawValue>,
}

impl LegacyProof {
    /// Reads `{"sender", "context", "body", "proof"}`, the first three bytes in hex.
    pub fn parse_relayed(bytes: &[u8]) -> Result<Self, Refusal> {
        let relayed: Relayed = json(bytes)?;
        Ok(Self {
            key: exactly("sender", &relayed.sender)?,
            context: hex("context", &relayed.context, CONTEXT_LIMIT)?,
            signature: exactly("proof", &relayed.proof)?,
        })
    }

    /// Reads `{"proof_bundle": {"context", "signature", "public_key", "algorithm"}, "metadata"}`.
    pub fn parse_single(bytes: &[u8]) -> Result<Self, Refusal> {
        let single: Single = json(bytes)?;
        single.proof_bundle.decode()
    }

    /// Reads `{"proofs": [{"context", "signature", "public_key"}, ...], "client_id"}`. A proof in
    /// bad form is refused by itself, unless none has this shape.
    pub fn parse_batch(bytes: &[u8]) -> Result<Vec<Result<Self, Refusal>>, Refusal> {
        let many: Many<'_> = json(bytes)?;
        check_count(many.proofs.len())?;
        let read = |proof: &&RawValue| json::<Bundle>(proof.get().as_bytes());
        let bundles: Vec<_> = many.proofs.iter().map(read).collect();
        if bundles.iter().all(Result::is_err) {
            return Err(Refusal::malformed("proofs", "none has the legacy shape"));
        }
        Ok(bundles.into_iter().map(|bundle| bundle?.decode()).collect())
    }

    /// Checks all but revocation, key, signature and earlier use.
    pub fn check(&self, verifier: &Verifier, now_ms: u64) -> Result<Checked<'_>, Refusal> {
        let issued_at_ms = legacy_timestamp_ms(&self.context)?;
        let (key, context, signature) = (self.key, &self.context[..], &self.signature);
        verifier.check_legacy(Legacy { key, context, signature, issued_at_ms }, now_ms)
    }
}

impl Bundle {
    fn decode(self) -> Result<LegacyProof, Refusal> {
        if self.algorithm.is_some_and(|algorithm| algorithm != "Ed25519") {
            return Err(Refusal::UnsupportedAlgorithm { field: "algorithm", expected: "Ed25519" });
        }
        let bytes = self.context.len();
        if bytes > CONTEXT_LIMIT {
            return Err(Refusal::TooLarge { field: "context", bytes, limit: CONTEXT_LIMIT });
        }
        Ok(LegacyProof {
            key: exactly("public_key", &self.public_key)?,
            context: self.context.into_bytes(),
            signature: exactly("signature", &self.signature)?,
        })
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|error| Refusal::json("request", &error))
}

/// Exactly `N` bytes, from hex if it has the length of that, or from base64url.
fn exactly<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], Refusal> {
    if text.len() != 2 * N {
        return fixed(field, text);
    }
    let bytes = hex(field, text, N)?;
    Ok(bytes.try_into().expect("twice so many digits"))
}

#[cfg(test)]
mod tests;
