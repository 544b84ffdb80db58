//! A trial's rows: one for the trial, one a series, under one checksum.

use rusqlite::{Connection, Row, params};

use super::checksum::Checksum;
use super::encoding;
use super::fault::{Fault, HistoryError};
use crate::run::{Outcome, Series, Trial};

/// A series as its row holds it.
struct SeriesRow<'a> {
    operation: Option<&'a str>,
    metric: &'a str,
    dimension: &'a str,
    kind: &'a str,
    resolution: Option<&'a [u8]>,
    blob: &'a [u8],
}

impl SeriesRow<'_> {
    fn add_to(&self, sum: &mut Checksum) {
        sum.optional(self.operation)
            .text(self.metric)
            .text(self.dimension)
            .text(self.kind)
            .number(self.resolution.is_some().into())
            .bytes(self.resolution.unwrap_or_default())
            .bytes(self.blob);
    }

    fn series(&self) -> Result<Series, String> {
        Ok(Series {
            operation: self.operation.map(str::to_owned),
            metric: self.metric.to_owned(),
            dimension: encoding::dimension(self.dimension)?,
            data: encoding::decode(self.kind, self.blob)?,
            resolution: encoding::decode_resolution(self.resolution)?,
        })
    }
}

/// A trial with its series as bytes, ready to be written or compared.
pub(super) struct EncodedTrial<'a> {
    trial: &'a Trial,
    series: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    sum: i64,
}

impl<'a> EncodedTrial<'a> {
    pub(super) fn new(trial: &'a Trial) -> Result<EncodedTrial<'a>, HistoryError> {
        let mut sum = begin_sum(trial);
        let mut encoded = Vec::with_capacity(trial.series.len());
        for series in &trial.series {
            let blob = encoding::encode(&series.data).map_err(|reason| {
                let what = format!("the metric `{}` of case `{}`", series.metric, trial.case);
                HistoryError::Unstorable { what, reason }
            })?;
            let resolution = encoding::encode_resolution(&series.resolution);
            row(series, &blob, resolution.as_deref()).add_to(&mut sum);
            encoded.push((blob, resolution));
        }
        Ok(EncodedTrial { trial, series: encoded, sum: sum.finish() })
    }

    /// Equal for equal trials, whatever machine or release encoded them.
    pub(super) fn sum(&self) -> i64 {
        self.sum
    }

    pub(super) fn insert(&self, db: &Connection, run: i64) -> Result<(), Fault> {
        let (failure, output) = failure(self.trial);
        let trial_id = db
            .prepare_cached(
                "INSERT INTO trial (run, case_name, operation, number, position, started_ms, \
                 elapsed_ns, failure, output, series, sum) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .insert(params![
                run,
                self.trial.case,
                self.trial.operation,
                self.trial.number,
                self.trial.position,
                self.trial.started_ms,
                self.trial.elapsed_ns.cast_signed(),
                failure,
                output,
                self.series.len() as i64,
                self.sum,
            ])?;
        let mut statement = db.prepare_cached(
            "INSERT INTO series (trial_id, operation, metric, dimension, kind, resolution, blob) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for (series, (blob, resolution)) in self.trial.series.iter().zip(&self.series) {
            let row = row(series, blob, resolution.as_deref());
            statement.execute(params![
                trial_id,
                row.operation,
                row.metric,
                row.dimension,
                row.kind,
                row.resolution,
                row.blob
            ])?;
        }
        Ok(())
    }
}

/// Which trials of a run are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    All,
    Failed,
}

