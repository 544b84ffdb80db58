//! An archive of one array a column, as `numpy.savez` writes it.

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

pub(super) fn read(file: File, path: &Path) -> Result<Table, DatasetError> {
    let bad = |error: ZipError| DatasetError::content(path, &error);
    let mut archive = ZipArchive::new(file).map_err(bad)?;
    let mut table = Table::default();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(bad)?;
        let full = entry.name().map_err(bad)?.into_owned();
        let name = full.strip_suffix(".npy").unwrap_or(&full).to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(DatasetError::file("read", path))?;
        let column = array::read(&bytes);
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
