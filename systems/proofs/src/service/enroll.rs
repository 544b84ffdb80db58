//! Taking in a registry: what it has and the service does not know yet is written down like any
//! other registration or revocation.

use super::Service;
use super::failure::Failure;
use crate::audit::{Entry, Event};
use crate::encoding::base64url;
use crate::refusal::Revoked;
use crate::registry::Registry;

/// Who is named for it in the audit log.
const CLIENT: &str = "registry";

impl Service {
    /// Registers the credentials and revokes the keys of the registry; both stay after it is gone.
    /// Its keys of signers are the verifier's.
    pub async fn enroll(&self, registry: &Registry) -> Result<(), Failure> {
        let mut events = Vec::new();
        for key in &registry.revoked_keys {
            if self.memory.revoke(Revoked::Key, *key) {
                let (what, target, reason) = (Revoked::Key, *key, String::new());
                events.push(Event::Revoked { what, target, reason });
            }
        }
        for credential in &registry.credentials {
            let is_new = self.memory.register(credential.clone()).inspect_err(|_| {
                tracing::error!(id = base64url(&credential.id), "cannot take in a credential");
            })?;
            if is_new {
                let (credential, key) = (credential.id.clone(), credential.key.to_sec1());
                events.push(Event::Registered { credential, key });
            }
        }
        let (count, at_ms) = (events.len(), self.clock.now_ms());
        let entry = |event| Entry { at_ms, client: CLIENT.to_owned(), event };
        self.audit.record(events.into_iter().map(entry).collect()).await?;
        tracing::info!(new = count, "took in the registry");
        Ok(())
    }
}
