//! Why there is no answer: one form for every operation, with a code that programs can read.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::fields::{Problem, Refusal};

/// The `error` of an answer.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
#[error("{message} ({})", .code.name())]
#[serde(deny_unknown_fields)]
pub struct Failure {
    pub code: Code,
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    InvalidJson,
    MissingField,
    ValueTooLarge,
    ValidationError,
    UnknownOperation,
    NotFound,
    DatabaseError,
    /// Not now: the service is full, closing, or without its database.
    Unavailable,
    InternalError,
}

impl Code {
    pub const ALL: [Code; 9] = [
        Code::InvalidJson,
        Code::MissingField,
        Code::ValueTooLarge,
        Code::ValidationError,
        Code::UnknownOperation,
        Code::NotFound,
        Code::DatabaseError,
        Code::Unavailable,
        Code::InternalError,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Code::InvalidJson => "INVALID_JSON",
            Code::MissingField => "MISSING_FIELD",
            Code::ValueTooLarge => "VALUE_TOO_LARGE",
            Code::ValidationError => "VALIDATION_ERROR",
            Code::UnknownOperation => "UNKNOWN_OPERATION",
            Code::NotFound => "NOT_FOUND",
            Code::DatabaseError => "DATABASE_ERROR",
            Code::Unavailable => "UNAVAILABLE",
            Code::InternalError => "INTERNAL_ERROR",
        }
    }
}

impl Failure {
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        let code = match refusal.problem {
            Problem::NotJson(_) => Code::InvalidJson,
            Problem::Missing => Code::MissingField,
            Problem::TooLarge { .. } | Problem::TooDeep { .. } => Code::ValueTooLarge,
            Problem::Unknown(_) | Problem::Not { .. } => Code::ValidationError,
        };
        Failure::new(code, refusal.to_string())
    }
}
