//! Baselines: named sets of runs, and the latest runs of the default branch.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::connection::Durability;
use super::fault::Fault;
use super::row::{COLUMNS, RunRow};
use super::{History, HistoryError, load, reference};
use crate::judge;
use crate::run::{RunHead, RunState};

/// Which earlier runs a run is to be held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// A named baseline. Without a name it is that of a branch.
    pub name: Option<&'a str>,
    pub project: &'a str,
    /// The branch to take instead of the default branch.
    pub branch: Option<&'a str>,
    /// What the default branch may be called; the first that has runs is taken.
    pub default_branches: &'a [&'a str],
    /// Only runs that planned one of these cases; none means any.
    pub cases: &'a [&'a str],
    /// The fingerprint of the machine of the current run.
    pub fingerprint: Option<&'a str>,
    /// How many runs of the branch, at most.
    pub last: u32,
    /// The id of the current run: it and later ones are left out.
    pub before: Option<&'a str>,
    pub dirty: Dirty,
}

/// Whether runs count whose working tree differed from their commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dirty {
    Leave,
    Take,
}

/// The chosen runs, the latest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    pub baseline: judge::Baseline,
    /// Runs from a machine with another fingerprint: those among the chosen when no run of the
    /// same machine is left, otherwise later ones that were passed over.
    pub other_machines: Vec<String>,
}

/// A named baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub runs: Vec<String>,
}

impl History {
    /// Gives a name to runs, in place of those it had. Runs are given by reference.
    pub fn baseline_set<S: AsRef<str>>(
        &mut self,
        name: &str,
        runs: &[S],
    ) -> Result<Named, HistoryError> {
        let refused = |reason: String| HistoryError::Baseline { name: name.to_owned(), reason };
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            return Err(refused("a name is 1 to 100 bytes of printable text".to_owned()));
        }
        if runs.is_empty() {
            return Err(refused("no run was given".to_owned()));
        }
        self.write("set a baseline", Durability::PowerLoss, |db| {
            let mut held: Vec<RunRow> = Vec::new();
            for reference in runs {
                let row = reference::resolve(db, reference.as_ref())?;
                if row.state != RunState::Complete {
                    return Err(refused(format!("run {} is incomplete", row.id)).into());
                }
                if held.iter().all(|other| other.key != row.key) {
                    held.push(row);
                }
            }
            db.execute("DELETE FROM baseline WHERE name = ?1", [name])?;
            for (place, row) in held.iter().enumerate() {
                let place = place as i64;
                db.execute(
                    "INSERT INTO baseline VALUES (?1, ?2, ?3)",
                    params![name, place, row.key],
                )?;
            }
            let runs = held.into_iter().map(|row| row.id).collect();
            Ok(Named { name: name.to_owned(), runs })
        })
    }

    /// The runs a named baseline holds; none when there is no such name.
    pub fn baseline_show(&self, name: &str) -> Result<Option<Vec<RunHead>>, HistoryError> {
        self.read("read a baseline", |db| {
            let heads: Result<Vec<_>, _> = named(db, name)?.iter().map(RunRow::head).collect();
            heads.map(|heads| (!heads.is_empty()).then_some(heads))
        })
    }

    pub fn baselines(&self) -> Result<Vec<Named>, HistoryError> {
        self.read("list the baselines", |db| {
            let mut statement = db.prepare(
                "SELECT baseline.name, run.id FROM baseline JOIN run ON run.key = baseline.run \
                 ORDER BY baseline.name, baseline.place",
            )?;
            let mut rows = statement.query([])?;
            let mut all: Vec<Named> = Vec::new();
            while let Some(row) = rows.next()? {
                let (name, run): (String, String) = (row.get(0)?, row.get(1)?);
                match all.last_mut() {
                    Some(last) if last.name == name => last.runs.push(run),
                    _ => all.push(Named { name, runs: vec![run] }),
                }
            }
            Ok(all)
        })
    }

    /// Forgets a name; its runs stay. False when there was no such name.
    pub fn baseline_clear(&mut self, name: &str) -> Result<bool, HistoryError> {
        self.write("clear a baseline", Durability::PowerLoss, |db| {
            Ok(db.execute("DELETE FROM baseline WHERE name = ?1", [name])? > 0)
        })
    }

    /// The runs to hold the current one against; none when there are none yet.
    pub fn baseline(&self, wanted: &Wanted<'_>) -> Result<Option<Chosen>, HistoryError> {
        self.read("choose the baseline", |db| match wanted.name {
            Some(name) => {
                let mut rows = named(db, name)?;
                rows.retain(|row| Some(row.id.as_str()) != wanted.before);
                chosen(db, name.to_owned(), &rows, wanted)
            }
            None => of_branch(db, wanted),
        })
    }
}

fn named(db: &Connection, name: &str) -> Result<Vec<RunRow>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM baseline JOIN run ON run.key = baseline.run \
         WHERE baseline.name = ?1 ORDER BY baseline.place"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([name])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(RunRow::read(row)?);
    }
    Ok(found)
}

