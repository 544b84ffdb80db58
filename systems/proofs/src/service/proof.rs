//! A proof in any shape that is taken, judged up to its use: pure but for the revocations.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Service;
use super::failure::Failure;
use crate::batch;
use crate::context::legacy_timestamp_ms;
use crate::encoding;
use crate::envelope::Envelope;
use crate::legacy::LegacyProof;
use crate::refusal::Refusal;
use crate::replay::SignatureId;

/// A proof in good form.
pub enum Proof {
    Envelope(Box<Envelope>),
    Legacy(LegacyProof),
}

/// A proof that holds, and has still to be used.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    pub id: SignatureId,
    pub retain_until_ms: u64,
    /// The type of its context.
    pub kind: &'static str,
}

/// A proof beside the body that it has to cover.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithBody<'a> {
    #[serde(borrow)]
    proof: &'a RawValue,
    body: String,
}

/// The longest body beside a proof, in bytes.
const BODY_LIMIT: usize = 32 << 10;

impl Proof {
    /// Reads an envelope, or `{"proof": <envelope>, "body": "<base64url>"}`, or a legacy shape if
    /// such are taken.
    pub fn parse(bytes: &[u8], takes_legacy: bool) -> Result<Proof, Refusal> {
        let refusal = match Envelope::parse(bytes) {
            Ok(envelope) => return Ok(Proof::Envelope(Box::new(envelope))),
            Err(refusal) => refusal,
        };
        if let Ok(with_body) = serde_json::from_slice::<WithBody>(bytes) {
            return with_body.open();
        }
        if takes_legacy {
            match LegacyProof::parse_single(bytes) {
                Ok(proof) => return Ok(Proof::Legacy(proof)),
                // It has another shape, so that what is wrong with the envelope says more.
                Err(Refusal::Malformed { field: "request", .. }) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Err(refusal)
    }

    /// Reads a batch. A proof in bad form is refused by itself.
    pub fn parse_batch(
        bytes: &[u8],
        takes_legacy: bool,
    ) -> Result<Vec<Result<Proof, Refusal>>, Refusal> {
        let envelopes = batch::parse(bytes);
        let is_other = || match &envelopes {
            Ok(proofs) => proofs.iter().all(Result::is_err),
            Err(_) => true,
        };
        if takes_legacy
            && is_other()
            && let Ok(proofs) = LegacyProof::parse_batch(bytes)
        {
            return Ok(proofs.into_iter().map(|proof| proof.map(Proof::Legacy)).collect());
        }
        let boxed = |envelope| Proof::Envelope(Box::new(envelope));
        Ok(envelopes?.into_iter().map(|proof| proof.map(boxed)).collect())
    }

    fn kind(&self) -> &'static str {
        match self {
            Proof::Envelope(envelope) => envelope.claims.context_type.name(),
            Proof::Legacy(_) => "legacy",
        }
    }

    fn issued_ms(&self) -> Result<u64, Refusal> {
        match self {
            Proof::Envelope(envelope) => Ok(envelope.claims.issued_at_ms),
            Proof::Legacy(proof) => legacy_timestamp_ms(&proof.context),
        }
    }
}

impl WithBody<'_> {
    fn open(&self) -> Result<Proof, Refusal> {
        let envelope = Envelope::parse(self.proof.get().as_bytes())?;
        envelope.covers(&encoding::bounded("body", &self.body, BODY_LIMIT)?)?;
        Ok(Proof::Envelope(Box::new(envelope)))
    }
}

impl Service {
    /// Judges everything but earlier use, the cheap questions first.
    pub fn judge(&self, proof: &Proof, now_ms: u64) -> Result<Judged, Failure> {
        self.memory.check_issued(proof.issued_ms()?)?;
        let checked = match proof {
            Proof::Envelope(envelope) => self.verifier.check(envelope, now_ms)?,
            Proof::Legacy(legacy) => legacy.check(&self.verifier, now_ms)?,
        };
        self.memory.check_revoked(&checked.id, &checked.key)?;
        self.verifier.verify(&checked)?;
        let (id, retain_until_ms) = (checked.id, checked.retain_until_ms);
        Ok(Judged { id, retain_until_ms, kind: proof.kind() })
    }
}
