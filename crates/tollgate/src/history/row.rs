//! A run's own row: its head as it began, and the few columns that change until it ends.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::checksum::Checksum;
use super::fault::{Fault, HistoryError};
use super::versioned;
use crate::judge::Outcome;
use crate::run::{FORMAT, RunHead, RunState};

pub(super) const COLUMNS: &str = "run.key, run.id, run.project, run.branch, run.commit_hash, \
     run.dirty, run.started_ms, run.head, run.ended_ms, run.state, run.trials, run.outcome, run.sum";

/// Checked against its sum before anything else believes it.
pub(super) struct RunRow {
    pub(super) key: i64,
    pub(super) id: String,
    project: String,
    branch: Option<String>,
    commit_hash: Option<String>,
    dirty: bool,
    pub(super) started_ms: i64,
    head: String,
    pub(super) ended_ms: Option<i64>,
    pub(super) state: RunState,
    pub(super) trials: u32,
    pub(super) outcome: Option<Outcome>,
}

impl RunRow {
    /// Refuses a head that would not be read back as it is, such as one with an infinite limit.
    pub(super) fn new(head: &RunHead) -> Result<RunRow, HistoryError> {
        let unstorable =
            |reason| HistoryError::Unstorable { what: format!("the run {}", head.id), reason };
        let text = serde_json::to_string(head).map_err(|error| unstorable(error.to_string()))?;
        if serde_json::from_str::<RunHead>(&text).ok().as_ref() != Some(head) {
            return Err(unstorable("it holds a number that is not finite".to_owned()));
        }
        let commit = head.commit.as_ref();
        Ok(RunRow {
            key: 0,
            id: head.id.clone(),
            project: head.project.clone(),
            branch: commit.and_then(|commit| commit.branch.clone()),
            commit_hash: commit.map(|commit| commit.hash.clone()),
            dirty: commit.is_some_and(|commit| commit.dirty),
            started_ms: head.started_ms,
            head: text,
            ended_ms: head.ended_ms,
            state: head.state,
            trials: 0,
            outcome: None,
        })
    }

    pub(super) fn head(&self) -> Result<RunHead, Fault> {
        let what = || format!("run {}", self.id);
        let head: RunHead = versioned::read(&self.head, what, FORMAT)?;
        Ok(RunHead { state: self.state, ended_ms: self.ended_ms, ..head })
    }

    fn sum(&self) -> i64 {
        let mut sum = Checksum::new();
        sum.text(&self.id)
            .text(&self.project)
            .optional(self.branch.as_deref())
            .optional(self.commit_hash.as_deref())
            .number(self.dirty.into())
            .number(self.started_ms)
            .text(&self.head)
            .number(self.ended_ms.is_some().into())
            .number(self.ended_ms.unwrap_or_default())
            .text(state_name(self.state))
            .number(self.trials.into())
            .optional(self.outcome.map(outcome_name));
        sum.finish()
    }

    pub(super) fn insert(&mut self, db: &Connection, planned: &RunHead) -> Result<(), Fault> {
        let mut statement = db.prepare_cached(
            "INSERT INTO run (id, project, branch, commit_hash, dirty, started_ms, head, \
             ended_ms, state, trials, outcome, sum) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        self.key = statement.insert(params![
            self.id,
            self.project,
            self.branch,
            self.commit_hash,
            self.dirty,
            self.started_ms,
            self.head,
            self.ended_ms,
            state_name(self.state),
            self.trials,
            self.outcome.map(outcome_name),
            self.sum(),
        ])?;
        let mut statement = db.prepare_cached("INSERT OR IGNORE INTO planned VALUES (?1, ?2)")?;
        for planned in &planned.planned {
            statement.execute(params![planned.case, self.key])?;
        }
        Ok(())
    }

    /// Writes the columns that change.
    pub(super) fn update(&self, db: &Connection) -> Result<(), Fault> {
        let mut statement = db.prepare_cached(
            "UPDATE run SET ended_ms = ?2, state = ?3, trials = ?4, outcome = ?5, sum = ?6 \
             WHERE key = ?1",
        )?;
        statement.execute(params![
            self.key,
            self.ended_ms,
            state_name(self.state),
            self.trials,
            self.outcome.map(outcome_name),
            self.sum(),
        ])?;
        Ok(())
    }

    pub(super) fn find(db: &Connection, id: &str) -> Result<Option<RunRow>, Fault> {
        RunRow::one(db, "id = ?1", id)
    }

    pub(super) fn by_key(db: &Connection, key: i64) -> Result<Option<RunRow>, Fault> {
        RunRow::one(db, "key = ?1", key)
    }

    fn one(db: &Connection, condition: &str, value: impl ToSql) -> Result<Option<RunRow>, Fault> {
        let mut statement =
            db.prepare_cached(&format!("SELECT {COLUMNS} FROM run WHERE {condition}"))?;
        statement.query_row([value], |row| Ok(RunRow::read(row))).optional()?.transpose()
    }

    pub(super) fn read(row: &Row<'_>) -> Result<RunRow, Fault> {
        let id: String = row.get(1)?;
        let damaged = |what| Fault::Damaged(format!("run {id}: {what}"));
        let state: String = row.get(9)?;
        let outcome: Option<String> = row.get(11)?;
        let outcome = match outcome {
            None => None,
            Some(name) => Some(outcome_of(&name).ok_or_else(|| damaged("its outcome"))?),
        };
        let read = RunRow {
            key: row.get(0)?,
            id: id.clone(),
            project: row.get(2)?,
            branch: row.get(3)?,
            commit_hash: row.get(4)?,
            dirty: row.get(5)?,
            started_ms: row.get(6)?,
            head: row.get(7)?,
            ended_ms: row.get(8)?,
            state: state_of(&state).ok_or_else(|| damaged("its state"))?,
            trials: row.get(10)?,
            outcome,
        };
        let sum: i64 = row.get(12)?;
        if sum == read.sum() { Ok(read) } else { Err(damaged("its checksum differs")) }
    }
}

pub(super) fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Open => "open",
        RunState::Interrupted => "interrupted",
        RunState::Complete => "complete",
    }
}

fn state_of(name: &str) -> Option<RunState> {
    [RunState::Open, RunState::Interrupted, RunState::Complete]
        .into_iter()
        .find(|&state| state_name(state) == name)
}

pub(super) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Within => "within",
        Outcome::CannotTell => "cannot-tell",
        Outcome::NotMeasured => "not-measured",
        Outcome::Exceeded => "exceeded",
    }
}

fn outcome_of(name: &str) -> Option<Outcome> {
    [Outcome::Within, Outcome::CannotTell, Outcome::NotMeasured, Outcome::Exceeded]
        .into_iter()
        .find(|&outcome| outcome_name(outcome) == name)
}
