//! The history: every run measured here, in one SQLite file, written as it happens.
//!
//! Each trial is a transaction of its own, so that a crash loses one trial at most. What is read
//! back is checked: a damaged file yields an error that names it, never other figures.

mod baseline;
mod checkpoint;
mod checksum;
mod connection;
mod encoding;
mod fault;
mod id;
mod judged;
mod kept;
mod list;
mod prune;
mod reference;
mod row;
mod schema;
mod transfer;
mod trial;
mod versioned;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use self::checksum::Checksum;
use self::connection::{Access, Durability};
use self::fault::Fault;
use self::row::{RunRow, state_name};
use self::trial::{EncodedTrial, Which};
use crate::judge::{Judgement, Outcome};
use crate::run::{Run, RunHead, RunState, Trial};

pub use self::baseline::{Chosen, Dirty, Named, Wanted};
pub use self::checkpoint::Checkpoint;
pub use self::fault::HistoryError;
pub use self::id::new_id;
pub use self::judged::Judged;
pub use self::list::{Choices, Environment, Filter, Listed};
pub use self::prune::{Doomed, Keep, PrunePlan, PruneResult, Spared};
pub use self::transfer::{Exported, Imported, Rejected, Unreadable};

/// An open history file. Several processes may hold one at once.
#[derive(Debug)]
pub struct History {
    db: Connection,
    path: PathBuf,
    access: Access,
}

impl History {
    /// Opens the file, or creates it with its folder.
    ///
    /// A file that may not be written to opens for reading; storing then fails. Runs that a dead
    /// process left open stay so: [`History::unfinished`] lists them.
    pub fn open(path: &Path) -> Result<History, HistoryError> {
        let (db, access) = connection::open(path)?;
        Ok(History { db, path: path.to_owned(), access })
    }

