//! Batches, held against single proofs.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::envelope::SignedBy;
use crate::key::KeyRing;
use crate::oracle::{FORGED, ORACLE, WEAK_KEY, bytes, envelopes};
use crate::signed::{Claims, sign};
use crate::verify::Settings;

fn verifier() -> Verifier {
    let settings = Settings { unregistered_keys: true, ..Settings::default() };
    Verifier::new(settings, KeyRing::new())
}

fn codes(verdicts: &Verdicts<'_>) -> Vec<&'static str> {
    verdicts.iter().map(|verdict| verdict.as_ref().map_or_else(Refusal::code, |_| "ok")).collect()
}

fn judged(proofs: &[Result<Envelope, Refusal>], used: &mut ReplaySet) -> Vec<&'static str> {
    let mut verdicts = verify(&verifier(), proofs, ORACLE.now_ms, &Revocations::new());
    reserve(used, &mut verdicts, ORACLE.now_ms);
    codes(&verdicts)
}

fn of(items: &[&str]) -> String {
    format!("{{\"proofs\":[{}]}}", items.join(","))
}

#[test]
fn each_proof_is_judged_by_itself_and_in_order() {
    let good = &ORACLE.envelopes[0].envelope;
    let changed = good.replace("\"nonce\":\"LG", "\"nonce\":\"LH");
    let text = of(&[&changed, good, "1", "{}", &ORACLE.envelopes[1].envelope, good]);
    let proofs = parse(text.as_bytes()).unwrap();
    let codes = judged(&proofs, &mut ReplaySet::new(10));
    assert_eq!(codes, ["invalid_signature", "ok", "malformed", "malformed", "ok", "replayed"]);
}

#[test]
fn a_batch_has_1_to_256_proofs() {
    let good = &*ORACLE.envelopes[0].envelope;
    assert_eq!(parse(of(&[good; 256]).as_bytes()).unwrap().len(), 256);
    assert_eq!(parse(of(&[good]).as_bytes()).unwrap().len(), 1);
    for items in [vec![good; 257], vec![]] {
        assert_eq!(parse(of(&items).as_bytes()).unwrap_err().code(), "malformed");
    }
    let long = vec![b' '; BATCH_BYTES_LIMIT + 1];
    assert_eq!(parse(&long).unwrap_err().code(), "too_large");
}

#[test]
fn what_is_no_batch_is_malformed_as_a_whole() {
    for text in [
        "",
        "[]",
        "{}",
        "{\"proofs\":1}",
        "{\"proofs\":[1",
        "{\"proofs\":[{],}",
        "{\"proofs\":[1],\"proofs\":[1]}",
        "{\"proofs\":[1],\"more\":1}",
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap_err().code(), "malformed", "{text}");
    }
}

#[test]
fn a_batch_given_back_can_be_sent_again() {
    let proofs: Vec<_> = envelopes().into_iter().map(Ok).collect();
    let mut used = ReplaySet::new(10);
    let mut verdicts = verify(&verifier(), &proofs, ORACLE.now_ms, &Revocations::new());
    reserve(&mut used, &mut verdicts, ORACLE.now_ms);
    assert_eq!(used.len(), 5);
    release(&mut used, &verdicts);
    assert!(used.is_empty());
    assert_eq!(judged(&proofs, &mut used), ["ok"; 5]);
    assert_eq!(judged(&proofs, &mut used), ["replayed"; 5]);
}

#[test]
fn giving_back_takes_no_use_that_another_request_has() {
    let proofs = [Ok(envelopes().remove(0))];
    let mut used = ReplaySet::new(10);
    assert_eq!(judged(&proofs, &mut used), ["ok"]);
    let mut verdicts = verify(&verifier(), &proofs, ORACLE.now_ms, &Revocations::new());
    reserve(&mut used, &mut verdicts, ORACLE.now_ms);
    release(&mut used, &verdicts);
    assert_eq!(used.len(), 1);
}

/// A proof that is valid, or wrong in one of several ways.
fn proof(kind: usize, number: usize) -> Envelope {
    let claims = envelopes().remove(number % 5).claims;
    let nonce = [number as u8; 16];
    let mut envelope =
        sign(&SigningKey::from_bytes(&[number as u8; 32]), &Claims { nonce, ..claims });
    let torsioned = &ORACLE.torsioned[number % ORACLE.torsioned.len()];
    match kind {
        0 => envelope.claims.nonce[0] ^= 1,
        1 => envelope.signature[63] ^= 1,
        2 => envelope.signature[0] ^= 1,
        3 => envelope.claims.expires_at_ms = 1,
        4 => {
            envelope.signed_by = SignedBy::Key(bytes(WEAK_KEY));
            envelope.signature = bytes(FORGED);
        }
        5 => envelope.signed_by = SignedBy::Key(bytes(&torsioned.key)),
        6 => envelope.signature[..32].copy_from_slice(&bytes::<64>(&torsioned.signature)[..32]),
        7 => envelope.signature[..32].copy_from_slice(&bytes::<32>(WEAK_KEY)),
        _ => {}
    }
    envelope
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_batch_has_the_verdicts_of_its_proofs_one_after_the_other(
        kinds in proptest::collection::vec((0..16_usize, 0..12_usize), 1..24),
    ) {
        let proofs: Vec<_> = kinds.iter().map(|(kind, number)| Ok(proof(*kind, *number))).collect();
        let single = verifier();
        let mut used = ReplaySet::new(100);
        let expected: Vec<_> = proofs
            .iter()
            .flatten()
            .map(|proof| single.judge(proof, ORACLE.now_ms, &Revocations::new(), &mut used))
            .map(|verdict| verdict.as_ref().map_or_else(Refusal::code, |_| "ok"))
            .collect();
        prop_assert_eq!(judged(&proofs, &mut ReplaySet::new(100)), expected);
    }
}
