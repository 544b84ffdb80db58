//! What a long trial came to so far, and the remarks on its way: both survive a kill.

use rusqlite::{Connection, OptionalExtension, params};

use super::checksum::Checksum;
use super::connection::Durability;
use super::encoding;
use super::fault::Fault;
use super::{History, HistoryError, find, open_run};
use crate::run::Trial;

/// A trial under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Who measures it, as `machine::keeper` names itself.
    pub keeper: String,
    /// What is measured, to tell whether another plan is the same.
    pub plan: String,
    /// As if it had ended now.
    pub trial: Trial,
}

impl History {
    /// Keeps the trial under way, in place of what was kept of the run before. It is gone once a
    /// trial is added or the run ends.
    pub fn set_checkpoint(&mut self, run: &str, kept: &Checkpoint) -> Result<(), HistoryError> {
        let unstorable = |reason: String| HistoryError::Unstorable {
            what: format!("the checkpoint of run {run}"),
            reason,
        };
        let trial = encoding::encode_trial(&kept.trial).map_err(unstorable)?;
        self.write("store a checkpoint", Durability::PowerLoss, |db| {
            let row = open_run(db, run, "add a checkpoint")?;
            let sum = sum(&kept.keeper, &kept.plan, &trial);
            db.prepare_cached("INSERT OR REPLACE INTO checkpoint VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![row.key, kept.keeper, kept.plan, trial, sum])?;
            Ok(())
        })
    }

    /// The trial that was under way when the run was last heard of; by the run's full id.
    pub fn checkpoint(&self, run: &str) -> Result<Option<Checkpoint>, HistoryError> {
        self.read("load a checkpoint", |db| {
            let row = find(db, run)?;
            let found: Option<(String, String, Vec<u8>, i64)> = db
                .prepare_cached("SELECT keeper, plan, trial, sum FROM checkpoint WHERE run = ?1")?
                .query_row([row.key], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })
                .optional()?;
            let Some((keeper, plan, trial, found)) = found else { return Ok(None) };
            let damaged = |what| Fault::Damaged(format!("checkpoint of run {}: {what}", row.id));
            if found != sum(&keeper, &plan, &trial) {
                return Err(damaged("its checksum differs".to_owned()));
            }
            let trial = encoding::decode_trial(&trial).map_err(damaged)?;
            Ok(Some(Checkpoint { keeper, plan, trial }))
        })
    }

    /// Adds a remark on a run that is being measured.
    pub fn add_note(&mut self, run: &str, note: &str) -> Result<(), HistoryError> {
        self.write("store a note", Durability::Kill, |db| {
            let row = open_run(db, run, "add a note")?;
            db.prepare_cached("INSERT INTO note (run, text) VALUES (?1, ?2)")?
                .execute(params![row.key, note])?;
            Ok(())
        })
    }

    /// The remarks on a run, in the order they were made; by the run's full id.
    pub fn notes(&self, run: &str) -> Result<Vec<String>, HistoryError> {
        self.read("load the notes", |db| {
            let row = find(db, run)?;
            let mut statement =
                db.prepare_cached("SELECT text FROM note WHERE run = ?1 ORDER BY id")?;
            let notes = statement.query_map([row.key], |row| row.get(0))?;
            Ok(notes.collect::<Result<Vec<String>, _>>()?)
        })
    }
}

/// What has been stored whole needs no part any more.
pub(super) fn forget(db: &Connection, run: i64) -> Result<(), Fault> {
    db.prepare_cached("DELETE FROM checkpoint WHERE run = ?1")?.execute([run])?;
    Ok(())
}

pub(super) fn exists(db: &Connection, run: i64) -> Result<bool, Fault> {
    let mut statement = db.prepare_cached("SELECT 1 FROM checkpoint WHERE run = ?1")?;
    Ok(statement.exists([run])?)
}

fn sum(keeper: &str, plan: &str, trial: &[u8]) -> i64 {
    Checksum::new().text(keeper).text(plan).bytes(trial).finish()
}
