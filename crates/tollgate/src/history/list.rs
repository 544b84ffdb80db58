//! The runs at a glance, without their series.

use rusqlite::{Connection, params};

use super::fault::Fault;
use super::row::{COLUMNS, RunRow, outcome_name};
use super::{History, HistoryError, reference};
use crate::judge::{Judgement, Outcome};
use crate::run::{RunHead, RunState};

/// Which runs to list; what is not set does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub project: Option<String>,
    pub branch: Option<String>,
    /// The beginning of a commit's hash.
    pub commit: Option<String>,
    /// Runs that planned this case.
    pub case: Option<String>,
    /// Of this environment; of none, where the inner one is absent.
    pub environment: Option<Option<String>>,
    pub outcome: Option<Outcome>,
    /// A run, as [`History::load`] takes it: only what was listed behind it.
    pub before: Option<String>,
    pub limit: Option<u32>,
}

/// Where figures may be told as one course: a project in one of its environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub project: String,
    /// None for runs that named none.
    pub name: Option<String>,
}

/// What the runs are about, each name once and in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    pub projects: Vec<String>,
    pub branches: Vec<String>,
    pub environments: Vec<String>,
    pub cases: Vec<String>,
}

/// A run as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub head: RunHead,
    /// Trials stored so far.
    pub trials: u32,
    /// Absent until the run has been judged.
    pub outcome: Option<Outcome>,
}

impl Listed {
    /// `complete`, `interrupted`, or `unfinished` for a run that is being measured or whose
    /// process died.
    #[must_use]
    pub fn state_words(&self) -> &'static str {
        match self.head.state {
            RunState::Open => "unfinished",
            RunState::Interrupted => "interrupted",
            RunState::Complete => "complete",
        }
    }
}

impl History {
    /// The latest runs first.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Listed>, HistoryError> {
        self.read("list the runs", |db| rows(db, filter, false)?.iter().map(glance).collect())
    }

    /// The judgements of runs that have one, the latest first; a limit counts these alone.
    pub fn judgements(&self, filter: &Filter) -> Result<Vec<Judgement>, HistoryError> {
        self.read("load the judgements", |db| {
            let rows = rows(db, filter, true)?;
            let found = rows.iter().map(|row| super::judgement(db, row));
            found.filter_map(Result::transpose).collect()
        })
    }

    /// One run as the list shows it.
    pub fn listed(&self, reference: &str) -> Result<Listed, HistoryError> {
        self.read("find a run", |db| glance(&reference::resolve(db, reference)?))
    }

    /// Every name a [`Filter`] may ask for.
    pub fn choices(&self) -> Result<Choices, HistoryError> {
        self.read("list what runs are about", |db| {
            let environment = "json_extract(head, '$.environment')";
            Ok(Choices {
                projects: names(db, "project", "run")?,
                branches: names(db, "branch", "run")?,
                environments: names(db, environment, "run")?,
                cases: names(db, "case_name", "planned")?,
            })
        })
    }

    /// Another text once a run began, was judged for the first time, or went; trials alone leave it
    /// as it is.
    pub fn edition(&self) -> Result<String, HistoryError> {
        self.read("count the runs", |db| {
            let sql = "SELECT (SELECT count(*) FROM run), (SELECT coalesce(max(key), 0) FROM run), \
                       (SELECT count(*) FROM judgement)";
            db.query_row(sql, [], |row| {
                let (runs, latest, judged): (i64, i64, i64) =
                    (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(format!("{runs}-{latest}-{judged}"))
            })
            .map_err(Fault::from)
        })
    }

    /// Where runs were, or those that planned a case. The one with the latest run comes first.
    pub fn environments(&self, case: Option<&str>) -> Result<Vec<Environment>, HistoryError> {
        self.read("list the environments", |db| {
            let mut statement = db.prepare_cached(
                "SELECT project, json_extract(head, '$.environment') AS environment FROM run \
                 WHERE ?1 IS NULL OR key IN (SELECT run FROM planned WHERE case_name = ?1) \
                 GROUP BY project, environment ORDER BY max(started_ms) DESC, max(key) DESC",
            )?;
            let found: Result<Vec<_>, _> = statement
                .query_map([case], |row| {
                    Ok(Environment { project: row.get(0)?, name: row.get(1)? })
                })?
                .collect();
            Ok(found?)
        })
    }

    /// Runs without an end, the latest first: being measured now, or left by a process that died.
    pub fn unfinished(&self) -> Result<Vec<Listed>, HistoryError> {
        let all = self.list(&Filter::default())?;
        Ok(all.into_iter().filter(|listed| listed.head.state == RunState::Open).collect())
    }
}

fn names(db: &Connection, of: &str, table: &str) -> Result<Vec<String>, Fault> {
    let sql =
        format!("SELECT DISTINCT {of} AS name FROM {table} WHERE name IS NOT NULL ORDER BY 1");
    let mut statement = db.prepare_cached(&sql)?;
    let names: Result<Vec<String>, _> = statement.query_map([], |row| row.get(0))?.collect();
    Ok(names?)
}

fn glance(row: &RunRow) -> Result<Listed, Fault> {
    Ok(Listed { head: row.head()?, trials: row.trials, outcome: row.outcome })
}

fn rows(db: &Connection, filter: &Filter, is_judged: bool) -> Result<Vec<RunRow>, Fault> {
    // Behind a run that is gone there would be nothing, as behind the last one: it is an error.
    let before = filter.before.as_deref().map(|run| reference::resolve(db, run)).transpose()?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM run \
         WHERE (?1 IS NULL OR project = ?1) \
           AND (?2 IS NULL OR branch = ?2) \
           AND (?3 IS NULL OR substr(commit_hash, 1, length(?3)) = ?3) \
           AND (?4 IS NULL OR key IN (SELECT run FROM planned WHERE case_name = ?4)) \
           AND (?5 IS NULL OR outcome = ?5) \
           AND (NOT ?7 OR json_extract(head, '$.environment') IS ?8) \
           AND (?9 IS NULL OR (started_ms, key) < \
                (SELECT started_ms, key FROM run AS other WHERE other.key = ?9)) \
           AND (NOT ?10 OR key IN (SELECT run FROM judgement)) \
         ORDER BY started_ms DESC, key DESC LIMIT ?6"
    ))?;
    let mut rows = statement.query(params![
        filter.project,
        filter.branch,
        filter.commit,
        filter.case,
        filter.outcome.map(outcome_name),
        filter.limit.map_or(-1, i64::from),
        filter.environment.is_some(),
        filter.environment.as_ref().and_then(Option::as_ref),
        before.map(|run| run.key),
        is_judged,
    ])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(RunRow::read(row)?);
    }
    Ok(found)
}
