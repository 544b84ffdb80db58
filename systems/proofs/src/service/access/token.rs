//! Bearer tokens: JSON web tokens by known keys, each checked once and then remembered until it
//! expires.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation};
use serde::Deserialize;
use thiserror::Error;

use super::{Caller, Scope};
use crate::signed::sha256;

/// What a token has to say beside its signature.
#[derive(Clone, Debug)]
pub struct TokenRules {
    pub issuer: String,
    pub audience: String,
    /// By how much other clocks may differ.
    pub leeway_s: u64,
}

/// The keys of whoever issues tokens.
#[derive(Debug)]
pub struct Tokens {
    rules: TokenRules,
    keys: RwLock<Keys>,
    /// Where the keys were read from, and are again when a token names an unknown one.
    file: Option<PathBuf>,
    read_ms: Mutex<u64>,
    known: Mutex<HashMap<[u8; 32], Known>>,
}

#[derive(Debug, Error)]
pub enum TokensError {
    #[error("failed to read the keys of tokens from {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("no JWK set and no public key in PEM: {0}")]
    Format(String),
    #[error("the key {kid} of tokens is none of RS256, EdDSA and HS256")]
    Kind { kid: String },
    #[error("there are no keys of tokens")]
    Empty,
}

/// Tokens that are remembered at most.
const KNOWN: usize = 10_000;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 8192;

/// The file of keys is read so often at most, or unknown names would keep the service reading.
const READ_EVERY_MS: u64 = 10_000;

type Keys = Vec<Key>;

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

#[derive(Clone, Debug)]
struct Known {
    caller: Arc<Caller>,
    expires_s: u64,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    /// Separated by spaces.
    #[serde(default)]
    scope: String,
}

impl Tokens {
    /// Reads a JWK set, or one public key in PEM.
    pub fn open(path: &Path, rules: TokenRules) -> Result<Tokens, TokensError> {
        Ok(Tokens { file: Some(path.to_owned()), ..Tokens::new(&read(path)?, rules)? })
    }

    /// Tokens under the keys of the text, which is not read again.
    pub fn new(text: &str, rules: TokenRules) -> Result<Tokens, TokensError> {
        Ok(Tokens {
            rules,
            keys: RwLock::new(parse(text)?),
            file: None,
            read_ms: Mutex::default(),
            known: Mutex::default(),
        })
    }

