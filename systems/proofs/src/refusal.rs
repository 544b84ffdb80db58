//! Why a proof is not accepted: a code for programs, a status for HTTP and a sentence for people.
//!
//! A refusal names the field and what is wrong with it. It repeats no value that came with the
//! request except an unknown name cut short, so that nothing private reaches a log through it.

use std::fmt;

/// Why a proof, or an assertion of an authenticator, is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("malformed {field}: {reason}")]
    Malformed { field: &'static str, reason: String },
    #[error("v is {found}, and only version 1 is known")]
    UnsupportedVersion { found: u64 },
    #[error("{field} is not {expected}")]
    UnsupportedAlgorithm { field: &'static str, expected: &'static str },
    #[error("{field} has {bytes} bytes, and {limit} are allowed")]
    TooLarge { field: &'static str, bytes: usize, limit: usize },
    #[error("the context breaks the policy of its type: {detail}")]
    PolicyViolated { detail: String },
    #[error("expires_at passed {ago_ms} ms ago")]
    Expired { ago_ms: u64 },
    #[error("issued_at lies {ahead_ms} ms in the future")]
    NotYetValid { ahead_ms: u64 },
    #[error(
        "the proof lives {lives_ms} ms from issued_at to expires_at, and {limit_ms} are allowed"
    )]
    LivesTooLong { lives_ms: u64, limit_ms: u64 },
    #[error("the key that kid or public_key names is not registered")]
    UnknownKey,
    #[error("public_key is weak: signatures under it prove nothing")]
    WeakKey,
    #[error("signature does not fit the key and the signed bytes")]
    InvalidSignature,
    #[error("the body is not the one whose hash body_sha256 is")]
    WrongBody,
    #[error("the {what} was revoked")]
    Revoked { what: Revoked },
    #[error("the proof was used before")]
    Replayed,
    #[error("no room to remember another proof, so none can be accepted")]
    Busy,
    #[error("type of the client data is not webauthn.get")]
    WrongType,
    #[error("challenge was not issued for this context, or was used, or has expired")]
    WrongChallenge,
    #[error("origin of the client data is not the expected one")]
    WrongOrigin,
    #[error("rpIdHash of the authenticator data belongs to another relying party")]
    WrongRelyingParty,
    #[error("the authenticator saw no user: flag UP is not set")]
    UserNotPresent,
    #[error("the authenticator did not verify the user: flag UV is not set")]
    UserNotVerified,
    #[error("the authenticator's counter was not raised, so it may be a copy")]
    CounterNotRaised,
    #[error("the credential is not registered")]
    UnknownCredential,
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    Proof,
    Key,
}

impl Refusal {
    pub fn malformed(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Malformed { field, reason: reason.into() }
    }

    pub fn policy(detail: impl Into<String>) -> Self {
        Self::PolicyViolated { detail: detail.into() }
    }

    /// What is wrong with JSON, without the value that was found: it may be private.
    pub(crate) fn json(field: &'static str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let reason = match text.rsplit_once(", expected ") {
            Some((found, expected)) => {
                let kind = found.split([':', '`']).next().unwrap_or_default();
                format!("{}, expected {expected}", kind.trim_end())
            }
            None => text,
        };
        Self::malformed(field, reason)
    }

    /// The name by which programs know the kind; it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::UnsupportedVersion { .. } => "unsupported_version",
            Self::UnsupportedAlgorithm { .. } => "unsupported_algorithm",
            Self::TooLarge { .. } => "too_large",
            Self::PolicyViolated { .. } => "policy_violated",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::LivesTooLong { .. } => "lives_too_long",
            Self::UnknownKey => "unknown_key",
            Self::WeakKey => "weak_key",
            Self::InvalidSignature => "invalid_signature",
            Self::WrongBody => "wrong_body",
            Self::Revoked { what: Revoked::Proof } => "revoked",
            Self::Revoked { what: Revoked::Key } => "key_revoked",
            Self::Replayed => "replayed",
            Self::Busy => "busy",
            Self::WrongType => "wrong_type",
            Self::WrongChallenge => "wrong_challenge",
            Self::WrongOrigin => "wrong_origin",
            Self::WrongRelyingParty => "wrong_relying_party",
            Self::UserNotPresent => "user_not_present",
            Self::UserNotVerified => "user_not_verified",
            Self::CounterNotRaised => "counter_not_raised",
            Self::UnknownCredential => "unknown_credential",
        }
    }

    /// The HTTP status: 400 for what cannot be read, 401 for what does not prove that the signer
    /// approved, 403 for what was taken back, 409 for what was used before (a counter that stands
    /// still is a second use), 410 for what was valid once, 413 for what is too large, 422 for what
    /// is signed in good form but may not be asked for, and 503 for what could not be remembered.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. }
            | Self::UnsupportedVersion { .. }
            | Self::UnsupportedAlgorithm { .. } => 400,
            Self::UnknownKey
            | Self::WeakKey
            | Self::InvalidSignature
            | Self::WrongBody
            | Self::WrongType
            | Self::WrongChallenge
            | Self::WrongOrigin
            | Self::WrongRelyingParty
            | Self::UserNotPresent
            | Self::UserNotVerified
            | Self::UnknownCredential => 401,
            Self::Revoked { .. } => 403,
            Self::Replayed | Self::CounterNotRaised => 409,
            Self::Expired { .. } => 410,
            Self::TooLarge { .. } => 413,
            Self::PolicyViolated { .. } | Self::NotYetValid { .. } | Self::LivesTooLong { .. } => {
                422
            }
            Self::Busy => 503,
        }
    }
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Proof => "proof",
            Self::Key => "key",
        })
    }
}

#[cfg(test)]
mod tests;
