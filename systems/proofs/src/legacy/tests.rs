//! Legacy proofs, made by an independent signer.

use super::*;
use crate::key::KeyRing;
use crate::oracle::ORACLE;
use crate::replay::ReplaySet;
use crate::revocation::Revocations;
use crate::verify::Settings;

fn verifier() -> Verifier {
    let settings = Settings { unregistered_keys: true, ..Settings::default() };
    Verifier::new(settings, KeyRing::new())
}

fn code(proof: &LegacyProof, now_ms: u64) -> &'static str {
    let verifier = verifier();
    let verdict = proof.check(&verifier, now_ms).and_then(|checked| verifier.verify(&checked));
    verdict.as_ref().map_or_else(Refusal::code, |()| "ok")
}

fn single(old: &str, new: &str) -> Result<LegacyProof, Refusal> {
    assert!(ORACLE.legacy.single.contains(old), "{old}");
    LegacyProof::parse_single(ORACLE.legacy.single.replace(old, new).as_bytes())
}

#[test]
fn each_legacy_shape_with_a_valid_signature_is_accepted() {
    let relayed = LegacyProof::parse_relayed(ORACLE.legacy.relayed.as_bytes()).unwrap();
    let single = single("", "").unwrap();
    let batch = LegacyProof::parse_batch(ORACLE.legacy.batch.as_bytes()).unwrap();
    assert_eq!(batch.len(), 2);
    for proof in batch.into_iter().chain([Ok(relayed), Ok(single.clone())]) {
        let proof = proof.unwrap();
        assert_eq!(proof, single);
        assert_eq!(code(&proof, ORACLE.now_ms), "ok");
    }
}

#[test]
fn a_legacy_proof_is_as_old_as_its_context_says() {
    let proof = single("", "").unwrap();
    assert_eq!(code(&proof, ORACLE.now_ms - 30_001), "not_yet_valid");
    assert_eq!(code(&proof, ORACLE.now_ms - 30_000), "ok");
    assert_eq!(code(&proof, ORACLE.now_ms + 329_999), "ok");
    assert_eq!(code(&proof, ORACLE.now_ms + 330_000), "expired");
}

#[test]
fn the_case_of_hex_changes_neither_the_name_nor_the_use_of_a_proof() {
    let text = &ORACLE.legacy.relayed;
    let value = |field| text.split_once(field).unwrap().1.split('"').nth(2).unwrap();
    let upper = text.replace(value("proof"), &value("proof").to_uppercase());
    assert_ne!(*text, upper);
    let verifier = verifier();
    let mut used = ReplaySet::new(10);
    let [first, second] =
        [text, &upper].map(|text| LegacyProof::parse_relayed(text.as_bytes()).unwrap());
    let first = first.check(&verifier, ORACLE.now_ms).unwrap();
    let second = second.check(&verifier, ORACLE.now_ms).unwrap();
    let mut revocations = Revocations::new();
    revocations.revoke_proof(first.id, None);
    assert!(revocations.check(&second.id, &second.key).is_err());
    assert!(used.insert(first.id, first.retain_until_ms, ORACLE.now_ms));
    assert!(!used.insert(second.id, second.retain_until_ms, ORACLE.now_ms));
}

#[test]
fn a_changed_or_malformed_legacy_proof_is_refused() {
    let proof = single("192.168.1.7", "192.168.1.8").unwrap();
    assert_eq!(code(&proof, ORACLE.now_ms), "invalid_signature");
    let timeless = single("\\\"timestamp\\\"", "\\\"time\\\"").unwrap();
    assert_eq!(code(&timeless, ORACLE.now_ms), "malformed");
    for (old, new, expected) in [
        ("Ed25519", "ECDSA-SHA256", "unsupported_algorithm"),
        ("\"signature\": \"", "\"signature\": \"0", "malformed"),
        ("\"signature\"", "\"sig\"", "malformed"),
        ("\"public_key\": \"", "\"public_key\": \"pk-", "malformed"),
        ("proof_bundle", "bundle", "malformed"),
    ] {
        assert_eq!(single(old, new).unwrap_err().code(), expected, "{old} -> {new}");
    }
    let mixed = ORACLE.legacy.batch.replacen("{\"context\"", "1, {\"context\"", 1);
    let mixed = LegacyProof::parse_batch(mixed.as_bytes()).unwrap();
    assert_eq!(mixed.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true, true]);
    let long = single("user-1000", &"u".repeat(CONTEXT_LIMIT));
    assert_eq!(long.unwrap_err().code(), "too_large");
    for text in ["", "[]", "{}", "{\"proofs\":[]}", "{\"proofs\":1}", "{\"proofs\":[1,{}]}"] {
        assert_eq!(LegacyProof::parse_batch(text.as_bytes()).unwrap_err().code(), "malformed");
        assert_eq!(LegacyProof::parse_relayed(text.as_bytes()).unwrap_err().code(), "malformed");
    }
}

#[test]
fn an_envelope_is_not_read_as_a_legacy_proof() {
    let envelope = &ORACLE.envelopes[0].envelope;
    let single = format!("{{\"proof_bundle\":{envelope}}}");
    assert_eq!(LegacyProof::parse_single(single.as_bytes()).unwrap_err().code(), "malformed");
    let batch = format!("{{\"proofs\":[{envelope}]}}");
    assert_eq!(LegacyProof::parse_batch(batch.as_bytes()).unwrap_err().code(), "malformed");
}
