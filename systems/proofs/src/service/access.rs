//! Who asks, and what he may do: API keys and bearer tokens.

mod api_key;
mod token;

use std::fmt;
use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

pub use self::api_key::{ApiKeys, ApiKeysError};
pub use self::token::{TokenRules, Tokens, TokensError};

/// What a client may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Have proofs verified, and ask for challenges.
    Verify,
    /// Revoke proofs and keys, and ask whether one is revoked.
    Revoke,
    /// Register credentials.
    Register,
}

/// An authenticated client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub name: String,
    pub scopes: Vec<Scope>,
}

/// How clients authenticate. Without keys and tokens nobody can.
#[derive(Debug, Default)]
pub struct Access {
    pub api_keys: ApiKeys,
    pub tokens: Option<Tokens>,
    /// Whether proofs are verified for anybody. It is so, too, where nobody can authenticate.
    pub is_open: bool,
}

impl Access {
    /// Who sent the request: nobody, where it does not say, and why that is not believed, where it
    /// says so wrongly.
    pub fn caller(
        &self,
        headers: &HeaderMap,
        now_ms: u64,
    ) -> Result<Option<Arc<Caller>>, &'static str> {
        // Where nobody can authenticate, such headers mean nothing.
        if !self.is_configured() {
            return Ok(None);
        }
        if let Some(key) = headers.get("x-api-key") {
            return self.api_keys.find(key.as_bytes()).map(Some).ok_or("the API key is unknown");
        }
        let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
        let tokens = self.tokens.as_ref().ok_or("no bearer tokens are taken here")?;
        let (scheme, token) =
            value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or(("", ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err("the authorization is not a bearer token");
        }
        tokens.caller(token.trim(), now_ms).map(Some)
    }

    /// Whether anybody may do it, whatever he says who he is.
    pub fn is_open(&self, scope: Scope) -> bool {
        scope == Scope::Verify && (self.is_open || !self.is_configured())
    }

    fn is_configured(&self) -> bool {
        self.tokens.is_some() || !self.api_keys.is_empty()
    }
}

impl Scope {
    const ALL: [Scope; 3] = [Scope::Verify, Scope::Revoke, Scope::Register];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scope::Verify => "proofs:verify",
            Scope::Revoke => "proofs:revoke",
            Scope::Register => "proofs:register",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}
