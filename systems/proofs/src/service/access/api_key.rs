//! API keys, of which the service knows only the digests.

use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;

use super::{Caller, Scope};
use crate::encoding;
use crate::signed::sha256;

/// The known keys.
#[derive(Debug, Default)]
pub struct ApiKeys(Vec<([u8; 32], Arc<Caller>)>);

#[derive(Debug, Error)]
pub enum ApiKeysError {
    #[error("no list of API keys: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the sha256 of the API key `{name}` is not 64 hex digits")]
    Digest { name: String },
    #[error("the API key `{name}` has the unknown scope `{scope}`")]
    Scope { name: String, scope: String },
    #[error("two API keys have the name or the sha256 of `{name}`")]
    Twice { name: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    name: String,
    sha256: String,
    scopes: Vec<String>,
}

impl ApiKeys {
    /// Reads `[{"name": "...", "sha256": "<hex>", "scopes": ["proofs:verify"]}]`.
    pub fn parse(text: &str) -> Result<ApiKeys, ApiKeysError> {
        let mut keys: Vec<([u8; 32], Arc<Caller>)> = Vec::new();
        for Stated { name, sha256, scopes } in serde_json::from_str::<Vec<Stated>>(text)? {
            let digest = encoding::hex("sha256", &sha256, 32).ok().and_then(|d| d.try_into().ok());
            let Some(digest) = digest else { return Err(ApiKeysError::Digest { name }) };
            if keys.iter().any(|(known, caller)| *known == digest || caller.name == name) {
                return Err(ApiKeysError::Twice { name });
            }
            let unknown = |scope: String| ApiKeysError::Scope { name: name.clone(), scope };
            let scopes = scopes
                .into_iter()
                .map(|scope| Scope::named(&scope).ok_or_else(|| unknown(scope)))
                .collect::<Result<_, _>>()?;
            keys.push((digest, Arc::new(Caller { name, scopes })));
        }
        Ok(ApiKeys(keys))
    }

    /// Whose key it is. Every known key is looked at to its end, so that the time tells nothing.
    #[must_use]
    pub fn find(&self, key: &[u8]) -> Option<Arc<Caller>> {
        let digest = sha256(key);
        let mut found = None;
        for (known, caller) in &self.0 {
            let differs = known.iter().zip(&digest).fold(0, |all, (a, b)| all | (a ^ b));
            if differs == 0 {
                found = Some(caller);
            }
        }
        found.cloned()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By `printf secret | sha256sum`.
    const DIGEST: &str = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    fn list(digest: &str, scope: &str) -> String {
        format!(r#"[{{"name": "load", "sha256": "{digest}", "scopes": ["{scope}"]}}]"#)
    }

    #[test]
    fn a_key_is_found_by_its_digest() {
        for digest in [DIGEST.to_owned(), DIGEST.to_uppercase()] {
            let keys = ApiKeys::parse(&list(&digest, "proofs:revoke")).unwrap();
            let caller = keys.find(b"secret").unwrap();
            assert_eq!((caller.name.as_str(), &caller.scopes[..]), ("load", &[Scope::Revoke][..]));
            assert_eq!(keys.find(b"secret "), None);
            assert_eq!(keys.find(DIGEST.as_bytes()), None);
        }
    }

    #[test]
    fn a_list_with_a_mistake_is_refused_by_name() {
        let refused = |text: &str| ApiKeys::parse(text).unwrap_err().to_string();
        assert!(refused("{}").starts_with("no list of API keys"));
        assert!(refused(&list("00", "proofs:revoke")).contains("`load` is not 64 hex digits"));
        assert!(refused(&list(DIGEST, "proofs:all")).contains("unknown scope `proofs:all`"));
        let one = list(DIGEST, "proofs:verify");
        let twice = format!("[{0},{0}]", &one[1..one.len() - 1]);
        assert!(refused(&twice).contains("two API keys"));
    }
}
