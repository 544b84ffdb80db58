//! Judgements of whole proofs.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::context::ContextType;
use crate::oracle::{FORGED, ORACLE, WEAK_KEY, all_bytes, bytes, envelopes};
use crate::refusal::Revoked;
use crate::signed::{Claims, sign};

const OPEN: Settings = Settings {
    skew_ms: 30_000,
    max_age_ms: 300_000,
    policies: true,
    unregistered_keys: true,
    cached_keys: 4,
};

fn open() -> Verifier {
    Verifier::new(OPEN, KeyRing::new())
}

fn judge(verifier: &Verifier, envelope: &Envelope, now_ms: u64) -> Result<SignatureId, Refusal> {
    verifier.judge(envelope, now_ms, &Revocations::new(), &mut ReplaySet::new(10))
}

fn seed() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A login that lives from one time to another.
fn signed(issued_at_ms: u64, expires_at_ms: u64) -> Envelope {
    let claims = envelopes().remove(3).claims;
    sign(&seed(), &Claims { issued_at_ms, expires_at_ms, ..claims })
}

#[test]
fn valid_proofs_of_each_type_are_accepted_once() {
    let verifier = open();
    let mut used = ReplaySet::new(10);
    for envelope in envelopes() {
        let mut judge = || verifier.judge(&envelope, ORACLE.now_ms, &Revocations::new(), &mut used);
        assert_eq!(judge(), Ok(signature_id(&envelope.signature)));
        assert_eq!(judge(), Err(Refusal::Replayed));
    }
    assert_eq!(used.len(), 5);
}

#[test]
fn a_proof_is_accepted_within_its_time_and_the_skew_on_both_sides() {
    let (issued, expires) = (1_000_000, 1_200_000);
    let proof = signed(issued, expires);
    let code = |now_ms| judge(&open(), &proof, now_ms).map_err(|refusal| refusal.code());
    assert_eq!(code(issued - 30_001), Err("not_yet_valid"));
    assert!(code(issued - 30_000).is_ok());
    assert!(code(issued).is_ok());
    assert!(code(expires + 29_999).is_ok());
    assert_eq!(code(expires + 30_000), Err("expired"));
    assert_eq!(code(u64::MAX), Err("expired"));
    assert_eq!(code(0), Err("not_yet_valid"));
}

#[test]
fn a_use_is_remembered_as_long_as_the_proof_could_be_accepted() {
    let proof = signed(1_000_000, 1_200_000);
    let verifier = open();
    let mut used = ReplaySet::new(10);
    let mut judge = |now_ms| verifier.judge(&proof, now_ms, &Revocations::new(), &mut used);
    assert!(judge(970_000).is_ok());
    assert_eq!(judge(1_229_999), Err(Refusal::Replayed));
    assert_eq!(judge(1_230_000).unwrap_err().code(), "expired");
}

#[test]
fn a_proof_lives_at_most_five_minutes_and_at_least_a_millisecond() {
    let code = |issued, expires| {
        judge(&open(), &signed(issued, expires), 1_000_000).map_err(|refusal| refusal.code())
    };
    assert!(code(1_000_000, 1_300_000).is_ok());
    assert_eq!(code(1_000_000, 1_300_001), Err("lives_too_long"));
    assert!(code(1_000_000, 1_000_001).is_ok());
    assert_eq!(code(1_000_000, 1_000_000), Err("malformed"));
    assert_eq!(code(1_000_001, 1_000_000), Err("malformed"));
}

#[test]
fn a_key_has_to_be_registered_unless_others_are_allowed() {
    let envelope = envelopes().remove(0);
    let SignedBy::Key(key) = envelope.signed_by else { panic!("the oracle names no kid") };
    let named = envelope.clone().naming_its_key();
    let closed = Settings { unregistered_keys: false, ..OPEN };
    let mut ring = KeyRing::new();

    assert_eq!(judge(&open(), &named, ORACLE.now_ms), Err(Refusal::UnknownKey));
    let verifier = Verifier::new(closed, ring.clone());
    assert_eq!(judge(&verifier, &envelope, ORACLE.now_ms), Err(Refusal::UnknownKey));

    let id = ring.register(&key).unwrap();
    assert_eq!(id.to_string(), ORACLE.envelopes[0].kid);
    let verifier = Verifier::new(closed, ring);
    assert!(judge(&verifier, &envelope, ORACLE.now_ms).is_ok());
    assert!(judge(&verifier, &named, ORACLE.now_ms).is_ok());
}

