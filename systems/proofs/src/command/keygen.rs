//! `proofs keygen`: a new key to sign with.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::Context;
use ed25519_dalek::SigningKey;

use super::{BadInput, key_file, tell};
use crate::encoding::base64url;
use crate::key::KeyId;

#[derive(Debug, clap::Args)]
pub struct Keygen {
    /// Where the private key is written, for its owner alone
    #[arg(long, value_name = "FILE", default_value = "proof-key.json")]
    out: PathBuf,
    /// Replace a file that is there; the key in it is lost
    #[arg(long)]
    force: bool,
}

impl Keygen {
    pub fn run(&self) -> anyhow::Result<()> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).context("failed to get random bytes for a key")?;
        let key = SigningKey::from_bytes(&secret);
        let path = self.out.display();
        match key_file::write_private(&self.out, &key_file::text(&key), self.force) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let why = format!("{path} is there already; --force replaces it, and its key");
                return Err(BadInput(why).into());
            }
            written => written.with_context(|| format!("failed to write {path}"))?,
        }
        let public = key.verifying_key().to_bytes();
        tell(&format!(
            "private key: {path}\npublic_key:  {}\nkid:         {}",
            base64url(&public),
            KeyId::of(&public)
        ))
    }
}