    /// Opens a file that exists for reading alone: it is not created, and storing fails.
    pub fn open_to_read(path: &Path) -> Result<History, HistoryError> {
        let db = connection::open_to_read(path)?;
        Ok(History { db, path: path.to_owned(), access: Access::ReadOnly })
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a run and returns its id: the head's own, or another if a run has that already.
    pub fn begin(&mut self, head: &RunHead) -> Result<String, HistoryError> {
        let mut head = RunHead { state: RunState::Open, ended_ms: None, ..head.clone() };
        self.write("begin a run", Durability::PowerLoss, |db| {
            if !id::is_valid(&head.id) {
                return Err(HistoryError::BadId { id: head.id }.into());
            }
            let wanted = head.id.clone();
            let mut entropy = u64::from_str_radix(wanted.rsplit('-').next().unwrap_or(""), 16);
            while RunRow::find(db, &head.id)?.is_some() {
                // Ids of one second are few; the write lock is held, so a free one stays free.
                let next = entropy.as_ref().map_or(0, |entropy| entropy.wrapping_add(1));
                entropy = Ok(next);
                head.id = new_id(head.started_ms, next);
            }
            RunRow::new(&head)?.insert(db, &head)?;
            Ok(head.id)
        })
    }

    /// Adds a trial as it ends.
    pub fn add_trial(&mut self, run: &str, trial: &Trial) -> Result<(), HistoryError> {
        let encoded = EncodedTrial::new(trial)?;
        self.write("store a trial", Durability::Kill, |db| {
            let mut row = open_run(db, run, "add a trial")?;
            encoded.insert(db, row.key)?;
            checkpoint::forget(db, row.key)?;
            row.trials += 1;
            row.update(db)
        })
    }

    /// Ends a run. It can then be judged; nothing can be added to it.
    pub fn finish(
        &mut self,
        run: &str,
        ended_ms: i64,
        state: RunState,
    ) -> Result<(), HistoryError> {
        self.write("finish a run", Durability::PowerLoss, |db| {
            let mut row = open_run(db, run, "write an end")?;
            row.state = state;
            row.ended_ms = Some(ended_ms);
            checkpoint::forget(db, row.key)?;
            row.update(db)
        })?;
        // Brings the run into the file itself, which can then be copied alone. Only a matter of
        // tidiness, so a reader who holds it up does no harm.
        let _ = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    }

    /// Stores what the judge found, in place of an earlier judgement. The run must have ended.
    pub fn set_judgement(&mut self, run: &str, judgement: &Judgement) -> Result<(), HistoryError> {
        let refused = |reason| HistoryError::Judgement { run: run.to_owned(), reason };
        let text = judgement_text(judgement)?;
        self.write("store a judgement", Durability::PowerLoss, |db| {
            let mut row = find(db, run)?;
            if judgement.run.id != row.id {
                return Err(refused("it is about another run").into());
            }
            if row.state == RunState::Open {
                return Err(refused("the run has not ended").into());
            }
            if row.state != RunState::Complete && judgement.outcome == Outcome::Within {
                return Err(refused("an incomplete run is never within").into());
            }
            row.outcome = Some(judgement.outcome);
            put_judgement(db, &mut row, &text)
        })
    }

    /// The run with all its trials. A reference is a full id, the beginning of one, `last`, or
    /// `last~2` for the second before the last.
    pub fn load(&self, reference: &str) -> Result<Run, HistoryError> {
        self.read("load a run", |db| load(db, &reference::resolve(db, reference)?))
    }

    /// The trials that failed, without reading the others.
    pub fn failed_trials(&self, reference: &str) -> Result<Vec<Trial>, HistoryError> {
        self.read("load the failed trials", |db| {
            let row = reference::resolve(db, reference)?;
            trial::of_run(db, (row.key, &row.id), Which::Failed)
        })
    }

    /// The run without its trials.
    pub fn head(&self, reference: &str) -> Result<RunHead, HistoryError> {
        self.read("find a run", |db| reference::resolve(db, reference)?.head())
    }

    /// What was found when the run was last judged.
    pub fn judgement(&self, reference: &str) -> Result<Option<Judgement>, HistoryError> {
        self.read("load a judgement", |db| judgement(db, &reference::resolve(db, reference)?))
    }

    /// Runs in one snapshot, which a writer in another process cannot change half-way.
    fn read<T>(
        &self,
        doing: &'static str,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, HistoryError> {
        let attempt = || {
            let snapshot = self.db.unchecked_transaction()?;
            body(&snapshot)
        };
        attempt().map_err(|fault| fault.told(&self.path, doing))
    }

    /// Runs in one transaction: all of it is stored, or nothing.
    fn write<T>(
        &mut self,
        doing: &'static str,
        durability: Durability,
        body: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, HistoryError> {
        let attempt = || {
            match self.access {
                Access::ReadOnly => return Err(Fault::ReadOnly),
                Access::NoSpace => return Err(Fault::NoSpace),
                Access::Unchecked => connection::check_pages(&self.db)?,
                Access::Writable => {}
            }
            self.access = Access::Writable;
            durability.ask(&self.db)?;
            // Immediate, because a transaction that begins by reading cannot wait for its turn
            // to write.
            let behaviour = TransactionBehavior::Immediate;
            let transaction = Transaction::new_unchecked(&self.db, behaviour)?;
            let result = body(&transaction)?;
            transaction.commit()?;
            Ok(result)
        };
        attempt().map_err(|fault| fault.told(&self.path, doing))
    }
}

/// A run that is being measured, found by its full id.
fn open_run(db: &Connection, id: &str, doing: &'static str) -> Result<RunRow, Fault> {
    let row = find(db, id)?;
    match row.state {
        RunState::Open => Ok(row),
        state => Err(HistoryError::NotOpen { doing, run: row.id, state: state_name(state) }.into()),
    }
}

fn find(db: &Connection, id: &str) -> Result<RunRow, Fault> {
    match RunRow::find(db, id)? {
        Some(row) => Ok(row),
        None => {
            let runs: i64 = db.query_row("SELECT count(*) FROM run", [], |row| row.get(0))?;
            Err(Fault::NoRun { reference: id.to_owned(), runs: runs.unsigned_abs() })
        }
    }
}

fn load(db: &Connection, row: &RunRow) -> Result<Run, Fault> {
    let head = row.head()?;
    let trials = trial::of_run(db, (row.key, &row.id), Which::All)?;
    if trials.len() != row.trials as usize {
        let what =
            format!("run {}: {} of its {} trials are there", row.id, trials.len(), row.trials);
        return Err(Fault::Damaged(what));
    }
    Ok(Run { head, trials })
}

/// Refuses a judgement that would not be read back as it is.
fn judgement_text(judgement: &Judgement) -> Result<String, HistoryError> {
    let what = || format!("the judgement of run {}", judgement.run.id);
    let text = serde_json::to_string(judgement)
        .map_err(|error| HistoryError::Unstorable { what: what(), reason: error.to_string() })?;
    if serde_json::from_str::<Judgement>(&text).ok().as_ref() != Some(judgement) {
        let reason = "it holds a number that is not finite".to_owned();
        return Err(HistoryError::Unstorable { what: what(), reason });
    }
    Ok(text)
}

fn put_judgement(db: &Connection, row: &mut RunRow, text: &str) -> Result<(), Fault> {
    let sum = Checksum::new().text(&row.id).text(text).finish();
    db.prepare_cached("INSERT OR REPLACE INTO judgement VALUES (?1, ?2, ?3)")?
        .execute(params![row.key, text, sum])?;
    row.update(db)
}

fn judgement(db: &Connection, row: &RunRow) -> Result<Option<Judgement>, Fault> {
    let found: Option<(String, i64)> = db
        .prepare_cached("SELECT judgement, sum FROM judgement WHERE run = ?1")?
        .query_row([row.key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((text, sum)) = found else { return Ok(None) };
    let what = || format!("judgement of run {}", row.id);
    if sum != Checksum::new().text(&row.id).text(&text).finish() {
        return Err(Fault::Damaged(format!("{}: its checksum differs", what())));
    }
    // A judgement holds its run's head, which has a version too.
    row.head()?;
    versioned::read(&text, what, crate::judge::FORMAT).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Data, Machine, Outcome, Resolution, Series};

    fn head() -> RunHead {
        RunHead {
            format: crate::run::FORMAT,
            id: new_id(0, 0),
            project: "shop".to_owned(),
            started_ms: 0,
            ended_ms: None,
            state: RunState::Open,
            environment: None,
            seed: 0,
            commit: None,
            machine: Machine::default(),
            planned: Vec::new(),
            budgets: Vec::new(),
            tool: String::new(),
        }
    }

    fn trial(values: usize) -> Trial {
        let series = Series {
            operation: None,
            metric: "wall".to_owned(),
            dimension: crate::quantity::Dimension::TIME,
            data: Data::Samples(vec![1.0; values]),
            resolution: Resolution::Exact,
        };
        Trial {
            case: "pay".to_owned(),
            operation: None,
            number: 1,
            position: 1,
            started_ms: 0,
            elapsed_ns: 0,
            outcome: Outcome::Complete,
            series: vec![series],
        }
    }

    #[test]
    fn a_trial_that_does_not_fit_is_told_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(&folder.path().join("history.db")).unwrap();
        let id = history.begin(&head()).unwrap();
        history.add_trial(&id, &trial(10)).unwrap();
        let pages: i64 =
            history.db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        history.db.pragma_update(None, "max_page_count", pages + 2).unwrap();
        let error = history.add_trial(&id, &trial(100_000)).unwrap_err();
        assert!(matches!(error, HistoryError::Full { .. }), "{error}");
        assert_eq!(history.load(&id).unwrap().trials, [trial(10)]);
        history.add_trial(&id, &trial(10)).unwrap();
    }

    #[test]
    fn a_lock_that_is_not_given_up_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.db");
        let mut history = History::open(&path).unwrap();
        history.db.busy_timeout(std::time::Duration::from_millis(5)).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let error = history.begin(&head()).unwrap_err();
        assert!(matches!(error, HistoryError::Busy { .. }), "{error}");
        other.execute_batch("ROLLBACK").unwrap();
        history.begin(&head()).unwrap();
    }
}
