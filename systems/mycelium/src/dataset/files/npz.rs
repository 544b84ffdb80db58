//! An archive of one array a column, as `numpy.savez` writes it: ZIP without compression, with a
//! `.npy` each (numpy.lib.format, version 1.0).

use std::fs::File;
use std::io::{self, Read as _, Seek, Write};
use std::path::Path;

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::super::error::DatasetError;
use super::super::table::{Column, Table};

const MAGIC: &[u8] = b"\x93NUMPY\x01\x00";
/// The head with its magic is padded to a multiple of this.
const ALIGNMENT: usize = 64;

pub(super) fn write(table: &Table, out: impl Write + Seek) -> io::Result<()> {
    let mut archive = ZipWriter::new(out);
    // The time of writing would make two equal files differ.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, column) in &table.columns {
        archive.start_file(format!("{name}.npy"), options)?;
        archive.write_all(&array(column))?;
    }
    archive.finish()?.flush()
}

fn array(column: &Column) -> Vec<u8> {
    let (kind, bytes): (String, Vec<u8>) = match column {
        Column::Int(values) => {
            ("<i8".into(), values.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        Column::Float(values) => {
            ("<f8".into(), values.iter().flat_map(|v| v.to_le_bytes()).collect())
        }
        Column::Bool(values) => ("|b1".into(), values.iter().map(|&v| u8::from(v)).collect()),
        Column::Text(values) => {
            // Characters of four bytes, as many as the longest has.
            let longest = values.iter().map(|text| text.chars().count()).max().unwrap_or(0).max(1);
            let wide = |text: &String| {
                let chars = text.chars().map(u32::from).chain(std::iter::repeat(0));
                chars.take(longest).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()
            };
            (format!("<U{longest}"), values.iter().flat_map(wide).collect())
        }
    };
    let head =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({},), }}", column.len());
    let unpadded = MAGIC.len() + 2 + head.len() + 1;
    let padding = unpadded.next_multiple_of(ALIGNMENT) - unpadded;
    let length = u16::try_from(head.len() + padding + 1).expect("a head is short");
    let mut array = MAGIC.to_vec();
    array.extend(length.to_le_bytes());
    array.extend(head.bytes());
    array.extend(std::iter::repeat_n(b' ', padding));
    array.push(b'\n');
    array.extend(bytes);
    array
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
        let column = parse(&bytes);
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

fn parse(bytes: &[u8]) -> Result<Column, String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it is no array of NumPy's format 1.0")?;
    let (length, rest) = rest.split_first_chunk().ok_or("it ends in its head")?;
    let length = usize::from(u16::from_le_bytes(*length));
    let (head, data) = rest.split_at_checked(length).ok_or("it ends in its head")?;
    let head = str::from_utf8(head).map_err(|_| "its head is no text")?;
    let kind = between(head, "'descr': '", "'").ok_or("its head names no kind")?;
    let shape = between(head, "'shape': (", ")").ok_or("its head names no shape")?;
    let rows: usize = shape.trim_end_matches(',').parse().map_err(|_| "it is no row of values")?;
    let width = match (kind, kind.strip_prefix("<U")) {
        ("<i8" | "<f8", _) => 8,
        ("|b1", _) => 1,
        (_, Some(letters)) => {
            letters.parse::<usize>().ok().and_then(|n| n.checked_mul(4)).unwrap_or(0)
        }
        _ => return Err(format!("values of kind {kind} are not read here")),
    };
    if width == 0 || rows.checked_mul(width) != Some(data.len()) {
        return Err(format!("{} bytes are not {rows} values of kind {kind}", data.len()));
    }
    Ok(match kind {
        "<i8" => Column::Int(eights(data).map(i64::from_le_bytes).collect()),
        "<f8" => Column::Float(eights(data).map(f64::from_le_bytes).collect()),
        "|b1" => Column::Bool(data.iter().map(|&byte| byte != 0).collect()),
        _ => Column::Text(data.chunks_exact(width).map(letters).collect()),
    })
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

fn eights(data: &[u8]) -> impl Iterator<Item = [u8; 8]> {
    data.as_chunks().0.iter().copied()
}

fn letters(wide: &[u8]) -> String {
    let (chars, _) = wide.as_chunks();
    let codes = chars.iter().map(|bytes| u32::from_le_bytes(*bytes));
    codes.take_while(|&code| code != 0).map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
}
