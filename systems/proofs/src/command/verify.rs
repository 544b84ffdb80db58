//! `proofs verify`: the verdict on one proof, without a service.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::input::{self, bad};
use super::{BadInput, tell};
use crate::encoding;
use crate::envelope::{Envelope, SignedBy};
use crate::key::{KeyId, KeyRing};
use crate::refusal::Refusal;
use crate::replay::ReplaySet;
use crate::revocation::Revocations;
use crate::service::{Clock, timestamp};
use crate::verify::{Settings, Verifier};

/// Judge one proof. Whether it was used before or revoked only a service knows.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 valid, 1 refused, 2 unreadable or bad usage")]
pub struct Verify {
    /// The proof: an envelope; - for standard input
    #[arg(value_name = "FILE")]
    proof: PathBuf,
    /// A public key to trust; without any, the proof is believed whose key it is
    // One key in 64 begins with a dash.
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    key: Vec<String>,
    /// Public keys to trust, as `proofs serve` takes them
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// The body that the proof has to cover
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Judge as at this time; now if not given
    #[arg(long, value_name = "TIME", value_parser = input::time_ms)]
    at: Option<u64>,
    /// The longest life of a proof
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = input::duration)]
    max_age: Duration,
}

impl Verify {
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let ring = self.ring()?;
        let body = self.body.as_deref().map(input::bytes).transpose()?;
        let envelope = Envelope::parse(input::bytes(&self.proof)?.trim_ascii())
            .map_err(|refusal| bad(&self.proof, unreadable(&refusal)))?;
        let now_ms = self.at.unwrap_or_else(|| Clock::system().now_ms());
        match self.judge(&envelope, ring, body.as_deref(), now_ms) {
            Ok(()) => tell(&self.described(&envelope)).map(|()| ExitCode::SUCCESS),
            Err(refusal) => {
                tell(&format!("refused: {}: {refusal}", refusal.code()))?;
                Ok(ExitCode::from(1))
            }
        }
    }

    fn judge(
        &self,
        envelope: &Envelope,
        ring: KeyRing,
        body: Option<&[u8]>,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        let settings = Settings {
            max_age_ms: u64::try_from(self.max_age.as_millis()).unwrap_or(u64::MAX),
            unregistered_keys: ring.is_empty(),
            ..Settings::default()
        };
        if let Some(body) = body {
            envelope.covers(body)?;
        }
        let verifier = Verifier::new(settings, ring);
        let mut used = ReplaySet::new(1);
        verifier.judge(envelope, now_ms, &Revocations::new(), &mut used).map(|_| ())
    }

    fn described(&self, envelope: &Envelope) -> String {
        let claims = &envelope.claims;
        let kid = match &envelope.signed_by {
            SignedBy::Id(id) => *id,
            SignedBy::Key(key) => KeyId::of(key),
        };
        let whose = match self.trusts_any() {
            true => " (by its own word: name who is trusted by --key)",
            false => "",
        };
        format!(
            "valid\n  type:    {}\n  kid:     {kid}{whose}\n  issued:  {}\n  expires: {}\n  context: {}",
            claims.context_type.name(),
            timestamp(claims.issued_at_ms),
            timestamp(claims.expires_at_ms),
            String::from_utf8_lossy(&claims.context)
        )
    }

    fn trusts_any(&self) -> bool {
        self.key.is_empty() && self.keys.is_none()
    }

    fn ring(&self) -> Result<KeyRing, BadInput> {
        let mut keys = self.key.clone();
        if let Some(path) = &self.keys {
            let text = fs::read_to_string(path).map_err(|error| bad(path, error))?;
            let more: Vec<String> =
                serde_json::from_str(&text).map_err(|error| bad(path, error))?;
            if more.is_empty() {
                return Err(bad(path, "no key in the list"));
            }
            keys.extend(more);
        }
        let mut ring = KeyRing::new();
        for text in &keys {
            let registered = encoding::fixed("key", text).and_then(|bytes| ring.register(&bytes));
            registered.map_err(|refusal| BadInput(format!("the key `{text}`: {refusal}")))?;
        }
        Ok(ring)
    }
}

fn unreadable(refusal: &Refusal) -> String {
    format!("{}: {refusal}", refusal.code())
}
