//! Exports a dataset to a flat table in a Parquet file, a row a transition.

mod columns;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;

use self::columns::Table;
use super::{DatasetError, DatasetReader};
use crate::transition::Transition;

/// Rows that are held in memory at most. Fewer if there are more columns than usual.
const GROUP_ROWS: usize = 65_536;
const GROUP_CELLS: usize = 64 * GROUP_ROWS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    pub rows: u64,
    /// The last line, if it is torn. It has no row.
    pub torn_line: Option<u64>,
}

/// The first transition tells how many candidates have columns. Until the last row is written the
/// file has another name, so that it is whole or not there; an error leaves nothing behind.
pub fn export(mut reader: DatasetReader, path: &Path) -> Result<Exported, DatasetError> {
    let partial = partial(path);
    let failed = |source| DatasetError::Export { file: path.display().to_string(), source };
    let exported = write(&mut reader, &partial, &failed).and_then(|exported| {
        fs::rename(&partial, path).map_err(|error| failed(error.into()))?;
        Ok(exported)
    });
    if exported.is_err() {
        // It may never have been made.
        fs::remove_file(&partial).ok();
    }
    exported
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

fn write(
    reader: &mut DatasetReader,
    path: &Path,
    failed: &impl Fn(ParquetError) -> DatasetError,
) -> Result<Exported, DatasetError> {
    let mut exported = Exported { rows: 0, torn_line: None };
    let first = next(reader, &mut exported)?;
    let candidates = first.as_ref().map_or(0, |first| first.action_mask.len());
    let mut table = Table::new(candidates);
    let mut file = create(path, &table).map_err(failed)?;
    let most = (GROUP_CELLS / table.width()).clamp(1, GROUP_ROWS);
    let mut transition = first;
    while let Some(row) = transition {
        let found = row.action_mask.len();
        if found > candidates {
            let (file, line) = (reader.file().to_owned(), reader.line());
            return Err(DatasetError::Candidates { file, line, found, columns: candidates });
        }
        table.push(&row);
        exported.rows += 1;
        if table.rows() == most {
            table.write(&mut file).map_err(failed)?;
        }
        transition = next(reader, &mut exported)?;
    }
    if table.rows() > 0 {
        table.write(&mut file).map_err(failed)?;
    }
    let file = file.into_inner().map_err(failed)?;
    file.sync_all().map_err(|error| failed(error.into()))?;
    Ok(exported)
}

fn create(path: &Path, table: &Table) -> Result<SerializedFileWriter<File>, ParquetError> {
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    SerializedFileWriter::new(File::create(path)?, table.schema()?, Arc::new(properties))
}

fn next(
    reader: &mut DatasetReader,
    exported: &mut Exported,
) -> Result<Option<Transition>, DatasetError> {
    match reader.next().transpose() {
        Err(DatasetError::TornTail { line, .. }) => {
            exported.torn_line = Some(line);
            Ok(None)
        }
        next => next,
    }
}
