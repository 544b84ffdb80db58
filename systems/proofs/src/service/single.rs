//! One proof a request: a signed envelope, or the assertion of an authenticator.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;

use super::Service;
use super::accept::Accepted;
use super::access::Scope;
use super::body::{Body, SINGLE_LIMIT};
use super::clock::{Stopwatch, timestamp};
use super::failure::Failure;
use super::observe::Asking;
use super::proof::Proof;
use crate::audit::{Entry, Event, Written};
use crate::context;
use crate::refusal::Refusal;
use crate::webauthn::Assertion;

/// The answer about a proof that was accepted.
#[derive(Serialize)]
pub struct Verified {
    verified: bool,
    timestamp: String,
    proof_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_level: Option<&'static str>,
    processing_time_ms: f64,
    /// Names the row of the audit log.
    verification_id: String,
}

pub async fn verify_proof(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Body(body): Body<SINGLE_LIMIT>,
) -> Result<Json<Verified>, Failure> {
    let stopwatch = Stopwatch::start();
    asking.may(&service, Scope::Verify)?;
    let now_ms = service.clock.now_ms();
    let accepted = accept_one(&service, &asking, &body, now_ms).await?;
    Ok(Json(Verified {
        verified: true,
        timestamp: timestamp(now_ms),
        proof_type: accepted.kind,
        security_level: None,
        processing_time_ms: stopwatch.elapsed_ms(),
        verification_id: format!("verify-{:06}", accepted.row),
    }))
}

pub async fn verify_biometric_proof(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Body(body): Body<SINGLE_LIMIT>,
) -> Result<Json<Verified>, Failure> {
    let stopwatch = Stopwatch::start();
    asking.may(&service, Scope::Verify)?;
    let now_ms = service.clock.now_ms();
    let (row, security_level) = match Assertion::parse(&body) {
        Ok(assertion) => (approve(&service, &asking, &assertion, now_ms).await?, Some("high")),
        // A legacy client signs with a key like any other, whatever it calls that.
        Err(refusal) if !service.settings.legacy || is_assertion(&refusal) => {
            return Err(refusal.into());
        }
        Err(_) => (accept_one(&service, &asking, &body, now_ms).await?.row, None),
    };
    Ok(Json(Verified {
        verified: true,
        timestamp: timestamp(now_ms),
        proof_type: "biometric",
        security_level,
        processing_time_ms: stopwatch.elapsed_ms(),
        verification_id: format!("bio-verify-{row:06}"),
    }))
}

/// Whether what was refused had the shape of an assertion.
fn is_assertion(refusal: &Refusal) -> bool {
    !matches!(refusal, Refusal::Malformed { field: "assertion", .. })
}

async fn accept_one(
    service: &Service,
    asking: &Asking,
    body: &[u8],
    now_ms: u64,
) -> Result<Accepted, Failure> {
    let busy = Stopwatch::start();
    let proof = Proof::parse(body, service.settings.legacy)?;
    let judged = service.judge(&proof, now_ms);
    service.metrics.verified(busy.elapsed());
    let accepted = service.accept(&asking.name(), vec![Ok(judged?)], now_ms).await?;
    accepted.into_iter().next().unwrap_or(Err(Failure::Internal))
}

/// Accepts an assertion: its challenge is used up, its credential counted on, and both written
/// down. Returns the row.
async fn approve(
    service: &Service,
    asking: &Asking,
    assertion: &Assertion,
    now_ms: u64,
) -> Result<u64, Failure> {
    let busy = Stopwatch::start();
    let memory = &service.memory;
    let challenge = *assertion.challenge();
    let context_sha256 = assertion.context_sha256();
    if service.verifier.settings().policies {
        context::check(assertion.context_type, &assertion.context)?;
    }
    let kind = service.challenge(&challenge, &context_sha256, now_ms)?;
    let credential = memory.credential(&assertion.credential_id)?;
    let verified = assertion.verify(&credential, &service.settings.relying_party);
    service.metrics.verified(busy.elapsed());
    verified?;
    let used = service.take_challenge(kind, &challenge, &context_sha256, now_ms)?;
    memory.raise(&credential.id, assertion.counter())?;
    let event = Event::Approved {
        challenge,
        credential: credential.id,
        counter: assertion.counter(),
        kind: assertion.context_type.name(),
    };
    let entry = |event| Entry { at_ms: now_ms, client: asking.name(), event };
    let entries = used.into_iter().chain([event]).map(entry).collect();
    match service.audit.record(entries).await?.rows[..] {
        [Written::AlreadyAccepted, ..] => Err(Refusal::WrongChallenge.into()),
        [.., Written::Row(row)] => Ok(row),
        _ => Err(Failure::Internal),
    }
}
