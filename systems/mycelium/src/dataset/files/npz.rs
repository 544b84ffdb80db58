//! An archive of one array a column, as `numpy.savez` and `numpy.savez_compressed` write it.

use std::fs::File;
use std::io::{self, Read as _, Seek, Write};
use std::path::Path;

use zip::result::ZipError;
use zip::{ZipArchive, ZipWriter};

use super::super::array;
use super::super::error::DatasetError;
use super::super::table::Table;
use crate::npy;

pub(super) fn write(table: &Table, out: impl Write + Seek) -> io::Result<()> {
    let mut archive = ZipWriter::new(out);
    for (name, column) in &table.columns {
        archive.start_file(format!("{name}.npy"), npy::entry())?;
        archive.write_all(&array::write(column))?;
    }
    archive.finish()?.flush()
}

/// Of an array no more is read than the archive says that it has.
pub(super) fn read(most: u64, file: File, path: &Path) -> Result<Table, DatasetError> {
    let bad = |error: ZipError| DatasetError::content(path, &error);
    let mut archive = ZipArchive::new(file).map_err(bad)?;
    if archive.decompressed_size().is_none_or(|bytes| bytes > u128::from(most)) {
        let why = format!("it says that it holds more than {most} bytes");
        return Err(DatasetError::content(path, &why));
    }
    let (mut table, mut left) = (Table::default(), most);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(bad)?;
        let full = entry.name().map_err(bad)?.into_owned();
        let name = full.strip_suffix(".npy").unwrap_or(&full).to_owned();
        let mut bytes = Vec::new();
        let bytes = entry.read_to_end(&mut bytes).map(|_| bytes).map_err(|why| why.to_string());
        let column = bytes.and_then(|bytes| {
            left = left
                .checked_sub(array::memory(&bytes)?)
                .ok_or_else(|| format!("columns take more than {most} bytes"))?;
            array::read(&bytes)
        });
        let column =
            column.map_err(|why| DatasetError::content(path, &format!("{full}: {why}")))?;
        table.columns.push((name, column));
    }
    let rows = table.rows();
    match table.columns.iter().find(|(_, column)| column.len() != rows) {
        None => Ok(table),
        Some((name, column)) => {
            let why = format!("`{name}` has {} rows and others {rows}", column.len());
            Err(DatasetError::content(path, &why))
        }
    }
}