fn of_branch(db: &Connection, wanted: &Wanted<'_>) -> Result<Option<Chosen>, Fault> {
    let branches = match &wanted.branch {
        Some(branch) => std::slice::from_ref(branch),
        None => wanted.default_branches,
    };
    for branch in branches {
        let earlier = earlier_on(db, branch, wanted)?;
        let (same, other): (Vec<_>, Vec<_>) = earlier.into_iter().partition(|(_, same)| *same);
        let rows = |runs: Vec<(RunRow, bool)>| runs.into_iter().map(|(row, _)| row).collect();
        let (same, other): (Vec<RunRow>, Vec<RunRow>) = (rows(same), rows(other));
        let taken = if same.is_empty() { &other } else { &same };
        let name = match taken.len() {
            0 => continue,
            1 => format!("the last run of {branch}"),
            n => format!("the last {n} runs of {branch}"),
        };
        let mut found = chosen(db, name, taken, wanted)?;
        if let Some(chosen) = &mut found {
            chosen.other_machines = other.into_iter().map(|row| row.id).collect();
        }
        return Ok(found);
    }
    Ok(None)
}

/// Complete runs of a branch, the latest first, each with whether it is from the same machine.
/// Of either sort no more than are wanted, and none behind the last that can be taken.
fn earlier_on(
    db: &Connection,
    branch: &str,
    wanted: &Wanted<'_>,
) -> Result<Vec<(RunRow, bool)>, Fault> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run \
         WHERE project = ?1 AND branch = ?2 AND state = 'complete' AND (?3 OR dirty = 0) \
         ORDER BY started_ms DESC, key DESC"
    );
    let current = Current::of(db, wanted.before)?;
    let cases = planned_runs(db, wanted.cases)?;
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![wanted.project, branch, wanted.dirty == Dirty::Take])?;
    let mut found: Vec<(RunRow, bool)> = Vec::new();
    let (mut same_machine, mut other_machine) = (0, 0);
    while let Some(row) = rows.next()? {
        let row = RunRow::read(row)?;
        let planned = wanted.cases.is_empty() || cases.contains(&row.key);
        if !planned || !current.is_after(&row) {
            continue;
        }
        let same = match wanted.fingerprint {
            Some(fingerprint) => row.head()?.machine.fingerprint() == fingerprint,
            None => true,
        };
        if same_machine == wanted.last {
            break;
        }
        let count = if same { &mut same_machine } else { &mut other_machine };
        if *count < wanted.last {
            *count += 1;
            found.push((row, same));
        }
    }
    Ok(found)
}

/// Where the current run stands in time.
enum Current {
    /// Not given: every stored run is before it.
    Unknown,
    Stored {
        started_ms: i64,
        key: i64,
    },
    /// Not in this history: its id tells the second it began.
    Elsewhere(String),
}

impl Current {
    fn of(db: &Connection, before: Option<&str>) -> Result<Current, Fault> {
        let Some(id) = before else { return Ok(Current::Unknown) };
        Ok(match RunRow::find(db, id)? {
            Some(row) => Current::Stored { started_ms: row.started_ms, key: row.key },
            None => Current::Elsewhere(id.to_owned()),
        })
    }

    fn is_after(&self, row: &RunRow) -> bool {
        match self {
            Current::Unknown => true,
            Current::Stored { started_ms, key } => (row.started_ms, row.key) < (*started_ms, *key),
            Current::Elsewhere(id) => row.id < *id,
        }
    }
}

fn planned_runs(db: &Connection, cases: &[&str]) -> Result<BTreeSet<i64>, Fault> {
    let mut runs = BTreeSet::new();
    let mut statement = db.prepare_cached("SELECT run FROM planned WHERE case_name = ?1")?;
    for case in cases {
        for run in statement.query_map([case], |row| row.get::<_, i64>(0))? {
            runs.insert(run?);
        }
    }
    Ok(runs)
}

fn chosen(
    db: &Connection,
    name: String,
    rows: &[RunRow],
    wanted: &Wanted<'_>,
) -> Result<Option<Chosen>, Fault> {
    let mut baseline =
        judge::Baseline { wanted: wanted.name.map(str::to_owned), name, runs: Vec::new() };
    let mut other_machines = Vec::new();
    for row in rows {
        let run = load(db, row)?;
        let other = wanted.fingerprint.is_some_and(|f| run.head.machine.fingerprint() != f);
        if other {
            other_machines.push(row.id.clone());
        }
        baseline.runs.push(run);
    }
    Ok((!baseline.runs.is_empty()).then_some(Chosen { baseline, other_machines }))
}

/// The names that hold a run.
pub(super) fn names_of(db: &Connection, run: i64) -> Result<Vec<String>, Fault> {
    let mut statement =
        db.prepare_cached("SELECT DISTINCT name FROM baseline WHERE run = ?1 ORDER BY name")?;
    let names: Result<Vec<String>, _> = statement.query_map([run], |row| row.get(0))?.collect();
    Ok(names?)
}

pub(super) fn is_held(db: &Connection, run: i64) -> Result<bool, Fault> {
    let held = db
        .prepare_cached("SELECT 1 FROM baseline WHERE run = ?1 LIMIT 1")?
        .query_row([run], |_| Ok(()))
        .optional()?;
    Ok(held.is_some())
}
