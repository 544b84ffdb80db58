//! What a service is told before its first request, in one file: whose proofs it takes, which keys
//! were taken back, and which authenticators there are.
//!
//! `{"keys", "revoked_keys", "credentials": [{"credential_id", "public_key"}], "challenge_secret",
//! "generated": {"root", "users"}}`, each optional and bytes as base64url. With a challenge secret
//! assertions on sealed challenges are taken as well. What was `generated` can be signed for by
//! whoever has the file: it is for load tests alone.

use serde::{Deserialize, Serialize};

use crate::encoding::{base64url, bounded, fixed};
use crate::feed::users::{Generated, MOST_USERS, Root};
use crate::refusal::Refusal;
use crate::webauthn::{ChallengeSecret, Credential, CredentialKey};

/// A registry, with every text of it decoded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registry {
    pub keys: Vec<[u8; 32]>,
    /// They are known keys, too.
    pub revoked_keys: Vec<[u8; 32]>,
    pub credentials: Vec<Credential>,
    pub challenge_secret: Option<ChallengeSecret>,
    /// From what the private halves can be made.
    pub generated: Option<Generated>,
}

#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error("no registry: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{list}, entry {number}: {refusal}")]
    Entry { list: &'static str, number: usize, refusal: Refusal },
    #[error(transparent)]
    Value(#[from] Refusal),
}

/// The longest id of a credential that WebAuthn allows, in bytes.
const ID_LIMIT: usize = 1023;

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
struct Stated {
    keys: Vec<String>,
    revoked_keys: Vec<String>,
    credentials: Vec<StatedCredential>,
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated: Option<StatedGenerated>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StatedCredential {
    credential_id: String,
    public_key: String,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct StatedGenerated {
    root: String,
    users: u32,
}

impl Registry {
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let stated: Stated = serde_json::from_str(text)?;
        let secret = |text: &String| fixed("challenge_secret", text).map(ChallengeSecret);
        Ok(Self {
            keys: each("keys", &stated.keys, |text| fixed("key", text))?,
            revoked_keys: each("revoked_keys", &stated.revoked_keys, |text| fixed("key", text))?,
            credentials: each("credentials", &stated.credentials, StatedCredential::decode)?,
            challenge_secret: stated.challenge_secret.as_ref().map(secret).transpose()?,
            generated: stated.generated.map(StatedGenerated::decode).transpose()?,
        })
    }

    /// The keys under which proofs are known, the revoked ones among them.
    pub fn signers(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.keys.iter().chain(&self.revoked_keys)
    }

    pub fn to_json(&self) -> String {
        let texts = |keys: &[[u8; 32]]| keys.iter().map(|key| base64url(key)).collect();
        let credential = |credential: &Credential| StatedCredential {
            credential_id: base64url(&credential.id),
            public_key: base64url(&credential.key.to_sec1()),
        };
        let generated = |generated: &Generated| StatedGenerated {
            root: base64url(&generated.root.0),
            users: generated.users,
        };
        let stated = Stated {
            keys: texts(&self.keys),
            revoked_keys: texts(&self.revoked_keys),
            credentials: self.credentials.iter().map(credential).collect(),
            challenge_secret: self.challenge_secret.as_ref().map(|secret| base64url(&secret.0)),
            generated: self.generated.as_ref().map(generated),
        };
        serde_json::to_string(&stated).expect("a registry is strings and numbers")
    }
}

impl StatedCredential {
    fn decode(&self) -> Result<Credential, Refusal> {
        let id = bounded("credential_id", &self.credential_id, ID_LIMIT)?;
        if id.is_empty() {
            return Err(Refusal::malformed("credential_id", "empty"));
        }
        let key: [u8; 65] = fixed("public_key", &self.public_key)?;
        Ok(Credential { id, key: CredentialKey::from_sec1(&key)?, counter: 0 })
    }
}

impl StatedGenerated {
    fn decode(self) -> Result<Generated, Refusal> {
        if !(1..=MOST_USERS).contains(&self.users) {
            return Err(Refusal::malformed("users", format!("not 1 to {MOST_USERS}")));
        }
        Ok(Generated { root: Root(fixed("root", &self.root)?), users: self.users })
    }
}

fn each<T, D>(
    list: &'static str,
    stated: &[T],
    decode: impl Fn(&T) -> Result<D, Refusal>,
) -> Result<Vec<D>, RegistryError> {
    let entry = |(stated, number)| {
        decode(stated).map_err(|refusal| RegistryError::Entry { list, number, refusal })
    };
    stated.iter().zip(1..).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_registry_is_read_as_it_was_written() {
        let generated = Generated { root: Root([1; 32]), users: 3 };
        let registry = generated.registry(ChallengeSecret([2; 32]));
        assert_eq!(registry.keys.len(), 3);
        assert_eq!(Registry::parse(&registry.to_json()).unwrap(), registry);
    }

    #[test]
    fn every_part_may_be_missing_but_none_may_be_unknown() {
        assert_eq!(Registry::parse("{}").unwrap(), Registry::default());
        for (text, word) in [
            ("", "no registry"),
            (r#"["AA"]"#, "no registry"),
            (r#"{"key":[]}"#, "unknown field"),
            (r#"{"keys":["AA"]}"#, "keys, entry 1: malformed key"),
            (r#"{"credentials":[{"credential_id":"","public_key":""}]}"#, "entry 1: malformed"),
            (r#"{"challenge_secret":"AA"}"#, "challenge_secret"),
            (r#"{"generated":{"root":"AA","users":1}}"#, "root"),
            (r#"{"generated":{"root":"AA","users":0}}"#, "users"),
        ] {
            let error = Registry::parse(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
