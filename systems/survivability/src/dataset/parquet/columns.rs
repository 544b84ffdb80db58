//! The columns of the table, and the rows that wait to be written.

use std::fs::File;
use std::sync::Arc;

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};

use crate::transition::Transition;

pub(super) struct Table {
    columns: Vec<Column>,
    candidates: usize,
    rows: usize,
}

struct Column {
    name: String,
    kind: Kind,
    values: Values,
    /// Whether each row has a value, 1 or 0, where a row may have none.
    levels: Option<Vec<i16>>,
}

#[derive(Clone, Copy)]
enum Kind {
    Unsigned(i8),
    Signed,
    Double,
    Bool,
    Text,
}

enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Double(Vec<f64>),
    Bool(Vec<bool>),
    Text(Vec<ByteArray>),
}

enum Cell {
    /// Parquet keeps unsigned numbers as the signed ones of the same bits.
    Int32(i32),
    Int64(i64),
    Double(f64),
    Bool(bool),
    Text(&'static str),
    Absent,
}

impl Table {
    pub(super) fn new(candidates: usize) -> Table {
        let mut columns = Vec::new();
        for (name, kind) in [
            ("t", Kind::Unsigned(64)),
            ("seed", Kind::Unsigned(64)),
            ("src", Kind::Unsigned(32)),
            ("dst", Kind::Unsigned(32)),
            ("slots_needed", Kind::Unsigned(16)),
            ("est_remaining_time", Kind::Double),
            ("is_disaster", Kind::Bool),
            ("action", Kind::Signed),
            ("reward", Kind::Double),
            ("decision_time_ms", Kind::Double),
            ("restoration_latency_ms", Kind::Double),
            ("bp_window_tag", Kind::Text),
            ("backup_available", Kind::Bool),
            ("was_groomed", Kind::Bool),
        ] {
            columns.push(Column::new(name.to_owned(), kind, name == "seed"));
        }
        for index in 0..candidates {
            for (feature, kind) in [
                ("hops", Kind::Unsigned(16)),
                ("min_residual_slots", Kind::Unsigned(16)),
                ("frag_indicator", Kind::Double),
                ("failure_mask", Kind::Bool),
                ("dist", Kind::Unsigned(16)),
            ] {
                columns.push(Column::new(format!("path{index}_{feature}"), kind, true));
            }
            columns.push(Column::new(format!("mask{index}"), Kind::Bool, true));
        }
        Table { columns, candidates, rows: 0 }
    }

    pub(super) fn schema(&self) -> Result<TypePtr, ParquetError> {
        let fields: Result<Vec<TypePtr>, _> = self.columns.iter().map(Column::field).collect();
        Ok(Arc::new(Type::group_type_builder("transition").with_fields(fields?).build()?))
    }

    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Those that wait.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn push(&mut self, transition: &Transition) {
        let fixed = fixed_cells(transition).into_iter();
        let of_paths = (0..self.candidates).flat_map(|index| path_cells(transition, index));
        for (column, cell) in self.columns.iter_mut().zip(fixed.chain(of_paths)) {
            column.push(&cell);
        }
        self.rows += 1;
    }

