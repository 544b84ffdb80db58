//! Any bytes, read as an envelope, a batch, a legacy proof and a context: a refusal with a code, or
//! a proof that is written and read again as the same and has one verdict, alone or in a batch.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use proofs::batch;
use proofs::context::{self, ContextType};
use proofs::envelope::Envelope;
use proofs::key::KeyRing;
use proofs::legacy::LegacyProof;
use proofs::refusal::Refusal;
use proofs::replay::ReplaySet;
use proofs::revocation::Revocations;
use proofs::verify::{Settings, Verifier};

const NOW_MS: u64 = 1_760_000_000_000;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let settings = Settings { unregistered_keys: true, ..Settings::default() };
    Verifier::new(settings, KeyRing::new())
});

fuzz_target!(|bytes: &[u8]| {
    match Envelope::parse(bytes) {
        Ok(envelope) => judge(&envelope),
        Err(refusal) => told(&refusal),
    }
    match batch::parse(bytes) {
        Ok(proofs) => assert!(!proofs.is_empty()),
        Err(refusal) => told(&refusal),
    }
    let legacy = [LegacyProof::parse_relayed(bytes), LegacyProof::parse_single(bytes)];
    let many = LegacyProof::parse_batch(bytes).unwrap_or_default();
    for proof in legacy.into_iter().chain(many).flatten() {
        if let Ok(checked) = proof.check(&VERIFIER, NOW_MS) {
            let _ = VERIFIER.verify(&checked);
        }
    }
    for kind in ContextType::ALL {
        if let Err(refusal) = context::check(kind, bytes) {
            told(&refusal);
        }
    }
});

fn judge(envelope: &Envelope) {
    let again = Envelope::parse(envelope.to_json().as_bytes());
    assert_eq!(again.as_ref(), Ok(envelope));
    let mut used = ReplaySet::new(1);
    let alone = VERIFIER.judge(envelope, NOW_MS, &Revocations::new(), &mut used);
    let proofs = [again];
    let verdicts = batch::verify(&VERIFIER, &proofs, NOW_MS, &Revocations::new());
    assert_eq!(verdicts.into_iter().map(|v| v.map(|v| v.id)).collect::<Vec<_>>(), [alone]);
}

fn told(refusal: &Refusal) {
    assert!(!refusal.to_string().is_empty());
    assert!((400..600).contains(&refusal.status()));
}
