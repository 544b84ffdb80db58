//! The signed bytes, held against an independent signer.

use super::*;
use crate::key::KeyId;
use crate::oracle::{ORACLE, all_bytes, bytes};

#[test]
fn signed_bytes_envelopes_and_names_of_keys_are_those_of_an_independent_signer() {
    assert_eq!(ORACLE.envelopes.len(), ContextType::ALL.len());
    for expected in &ORACLE.envelopes {
        let envelope = Envelope::parse(expected.envelope.as_bytes()).unwrap();
        assert_eq!(envelope.claims.signed_bytes(), all_bytes(&expected.signed));
        assert_eq!(envelope.claims.body_sha256, sha256(&all_bytes(&expected.body)));

        let key = SigningKey::from_bytes(&bytes(&expected.seed));
        assert_eq!(sign(&key, &envelope.claims), envelope);
        assert_eq!(envelope.to_json(), expected.envelope);
        assert_eq!(KeyId::of(&key.verifying_key().to_bytes()).to_string(), expected.kid);
    }
}

#[test]
fn every_claim_changes_the_signed_bytes() {
    let claims = crate::oracle::envelopes().remove(0).claims;
    let bytes = claims.signed_bytes();
    let mut others = vec![claims; 6];
    others[0].context_type = ContextType::Login;
    others[1].nonce[15] ^= 1;
    others[2].issued_at_ms ^= 1;
    others[3].expires_at_ms ^= 1;
    others[4].body_sha256[31] ^= 1;
    others[5].context.push(b' ');
    for other in others {
        assert_ne!(other.signed_bytes(), bytes, "{other:?}");
    }
}
