//! `proofs audit`: is the audit log as it was written?

use std::path::PathBuf;

use anyhow::bail;

use super::{BadInput, tell};
use crate::audit;
use crate::encoding;

#[derive(Debug, clap::Args)]
pub struct Audit {
    /// The database of a service, which may be running
    #[arg(long, value_name = "PATH", env = "PROOFS_DATABASE")]
    database: PathBuf,
    /// A digest that was told earlier: it has to be there, or the log was written anew
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
}

impl Audit {
    pub fn run(&self) -> anyhow::Result<()> {
        let digest = self.digest.as_deref().map(digest).transpose()?;
        let head = audit::verify(&self.database)?;
        if let Some(digest) = digest {
            match audit::find(&self.database, &digest)? {
                Some(row) => tell(&format!("row {row} has the digest that was asked for"))?,
                None => bail!("no row of {} has the digest", self.database.display()),
            }
        }
        let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        tell(&format!("{} rows hold; the last one has the digest {hash}", head.sequence))
    }
}

fn digest(text: &str) -> Result<audit::Digest, BadInput> {
    let bytes = encoding::hex("digest", text, 32).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| BadInput(format!("`{text}` is no digest of 64 hex digits")))
}
