//! `event-bus migrate`: the steps of a database, taken and to come.

use clap::Subcommand;

use super::table::table;
use super::{tell, without_password};
use crate::clock;
use crate::operation::Migrations;
use crate::store::{Durability, Store};

#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(subcommand)]
    what: What,
    /// The database: a path, sqlite:PATH or postgres://...
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "EVENT_BUS_STORE",
        hide_env_values = true,
        default_value = "sqlite:event-bus.db"
    )]
    store: String,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum What {
    /// Which steps were taken, and which are to come
    Status,
    /// Take those that are to come
    Apply,
}

impl Migrate {
    pub fn run(&self) -> anyhow::Result<()> {
        let mut store = Store::open(&self.store, Durability::Disk)?;
        let steps = match self.what {
            What::Status => store.status()?,
            What::Apply => store.migrate(clock::now_ms())?,
        };
        let value = serde_json::to_value(&steps)?;
        if self.json {
            return tell(&value.to_string());
        }
        let Migrations { current_version, pending, .. } = &steps;
        let store = without_password(&self.store);
        tell(&format!("{store} is at version {current_version}"))?;
        for (name, steps) in [("applied", &value["applied"]), ("pending", &value["pending"])] {
            tell(&format!("\n{name}:"))?;
            tell(&table(steps))?;
        }
        if !pending.is_empty() {
            tell("\n`event-bus migrate apply` takes the pending steps; so does `event-bus serve`")?;
        }
        Ok(())
    }
}
