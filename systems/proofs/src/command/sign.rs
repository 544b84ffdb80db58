//! `proofs sign`: a proof that somebody approves a context now.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use super::input::{self, bad};
use super::{BadInput, key_file, tell};
use crate::context::{self, ContextType};
use crate::envelope::CONTEXT_LIMIT;
use crate::service::Clock;
use crate::signed::{Claims, sha256, sign};

#[derive(Debug, clap::Args)]
pub struct Sign {
    /// A private key from `proofs keygen`
    #[arg(long, value_name = "FILE", default_value = "proof-key.json")]
    key: PathBuf,
    /// What the approval is about, by the name of the type
    #[arg(long = "type", value_name = "TYPE", value_parser = input::context_type)]
    context_type: ContextType,
    /// A JSON object with the fields of the type; - for standard input
    #[arg(long, value_name = "FILE")]
    context: PathBuf,
    /// What else the signature covers, by its digest; nothing if not given
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// How long the proof may be used
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = input::duration)]
    lifetime: Duration,
    /// Name the key by its kid, for services where it is registered
    #[arg(long)]
    kid: bool,
}

impl Sign {
    pub fn run(&self) -> anyhow::Result<()> {
        let key = key_file::read(&self.key)?;
        let context = self.context()?;
        let body = match &self.body {
            Some(path) => input::bytes(path)?,
            None => Vec::new(),
        };
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).context("failed to get random bytes for a nonce")?;
        let issued_at_ms = Clock::system().now_ms();
        let lifetime_ms = u64::try_from(self.lifetime.as_millis()).unwrap_or(u64::MAX);
        let claims = Claims {
            context_type: self.context_type,
            nonce,
            issued_at_ms,
            expires_at_ms: issued_at_ms.saturating_add(lifetime_ms),
            body_sha256: sha256(&body),
            context,
        };
        let envelope = sign(&key, &claims);
        let envelope = if self.kid { envelope.naming_its_key() } else { envelope };
        tell(&envelope.to_json())
    }

    /// The context in canonical form: whoever writes it by hand need not know that form.
    fn context(&self) -> Result<Vec<u8>, BadInput> {
        let path = &self.context;
        let fields: BTreeMap<String, Value> = serde_json::from_slice(&input::bytes(path)?)
            .map_err(|error| bad(path, format!("no JSON object: {error}")))?;
        let context = serde_json::to_vec(&fields).expect("what was read can be written");
        if context.len() > CONTEXT_LIMIT {
            let bytes = context.len();
            return Err(bad(path, format!("{bytes} bytes, and {CONTEXT_LIMIT} are allowed")));
        }
        context::check(self.context_type, &context).map_err(|refusal| {
            let kind = self.context_type.name();
            bad(path, format!("no context of the type {kind}: {refusal}"))
        })?;
        Ok(context)
    }
}
