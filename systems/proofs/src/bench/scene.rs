//! Proofs to be measured, at a time that stands still.

use ed25519_dalek::SigningKey;

use crate::context::ContextType;
use crate::key::KeyRing;
use crate::signed::{Claims, sha256, sign};
use crate::verify::{Settings, Verifier};

pub(super) const NOW_MS: u64 = 1_700_000_000_000;

/// As long as the message of the floor: 154 bytes.
const CONTEXT: &str = concat!(
    r#"{"action":"wire","amount":125000,"currency":"USD","initiator_id":"user-1234","#,
    r#""timestamp":1700000000,"transaction_id":"txn-482915","transaction_type":"wx"}"#
);

pub(super) fn context() -> Vec<u8> {
    CONTEXT.as_bytes().to_vec()
}

pub(super) fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// Claims of a minute; each number makes other ones.
pub(super) fn claims(number: u64, issued_at_ms: u64) -> Claims {
    let mut nonce = [0; 16];
    nonce[8..].copy_from_slice(&number.to_be_bytes());
    Claims {
        context_type: ContextType::Transaction,
        nonce,
        issued_at_ms,
        expires_at_ms: issued_at_ms + 60_000,
        body_sha256: sha256(b""),
        context: context(),
    }
}

/// The text of a valid proof.
pub(super) fn proof(number: u64) -> String {
    sign(&key(), &claims(number, NOW_MS - 1000)).to_json()
}

/// A verifier that knows the key, and remembers so many decoded ones.
pub(super) fn verifier(cached_keys: usize) -> Verifier {
    let mut ring = KeyRing::new();
    ring.register(&key().verifying_key().to_bytes()).expect("the key is not weak");
    Verifier::new(Settings { cached_keys, ..Settings::default() }, ring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Envelope;
    use crate::replay::ReplaySet;
    use crate::revocation::Revocations;

    #[test]
    fn what_is_measured_is_a_valid_proof_of_the_length_of_the_floor() {
        assert_eq!(context().len(), 154);
        let envelope = Envelope::parse(proof(1).as_bytes()).unwrap();
        let mut used = ReplaySet::new(1);
        let judged = verifier(8).judge(&envelope, NOW_MS, &Revocations::new(), &mut used);
        assert!(judged.is_ok(), "{judged:?}");
    }
}
