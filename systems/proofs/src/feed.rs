//! Proofs for load tests, without end: each with the answer that the service has to give.
//!
//! A line is a JSON object: `path`, `body` (what is posted), `status`, `code` (null for what is
//! verified), `verified` and `kind`. A line of a batch has the counts and the `codes` of its proofs
//! as well.

mod assertion;
mod envelope;
mod mix;
mod recent;
pub mod users;

use std::fmt::Write;
use std::ops::RangeInclusive;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

pub use assertion::Authenticators;
pub use mix::{Mix, MixError, Outcome};

use envelope::Envelopes;
use recent::Recent;

/// What one feed is made of.
#[derive(Debug)]
pub struct Plan {
    pub source: Source,
    pub mix: Mix,
    /// How long a proof may be used.
    pub lifetime_ms: u64,
    /// Lines after which a proof may be repeated: those before it are answered by then.
    pub replay_after: u64,
    pub seed: u64,
}

/// What is signed, by whom, and where it is sent.
#[derive(Debug)]
pub enum Source {
    Single(Envelopes),
    Batch(Envelopes, RangeInclusive<usize>),
    Biometric(Authenticators),
}

/// A feed that goes on for as long as it is asked.
#[derive(Debug)]
pub struct Feed {
    plan: Plan,
    rng: Xoshiro256PlusPlus,
    recent: Recent,
    line: u64,
}

/// A proof, and what has to be said about it.
#[derive(Debug)]
struct Item {
    body: String,
    outcome: Outcome,
    answer: Answer,
}

/// A status and a code, which only a refusal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Answer {
    status: u16,
    code: Option<&'static str>,
}

const VERIFIED: Answer = Answer { status: 200, code: None };

impl Feed {
    pub fn new(plan: Plan) -> Self {
        // Feeds of different kinds share a seed and nothing else.
        let hash = Sha256::new_with_prefix(b"proofs/feed\0").chain_update(plan.seed.to_be_bytes());
        let hash = hash.chain_update(plan.source.name());
        let rng = Xoshiro256PlusPlus::from_seed(hash.finalize().into());
        let recent = Recent::new(plan.replay_after, plan.mix.has(Outcome::Replayed));
        Self { plan, rng, recent, line: 0 }
    }

    /// Appends the next line, signed now.
    pub fn write(&mut self, now_ms: u64, out: &mut String) {
        let path = self.plan.source.path();
        // Writing to a string does not fail.
        let _ = write!(out, r#"{{"path":"{path}","body":"#);
        match &self.plan.source {
            Source::Batch(_, sizes) => {
                let size = self.rng.random_range(sizes.clone());
                self.write_batch(size, now_ms, out);
            }
            _ => self.write_single(now_ms, out),
        }
        out.push_str("}\n");
        self.line += 1;
    }

    fn write_single(&mut self, now_ms: u64, out: &mut String) {
        let Item { body, outcome, answer: Answer { status, code } } = self.item(now_ms);
        let (code, verified, kind) = (quoted(code), code.is_none(), outcome.name());
        out.push_str(&body);
        let _ = write!(
            out,
            r#","status":{status},"code":{code},"verified":{verified},"kind":"{kind}""#
        );
    }

    fn write_batch(&mut self, size: usize, now_ms: u64, out: &mut String) {
        let items: Vec<Item> = (0..size).map(|_| self.item(now_ms)).collect();
        let bodies: Vec<&str> = items.iter().map(|item| &*item.body).collect();
        let codes: Vec<String> = items.iter().map(|item| quoted(item.answer.code)).collect();
        let verified = items.iter().filter(|item| item.answer == VERIFIED).count();
        let kind = if verified == size { "valid" } else { "mixed" };
        let _ = write!(
            out,
            r#"{{"proofs":[{}]}},"status":200,"code":null,"verified":{},"kind":"{kind}","#,
            bodies.join(","),
            verified == size
        );
        let _ = write!(
            out,
            r#""total_count":{size},"verified_count":{verified},"failed_count":{},"codes":[{}]"#,
            size - verified,
            codes.join(",")
        );
    }

    fn item(&mut self, now_ms: u64) -> Item {
        let lifetime_ms = self.plan.lifetime_ms;
        let mut outcome = self.plan.mix.draw(&mut self.rng);
        if outcome == Outcome::Replayed {
            // What is repeated has to be fresh enough not to expire on its way.
            if let Some(body) = self.recent.take(self.line, now_ms + lifetime_ms / 2) {
                return Item { body, outcome, answer: self.plan.source.answer(outcome) };
            }
            outcome = Outcome::Valid;
        }
        let expires_ms = match outcome {
            Outcome::Expired => now_ms.saturating_sub(EXPIRED_AGO_MS),
            _ => now_ms + lifetime_ms,
        };
        let (rng, lives) = (&mut self.rng, expires_ms.saturating_sub(lifetime_ms)..expires_ms);
        let body = match &self.plan.source {
            Source::Single(envelopes) | Source::Batch(envelopes, _) => {
                envelopes.body(outcome, lives, rng)
            }
            Source::Biometric(authenticators) => authenticators.body(outcome, lives, rng),
        };
        if outcome == Outcome::Valid {
            self.recent.put(self.line, expires_ms, &body);
        }
        Item { body, outcome, answer: self.plan.source.answer(outcome) }
    }
}

/// Longer ago than the clock of any service is off.
const EXPIRED_AGO_MS: u64 = 3_600_000;

impl Source {
    /// Proofs of logins, one a request.
    pub fn login(users: users::Signers) -> Self {
        Self::Single(Envelopes::new(users, 1, 0))
    }

    /// Proofs of transactions, one a request.
    pub fn transaction(users: users::Signers) -> Self {
        Self::Single(Envelopes::new(users, 0, 1))
    }

    /// Both as the load model mixes them.
    pub fn verify(users: users::Signers) -> Self {
        Self::Single(Envelopes::new(users, 50, 30))
    }

    /// So many proofs a request, half of them logins.
    pub fn batch(users: users::Signers, sizes: RangeInclusive<usize>) -> Self {
        Self::Batch(Envelopes::new(users, 1, 1), sizes)
    }

    fn path(&self) -> &'static str {
        match self {
            Self::Single(_) => "/api/verify-proof",
            Self::Batch(..) => "/api/batch-verify-proofs",
            Self::Biometric(_) => "/api/verify-biometric-proof",
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Single(envelopes) => format!("single {}", envelopes.name()),
            Self::Batch(..) => "batch".to_owned(),
            Self::Biometric(_) => "biometric".to_owned(),
        }
    }

    /// What the service says to such a proof.
    fn answer(&self, outcome: Outcome) -> Answer {
        let refused = |status, code| Answer { status, code: Some(code) };
        match (self, outcome) {
            (_, Outcome::Valid) => VERIFIED,
            (_, Outcome::Invalid) => refused(401, "invalid_signature"),
            // Of an assertion it is the challenge that expires and is used up.
            (Self::Biometric(_), _) => refused(401, "wrong_challenge"),
            (_, Outcome::Expired) => refused(410, "expired"),
            (_, Outcome::Replayed) => refused(409, "replayed"),
            (_, Outcome::Revoked) => refused(403, "key_revoked"),
        }
    }
}

fn quoted(code: Option<&str>) -> String {
    code.map_or_else(|| "null".to_owned(), |code| format!("\"{code}\""))
}

#[cfg(test)]
mod tests;
