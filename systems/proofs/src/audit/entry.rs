//! What is written down: one entry for each thing that cannot be taken back.
//!
//! Refusals are not entries, because a stranger can cause as many as he likes; the metrics count
//! them and the log names them.

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
    /// A WebAuthn approval was accepted, and its credential counted on.
    Approved { proof: Digest, expires_ms: u64, credential: Vec<u8>, counter: u32 },
    /// Something was revoked for ever: a proof or a key, by the digest or the bytes of it.
    Revoked { target: Vec<u8>, reason: String },
    /// A credential was registered; the document says all about it.
    Registered { credential: Vec<u8>, document: String },
}

impl Event {
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Event::Accepted { .. } => "accepted",
            Event::Approved { .. } => "approved",
            Event::Revoked { .. } => "revoked",
            Event::Registered { .. } => "registered",
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        match self {
            Event::Accepted { proof, .. } | Event::Approved { proof, .. } => proof,
            Event::Revoked { target, .. } => target,
            Event::Registered { credential, .. } => credential,
        }
    }

    /// The rest of it, as text.
    #[must_use]
    pub fn detail(&self) -> String {
        match self {
            Event::Accepted { expires_ms, kind, .. } => format!("{kind} until {expires_ms}"),
            Event::Approved { expires_ms, credential, counter, .. } => {
                let credential: String = credential.iter().map(|b| format!("{b:02x}")).collect();
                format!("{credential} counts {counter} until {expires_ms}")
            }
            Event::Revoked { reason, .. } => reason.clone(),
            Event::Registered { document, .. } => document.clone(),
        }
    }

    /// Whether a loss of power must not undo it, whatever it costs: it is rare, and no restart
    /// makes up for it.
    pub(super) fn is_lasting(&self) -> bool {
        matches!(self, Event::Revoked { .. } | Event::Registered { .. })
    }
}