/// The trials of a run in the order they were added.
pub(super) fn of_run(
    db: &Connection,
    (run, id): (i64, &str),
    which: Which,
) -> Result<Vec<Trial>, Fault> {
    let mut trials = Vec::new();
    let mut statement = db.prepare_cached(
        "SELECT id, case_name, operation, number, position, started_ms, elapsed_ns, failure, \
         output, series, sum FROM trial WHERE run = ?1 AND (?2 OR failure IS NOT NULL) ORDER BY id",
    )?;
    let mut rows = statement.query(params![run, which == Which::All])?;
    while let Some(row) = rows.next()? {
        let (key, series, sum): (i64, i64, i64) = (row.get(0)?, row.get(9)?, row.get(10)?);
        let mut trial = read(row)?;
        let damaged = |what: String| {
            Fault::Damaged(format!("run {id}, trial {} of `{}`: {what}", trial.number, trial.case))
        };
        let (found, found_sum) =
            series_of(db, key, begin_sum(&trial)).map_err(|fault| match fault {
                Fault::Damaged(what) => damaged(what),
                other => other,
            })?;
        if found.len() as i64 != series || found_sum != sum {
            return Err(damaged("its checksum differs".to_owned()));
        }
        trial.series = found;
        trials.push(trial);
    }
    Ok(trials)
}

/// Decodes straight from SQLite's page cache; only what the run keeps is allocated.
fn series_of(db: &Connection, trial: i64, mut sum: Checksum) -> Result<(Vec<Series>, i64), Fault> {
    let mut found = Vec::new();
    let mut statement = db.prepare_cached(
        "SELECT operation, metric, dimension, kind, resolution, blob FROM series \
         WHERE trial_id = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([trial])?;
    while let Some(row) = rows.next()? {
        let wrong = |error: rusqlite::types::FromSqlError| Fault::Damaged(error.to_string());
        let row = SeriesRow {
            operation: row.get_ref(0)?.as_str_or_null().map_err(wrong)?,
            metric: row.get_ref(1)?.as_str().map_err(wrong)?,
            dimension: row.get_ref(2)?.as_str().map_err(wrong)?,
            kind: row.get_ref(3)?.as_str().map_err(wrong)?,
            resolution: row.get_ref(4)?.as_blob_or_null().map_err(wrong)?,
            blob: row.get_ref(5)?.as_blob().map_err(wrong)?,
        };
        row.add_to(&mut sum);
        let series = row
            .series()
            .map_err(|what| Fault::Damaged(format!("metric {:?}: {what}", row.metric)))?;
        found.push(series);
    }
    Ok((found, sum.finish()))
}

fn read(row: &Row<'_>) -> Result<Trial, Fault> {
    let elapsed: i64 = row.get(6)?;
    let outcome = match (row.get(7)?, row.get::<_, Option<String>>(8)?) {
        (Some(reason), output) => Outcome::Failed { reason, output: output.unwrap_or_default() },
        (None, _) => Outcome::Complete,
    };
    Ok(Trial {
        case: row.get(1)?,
        operation: row.get(2)?,
        number: row.get(3)?,
        position: row.get(4)?,
        started_ms: row.get(5)?,
        elapsed_ns: elapsed.cast_unsigned(),
        outcome,
        series: Vec::new(),
    })
}

fn row<'a>(series: &'a Series, blob: &'a [u8], resolution: Option<&'a [u8]>) -> SeriesRow<'a> {
    SeriesRow {
        operation: series.operation.as_deref(),
        metric: &series.metric,
        dimension: encoding::dimension_name(series.dimension),
        kind: series.data.kind(),
        resolution,
        blob,
    }
}

fn failure(trial: &Trial) -> (Option<&str>, Option<&str>) {
    match &trial.outcome {
        Outcome::Complete => (None, None),
        Outcome::Failed { reason, output } => (Some(reason), Some(output)),
    }
}

fn begin_sum(trial: &Trial) -> Checksum {
    let (failure, output) = failure(trial);
    let mut sum = Checksum::new();
    sum.text(&trial.case)
        .optional(trial.operation.as_deref())
        .number(trial.number.into())
        .number(trial.position.into())
        .number(trial.started_ms)
        .number(trial.elapsed_ns.cast_signed())
        .optional(failure)
        .optional(output);
    sum
}
