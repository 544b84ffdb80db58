//! Tables in files: Parquet, CSV, and NumPy's archives.

mod csv;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::journal::sync_folder_of;
use super::table::Table;

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

/// Writes a table. Until it is whole and on the disk it has another name, so that nobody reads half
/// of it; an error leaves nothing behind.
pub fn write(table: &Table, format: Format, path: &Path) -> Result<(), DatasetError> {
    let beside = temporary(path);
    let written = fill(table, format, &beside)
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder_of(path));
    if written.is_err() {
        // It may never have been made.
        fs::remove_file(&beside).ok();
    }
    written.map_err(DatasetError::file("write", path))
}

/// Reads a table back.
pub fn read(path: &Path) -> Result<Table, DatasetError> {
    let format = Format::of(path)?;
    let file = File::open(path).map_err(DatasetError::file("open", path))?;
    match format {
        Format::Csv => csv::read(file, path),
        Format::Npz => npz::read(file, path),
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::read(file, path),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(DatasetError::NoParquet { path: path.to_owned() }),
    }
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".writing");
    name.into()
}

fn fill(table: &Table, format: Format, path: &Path) -> io::Result<()> {
    let file = File::create(path)?;
    match format {
        Format::Csv => {
            let mut out = BufWriter::new(&file);
            csv::write(table, &mut out)?;
            out.flush()?;
        }
        Format::Npz => npz::write(table, BufWriter::new(&file))?,
        #[cfg(feature = "parquet")]
        Format::Parquet => parquet::write(table, file.try_clone()?)?,
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => return Err(io::Error::from(io::ErrorKind::Unsupported)),
    }
    file.sync_all()
}
