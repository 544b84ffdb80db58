//! Signed envelopes about logins and transactions.

use std::ops::Range;

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;

use super::mix::Outcome;
use super::users::Signers;
use crate::context::ContextType;
use crate::envelope::Envelope;
use crate::signed::{Claims, sha256, sign};

/// Makes envelopes; the weights say how many are logins and how many transactions.
#[derive(Debug)]
pub struct Envelopes {
    signers: Signers,
    logins: u32,
    transactions: u32,
    body_sha256: [u8; 32],
}

impl Envelopes {
    pub(super) fn new(signers: Signers, logins: u32, transactions: u32) -> Self {
        // The proofs are sent alone: they cover an empty body.
        Self { signers, logins, transactions, body_sha256: sha256(b"") }
    }

    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.logins, self.transactions)
    }

    /// The text of one, valid for that time of milliseconds.
    pub(super) fn body(
        &self,
        outcome: Outcome,
        lives: Range<u64>,
        rng: &mut Xoshiro256PlusPlus,
    ) -> String {
        let (user, key) = self.signers.draw(outcome == Outcome::Revoked, rng);
        let is_login = rng.random_range(0..self.logins + self.transactions) < self.logins;
        let (context_type, context) = match is_login {
            true => (ContextType::Login, login(user, lives.start)),
            false => (ContextType::Transaction, transaction(user, lives.start, rng)),
        };
        let claims = Claims {
            context_type,
            nonce: rng.random(),
            issued_at_ms: lives.start,
            expires_at_ms: lives.end,
            body_sha256: self.body_sha256,
            context: context.into_bytes(),
        };
        let mut envelope: Envelope = sign(key, &claims);
        if outcome == Outcome::Invalid {
            // The lowest bit of S, so that it stays below the order of the group.
            envelope.signature[32] ^= 1;
        }
        envelope.to_json()
    }
}

/// The number that the first user is known by.
const FIRST_USER: usize = 1000;

fn login(user: usize, at_ms: u64) -> String {
    format!(
        concat!(
            r#"{{"action":"login","authentication_method":"security_key","#,
            r#""timestamp":{},"user_id":"user-{}"}}"#
        ),
        at_ms / 1000,
        FIRST_USER + user
    )
}

fn transaction(user: usize, at_ms: u64, rng: &mut Xoshiro256PlusPlus) -> String {
    let amount: u32 = rng.random_range(1_000..=1_000_000);
    let account: u32 = rng.random_range(10_000..100_000);
    let transaction: u32 = rng.random_range(100_000..1_000_000);
    format!(
        concat!(
            r#"{{"action":"wire_transfer","amount":{},"currency":"USD","#,
            r#""destination_account":"account-{}","initiator_id":"user-{}","timestamp":{},"#,
            r#""transaction_id":"txn-{}","transaction_type":"wire"}}"#
        ),
        amount,
        account,
        FIRST_USER + user,
        at_ms / 1000,
        transaction
    )
}
