//! What is written down: one entry for each thing that cannot be taken back.
//!
//! Refusals are not entries, because a stranger can cause as many as he likes; the metrics count
//! them and the log names them.

use crate::encoding::base64url;
use crate::refusal::Revoked;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// Something that happened, when, and who asked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at_ms: u64,
    /// The authenticated client, or nothing where no authentication is asked for.
    pub client: String,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A proof was accepted; it must not be accepted again before it expires.
    Accepted { proof: Digest, expires_ms: u64, kind: &'static str },
    /// An assertion was accepted, and its credential counted on.
    Approved { challenge: Digest, credential: Vec<u8>, counter: u32, kind: &'static str },
    /// A proof or a key was revoked for ever: by its name, or by its bytes.
    Revoked { what: Revoked, target: Digest, reason: String },
    /// A credential was registered, with its key.
    Registered { credential: Vec<u8>, key: Vec<u8> },
}

impl Event {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Event::Accepted { .. } => "accepted",
            Event::Approved { .. } => "approved",
            Event::Revoked { what: Revoked::Proof, .. } => "proof_revoked",
            Event::Revoked { what: Revoked::Key, .. } => "key_revoked",
            Event::Registered { .. } => "registered",
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        match self {
            Event::Accepted { proof, .. } => proof,
            Event::Approved { challenge, .. } => challenge,
            Event::Revoked { target, .. } => target,
            Event::Registered { credential, .. } => credential,
        }
    }

    /// The rest of it, as text.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Event::Accepted { expires_ms, kind, .. } => format!("{kind} until {expires_ms}"),
            Event::Approved { credential, counter, kind, .. } => {
                format!("{kind} by {} for the {counter}. time", base64url(credential))
            }
            Event::Revoked { reason, .. } => reason.clone(),
            Event::Registered { key, .. } => base64url(key),
        }
    }

    /// Whether a loss of power must not undo it, whatever it costs: it is rare, and no restart
    /// makes up for it.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Event::Revoked { .. } | Event::Registered { .. })
    }
}
