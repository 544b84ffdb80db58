//! Why a request is not answered with success: one shape, `{error, code}`, for all of them.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;

use super::access::Scope;
use crate::audit::AuditError;
use crate::refusal::Refusal;

#[derive(Debug, Error)]
pub enum Failure {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the proof is from before the restart of the machine and may have been used then")]
    BeforeRestart,
    #[error("the credential is registered with another key")]
    CredentialTaken,
    #[error("{reason}")]
    Unauthenticated { reason: &'static str },
    #[error("the scope {scope} is missing")]
    Forbidden { scope: Scope },
    #[error("there is nothing at this address")]
    NotFound,
    #[error("this address does not take the method")]
    MethodNotAllowed,
    #[error("the body did not come in time")]
    SlowBody,
    #[error("the body has more than {limit} bytes")]
    BodyTooLarge { limit: usize },
    #[error("the body is not application/json")]
    ContentType,
    #[error("the body broke off")]
    BodyBroken,
    #[error("too many requests; the next one is due in {seconds} s")]
    Limited { seconds: u64 },
    #[error("the service is at fault; its log says more")]
    Internal,
    #[error("the request took too long")]
    TimedOut,
    #[error("what would be accepted cannot be written down: {0}")]
    Audit(#[from] AuditError),
}

/// The code of a failure (or of a success), for the metrics and the log.
#[derive(Clone, Copy, Debug)]
pub struct Code(pub &'static str);

impl Failure {
    /// The name by which programs know the kind; it never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Refused(refusal) => refusal.code(),
            Failure::BeforeRestart => "before_restart",
            Failure::CredentialTaken => "credential_taken",
            Failure::Unauthenticated { .. } => "unauthenticated",
            Failure::Forbidden { .. } => "forbidden",
            Failure::NotFound => "not_found",
            Failure::MethodNotAllowed => "method_not_allowed",
            Failure::SlowBody => "slow_body",
            Failure::BodyTooLarge { .. } => "body_too_large",
            Failure::ContentType => "content_type",
            Failure::BodyBroken => "body_broken",
            Failure::Limited { .. } => "rate_limited",
            Failure::Internal => "internal",
            Failure::TimedOut => "timed_out",
            Failure::Audit(_) => "audit_unavailable",
        }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Refused(refusal) => {
                StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST)
            }
            Failure::BeforeRestart => StatusCode::GONE,
            Failure::CredentialTaken => StatusCode::CONFLICT,
            Failure::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
            Failure::Forbidden { .. } => StatusCode::FORBIDDEN,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Failure::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Failure::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::BodyBroken => StatusCode::BAD_REQUEST,
            Failure::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Failure::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::TimedOut | Failure::Audit(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The sentence for the client. What the database said is for the log alone.
    fn sentence(&self) -> String {
        match self {
            Failure::Audit(_) => "what would be accepted cannot be written down".to_owned(),
            other => other.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Told {
    /// Only where a proof was judged, for clients that look at nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    verified: Option<bool>,
    error: String,
    code: &'static str,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Failure::Audit(error) = &self {
            tracing::error!(%error, "refused because of the audit log");
        }
        let verified =
            matches!(self, Failure::Refused(_) | Failure::BeforeRestart).then_some(false);
        let told = Told { verified, error: self.sentence(), code: self.code() };
        let mut response = (self.status(), Json(told)).into_response();
        response.extensions_mut().insert(Code(self.code()));
        let headers = response.headers_mut();
        match self {
            Failure::Unauthenticated { .. } => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Failure::Limited { seconds } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Failure::TimedOut | Failure::Audit(_) | Failure::Refused(Refusal::Busy) => {
                headers.insert(RETRY_AFTER, HeaderValue::from(1));
            }
            _ => {}
        }
        response
    }
}
