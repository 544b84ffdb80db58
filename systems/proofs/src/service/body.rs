//! The body of a request: JSON by its media type, complete, in time, and not too long.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::Service;
use super::failure::Failure;

/// The longest body with one proof, in bytes.
pub const SINGLE_LIMIT: usize = 64 << 10;

/// The longest body with a batch of proofs, in bytes.
pub const BATCH_LIMIT: usize = 1 << 20;

/// A body of at most so many bytes.
pub struct Body<const LIMIT: usize>(pub Bytes);

impl<const LIMIT: usize> FromRequest<Arc<Service>> for Body<LIMIT> {
    type Rejection = Failure;

    async fn from_request(mut request: Request, service: &Arc<Service>) -> Result<Self, Failure> {
        if !is_json(request.headers()) {
            return Err(Failure::ContentType);
        }
        DefaultBodyLimit::max(LIMIT).apply(&mut request);
        let read = Bytes::from_request(request, service);
        let read = tokio::time::timeout(service.settings.body_time, read);
        let read = read.await.map_err(|_| Failure::SlowBody)?;
        read.map(Body).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::BodyTooLarge { limit: LIMIT },
            _ => Failure::BodyBroken,
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let stated = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = stated.split(';').next().unwrap_or("").trim();
    kind.eq_ignore_ascii_case("application/json")
}
