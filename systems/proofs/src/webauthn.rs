//! Checks the assertion of an authenticator (WebAuthn, ES256): that a present and verified user
//! approved this context, here, on a challenge that was issued for it.
//!
//! A service asks in this order: [`Assertion::parse`], [`Challenges::check`], the credential by
//! [`Assertion::credential_id`], [`Assertion::verify`], [`Challenges::take`],
//! [`Credential::raise`], then its own durable write, and answers. [`judge`] does all but the
//! write.

mod authenticator;
mod cbor;
mod challenge;
mod client;
mod credential;
mod sealed;
mod wire;

pub use authenticator::AuthenticatorData;
pub use challenge::{Challenges, challenge};
pub use client::ClientData;
pub use credential::{Credential, CredentialKey};
pub use sealed::ChallengeSecret;

use crate::context::ContextType;
use crate::refusal::Refusal;
use crate::signed::sha256;

/// For whom assertions are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The SHA-256 of its id, which is a domain.
    pub id_hash: [u8; 32],
    /// The origins whose pages may ask, as browsers write them: `https://example.org`.
    pub origins: Vec<String>,
}

impl RelyingParty {
    pub fn new(id: &str, origins: impl IntoIterator<Item = String>) -> Self {
        Self { id_hash: sha256(id.as_bytes()), origins: origins.into_iter().collect() }
    }
}

/// An assertion as received: in good form, and nothing of it checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    pub credential_id: Vec<u8>,
    pub context_type: ContextType,
    pub context: Vec<u8>,
    authenticator: AuthenticatorData,
    authenticator_bytes: Vec<u8>,
    client: ClientData,
    client_bytes: Vec<u8>,
    /// In DER, which is looked at when it is checked.
    signature: Vec<u8>,
}

impl Assertion {
    /// Reads `{"credential_id", "authenticator_data", "client_data_json", "signature",
    /// "context_type", "context"}`, all bytes as base64url without padding.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        wire::parse(bytes)
    }

    pub fn challenge(&self) -> &[u8; 32] {
        &self.client.challenge
    }

    pub fn context_sha256(&self) -> [u8; 32] {
        sha256(&self.context)
    }

    /// The authenticator's count of its assertions.
    pub fn counter(&self) -> u32 {
        self.authenticator.counter
    }

    /// Checks all but challenge and counter: what was asked, where, for whom, the user, and the
    /// signature over the data of the authenticator and the hash of the client data.
    pub fn verify(&self, credential: &Credential, party: &RelyingParty) -> Result<(), Refusal> {
        self.client.check(&party.origins)?;
        self.authenticator.check(&party.id_hash)?;
        credential
            .key
            .verify(&[&self.authenticator_bytes, &sha256(&self.client_bytes)], &self.signature)
    }
}

/// Judges an assertion, uses its challenge up and raises the counter of the credential.
pub fn judge(
    assertion: &Assertion,
    credential: &mut Credential,
    party: &RelyingParty,
    challenges: &mut Challenges,
    now_ms: u64,
) -> Result<(), Refusal> {
    let context_sha256 = assertion.context_sha256();
    challenges.check(assertion.challenge(), &context_sha256, now_ms)?;
    if assertion.credential_id != credential.id {
        return Err(Refusal::UnknownCredential);
    }
    assertion.verify(credential, party)?;
    challenges.take(assertion.challenge(), &context_sha256, now_ms)?;
    credential.raise(assertion.counter())
}

#[cfg(test)]
mod tests;
