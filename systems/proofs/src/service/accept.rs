//! Accepting: the only use of a proof is taken, written down, and only then told.

use super::Service;
use super::failure::Failure;
use super::proof::Judged;
use crate::audit::{Entry, Event, Written};
use crate::refusal::Refusal;

/// The row of the audit log that holds an accepted proof.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    pub row: u64,
    pub kind: &'static str,
}

impl Service {
    /// Accepts the proofs that hold and are new, all in one commit. A commit that fails gives
    /// every use back.
    ///
    /// Where nobody waits for the answer any longer, the uses stay taken and are committed.
    pub async fn accept(
        &self,
        client: &str,
        judged: Vec<Result<Judged, Failure>>,
        now_ms: u64,
    ) -> Result<Vec<Result<Accepted, Failure>>, Failure> {
        let reserved = self.reserve(judged, now_ms);
        let event = |judged: &Judged| Event::Accepted {
            proof: judged.id,
            expires_ms: judged.retain_until_ms,
            kind: judged.kind,
        };
        let entry =
            |judged| Entry { at_ms: now_ms, client: client.to_owned(), event: event(judged) };
        let entries: Vec<Entry> = reserved.iter().flatten().map(entry).collect();
        // A batch of nothing but refusals has nothing to wait for.
        if entries.is_empty() {
            let refused = |judged: Result<Judged, Failure>| judged.and(Err(Failure::Internal));
            return Ok(reserved.into_iter().map(refused).collect());
        }
        match self.audit.record(entries).await {
            Ok(receipt) => {
                let mut rows = receipt.rows.into_iter();
                let mut accepted = |judged: Judged| match rows.next() {
                    Some(Written::Row(row)) => Ok(Accepted { row, kind: judged.kind }),
                    Some(Written::AlreadyAccepted) => Err(Refusal::Replayed.into()),
                    None => Err(Failure::Internal),
                };
                Ok(reserved.into_iter().map(|judged| judged.and_then(&mut accepted)).collect())
            }
            Err(error) => {
                let mut used = self.memory.used();
                for judged in reserved.iter().flatten() {
                    used.remove(&judged.id, judged.retain_until_ms);
                }
                Err(error.into())
            }
        }
    }

    /// Takes the use of each proof that holds. Of the same proof twice the first one wins.
    fn reserve(
        &self,
        judged: Vec<Result<Judged, Failure>>,
        now_ms: u64,
    ) -> Vec<Result<Judged, Failure>> {
        let mut used = self.memory.used();
        let mut take = |judged: Judged| {
            used.reserve(judged.id, judged.retain_until_ms, now_ms)?;
            Ok(judged)
        };
        judged.into_iter().map(|judged| judged.and_then(&mut take)).collect()
    }
}