#[test]
fn what_was_revoked_is_refused_however_it_is_written() {
    let envelope = envelopes().remove(0);
    let SignedBy::Key(key) = envelope.signed_by else { panic!("the oracle names no kid") };
    let judge = |revocations: &Revocations| {
        open().judge(&envelope, ORACLE.now_ms, revocations, &mut ReplaySet::new(1))
    };
    let upper = all_bytes(&hex(&envelope.signature).to_uppercase());
    let mut revocations = Revocations::new();
    revocations.revoke_proof(signature_id(&upper.try_into().unwrap()), None);
    assert_eq!(judge(&revocations), Err(Refusal::Revoked { what: Revoked::Proof }));
    let mut revocations = Revocations::new();
    revocations.revoke_key(key);
    assert_eq!(judge(&revocations), Err(Refusal::Revoked { what: Revoked::Key }));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn another_body_than_the_signed_one_is_refused() {
    for (envelope, expected) in envelopes().iter().zip(&ORACLE.envelopes) {
        let body = all_bytes(&expected.body);
        assert_eq!(envelope.covers(&body), Ok(()));
        assert_eq!(envelope.covers(b""), Err(Refusal::WrongBody));
        assert_eq!(envelope.covers(&[&body[..], b" "].concat()), Err(Refusal::WrongBody));
    }
}

#[test]
fn a_signature_that_fits_everything_under_a_weak_key_is_refused() {
    let mut envelope = envelopes().remove(0);
    envelope.signed_by = SignedBy::Key(bytes(WEAK_KEY));
    envelope.signature = bytes(FORGED);
    assert_eq!(judge(&open(), &envelope, ORACLE.now_ms), Err(Refusal::WeakKey));
    let mut ring = KeyRing::new();
    assert_eq!(ring.register(&bytes(WEAK_KEY)), Err(Refusal::WeakKey));
}

#[test]
fn policies_may_be_off_and_the_form_of_a_context_may_not() {
    let lax = Verifier::new(Settings { policies: false, ..OPEN }, KeyRing::new());
    let twice = b"{\"a\":1,\"a\":1}";
    for (context, code, lax_code) in [
        (&b""[..], "malformed", "malformed"),
        (twice, "policy_violated", "malformed"),
        (b"{\"a\":\"\xff\"}", "malformed", "malformed"),
        (b"{}", "policy_violated", "ok"),
        (b"{\"a\":1}", "policy_violated", "ok"),
    ] {
        let claims = Claims {
            context: context.to_vec(),
            context_type: ContextType::Login,
            ..envelopes().remove(0).claims
        };
        let envelope = sign(&seed(), &claims);
        assert_eq!(judge(&open(), &envelope, ORACLE.now_ms).unwrap_err().code(), code);
        let verdict = judge(&lax, &envelope, ORACLE.now_ms);
        assert_eq!(verdict.as_ref().map_or_else(Refusal::code, |_| "ok"), lax_code);
    }
}

#[test]
fn cheap_questions_are_asked_first() {
    let mut envelope = signed(1_000_000, 1_200_000);
    envelope.signature[0] ^= 1;
    assert_eq!(judge(&open(), &envelope, 1_000_000), Err(Refusal::InvalidSignature));
    let mut revocations = Revocations::new();
    revocations.revoke_proof(signature_id(&envelope.signature), None);
    let judge = |now_ms| {
        let verdict = open().judge(&envelope, now_ms, &revocations, &mut ReplaySet::new(0));
        verdict.unwrap_err().code()
    };
    assert_eq!(judge(1_000_000), "revoked");
    assert_eq!(judge(9_000_000), "expired");
}

#[test]
fn keys_are_remembered_after_a_valid_signature_only_and_within_bounds() {
    let verifier = open();
    for seed in 0..40 {
        let claims = envelopes().remove(0).claims;
        let mut envelope = sign(&SigningKey::from_bytes(&[seed; 32]), &claims);
        if seed % 2 == 0 {
            envelope.signature[40] ^= 1;
            assert!(judge(&verifier, &envelope, ORACLE.now_ms).is_err());
        } else {
            assert!(judge(&verifier, &envelope, ORACLE.now_ms).is_ok());
            assert!(judge(&verifier, &envelope, ORACLE.now_ms).is_ok());
        }
        assert!(verifier.cache.len() <= 2 * OPEN.cached_keys);
    }
    assert_eq!(verifier.cache.len(), 8);
}

proptest! {
    #[test]
    fn a_valid_proof_with_any_one_byte_changed_is_refused_or_still_the_same(
        which in 0..5_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let text = ORACLE.envelopes[which].envelope.as_bytes();
        let mut changed = text.to_vec();
        changed[at.index(text.len())] = byte;
        let verdict = Envelope::parse(&changed)
            .and_then(|envelope| judge(&open(), &envelope, ORACLE.now_ms).map(|_| envelope));
        if let Ok(envelope) = verdict {
            prop_assert_eq!(envelope, Envelope::parse(text).unwrap());
        }
    }

    #[test]
    fn a_valid_proof_with_any_one_bit_of_a_field_changed_is_refused(
        which in 0..5_usize,
        field in 0..8,
        at in any::<prop::sample::Index>(),
    ) {
        let mut changed = envelopes().remove(which);
        let claims = &mut changed.claims;
        let flip = |bytes: &mut [u8]| bytes[at.index(bytes.len())] ^= 1 << at.index(8);
        match field {
            0 => flip(&mut claims.nonce),
            1 => flip(&mut claims.body_sha256),
            2 => flip(&mut claims.context),
            3 => flip(&mut changed.signature),
            4 => claims.issued_at_ms ^= 1 << at.index(17),
            5 => claims.expires_at_ms ^= 1 << at.index(17),
            6 => claims.context_type = ContextType::ALL[(which + 1 + at.index(4)) % 5],
            _ => match &mut changed.signed_by {
                SignedBy::Key(key) => flip(key),
                SignedBy::Id(_) => unreachable!("the oracle names no kid"),
            },
        }
        let lax = Verifier::new(Settings { policies: false, ..OPEN }, KeyRing::new());
        for verifier in [open(), lax] {
            prop_assert!(judge(&verifier, &changed, ORACLE.now_ms).is_err(), "{changed:?}");
        }
    }
}
