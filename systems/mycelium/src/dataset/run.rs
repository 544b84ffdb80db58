//! Makes a dataset: rows in parallel, and the file when all are there.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};

use crate::error::Error;
use crate::features::Options;

use super::error::DatasetError;
use super::files::{Format, write};
use super::journal::Journal;
use super::plan::Plan;
use super::row::{Draw, Row};
use super::table::Table;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Those that were taken up among them.
    pub done: usize,
    pub of: usize,
    /// Rows of an interrupted run that are not computed again.
    pub taken_up: usize,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub rows: usize,
    pub columns: usize,
    pub taken_up: usize,
    /// Rows that could not be computed, and why; they are not in the file.
    pub failed: Vec<(usize, Error)>,
    /// It was told to stop: the rows are kept beside the file, which is not there yet.
    pub is_stopped: bool,
}

type Computed = (usize, Result<Row, Error>);

/// Makes the dataset of a plan in `out`, whose ending says in which format. The file is there whole
/// or not at all. An earlier call that was interrupted is gone on with.
pub fn generate(
    plan: &Plan,
    out: &Path,
    threads: usize,
    stop: &AtomicBool,
    mut progress: impl FnMut(Progress),
) -> Result<Report, DatasetError> {
    plan.validate()?;
    let format = Format::of(out)?;
    let draws = plan.draws();
    let (mut journal, mut rows) = Journal::open(out, &plan.digest())?;
    rows.retain(|&number, _| number < draws.len());
    let taken_up = rows.len();
    let mut failed = Vec::new();
    let mut tell = |done| progress(Progress { done, of: draws.len(), taken_up });
    tell(taken_up);
    let left: Vec<&Draw> = draws.iter().filter(|draw| !rows.contains_key(&draw.row)).collect();
    let options = if plan.is_v4_1 { Options::v4_1() } else { Options::default() };
    let kept = compute(&left, &options, threads, stop, |(number, computed)| {
        match computed {
            Ok(row) => {
                journal.append(number, &row)?;
                rows.insert(number, row);
            }
            Err(error) => failed.push((number, error)),
        }
        tell(rows.len() + failed.len());
        Ok(())
    });
    failed.sort_by_key(|(number, _)| *number);
    // The rows that were computed stay beside it, whatever happened.
    kept?;
    let mut report = Report { rows: rows.len(), columns: 0, taken_up, failed, is_stopped: false };
    if rows.len() + report.failed.len() < draws.len() {
        journal.remove_if_empty(rows.len())?;
        return Ok(Report { is_stopped: true, ..report });
    }
    if let (0, Some((row, error))) = (rows.len(), report.failed.first()) {
        journal.remove()?;
        return Err(DatasetError::NoRow { row: *row, error: error.clone() });
    }
    let table = table(plan, &draws, &rows);
    report.columns = table.columns.len();
    write(&table, format, out)?;
    journal.remove()?;
    Ok(report)
}

fn table(plan: &Plan, draws: &[Draw], rows: &BTreeMap<usize, Row>) -> Table {
    let pairs: Vec<(&Draw, &Row)> =
        rows.iter().map(|(&number, row)| (&draws[number], row)).collect();
    Table::of(plan, &pairs)
}

/// Hands each row to `keep` as it ends, in whatever order.
fn compute(
    left: &[&Draw],
    options: &Options,
    threads: usize,
    stop: &AtomicBool,
    mut keep: impl FnMut(Computed) -> Result<(), DatasetError>,
) -> Result<(), DatasetError> {
    let next = AtomicUsize::new(0);
    let broken = AtomicBool::new(false);
    let threads = threads.clamp(1, left.len().max(1));
    std::thread::scope(|scope| {
        // Nothing waits in it: what is computed is kept at once.
        let (sender, computed) = sync_channel(0);
        for _ in 0..threads {
            let sender = sender.clone();
            let (next, broken) = (&next, &broken);
            scope.spawn(move || work(left, options, next, [stop, broken], &sender));
        }
        drop(sender);
        let mut result = Ok(());
        for row in computed {
            if result.is_ok() {
                result = keep(row);
                broken.store(result.is_err(), Ordering::Relaxed);
            }
        }
        result
    })
}

fn work(
    left: &[&Draw],
    options: &Options,
    next: &AtomicUsize,
    [stop, broken]: [&AtomicBool; 2],
    sender: &SyncSender<Computed>,
) {
    while !broken.load(Ordering::Relaxed) {
        let Some(draw) = left.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
        let row = match draw.compute(options, stop) {
            Ok(Some(row)) => Ok(row),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        if sender.send((draw.row, row)).is_err() {
            return;
        }
    }
}
