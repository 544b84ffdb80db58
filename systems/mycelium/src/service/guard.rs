//! Who is not answered: a client that asks too often, and one without a key.

use axum::extract::{self, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::State;
use super::failure::Failure;
use super::limit::Taken;
use super::observe::{REQUEST_ID, Seen};
use super::options::{Options, Origins};

pub const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Refuses a client that asked too often, and tells everybody what is left.
pub async fn limit(
    extract::State(state): extract::State<State>,
    extract::Extension(seen): extract::Extension<Seen>,
    request: Request,
    next: Next,
) -> Response {
    let Some(limits) = state.limits() else { return next.run(request).await };
    let Taken { limit, remaining, wait } = limits.take(seen.client.network(), seen.endpoint);
    let mut response = match wait {
        Some(seconds) => Failure::Limited { seconds }.into_response(),
        None => next.run(request).await,
    };
    response.headers_mut().insert(LIMIT, HeaderValue::from(limit));
    response.headers_mut().insert(REMAINING, HeaderValue::from(remaining));
    response
}

/// Refuses a request without a key, where one is needed.
pub async fn authenticate(
    extract::State(state): extract::State<State>,
    extract::Extension(seen): extract::Extension<Seen>,
    request: Request,
    next: Next,
) -> Response {
    let key = request.headers().get(API_KEY).map(HeaderValue::as_bytes);
    if is_public(seen.endpoint, state.options()) || state.lets_in(key) {
        return next.run(request).await;
    }
    Failure::Unauthenticated { given: key.is_some() }.into_response()
}

/// Which pages of others may ask, if any may.
pub fn cors(origins: &Origins) -> Option<CorsLayer> {
    let origins = match origins {
        Origins::None => return None,
        Origins::Any => AllowOrigin::any(),
        Origins::These(origins) => {
            AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok()))
        }
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers([header::CONTENT_TYPE, API_KEY, REQUEST_ID])
        .expose_headers([REQUEST_ID, LIMIT, REMAINING, header::RETRY_AFTER]);
    Some(layer)
}

/// By the route, so that nothing else that begins alike is public, too. Streams ask for the key
/// in their own words: browsers send no headers with them.
fn is_public(endpoint: &str, options: &Options) -> bool {
    match endpoint {
        "/metrics" => !options.metrics_need_key,
        "/health" | "/ready" | "/docs" | "/openapi.json" | "/" | "/live/{part}" => true,
        other => other.starts_with("/ws/"),
    }
}
