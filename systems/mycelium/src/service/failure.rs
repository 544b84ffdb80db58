//! Why a request is not answered with success: one shape for all of them.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use thiserror::Error;

use super::pool::Unfinished;
use crate::error::Error;

#[derive(Clone, Debug, Error, PartialEq)]
pub enum Failure {
    #[error("the body is no JSON object: {0}")]
    Malformed(String),
    #[error("the body broke off")]
    BodyBroken,
    #[error("the gradients cannot be aggregated: {0}")]
    Gradients(String),
    #[error("the values do not fit together: {0}")]
    Shape(String),
    #[error("{}", sentence(.0))]
    Invalid(Vec<Mistake>),
    #[error("{}", if *.given { "the API key is unknown" } else { "an API key is needed" })]
    Unauthenticated { given: bool },
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
    #[error("too many requests; the next one is due in {seconds} s")]
    Limited { seconds: u64 },
    /// What was computed left the numbers.
    #[error("{0}")]
    NotComputed(String),
    #[error("the service is at fault; its log says more")]
    Internal,
    #[error("all workers are busy and their queue is full")]
    Busy,
    #[error("there are too many streams")]
    NoPlace,
    #[error("the computation took too long")]
    TimedOut,
    /// A refusal of the server's own parts, such as a handshake that is none.
    #[error("{}", .0.canonical_reason().unwrap_or("refused"))]
    Other(StatusCode),
}

/// What is wrong with one field of a body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mistake {
    pub field: String,
    /// As it was sent, shortened; nothing where it was missing.
    pub value: Option<String>,
    /// What it has to be.
    pub expected: String,
}

#[derive(Serialize)]
struct Told<'a> {
    error_code: &'static str,
    message: String,
    detail: &'a [Mistake],
    request_id: &'a str,
}

impl Failure {
    /// The name by which programs know the kind; it never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Malformed(_) => "malformed_json",
            Failure::BodyBroken => "body_broken",
            Failure::Gradients(_) => "invalid_gradients",
            Failure::Shape(_) => "invalid_shape",
            Failure::Invalid(_) => "validation_error",
            Failure::Unauthenticated { .. } => "authentication_required",
            Failure::NotFound => "not_found",
            Failure::MethodNotAllowed => "method_not_allowed",
            Failure::SlowBody => "slow_body",
            Failure::BodyTooLarge { .. } => "body_too_large",
            Failure::ContentType => "unsupported_media_type",
            Failure::Limited { .. } => "rate_limit_exceeded",
            Failure::NotComputed(_) => "numerical_instability",
            Failure::Internal => "internal_error",
            Failure::Busy => "service_unavailable",
            Failure::NoPlace => "too_many_streams",
            Failure::TimedOut => "timed_out",
            Failure::Other(_) => "invalid_request",
        }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Failure::Malformed(_)
            | Failure::BodyBroken
            | Failure::Gradients(_)
            | Failure::Shape(_) => StatusCode::BAD_REQUEST,
            Failure::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Failure::Unauthenticated { .. } => StatusCode::UNAUTHORIZED,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Failure::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Failure::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Failure::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Failure::NotComputed(_) | Failure::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::Busy | Failure::NoPlace => StatusCode::SERVICE_UNAVAILABLE,
            Failure::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Failure::Other(status) => *status,
        }
    }

    /// The body, which names the request, so that it can be found in the log.
    #[must_use]
    pub fn body(&self, request_id: &str) -> String {
        let detail = match self {
            Failure::Invalid(mistakes) => &mistakes[..],
            _ => &[],
        };
        let told = Told { error_code: self.code(), message: self.to_string(), detail, request_id };
        serde_json::to_string(&told).expect("texts and lists of texts are JSON")
    }

    /// The answer, whose body is written where the name of the request is known.
    fn head(&self) -> Response {
        let mut response = (self.status(), Body::empty()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match self {
            Failure::Unauthenticated { .. } => {
                let scheme = HeaderValue::from_static(r#"API-Key header="X-API-Key""#);
                headers.insert(WWW_AUTHENTICATE, scheme);
            }
            Failure::Limited { seconds } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(*seconds));
            }
            Failure::Busy | Failure::NoPlace => {
                headers.insert(RETRY_AFTER, HeaderValue::from(1));
            }
            _ => {}
        }
        response
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.head();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Unfinished> for Failure {
    fn from(unfinished: Unfinished) -> Failure {
        match unfinished {
            Unfinished::Busy => Failure::Busy,
            Unfinished::TimedOut => Failure::TimedOut,
            Unfinished::Broken => Failure::Internal,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::OutOfRange { parameter, value, bounds } => Failure::Invalid(vec![Mistake {
                field: parameter.to_owned(),
                value: Some(value),
                expected: bounds.to_owned(),
            }]),
            Error::Shape(text) => Failure::Shape(text),
            Error::Unstable(_) | Error::NotFinite { .. } => Failure::NotComputed(error.to_string()),
        }
    }
}

fn sentence(mistakes: &[Mistake]) -> String {
    let one = |mistake: &Mistake| match &mistake.value {
        Some(value) => {
            format!("`{}` is {value}, but must be {}", mistake.field, mistake.expected)
        }
        None => format!("`{}` is missing: {}", mistake.field, mistake.expected),
    };
    mistakes.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_names_each_field_its_value_and_its_bounds() {
        let alpha = Mistake {
            field: "alpha".to_owned(),
            value: Some("0.9".to_owned()),
            expected: "a number from 0.001 to 0.25".to_owned(),
        };
        let body = Failure::Invalid(vec![alpha]).body("r-1");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        let bounds = "a number from 0.001 to 0.25";
        let expected = serde_json::json!({
            "error_code": "validation_error",
            "message": format!("`alpha` is 0.9, but must be {bounds}"),
            "detail": [{ "field": "alpha", "value": "0.9", "expected": bounds }],
            "request_id": "r-1",
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn an_input_out_of_bounds_is_the_callers_fault_and_a_computation_is_not() {
        let out = Error::out_of_range("alpha", 0.9, "at most 0.25");
        assert_eq!(Failure::from(out).status(), 422);
        assert_eq!(Failure::from(Error::Shape("rows".to_owned())).status(), 400);
        let left = Error::NotFinite { field: "potential", step: 1, count: 2 };
        assert_eq!(Failure::from(left).status(), 500);
    }
}
