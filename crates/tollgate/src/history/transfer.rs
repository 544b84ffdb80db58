//! Runs as text, to carry from one machine to another: JSON, a line a series.
//!
//! The first line tells the version. A run is its head, its trials each followed by their series,
//! perhaps a judgement, and an end with a checksum over the run's lines. `line` holds their form.

mod import;
mod line;

use std::collections::BTreeSet;
use std::io::{self, Write};

use self::line::{End, Line, Opening, TrialLine};
use super::checksum::Checksum;
use super::row::RunRow;
use super::{History, HistoryError, judgement, load, reference};
use crate::judge::Judgement;
use crate::run::Run;

pub use self::import::{Imported, Rejected};

/// What an export holds, and what it could not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    pub runs: Vec<String>,
    /// Runs, judgements or stretches of the file that are damaged.
    pub unreadable: Vec<Unreadable>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// None when not even the names of the lost runs can be read.
    pub run: Option<String>,
    pub reason: String,
}

impl History {
    /// Writes runs, given by reference, with their judgements. A damaged run is left out and told.
    pub fn export<S: AsRef<str>>(
        &self,
        runs: &[S],
        out: &mut dyn Write,
    ) -> Result<Exported, HistoryError> {
        let mut rows = Vec::new();
        self.read("find the runs to export", |db| {
            for reference in runs {
                rows.push(reference::resolve(db, reference.as_ref())?);
            }
            Ok(())
        })?;
        self.write_out(&rows, Exported::default(), out)
    }

    /// Writes every run that can be read, the oldest first: also the way to save what is left in
    /// a damaged file.
    pub fn export_all(&self, out: &mut dyn Write) -> Result<Exported, HistoryError> {
        let mut exported = Exported::default();
        let mut rows: Vec<RunRow> = Vec::new();
        for key in self.all_keys(&mut exported) {
            match self.read("read a run", |db| RunRow::by_key(db, key)) {
                Ok(row) => rows.extend(row),
                Err(error) => exported.lost(None, &error),
            }
        }
        rows.sort_by_key(|row| (row.started_ms, row.key));
        self.write_out(&rows, exported, out)
    }

    /// The keys of all runs, from wherever they can be read. Damage stops a scan where it is met,
    /// so the table and an index of it are read from both ends.
    fn all_keys(&self, exported: &mut Exported) -> BTreeSet<i64> {
        let mut keys = BTreeSet::new();
        let mut met = None;
        for sql in [
            "SELECT key FROM run NOT INDEXED ORDER BY key",
            "SELECT key FROM run NOT INDEXED ORDER BY key DESC",
            "SELECT key FROM run INDEXED BY run_by_time ORDER BY started_ms",
            "SELECT key FROM run INDEXED BY run_by_time ORDER BY started_ms DESC",
        ] {
            let end = self.read("read the runs", |db| {
                let mut statement = db.prepare(sql)?;
                for key in statement.query_map([], |row| row.get(0))? {
                    keys.insert(key?);
                }
                Ok(())
            });
            match end {
                Ok(()) if met.is_none() => return keys,
                Ok(()) => {}
                Err(error) => met = met.or(Some(error)),
            }
        }
        if let Some(error) = met {
            exported.lost(None, &error);
        }
        keys
    }

    fn write_out(
        &self,
        rows: &[RunRow],
        mut exported: Exported,
        out: &mut dyn Write,
    ) -> Result<Exported, HistoryError> {
        let failed = |source| HistoryError::Write { source };
        write_line(out, &Opening::current(), None).map_err(failed)?;
        for row in rows {
            // Read as a whole before the first line is written, so that no half run goes out.
            let run = match self.read("export a run", |db| load(db, row)) {
                Ok(run) => run,
                Err(error) => {
                    exported.lost(Some(&row.id), &error);
                    continue;
                }
            };
            // The evidence can be judged again.
            let judgement = match self.read("export a judgement", |db| judgement(db, row)) {
                Ok(judgement) => judgement,
                Err(error) => {
                    exported.lost(Some(&row.id), &error);
                    None
                }
            };
            write_run(out, &run, judgement).map_err(failed)?;
            exported.runs.push(row.id.clone());
        }
        out.flush().map_err(failed)?;
        Ok(exported)
    }
}

impl Exported {
    fn lost(&mut self, run: Option<&str>, error: &HistoryError) {
        let lost = Unreadable { run: run.map(str::to_owned), reason: error.to_string() };
        if !self.unreadable.contains(&lost) {
            self.unreadable.push(lost);
        }
    }
}

fn write_run(out: &mut dyn Write, run: &Run, judgement: Option<Judgement>) -> io::Result<()> {
    let mut sum = Checksum::new();
    write_line(out, &Line::Run(run.head.clone()), Some(&mut sum))?;
    for trial in &run.trials {
        write_line(out, &Line::Trial(TrialLine::new(trial)), Some(&mut sum))?;
        for series in &trial.series {
            write_line(out, &Line::Series(series.into()), Some(&mut sum))?;
        }
    }
    if let Some(judgement) = judgement {
        write_line(out, &Line::Judgement(judgement), Some(&mut sum))?;
    }
    write_line(out, &Line::End(End::new(&run.head.id, &sum)), None)
}

fn write_line<T: serde::Serialize>(
    out: &mut dyn Write,
    line: &T,
    sum: Option<&mut Checksum>,
) -> io::Result<()> {
    let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
    if text.len() as u64 >= line::LONGEST {
        return Err(io::Error::other("a series is too long for a line"));
    }
    if let Some(sum) = sum {
        sum.bytes(&text);
    }
    text.push(b'\n');
    out.write_all(&text)
}
