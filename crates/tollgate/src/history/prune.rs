//! Forgetting old runs: first the plan, which can be shown, then the deed.

use rusqlite::{Connection, params};

use super::checkpoint;
use super::connection::Durability;
use super::fault::Fault;
use super::row::{COLUMNS, RunRow};
use super::{History, HistoryError, baseline};
use crate::run::RunState;

/// What to keep; a run is kept when either rule says so. Without a rule everything is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// The latest runs of each project.
    pub runs: Option<u32>,
    /// Runs that began at this time or later, in milliseconds since 1970.
    pub newer_than_ms: Option<i64>,
}

/// What pruning would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrunePlan {
    /// The oldest first.
    pub delete: Vec<Doomed>,
    /// Runs that the rules would let go, and why they stay.
    pub spared: Vec<Spared>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doomed {
    pub id: String,
    pub started_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spared {
    pub id: String,
    pub reason: String,
}

/// What pruning did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PruneResult {
    pub deleted: Vec<String>,
    /// Planned, but put into a baseline or deleted by somebody else in the meantime.
    pub left: Vec<String>,
    pub bytes_freed: u64,
}

/// An open run is taken for abandoned once another one began a day after it.
const ABANDONED_AFTER_MS: i64 = 24 * 3600 * 1000;

impl History {
    /// Never plans to delete a run that a named baseline holds, nor one that may be being
    /// measured.
    pub fn plan_prune(&self, keep: &Keep) -> Result<PrunePlan, HistoryError> {
        let mut plan = PrunePlan::default();
        if keep.runs.is_none() && keep.newer_than_ms.is_none() {
            return Ok(plan);
        }
        self.read("plan what to prune", |db| {
            let newest: Option<i64> =
                db.query_row("SELECT max(started_ms) FROM run", [], |row| row.get(0))?;
            let sql = format!(
                "SELECT {COLUMNS}, row_number() OVER \
                     (PARTITION BY project ORDER BY started_ms DESC, key DESC) AS age \
                 FROM run ORDER BY started_ms, key"
            );
            let mut statement = db.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let age: i64 = row.get("age")?;
                let run = RunRow::read(row)?;
                let recent = keep.newer_than_ms.is_some_and(|from| run.started_ms >= from);
                if recent || keep.runs.is_some_and(|runs| age <= i64::from(runs)) {
                    continue;
                }
                match reason_to_stay(db, &run, newest.unwrap_or(run.started_ms))? {
                    Some(reason) => plan.spared.push(Spared { id: run.id, reason }),
                    None => {
                        plan.delete.push(Doomed { id: run.id, started_ms: run.started_ms });
                    }
                }
            }
            Ok(plan)
        })
    }

    /// Deletes what was planned, a run at a time, and gives the space back to the file system.
    pub fn prune(&mut self, plan: &PrunePlan) -> Result<PruneResult, HistoryError> {
        let mut result = PruneResult::default();
        if plan.delete.is_empty() {
            return Ok(result);
        }
        let before = self.bytes()?;
        for doomed in &plan.delete {
            let deleted = self.write("prune a run", Durability::Kill, |db| {
                let Some(row) = RunRow::find(db, &doomed.id)? else { return Ok(false) };
                if baseline::is_held(db, row.key)? {
                    return Ok(false);
                }
                Ok(db.execute("DELETE FROM run WHERE key = ?1", params![row.key])? > 0)
            })?;
            let list = if deleted { &mut result.deleted } else { &mut result.left };
            list.push(doomed.id.clone());
        }
        self.give_back()?;
        result.bytes_freed = before.saturating_sub(self.bytes()?);
        Ok(result)
    }

    fn bytes(&self) -> Result<u64, HistoryError> {
        self.read("measure the file", |db| {
            let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let size: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
            Ok((pages * size).unsigned_abs())
        })
    }

    fn give_back(&mut self) -> Result<(), HistoryError> {
        self.write("give space back", Durability::PowerLoss, |db| {
            // A step frees one page, so the statement has to be driven to its end.
            let mut statement = db.prepare("PRAGMA incremental_vacuum")?;
            let mut rows = statement.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        })?;
        let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    }
}

fn reason_to_stay(db: &Connection, run: &RunRow, newest_ms: i64) -> Result<Option<String>, Fault> {
    let names = baseline::names_of(db, run.key)?;
    if !names.is_empty() {
        return Ok(Some(format!("the baseline {} holds it", names.join(" and "))));
    }
    if run.state == RunState::Open && checkpoint::exists(db, run.key)? {
        return Ok(Some("its long load can be taken up again".to_owned()));
    }
    let maybe_alive = newest_ms.saturating_sub(run.started_ms) < ABANDONED_AFTER_MS;
    let open = run.state == RunState::Open && maybe_alive;
    Ok(open.then(|| "it may be being measured".to_owned()))
}
