//! Commas between them, names in the first line. Numbers are written so that they are read as the
//! same; what is true or false as Python and pandas write it.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::super::error::DatasetError;
use super::super::table::{Column, Table};

pub(super) fn write(table: &Table, out: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|(name, _)| name))?;
    for row in 0..table.rows() {
        writer.write_record(table.columns.iter().map(|(_, column)| text(column, row)))?;
    }
    writer.flush()
}

fn text(column: &Column, row: usize) -> String {
    match column {
        Column::Int(values) => values[row].to_string(),
        // With a point even where it is whole, so that it is read as what it is.
        Column::Float(values) => format!("{:?}", values[row]),
        Column::Bool(values) => if values[row] { "True" } else { "False" }.to_owned(),
        Column::Text(values) => values[row].clone(),
    }
}

pub(super) fn read(file: File, path: &Path) -> Result<Table, DatasetError> {
    let bad = |error: csv::Error| DatasetError::content(path, &error);
    let mut reader = csv::Reader::from_reader(file);
    let names: Vec<String> = reader.headers().map_err(bad)?.iter().map(str::to_owned).collect();
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(bad)?;
        for (column, cell) in cells.iter_mut().zip(&record) {
            column.push(cell.to_owned());
        }
    }
    let columns = names.into_iter().zip(cells.into_iter().map(column)).collect();
    Ok(Table { columns })
}

/// As the narrowest kind that all of its cells are of.
fn column(cells: Vec<String>) -> Column {
    if let Some(values) = all(&cells, |cell| cell.parse().ok()) {
        return Column::Int(values);
    }
    if let Some(values) = all(&cells, |cell| cell.parse().ok()) {
        return Column::Float(values);
    }
    let truth = |cell: &str| match cell {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    match all(&cells, truth) {
        Some(values) => Column::Bool(values),
        None => Column::Text(cells),
    }
}

fn all<T>(cells: &[String], read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    cells.iter().map(|cell| read(cell)).collect()
}
