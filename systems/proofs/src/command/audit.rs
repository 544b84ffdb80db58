//! `proofs audit`: is the audit log as it was written?

use std::path::PathBuf;

use super::tell;
use crate::audit;

#[derive(Debug, clap::Args)]
pub struct Audit {
    /// The database of a service, which may be running
    #[arg(long, value_name = "PATH", env = "PROOFS_DATABASE")]
    database: PathBuf,
}

impl Audit {
    pub fn run(&self) -> anyhow::Result<()> {
        let head = audit::verify(&self.database)?;
        let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        tell(&format!("{} rows hold; the last one has the digest {hash}", head.sequence))
    }
}
