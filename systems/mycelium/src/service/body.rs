//! The body of a request: JSON by its media type, complete, in time, and not too long.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};

use super::State;
use super::failure::Failure;

/// Bodies of more bytes are read only so many at a time: memory that is waited with adds up.
const SMALL: u64 = 32 << 10;
pub const LARGE_AT_A_TIME: usize = 16;

/// The bytes of a body that says that it is JSON.
pub struct Json(pub Bytes);

impl FromRequest<State> for Json {
    type Rejection = Failure;

    async fn from_request(mut request: Request, state: &State) -> Result<Json, Failure> {
        if !is_json(request.headers()) {
            return Err(Failure::ContentType);
        }
        let options = state.options();
        let _room = match is_small(request.headers()) {
            true => None,
            false => Some(state.large_bodies().try_acquire().map_err(|_| Failure::Busy)?),
        };
        DefaultBodyLimit::max(options.body_limit).apply(&mut request);
        let read = tokio::time::timeout(options.body_time, Bytes::from_request(request, state));
        let read = read.await.map_err(|_| Failure::SlowBody)?;
        read.map(Json).map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::BodyTooLarge { limit: options.body_limit },
            _ => Failure::BodyBroken,
        })
    }
}

/// Where the length is not said, the body may be as long as any.
fn is_small(headers: &HeaderMap) -> bool {
    let stated = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    stated.and_then(|text| text.parse().ok()).is_some_and(|length: u64| length <= SMALL)
}

fn is_json(headers: &HeaderMap) -> bool {
    let stated = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = stated.split(';').next().unwrap_or("").trim();
    kind.eq_ignore_ascii_case("application/json")
}
