//! Many proofs in one request: each has its own verdict, and all accepted ones one commit.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;

use super::Service;
use super::accept::Accepted;
use super::access::Scope;
use super::body::{BATCH_LIMIT, Body};
use super::clock::{Stopwatch, timestamp};
use super::failure::Failure;
use super::observe::{Asking, RequestId};
use super::proof::{Judged, Proof};
use crate::refusal::Refusal;

/// A longer batch would keep a worker from other requests for longer than two milliseconds.
const INLINE: usize = 32;

#[derive(Serialize)]
pub struct Answer {
    total_count: usize,
    verified_count: usize,
    failed_count: usize,
    /// One for each proof, in the order of the request.
    results: Vec<Item>,
    failed_proofs: Vec<Failed>,
    processing_time_ms: f64,
    timestamp: String,
    batch_id: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Item {
    Verified { verified: bool, proof_type: &'static str, verification_id: String },
    Failed { verified: bool, error: String, code: &'static str },
}

#[derive(Serialize)]
struct Failed {
    index: usize,
    error: String,
    code: &'static str,
}

pub async fn verify_proofs(
    State(service): State<Arc<Service>>,
    Extension(asking): Extension<Asking>,
    Extension(id): Extension<RequestId>,
    Body(body): Body<BATCH_LIMIT>,
) -> Result<Json<Answer>, Failure> {
    let stopwatch = Stopwatch::start();
    asking.may(&service, Scope::Verify)?;
    let now_ms = service.clock.now_ms();
    let proofs = Proof::parse_batch(&body, service.settings.legacy)?;
    service.metrics.batch(proofs.len());
    let judged = if proofs.len() <= INLINE {
        judge(&service, proofs, now_ms)
    } else {
        let service = Arc::clone(&service);
        let judging = tokio::task::spawn_blocking(move || judge(&service, proofs, now_ms));
        judging.await.map_err(|_| Failure::Internal)?
    };
    let verdicts = service.accept(&asking.name(), judged, now_ms).await?;
    let failed_proofs: Vec<Failed> = verdicts.iter().enumerate().filter_map(failed).collect();
    Ok(Json(Answer {
        total_count: verdicts.len(),
        verified_count: verdicts.len() - failed_proofs.len(),
        failed_count: failed_proofs.len(),
        results: verdicts.into_iter().map(item).collect(),
        failed_proofs,
        processing_time_ms: stopwatch.elapsed_ms(),
        timestamp: timestamp(now_ms),
        batch_id: format!("batch-{}", id.as_str()),
    }))
}

fn judge(
    service: &Service,
    proofs: Vec<Result<Proof, Refusal>>,
    now_ms: u64,
) -> Vec<Result<Judged, Failure>> {
    let busy = Stopwatch::start();
    let judged = proofs.into_iter().map(|proof| service.judge(&proof?, now_ms)).collect::<Vec<_>>();
    service.metrics.verified(busy.elapsed());
    judged
}

fn failed((index, verdict): (usize, &Result<Accepted, Failure>)) -> Option<Failed> {
    let failure = verdict.as_ref().err()?;
    Some(Failed { index, error: failure.to_string(), code: failure.code() })
}

fn item(verdict: Result<Accepted, Failure>) -> Item {
    match verdict {
        Ok(accepted) => Item::Verified {
            verified: true,
            proof_type: accepted.kind,
            verification_id: format!("verify-{:06}", accepted.row),
        },
        Err(failure) => {
            Item::Failed { verified: false, error: failure.to_string(), code: failure.code() }
        }
    }
}
