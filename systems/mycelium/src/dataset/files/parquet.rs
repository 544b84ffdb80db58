//! Flat columns in one group of rows, all of them required.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use ::parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};

use super::super::error::DatasetError;
use super::super::table::{Column, Table};
use crate::panicking;

pub(super) fn write(table: &Table, file: File) -> io::Result<()> {
    fill(table, file).map_err(io::Error::other)
}

fn fill(table: &Table, file: File) -> Result<(), ParquetError> {
    let fields: Result<Vec<TypePtr>, _> =
        table.columns.iter().map(|(name, column)| field(name, column)).collect();
    let schema = Arc::new(Type::group_type_builder("run").with_fields(fields?).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        // The version of a library would make two equal datasets differ.
        .set_created_by("mycelium".to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for (_, column) in &table.columns {
        let mut out = group.next_column()?.expect("the schema has the table's columns");
        put(column, &mut out)?;
        out.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(())
}

fn field(name: &str, column: &Column) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match column {
        Column::Int(_) => (Physical::INT64, None),
        Column::Float(_) => (Physical::DOUBLE, None),
        Column::Bool(_) => (Physical::BOOLEAN, None),
        Column::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(logical);
    Ok(Arc::new(builder.build()?))
}

fn put(column: &Column, out: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
    match column {
        Column::Int(values) => out.typed::<Int64Type>().write_batch(values, None, None)?,
        Column::Float(values) => out.typed::<DoubleType>().write_batch(values, None, None)?,
        Column::Bool(values) => out.typed::<BoolType>().write_batch(values, None, None)?,
        Column::Text(values) => {
            let bytes: Vec<ByteArray> =
                values.iter().map(|text| ByteArray::from(text.as_str())).collect();
            out.typed::<ByteArrayType>().write_batch(&bytes, None, None)?
        }
    };
    Ok(())
}

/// At some damaged pages the library panics.
pub(super) fn read(most: u64, file: File, path: &Path) -> Result<Table, DatasetError> {
    match panicking::caught(|| read_whole(most, file)) {
        Some(table) => table.map_err(|error| DatasetError::content(path, &error)),
        None => Err(DatasetError::content(path, &"it is a damaged Parquet file")),
    }
}

fn read_whole(most: u64, file: File) -> Result<Table, ParquetError> {
    let length = file.metadata()?.len();
    let reader = SerializedFileReader::new(file)?;
    check_places(reader.metadata(), length)?;
    let mut room = Room { most, left: most };
    let mut table = Table::default();
    for (at, field) in reader.metadata().file_metadata().schema_descr().columns().iter().enumerate()
    {
        let mut whole: Option<Column> = None;
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            // A few bytes may say that one value stands in a billion rows.
            room.spend(rows.saturating_mul(width(field.physical_type())))?;
            let column = group.get_column_reader(at)?;
            let column = take(column, rows, field.max_def_level(), &mut room)?;
            match &mut whole {
                None => whole = Some(column),
                Some(whole) => join(whole, column),
            }
        }
        let column = whole.unwrap_or(Column::Float(Vec::new()));
        table.columns.push((field.name().to_owned(), column));
    }
    Ok(table)
}

/// What a row takes in memory while it is read, but for the letters of a text.
fn width(kind: Physical) -> usize {
    match kind {
        Physical::BYTE_ARRAY => size_of::<(ByteArray, String)>(),
        _ => 8,
    }
}

/// Refuses columns that are not between the ends of the file, at which the library panics.
fn check_places(metadata: &ParquetMetaData, length: u64) -> Result<(), ParquetError> {
    for column in metadata.row_groups().iter().flat_map(RowGroupMetaData::columns) {
        let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        let size = column.compressed_size();
        let end = start.checked_add(size).and_then(|end| u64::try_from(end).ok());
        if start < 0 || size < 0 || end.is_none_or(|end| end > length) {
            let name = column.column_descr().name();
            let why = format!("`{name}` is {size} bytes at {start}, in a file of {length}");
            return Err(ParquetError::General(why));
        }
    }
    Ok(())
}

fn take(
    reader: ColumnReader,
    rows: usize,
    most: i16,
    room: &mut Room,
) -> Result<Column, ParquetError> {
    Ok(match reader {
        ColumnReader::Int64ColumnReader(reader) => Column::Int(values(reader, rows, most, None)?),
        // As pandas reads it: what is missing is no number.
        ColumnReader::DoubleColumnReader(reader) => {
            Column::Float(values(reader, rows, most, Some(&f64::NAN))?)
        }
        ColumnReader::BoolColumnReader(reader) => Column::Bool(values(reader, rows, most, None)?),
        ColumnReader::ByteArrayColumnReader(reader) => {
            let text = |bytes: &ByteArray| Ok(bytes.as_utf8()?.to_owned());
            let values = values(reader, rows, most, None)?;
            // Until here those that are alike share their bytes.
            room.spend(values.iter().map(ByteArray::len).sum())?;
            Column::Text(values.iter().map(text).collect::<Result<_, ParquetError>>()?)
        }
        _ => return Err(ParquetError::General("a column of a kind that is not read here".into())),
    })
}

/// `most` is the level of what is there, 0 in columns where nothing can be missing.
fn values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    rows: usize,
    most: i16,
    missing: Option<&T::T>,
) -> Result<Vec<T::T>, ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    reader.read_records(rows, (most > 0).then_some(&mut levels), None, &mut values)?;
    if most > 0 {
        let mut present = values.into_iter();
        let value = |&level: &i16| if level == most { present.next() } else { missing.cloned() };
        values = levels.iter().map_while(value).collect();
    }
    if values.len() == rows {
        return Ok(values);
    }
    Err(ParquetError::General(format!("row {} has no value", values.len())))
}

/// What columns may still take in memory.
struct Room {
    most: u64,
    left: u64,
}

impl Room {
    fn spend(&mut self, bytes: usize) -> Result<(), ParquetError> {
        let left = self.left.checked_sub(bytes as u64);
        let why = || format!("its columns take more than {} bytes", self.most);
        self.left = left.ok_or_else(|| ParquetError::General(why()))?;
        Ok(())
    }
}

fn join(whole: &mut Column, more: Column) {
    match (whole, more) {
        (Column::Int(whole), Column::Int(more)) => whole.extend(more),
        (Column::Float(whole), Column::Float(more)) => whole.extend(more),
        (Column::Bool(whole), Column::Bool(more)) => whole.extend(more),
        (Column::Text(whole), Column::Text(more)) => whole.extend(more),
        _ => unreachable!("a column is of one kind in all groups"),
    }
}