    /// Writes the rows that wait as a group.
    pub(super) fn write(
        &mut self,
        file: &mut SerializedFileWriter<File>,
    ) -> Result<(), ParquetError> {
        let mut group = file.next_row_group()?;
        for column in &mut self.columns {
            let mut writer = group.next_column()?.expect("the schema has the table's columns");
            column.write(&mut writer)?;
            writer.close()?;
            column.clear();
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

fn fixed_cells(transition: &Transition) -> [Cell; 14] {
    let Transition { t, seed, state, action, reward, meta, .. } = transition;
    [
        Cell::Int64(t.cast_signed()),
        seed.map_or(Cell::Absent, |seed| Cell::Int64(seed.cast_signed())),
        Cell::Int32(state.src.cast_signed()),
        Cell::Int32(state.dst.cast_signed()),
        Cell::Int32(state.slots_needed.into()),
        Cell::Double(state.est_remaining_time),
        Cell::Bool(state.is_disaster),
        Cell::Int32(*action),
        Cell::Double(*reward),
        Cell::Double(meta.decision_time_ms),
        Cell::Double(meta.restoration_latency_ms),
        Cell::Text(meta.window.name()),
        Cell::Bool(meta.backup_available),
        Cell::Bool(meta.was_groomed),
    ]
}

fn path_cells(transition: &Transition, index: usize) -> [Cell; 6] {
    let mask = transition.action_mask.get(index).map_or(Cell::Absent, |mask| Cell::Bool(*mask));
    match transition.state.paths.get(index) {
        Some(path) => [
            Cell::Int32(path.hops.into()),
            Cell::Int32(path.min_residual_slots.into()),
            Cell::Double(path.frag_indicator),
            Cell::Bool(path.is_failed),
            Cell::Int32(path.dist_to_disaster_centroid.into()),
            mask,
        ],
        None => [Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent, Cell::Absent, mask],
    }
}

impl Column {
    fn new(name: String, kind: Kind, is_optional: bool) -> Column {
        let values = match kind {
            Kind::Unsigned(64) => Values::Int64(Vec::new()),
            Kind::Unsigned(_) | Kind::Signed => Values::Int32(Vec::new()),
            Kind::Double => Values::Double(Vec::new()),
            Kind::Bool => Values::Bool(Vec::new()),
            Kind::Text => Values::Text(Vec::new()),
        };
        Column { name, kind, values, levels: is_optional.then(Vec::new) }
    }

    fn field(&self) -> Result<TypePtr, ParquetError> {
        let physical = match self.values {
            Values::Int32(_) => Physical::INT32,
            Values::Int64(_) => Physical::INT64,
            Values::Double(_) => Physical::DOUBLE,
            Values::Bool(_) => Physical::BOOLEAN,
            Values::Text(_) => Physical::BYTE_ARRAY,
        };
        let logical = match self.kind {
            Kind::Unsigned(bits) => Some(LogicalType::integer(bits, false)),
            Kind::Text => Some(LogicalType::String),
            Kind::Signed | Kind::Double | Kind::Bool => None,
        };
        let repetition = match self.levels {
            Some(_) => Repetition::OPTIONAL,
            None => Repetition::REQUIRED,
        };
        let field = Type::primitive_type_builder(&self.name, physical).with_repetition(repetition);
        field.with_logical_type(logical).build().map(Arc::new)
    }

    fn push(&mut self, cell: &Cell) {
        if let Some(levels) = &mut self.levels {
            levels.push(i16::from(!matches!(cell, Cell::Absent)));
        }
        match (&mut self.values, cell) {
            (Values::Int32(values), Cell::Int32(value)) => values.push(*value),
            (Values::Int64(values), Cell::Int64(value)) => values.push(*value),
            (Values::Double(values), Cell::Double(value)) => values.push(*value),
            (Values::Bool(values), Cell::Bool(value)) => values.push(*value),
            (Values::Text(values), Cell::Text(value)) => values.push((*value).into()),
            (_, cell) => assert!(matches!(cell, Cell::Absent), "{} holds other cells", self.name),
        }
    }

    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = self.levels.as_deref();
        match &self.values {
            Values::Int32(values) => writer.typed::<Int32Type>().write_batch(values, levels, None),
            Values::Int64(values) => writer.typed::<Int64Type>().write_batch(values, levels, None),
            Values::Double(values) => {
                writer.typed::<DoubleType>().write_batch(values, levels, None)
            }
            Values::Bool(values) => writer.typed::<BoolType>().write_batch(values, levels, None),
            Values::Text(values) => {
                writer.typed::<ByteArrayType>().write_batch(values, levels, None)
            }
        }?;
        Ok(())
    }

    fn clear(&mut self) {
        match &mut self.values {
            Values::Int32(values) => values.clear(),
            Values::Int64(values) => values.clear(),
            Values::Double(values) => values.clear(),
            Values::Bool(values) => values.clear(),
            Values::Text(values) => values.clear(),
        }
        if let Some(levels) = &mut self.levels {
            levels.clear();
        }
    }
}
