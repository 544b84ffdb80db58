//! Tables in files: Parquet, CSV, and NumPy's archives.

mod csv;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::error::DatasetError;
use super::table::Table;
use crate::whole;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Parquet,
    Csv,
    Npz,
}

impl Format {
    /// By the ending of the name.
    pub fn of(path: &Path) -> Result<Format, DatasetError> {
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        match ending.as_str() {
            "parquet" if cfg!(feature = "parquet") => Ok(Format::Parquet),
            "parquet" => Err(DatasetError::NoParquet { path: path.to_owned() }),
            "csv" => Ok(Format::Csv),
            "npz" => Ok(Format::Npz),
            _ => Err(DatasetError::Format { path: path.to_owned(), ending }),
        }
    }
}

/// Writes a table, whole or not at all.
pub fn write(table: &Table, format: Format, path: &Path) -> Result<(), DatasetError> {
    let written = whole::write(path, |file| fill(table, format, file));
    written.map_err(DatasetError::file("write", path))
}

/// What a table may take in memory, so that a small file that is packed well cannot take all of it.
const MOST_BYTES: u64 = 2 << 30;

/// Reads a table back.
pub fn read(path: &Path) -> Result<Table, DatasetError> {
    read_at_most(MOST_BYTES, path)
}

pub(super) fn read_at_most(most: u64, path: &Path) -> Result<Table, DatasetError> {
    let format = Format::of(path)?;
    let file = File::open(path).map_err(DatasetError::file("open", path))?;
    match format {
        Format::Csv => csv::read(file, path),
        Format::Npz => npz::read(most, file, path),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::read(most, file, path),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(DatasetError::NoParquet { path: path.to_owned() }),
    }
}

fn fill(table: &Table, format: Format, file: &File) -> io::Result<()> {
    match format {
        Format::Csv => {
            let mut out = BufWriter::new(file);
            csv::write(table, &mut out)?;
            out.flush()
        }
        Format::Npz => npz::write(table, BufWriter::new(file)),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::write(table, file.try_clone()?),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
}