    /// Whose token it is, or why it is none.
    pub fn caller(&self, token: &str, now_ms: u64) -> Result<Arc<Caller>, &'static str> {
        if token.len() > LONGEST {
            return Err("the token is too long");
        }
        let now_s = now_ms / 1000;
        let id = sha256(token.as_bytes());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&id) {
            Some(known) if now_s < known.expires_s => return Ok(Arc::clone(&known.caller)),
            Some(_) => return Err(EXPIRED),
            None => {}
        }
        drop(known);
        let checked = self.check(token, now_ms)?;
        known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, known| now_s < known.expires_s);
        }
        if known.len() < KNOWN {
            known.insert(id, checked.clone());
        }
        Ok(checked.caller)
    }

    fn check(&self, token: &str, now_ms: u64) -> Result<Known, &'static str> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| "no JSON web token")?;
        let kid = header.kid.as_deref();
        if kid.is_some() && !self.has(kid) {
            self.read_again(now_ms);
        }
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let mut candidates = keys
            .iter()
            // A key is used with its own algorithm alone, never with one that the token names.
            .filter(|key| key.algorithm == header.alg)
            .filter(|key| kid.is_none() || key.id.is_none() || key.id.as_deref() == kid);
        let claims = candidates
            .find_map(|key| self.claims(token, key).transpose())
            .ok_or("the token is not signed by a known key")??;
        self.known(claims, now_ms / 1000)
    }

    /// What the token says; nothing, if the key did not sign it.
    fn claims(&self, token: &str, key: &Key) -> Result<Option<Claims>, &'static str> {
        use jsonwebtoken::errors::ErrorKind;
        let mut validation = Validation::new(key.algorithm);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&self.rules.issuer]);
        validation.set_audience(&[&self.rules.audience]);
        // Times are compared with the service's own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        match jsonwebtoken::decode::<Claims>(token, &key.key, &validation) {
            Ok(token) => Ok(Some(token.claims)),
            Err(error) => match error.kind() {
                ErrorKind::InvalidSignature => Ok(None),
                ErrorKind::InvalidIssuer => Err("the token has another issuer"),
                ErrorKind::InvalidAudience => Err("the token is for another audience"),
                ErrorKind::MissingRequiredClaim(_) => Err("the token lacks a claim"),
                _ => Err("the token is malformed"),
            },
        }
    }

    fn known(&self, claims: Claims, now_s: u64) -> Result<Known, &'static str> {
        // A time that is no number of seconds becomes 0 or the last one, and both are refused.
        let seconds = |time: f64| time as u64;
        let leeway = self.rules.leeway_s;
        let expires_s = seconds(claims.exp).saturating_add(leeway);
        if now_s >= expires_s {
            return Err(EXPIRED);
        }
        if claims.nbf.is_some_and(|nbf| seconds(nbf.ceil()) > now_s.saturating_add(leeway)) {
            return Err("the token is not valid yet");
        }
        if claims.sub.is_empty() {
            return Err("the token has no subject");
        }
        // Scopes that mean nothing here are for other services.
        let scopes = claims.scope.split(' ').filter_map(Scope::named).collect();
        Ok(Known { caller: Arc::new(Caller { name: claims.sub, scopes }), expires_s })
    }

    fn has(&self, kid: Option<&str>) -> bool {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().any(|key| key.id.as_deref() == kid)
    }

    /// Reads the keys again, as whoever issues tokens may have new ones.
    fn read_again(&self, now_ms: u64) {
        let Some(file) = &self.file else { return };
        let mut read_ms = self.read_ms.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms < read_ms.saturating_add(READ_EVERY_MS) {
            return;
        }
        *read_ms = now_ms;
        match read(file).and_then(|text| parse(&text)) {
            Ok(keys) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
                // Tokens of keys that are gone must not live on.
                self.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
            }
            Err(error) => tracing::warn!(%error, "kept the earlier keys of tokens"),
        }
    }
}

const EXPIRED: &str = "the token has expired";

fn read(path: &Path) -> Result<String, TokensError> {
    std::fs::read_to_string(path)
        .map_err(|source| TokensError::Read { path: path.to_owned(), source })
}

fn parse(text: &str) -> Result<Keys, TokensError> {
    if text.trim_start().starts_with("-----BEGIN") {
        return pem(text.as_bytes()).map(|key| vec![key]);
    }
    let set: JwkSet =
        serde_json::from_str(text).map_err(|error| TokensError::Format(error.to_string()))?;
    let keys = set.keys.iter().map(|jwk| {
        let kid = || jwk.common.key_id.clone().unwrap_or_else(|| "without a name".to_owned());
        let key = DecodingKey::from_jwk(jwk).map_err(|_| TokensError::Kind { kid: kid() })?;
        let algorithm = algorithm(&key).ok_or_else(|| TokensError::Kind { kid: kid() })?;
        Ok(Key { id: jwk.common.key_id.clone(), algorithm, key })
    });
    let keys: Keys = keys.collect::<Result<_, TokensError>>()?;
    if keys.is_empty() { Err(TokensError::Empty) } else { Ok(keys) }
}

fn pem(text: &[u8]) -> Result<Key, TokensError> {
    let key = DecodingKey::from_rsa_pem(text)
        .or_else(|_| DecodingKey::from_ed_pem(text))
        .map_err(|error| TokensError::Format(error.to_string()))?;
    let algorithm = algorithm(&key).ok_or(TokensError::Empty)?;
    Ok(Key { id: None, algorithm, key })
}

/// The one algorithm for which a key is used.
fn algorithm(key: &DecodingKey) -> Option<Algorithm> {
    match key.family() {
        AlgorithmFamily::Rsa => Some(Algorithm::RS256),
        AlgorithmFamily::Ed => Some(Algorithm::EdDSA),
        AlgorithmFamily::Hmac => Some(Algorithm::HS256),
        AlgorithmFamily::Ec => None,
    }
}

#[cfg(test)]
mod tests;
