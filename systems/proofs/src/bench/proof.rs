//! Verifying: the bare signature, and proofs from their bytes to the verdict.

use tollgate_harness::Bench;

use super::scene::{self, NOW_MS};
use crate::batch;
use crate::envelope::Envelope;
use crate::refusal::Refusal;
use crate::replay::SignatureId;
use crate::revocation::Revocations;
use crate::service::Stopwatch;
use crate::verify::Verifier;

pub(super) fn measure(bench: &mut Bench) {
    floor(bench);
    envelope(bench, "verify / envelope", 0);
    envelope(bench, "verify / envelope cached key", 8);
    for count in [20, 128] {
        batch_of(bench, count);
    }
    share_of_floor(bench);
    expired(bench);
    let text = scene::proof(1);
    bench.operation("parse envelope").elements(1).run(|| Envelope::parse(text.as_bytes()));
}

/// What the library needs for one signature, with nothing around it.
fn floor(bench: &mut Bench) {
    use ed25519_dalek::Signer;
    let (key, message) = (scene::key(), scene::context());
    let (public, signature) = (key.verifying_key(), key.sign(&message));
    bench.operation("strict verify floor").elements(1).run(|| {
        public.verify_strict(&message, &signature).expect("the signature is good");
    });
}

/// All but the use: reading, policy, times, revocation, key and signature.
fn envelope(bench: &mut Bench, name: &str, cached_keys: usize) {
    let (verifier, revocations) = (scene::verifier(cached_keys), Revocations::new());
    let text = scene::proof(1);
    bench.operation(name).elements(1).run(|| {
        check(&verifier, &revocations, text.as_bytes(), NOW_MS).expect("the proof is good")
    });
}

/// How much of the floor's throughput is left of a whole proof's: both in turn, so that what else
/// the machine does strikes both.
fn share_of_floor(bench: &mut Bench) {
    use ed25519_dalek::Signer;
    let name = "verify / envelope cached key";
    if !bench.is_measuring() || !bench.chooses(name) {
        return;
    }
    let (key, message, text) = (scene::key(), scene::context(), scene::proof(1));
    let (public, signature) = (key.verifying_key(), key.sign(&message));
    let (verifier, revocations) = (scene::verifier(8), Revocations::new());
    let mut shares: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let floor = seconds(|| public.verify_strict(&message, &signature).is_ok());
            let whole = seconds(|| check(&verifier, &revocations, text.as_bytes(), NOW_MS).is_ok());
            floor / whole
        })
        .collect();
    shares.sort_by(f64::total_cmp);
    bench.group(name).value("share of floor", (shares[ROUNDS / 2], ""));
}

const ROUNDS: usize = 101;

/// The time of a few runs, each of which has to say that all was well.
fn seconds(run: impl Fn() -> bool) -> f64 {
    let stopwatch = Stopwatch::start();
    assert!((0..20).all(|_| run()), "what is measured is valid");
    stopwatch.elapsed().as_secs_f64()
}

fn check(
    verifier: &Verifier,
    revocations: &Revocations,
    bytes: &[u8],
    now_ms: u64,
) -> Result<SignatureId, Refusal> {
    let envelope = Envelope::parse(bytes)?;
    let checked = verifier.check(&envelope, now_ms)?;
    revocations.check(&checked.id, &checked.key)?;
    verifier.verify(&checked)?;
    Ok(checked.id)
}

fn batch_of(bench: &mut Bench, count: u64) {
    let proofs: Vec<String> = (0..count).map(scene::proof).collect();
    let text = format!(r#"{{"proofs":[{}]}}"#, proofs.join(","));
    let (verifier, revocations) = (scene::verifier(8), Revocations::new());
    let operation = bench.operation(format!("batch verify / {count}")).elements(count);
    operation.per_part("time per proof", count).run(|| {
        let proofs = batch::parse(text.as_bytes()).expect("the batch is in good form");
        let verdicts = batch::verify(&verifier, &proofs, NOW_MS, &revocations);
        assert!(verdicts.iter().all(Result::is_ok));
    });
}

/// A refusal before any signature is looked at: what a flood of old proofs costs.
fn expired(bench: &mut Bench) {
    let (verifier, revocations) = (scene::verifier(8), Revocations::new());
    let text = scene::proof(1);
    let late_ms = NOW_MS + 3_600_000;
    bench.operation("reject / expired").elements(1).run(|| {
        let refusal = check(&verifier, &revocations, text.as_bytes(), late_ms);
        assert!(matches!(refusal, Err(Refusal::Expired { .. })));
    });
}
