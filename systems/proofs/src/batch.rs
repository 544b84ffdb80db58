//! Judges 1 to 256 proofs together; each has the verdict that it would have alone.
//!
//! Every signature is checked by itself. The combined equation of all of them is twice as fast and
//! is not used: if R has a part of small order it accepts, once in eight times, what a check of the
//! one signature refuses, and whoever holds a key can try until it does. Then a proof that nobody
//! else can verify would have been accepted.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::envelope::{ENVELOPE_LIMIT, Envelope};
use crate::refusal::Refusal;
use crate::replay::ReplaySet;
use crate::revocation::Revocations;
use crate::verify::{Checked, Verifier};

/// The most proofs in one batch.
pub const BATCH_LIMIT: usize = 256;

/// The largest text of a batch, in bytes.
pub const BATCH_BYTES_LIMIT: usize = BATCH_LIMIT * ENVELOPE_LIMIT;

/// The verdict on each proof, in the order of the request.
pub type Verdicts<'a> = Vec<Result<Checked<'a>, Refusal>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'a> {
    #[serde(borrow)]
    proofs: Vec<&'a RawValue>,
}

/// Reads `{"proofs": [envelope, ...]}`. An envelope in bad form is refused by itself.
pub fn parse(bytes: &[u8]) -> Result<Vec<Result<Envelope, Refusal>>, Refusal> {
    if bytes.len() > BATCH_BYTES_LIMIT {
        let bytes = bytes.len();
        return Err(Refusal::TooLarge { field: "batch", bytes, limit: BATCH_BYTES_LIMIT });
    }
    let batch: Batch<'_> =
        serde_json::from_slice(bytes).map_err(|error| Refusal::json("batch", &error))?;
    check_count(batch.proofs.len())?;
    Ok(batch.proofs.iter().map(|proof| Envelope::parse(proof.get().as_bytes())).collect())
}

/// Refuses a number of proofs that is no batch.
pub fn check_count(count: usize) -> Result<(), Refusal> {
    match count {
        0 => Err(Refusal::malformed("proofs", "an empty list")),
        1..=BATCH_LIMIT => Ok(()),
        _ => {
            Err(Refusal::malformed("proofs", format!("{count} proofs; {BATCH_LIMIT} are allowed")))
        }
    }
}

/// Judges all but earlier use.
pub fn verify<'a>(
    verifier: &Verifier,
    proofs: &'a [Result<Envelope, Refusal>],
    now_ms: u64,
    revocations: &Revocations,
) -> Verdicts<'a> {
    let judge = |proof: &'a Result<Envelope, Refusal>| {
        let checked = verifier.check(proof.as_ref().map_err(Refusal::clone)?, now_ms)?;
        revocations.check(&checked.id, &checked.key)?;
        verifier.verify(&checked)?;
        Ok(checked)
    };
    proofs.iter().map(judge).collect()
}

/// Takes the only use of each proof that is still accepted. Of the same proof twice the first wins.
pub fn reserve(used: &mut ReplaySet, verdicts: &mut Verdicts<'_>, now_ms: u64) {
    for verdict in verdicts {
        let Ok(checked) = verdict else { continue };
        if let Err(refusal) = used.reserve(checked.id, checked.retain_until_ms, now_ms) {
            *verdict = Err(refusal);
        }
    }
}

/// Gives the uses back that [`reserve`] took: they could not be stored.
pub fn release(used: &mut ReplaySet, verdicts: &Verdicts<'_>) {
    for checked in verdicts.iter().flatten() {
        used.remove(&checked.id, checked.retain_until_ms);
    }
}

#[cfg(test)]
mod tests;
